/* picture_file.c - a picture's file: told by its first bytes, read, written. */
#include "core/file.h"
#include "core/memory.h"
#include "readers/picture.h"
#include <png.h>
#include <setjmp.h>
#include <shortlist/pack.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static int is_png(const unsigned char *head, size_t n)
{
    return n >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0;
}

/* P2, P5 or P6, and a number or a comment behind blanks: a table's header of that name has another one. */
static int is_pgm(const unsigned char *head, size_t n)
{
    size_t at = 2;
    while (at < n && (head[at] == ' ' || (head[at] >= '\t' && head[at] <= '\r')))
        at++;
    return n > 3 && head[0] == 'P' && (head[1] == '2' || head[1] == '5' || head[1] == '6') && at > 2 &&
           at < n && (head[at] == '#' || (head[at] >= '0' && head[at] <= '9'));
}

int sl_picture_is(const char *path)
{
    struct sl_error ignored;
    unsigned char head[32];
    uint64_t size;
    int file;
    if (sl_file_open(path, &file, &size, &ignored))
        return 0;
    const ssize_t n = pread(file, head, sizeof head, 0);
    close(file);
    return n > 0 && (is_png(head, (size_t)n) || is_pgm(head, (size_t)n));
}

/* By its first bytes; a broken file by its name. */
static int is_to_be_pgm(const char *path, const unsigned char *bytes, size_t n)
{
    const size_t length = strlen(path);
    return !is_png(bytes, n) &&
           ((n && bytes[0] == 'P') || length < 4 || strcasecmp(path + length - 4, ".png") != 0);
}

int sl_picture_decode(const char *path, enum sl_picture_forms forms, struct sl_picture *picture,
                      struct sl_error *err)
{
    enum { FILE_MOST = 1 << 27 }; /* bytes: more than a picture may take */
    unsigned char *bytes;
    uint64_t n = 0;
    int file, code = sl_file_open(path, &file, &n, err);
    if (!code && n > FILE_MOST) {
        close(file);
        code = sl_fail(err, SL_EDATA, "%s: larger than %d bytes", path, FILE_MOST);
    } else if (!code)
        code = sl_file_take(file, path, n, &bytes, err);
    if (code)
        return code;
    code = is_to_be_pgm(path, bytes, n) ? sl_pgm_decode(path, bytes, n, forms, picture, err)
                                        : sl_png_decode(path, bytes, n, forms, picture, err);
    free(bytes);
    return code;
}

/* Writing ------------------------------------------------------------------------------------------- */

struct writer {
    struct sl_writer bytes;
    jmp_buf back;
};

static void put(png_structp png, png_bytep bytes, size_t n)
{
    struct writer *w = png_get_io_ptr(png);
    sl_put_bytes(&w->bytes, bytes, n);
}

static void flush(png_structp png)
{
    (void)png;
}

static void fail(png_structp png, png_const_charp why)
{
    struct writer *w = png_get_error_ptr(png);
    (void)why;
    longjmp(w->back, 1);
}

static void ignore(png_structp png, png_const_charp why)
{
    (void)png;
    (void)why;
}

/* 0, or -1: memory ran out. */
static int encode(png_structp png, png_infop info, struct writer *w, const struct sl_picture *p)
{
    if (setjmp(w->back))
        return -1;
    png_set_write_fn(png, w, put, flush);
    png_set_IHDR(png, info, (png_uint_32)p->width, (png_uint_32)p->height, 8,
                 p->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int i = 0; i < p->height; i++)
        png_write_row(png, p->pixels + (size_t)i * (size_t)p->width * (size_t)p->channels);
    png_write_end(png, NULL);
    return w->bytes.failed ? -1 : 0;
}

int sl_png_write(const char *path, const struct sl_picture *picture, struct sl_error *err)
{
    struct writer w = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &w, fail, ignore);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int code = !info || encode(png, info, &w, picture)
                   ? sl_fail_memory(err)
                   : sl_file_write(path, w.bytes.bytes, w.bytes.size, err);
    png_destroy_write_struct(&png, &info);
    sl_writer_release(&w.bytes);
    return code;
}
