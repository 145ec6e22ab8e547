/* picture_png.c - PNG pictures by libpng: grey or RGB of 8 bits a channel, as they stand in the file.
 *
 * Palettes become RGB, and fewer bits than 8 grey of 8.  An alpha channel is left out where all is opaque.
 * What else is not opaque is refused, or put on white where any form is taken; 16 bits are refused, or scaled
 * to 8. No gamma is applied. */
#include "core/memory.h"
#include "readers/picture.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

struct reader {
    const unsigned char *bytes;
    size_t n, at;
    char why[128];
    int memory; /* it was want of memory */
    enum sl_picture_forms forms;
    jmp_buf back;
    uint8_t *pixels;
    png_bytep *rows;
};

static void read_bytes(png_structp png, png_bytep to, size_t n)
{
    struct reader *r = png_get_io_ptr(png);
    if (n > r->n - r->at)
        png_error(png, "the file is cut off");
    memcpy(to, r->bytes + r->at, n);
    r->at += n;
}

static png_voidp allocate(png_structp png, png_alloc_size_t n)
{
    struct reader *r = png_get_mem_ptr(png);
    void *memory = sl_realloc(NULL, n, 1);
    r->memory |= !memory;
    return memory;
}

static void release(png_structp png, png_voidp memory)
{
    (void)png;
    free(memory);
}

static void fail(png_structp png, png_const_charp why)
{
    struct reader *r = png_get_error_ptr(png);
    snprintf(r->why, sizeof r->why, "%s", why);
    longjmp(r->back, 1);
}

static void ignore(png_structp png, png_const_charp why)
{
    (void)png;
    (void)why;
}

/* Rows of 8 bits a channel; with alpha where there is some. */
static void set_form(png_structp png, png_infop info, enum sl_picture_forms forms)
{
    int type = png_get_color_type(png, info);
    if (png_get_bit_depth(png, info) == 16 && forms == SL_FORMS_EXACT)
        png_error(png, "16 bits a channel: save it with 8");
    png_set_scale_16(png);
    if (type == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
        png_set_expand_gray_1_2_4_to_8(png);
    if (png_get_valid(png, info, PNG_INFO_tRNS))
        png_set_tRNS_to_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

/* Leaves the alpha channel out, over white; 0 where something is not opaque and must be. */
static int drop_alpha(uint8_t *pixels, size_t n, int channels, enum sl_picture_forms forms)
{
    uint8_t *to = pixels;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = pixels + i * ((size_t)channels + 1);
        const unsigned alpha = from[channels];
        if (alpha != 255 && forms == SL_FORMS_EXACT)
            return 0;
        for (int c = 0; c < channels; c++)
            *to++ = (uint8_t)((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    return 1;
}

static int read_rows(png_structp png, png_infop info, struct reader *r, const char *path,
                     struct sl_picture *out, struct sl_error *err)
{
    int code = sl_picture_make(path, png_get_image_height(png, info), png_get_image_width(png, info),
                               png_get_channels(png, info), out, err);
    size_t width = png_get_rowbytes(png, info);
    r->pixels = code ? NULL : out->pixels;
    r->rows = code ? NULL : sl_alloc((size_t)out->height, sizeof *r->rows);
    if (code)
        return code;
    if (!r->rows)
        return sl_fail_memory(err);
    for (int i = 0; i < out->height; i++)
        r->rows[i] = out->pixels + (size_t)i * width;
    png_read_image(png, r->rows);
    png_read_end(png, NULL);
    int alpha = out->channels == 2 || out->channels == 4;
    out->channels -= alpha;
    if (alpha && !drop_alpha(out->pixels, (size_t)out->height * (size_t)out->width, out->channels, r->forms))
        return sl_fail(err, SL_EDATA, "%s: the picture is transparent in places: put it on a background",
                       path);
    return SL_OK;
}

/* What longjmp comes back to must not change a local variable: they live in r. */
static int decode(png_structp png, png_infop info, struct reader *r, const char *path, struct sl_picture *out,
                  struct sl_error *err)
{
    if (setjmp(r->back))
        return r->memory ? sl_fail_memory(err)
                         : sl_fail(err, SL_EDATA, "%s: a broken PNG picture: %s", path, r->why);
    png_set_read_fn(png, r, read_bytes);
    png_set_chunk_malloc_max(png, 1 << 24);
    png_read_info(png, info);
    set_form(png, info, r->forms);
    return read_rows(png, info, r, path, out, err);
}

int sl_png_decode(const char *path, const unsigned char *bytes, size_t n, enum sl_picture_forms forms,
                  struct sl_picture *out, struct sl_error *err)
{
    struct reader r = {.bytes = bytes, .n = n, .forms = forms};
    *out = (struct sl_picture){0};
    png_structp png =
        png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, fail, ignore, &r, allocate, release);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int code = info ? decode(png, info, &r, path, out, err) : sl_fail_memory(err);
    png_destroy_read_struct(&png, &info, NULL);
    free(r.rows);
    if (code) {
        free(r.pixels);
        *out = (struct sl_picture){0};
    }
    return code;
}
