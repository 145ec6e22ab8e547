/* hash.h - fast 64-bit hashes for keys and content; not for adversaries. */
#ifndef SL_CORE_HASH_H
#define SL_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* splitmix64: advances *x, returns the next output. */
uint64_t sl_splitmix(uint64_t *x);

/* Hash of n bytes under a seed; the same on every machine. */
uint64_t sl_hash64(const void *bytes, size_t n, uint64_t seed);

/* Two of them as 32 hexadecimal digits and a NUL. */
void sl_hash_hex(const void *bytes, size_t n, char hex[33]);

#endif
