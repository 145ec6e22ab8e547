/* utf16.h - text of two bytes a character unit, as spreadsheets save it. */
#ifndef SL_DATA_UTF16_H
#define SL_DATA_UTF16_H

#include "input/unpack.h"

enum sl_utf16_order { SL_UTF16_NO, SL_UTF16_LITTLE, SL_UTF16_BIG };

/* Of text that begins with head (n): a byte order mark says so, or ASCII with every second byte NUL. */
enum sl_utf16_order sl_utf16_find(const unsigned char *head, size_t n);

/* Decodes to UTF-8 as many whole characters as there are and as there is room for (4 bytes each); a byte
 * order mark is left out.  -1 where half of a pair of surrogates stands alone. */
int sl_utf16_decode(enum sl_utf16_order order, struct sl_span *span);

/* Writes the UTF-8 of a character, at most 4 bytes, and returns its length. */
size_t sl_utf8_encode(unsigned c, unsigned char *out);

#endif
