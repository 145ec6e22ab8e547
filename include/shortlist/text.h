/* text.h - strict numbers, nearest names, and texts as people, JSON and spreadsheets take them. */
#ifndef SHORTLIST_TEXT_H
#define SHORTLIST_TEXT_H

#include <shortlist/api.h>
#include <stddef.h>
#include <stdio.h>

SL_API_BEGIN

/* Parse all of text as a decimal number; 0 on success, -1 on junk, emptiness, overflow, NaN or infinity.
 * Independent of the locale's decimal point. */
int sl_parse_long(const char *text, long *value);
int sl_parse_real(const char *text, double *value);

/* text with U+FFFD for every byte that is not UTF-8: JSON takes nothing else.  The caller frees it; NULL when
 * out of memory. */
char *sl_text_utf8(const char *text);

/* Writes text as a CSV field (RFC 4180).  A text that a spreadsheet would take for a formula (it begins with
 * =, +,
 * -, @, a tab or a line end, and is not a number) gets an apostrophe before it; every other one stays exact.
 */
void sl_write_csv_field(FILE *to, const char *text);

/* text for people: control characters, bytes that are not UTF-8, and characters that are not seen or turn the
 * direction of writing become escapes (\n, \x1b, \u202e); all else stays.  The caller frees it; NULL when out
 * of memory.  A backslash is not doubled, so the text does not read back. */
char *sl_visible(const char *text);
void sl_write_visible(FILE *to, const char *text);

/* Characters of a UTF-8 text (each taken to be one column wide). */
size_t sl_text_width(const char *text);
/* Bytes of its first characters, or of all of it where it has no more. */
size_t sl_text_bytes(const char *text, size_t characters);

/* What an error says behind a word that is none of the names (n): " (did you mean NAME?)", or "" when no name
 * is close enough for the word to be a slip of the hand. */
struct sl_hint {
    char text[112];
};
struct sl_hint sl_did_you_mean(const char *word, const char *const *names, size_t n);

SL_API_END
#endif
