/* cpu.c - the kind of processor, found out when the process starts. */
#include "core/names.h"
#include "kernels/dispatch.h"
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"plain", "avx2", "avx512"};
enum { KINDS = sizeof names / sizeof *names };

static const char variable[] = "SHORTLIST_CPU";

enum sl_cpu sl_cpu_kind;

const char *sl_cpu_name(enum sl_cpu cpu)
{
    return names[cpu];
}

enum sl_cpu sl_cpu(void)
{
    return sl_cpu_kind;
}

static enum sl_cpu best_kind(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
        return SL_CPU_PLAIN;
#ifndef SL_WIDE_ON_AVX2
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512vl"))
        return SL_CPU_AVX2;
#endif
    return SL_CPU_AVX512;
#else
    return SL_CPU_PLAIN;
#endif
}

/* The kind that the variable names; KINDS: none. */
static int named(const char *value)
{
    int kind = 0;
    while (kind < KINDS && strcmp(value, names[kind]) != 0)
        kind++;
    return kind;
}

/* Before main, so that no thread asks earlier. */
__attribute__((constructor)) static void choose(void)
{
    const char *value = getenv(variable);
    int kind = value && *value ? named(value) : KINDS;
    sl_cpu_kind = best_kind();
    if (kind < (int)sl_cpu_kind)
        sl_cpu_kind = (enum sl_cpu)kind;
}

int sl_cpu_check(struct sl_error *err)
{
    const char *value = getenv(variable);
    if (!value || !*value)
        return SL_OK;
    int kind = named(value);
    if (kind == KINDS)
        return sl_fail_unknown(err, "kind of processor for SHORTLIST_CPU", value, names, KINDS);
    if (kind > (int)best_kind())
        return sl_fail(err, SL_EUSAGE,
                       "SHORTLIST_CPU=%s: this processor has no such instructions; the best it has is %s",
                       value, names[best_kind()]);
    return SL_OK;
}
