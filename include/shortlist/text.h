/* text.h - strict numbers, nearest names and JSON strings, for programs that talk to people and to programs. */
#ifndef SHORTLIST_TEXT_H
#define SHORTLIST_TEXT_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Parse all of text as a decimal number; 0 on success, -1 on junk, emptiness, overflow, NaN or infinity.
 * Independent of the locale's decimal point. */
int sl_parse_long(const char *text, long *value);
int sl_parse_real(const char *text, double *value);

/* Writes text as a JSON string; a byte that is not UTF-8 becomes U+FFFD.  Takes no memory. */
void sl_write_json_text(FILE *to, const char *text);

/* The one of the names (n) closest to word in edit distance (Damerau-Levenshtein), or NULL when
 * none is close enough to be a slip of the hand. */
const char *sl_nearest(const char *word, const char *const *names, size_t n);

#ifdef __cplusplus
}
#endif
#endif
