/* utf16.c - UTF-16 to UTF-8 (RFC 2781, RFC 3629).  One pass, O(bytes). */
#include "input/utf16.h"
#include <string.h>

enum { MARK = 0xfeff };

enum sl_utf16_order sl_utf16_find(const unsigned char *head, size_t n)
{
    if (n >= 4 && memcmp(head, "\xff\xfe\0\0", 4) == 0)
        return SL_UTF16_NO; /* UTF-32 */
    if (n >= 2 && head[0] == 0xff && head[1] == 0xfe)
        return SL_UTF16_LITTLE;
    if (n >= 2 && head[0] == 0xfe && head[1] == 0xff)
        return SL_UTF16_BIG;
    if (n >= 4 && head[0] && !head[1] && head[2] && !head[3])
        return SL_UTF16_LITTLE;
    if (n >= 4 && !head[0] && head[1] && !head[2] && head[3])
        return SL_UTF16_BIG;
    return SL_UTF16_NO;
}

static unsigned unit_at(enum sl_utf16_order order, const unsigned char *bytes)
{
    return order == SL_UTF16_BIG ? (unsigned)bytes[0] << 8 | bytes[1] : (unsigned)bytes[1] << 8 | bytes[0];
}

size_t sl_utf8_encode(unsigned c, unsigned char *out)
{
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (unsigned char)(0x80 | (c & 0x3f));
    out[0] = (unsigned char)(lead[n] | c);
    return n;
}

int sl_utf16_decode(enum sl_utf16_order order, struct sl_span *span)
{
    while (span->n_in >= 2 && span->n_out >= 4) {
        unsigned c = unit_at(order, span->in);
        size_t used = 2;
        if (c >= 0xdc00 && c < 0xe000)
            return -1;
        if (c >= 0xd800 && c < 0xdc00) {
            if (span->n_in < 4)
                return 0;
            unsigned low = unit_at(order, span->in + 2);
            if (low < 0xdc00 || low >= 0xe000)
                return -1;
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            used = 4;
        }
        size_t given = c == MARK ? 0 : sl_utf8_encode(c, span->out);
        span->in += used;
        span->n_in -= used;
        span->out += given;
        span->n_out -= given;
    }
    return 0;
}
