/* memory.h - checked allocation.  All of the library's arrays come from here, so that one place can
 * refuse them in tests.  Everything is freed with free(). */
#ifndef SL_CORE_MEMORY_H
#define SL_CORE_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

/* n elements of size bytes on a 64-byte boundary; NULL on overflow or want of memory.  Never NULL for
 * n = 0. */
void *sl_alloc(size_t n, size_t size);
/* The same, zeroed. */
void *sl_alloc_zero(size_t n, size_t size);
/* realloc for n elements of size bytes (no alignment beyond malloc's: not for sl_alloc's arrays). */
void *sl_realloc(void *p, size_t n, size_t size);
char *sl_strdup(const char *text); /* NULL for NULL */
/* printf into fresh memory; NULL on want of memory. */
char *sl_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
