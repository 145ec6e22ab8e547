/* machine.h - what the numbers were measured on. */
#ifndef SL_MEASURE_MACHINE_H
#define SL_MEASURE_MACHINE_H

#include "core/json_text.h"

/* An object: cpu, cores, memory (bytes), isa, system, kernel, compiler, libraries (name: version).  Starts no
 * thread and calls no mathematics library.  A new reference; NULL when out of memory. */
json_t *sl_machine_json(void);

/* The widest instruction set that matters here: "avx512_vnni", "avx512", "avx2", "sse4.2", "sve", ... */
const char *sl_machine_isa(void);

#endif
