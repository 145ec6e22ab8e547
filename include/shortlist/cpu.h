/* cpu.h - which kind of processor the program's own loops are run for. */
#ifndef SHORTLIST_CPU_H
#define SHORTLIST_CPU_H

#include <shortlist/api.h>
#include <shortlist/error.h>

SL_API_BEGIN

enum sl_cpu {
    SL_CPU_PLAIN,  /* any processor of the architecture */
    SL_CPU_AVX2,   /* 8 floats a register: AVX2 and FMA */
    SL_CPU_AVX512, /* 16 floats: AVX-512 F, BW, CD, DQ and VL */
};

/* The best kind that this machine has, or what the environment variable SHORTLIST_CPU names ("plain", "avx2",
 * "avx512") if the machine has that; the same from the start of the process to its end. */
enum sl_cpu sl_cpu(void);
const char *sl_cpu_name(enum sl_cpu cpu);
/* SL_EUSAGE where SHORTLIST_CPU names nothing, or a kind that this machine has not. */
int sl_cpu_check(struct sl_error *err);

SL_API_END
#endif
