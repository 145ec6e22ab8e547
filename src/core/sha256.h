/* sha256.h - the hash by which a page names the scripts and styles that it allows. */
#ifndef SL_CORE_SHA256_H
#define SL_CORE_SHA256_H

#include <stddef.h>

/* The SHA-256 of n bytes as base64: 44 characters and a NUL. */
void sl_sha256_base64(const void *bytes, size_t n, char text[45]);

#endif
