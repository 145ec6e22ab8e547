/* hash.c - multiply-and-fold hash, 8 bytes a step (the scheme of wyhash, by Wang Yi). */
#include "core/hash.h"
#include <endian.h>
#include <stdio.h>
#include <string.h>

uint64_t sl_splitmix(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load_word(const unsigned char *p, size_t n)
{
    uint64_t word = 0;
    if (n) /* p may be NULL for no bytes */
        memcpy(&word, p, n);
    return le64toh(word);
}

uint64_t sl_hash64(const void *bytes, size_t n, uint64_t seed)
{
    const uint64_t odd = 0xa0761d6478bd642fu, mix = 0xe7037ed1a0b428dbu;
    const unsigned char *p = bytes;
    uint64_t x = seed ^ odd;
    uint64_t h = sl_splitmix(&x);
    size_t left = n;
    for (; left >= 8; left -= 8, p += 8)
        h = fold(h ^ load_word(p, 8), mix) ^ (h >> 29);
    h = fold(h ^ load_word(p, left), odd);
    x = h ^ n;
    return sl_splitmix(&x);
}

void sl_hash_hex(const void *bytes, size_t n, char hex[33])
{
    snprintf(hex, 33, "%016llx%016llx", (unsigned long long)sl_hash64(bytes, n, 1),
             (unsigned long long)sl_hash64(bytes, n, 2));
}
