/* picture_pgm.c - the portable grey and pixel maps of Netpbm, P2, P5 and P6, of 255 levels; where any form is
 * taken, of up to 65535. */
#include "core/memory.h"
#include "readers/picture.h"
#include <inttypes.h>
#include <string.h>

enum { PIXELS_MOST = 1 << 26 };

int sl_picture_make(const char *path, uint64_t height, uint64_t width, int channels, struct sl_picture *out,
                    struct sl_error *err)
{
    if (!height || !width || height > PIXELS_MOST || width > PIXELS_MOST ||
        height * width * (uint64_t)channels > PIXELS_MOST)
        return sl_fail(err, SL_EDATA,
                       "%s: a picture of %" PRIu64 " x %" PRIu64 " pixels: from 1 to %d bytes are read", path,
                       height, width, PIXELS_MOST);
    *out = (struct sl_picture){(int)height, (int)width, channels, NULL};
    out->pixels = sl_alloc(height * width, (size_t)channels);
    return out->pixels ? SL_OK : sl_fail_memory(err);
}

struct cursor {
    const unsigned char *p, *end;
};

static int is_blank(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next number, behind blanks and comments; -1: none stands there. */
static long take_number(struct cursor *c)
{
    long value = 0;
    int digits = 0;
    while (c->p < c->end && (is_blank(*c->p) || *c->p == '#')) {
        if (*c->p == '#')
            c->p = memchr(c->p, '\n', (size_t)(c->end - c->p));
        if (!c->p)
            c->p = c->end;
        c->p += c->p < c->end;
    }
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9' && digits < 9; digits++)
        value = value * 10 + (*c->p++ - '0');
    return digits && !(c->p < c->end && *c->p >= '0' && *c->p <= '9') ? value : -1;
}

/* One of 0 ... levels as one of 256. */
static uint8_t to_byte(long value, long levels)
{
    return (uint8_t)((value * 255 + levels / 2) / levels);
}

static int take_text(struct cursor *c, long levels, struct sl_picture *out)
{
    size_t n = (size_t)out->height * (size_t)out->width;
    for (size_t i = 0; i < n; i++) {
        long value = take_number(c);
        if (value < 0 || value > levels)
            return -1;
        out->pixels[i] = to_byte(value, levels);
    }
    return 0;
}

/* More than 255 levels take two bytes, the higher one first. */
static int take_bytes(struct cursor *c, long levels, struct sl_picture *out)
{
    const size_t n = (size_t)out->height * (size_t)out->width * (size_t)out->channels,
                 of = levels > 255 ? 2 : 1;
    if (c->p == c->end || !is_blank(*c->p++) || (size_t)(c->end - c->p) / of < n)
        return -1;
    for (size_t i = 0; i < n; i++, c->p += of) {
        const long value = of == 2 ? c->p[0] * 256L + c->p[1] : c->p[0];
        if (value > levels)
            return -1;
        out->pixels[i] = to_byte(value, levels);
    }
    return 0;
}

int sl_pgm_decode(const char *path, const unsigned char *bytes, size_t n, enum sl_picture_forms forms,
                  struct sl_picture *out, struct sl_error *err)
{
    struct cursor c = {bytes + 2, bytes + n};
    *out = (struct sl_picture){0};
    if (n < 3 || bytes[0] != 'P' || !strchr("256", bytes[1]) || !bytes[1])
        return sl_fail(err, SL_EDATA, "%s: no picture of the kinds P2, P5 and P6", path);
    long width = take_number(&c), height = take_number(&c), levels = take_number(&c);
    if (width < 1 || height < 1 || levels < 1)
        return sl_fail(err, SL_EDATA, "%s: a broken PGM picture: no width, height and number of levels",
                       path);
    if (forms == SL_FORMS_EXACT ? levels != 255 : levels > 65535)
        return sl_fail(err, SL_EDATA, "%s: levels from 0 to %ld: save it with 255", path, levels);
    int code = sl_picture_make(path, (uint64_t)height, (uint64_t)width, bytes[1] == '6' ? 3 : 1, out, err);
    if (code)
        return code;
    if (bytes[1] == '2' ? take_text(&c, levels, out) : take_bytes(&c, levels, out))
        code = sl_fail(err, SL_EDATA, "%s: a cut off or broken PGM picture", path);
    if (code) {
        free(out->pixels);
        *out = (struct sl_picture){0};
    }
    return code;
}
