/* npy_labels.c - an array as the labels of rows: numbers, which are called as they are written, or texts. */
#include "core/memory.h"
#include "core/text.h"
#include "input/input.h"
#include "input/utf16.h"
#include "readers/label_column.h"
#include "readers/npy.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 4 * 1024 + 1 }; /* the longest text that the header's parser lets pass, in UTF-8 */

static uint64_t little_endian(const unsigned char *p, size_t n)
{
    uint64_t value = 0;
    while (n > 0)
        value = value << 8 | p[--n];
    return value;
}

static void print_real(const unsigned char *p, size_t size, char *name)
{
    uint64_t bits = little_endian(p, size);
    uint32_t half = (uint32_t)bits;
    double value;
    float single;
    memcpy(&single, &half, sizeof single);
    memcpy(&value, &bits, sizeof value);
    if (size == sizeof single)
        value = (double)single;
    if (value == floor(value) && fabs(value) < 1e15)
        snprintf(name, NAME, "%.0f", value == 0 ? 0.0 : value);
    else
        sl_print_real(value, name, NAME);
}

static void print_text(const unsigned char *p, size_t n, char *name)
{
    memcpy(name, p, n);
    name[n] = 0;
}

/* -1: no character. */
static int print_wide(const unsigned char *p, size_t size, char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i += 4) {
        uint64_t c = little_endian(p + i, 4);
        if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
            return -1;
        if (!c)
            break;
        n += sl_utf8_encode((unsigned)c, (unsigned char *)name + n);
    }
    name[n] = 0;
    return 0;
}

static int print_label(const struct sl_npy *npy, const unsigned char *p, char *name)
{
    uint64_t bits;
    switch (npy->kind) {
    case 'b':
        snprintf(name, NAME, "%s", *p ? "True" : "False");
        return 0;
    case 'u':
        snprintf(name, NAME, "%" PRIu64, little_endian(p, npy->size));
        return 0;
    case 'i':
        bits = little_endian(p, npy->size) << (64 - 8 * npy->size);
        snprintf(name, NAME, "%" PRId64, (int64_t)bits >> (64 - 8 * npy->size));
        return 0;
    case 'f':
        print_real(p, npy->size, name);
        return strpbrk(name, "nN") ? -1 : 0; /* nan, inf */
    case 'S':
        print_text(p, npy->size, name);
        return 0;
    default:
        return print_wide(p, npy->size, name);
    }
}

static int add_labels(const char *path, const struct sl_npy *npy, const unsigned char *raw,
                      struct sl_label_column *labels, struct sl_error *err)
{
    char name[NAME];
    int code = SL_OK;
    for (size_t i = 0; i < npy->values && !code; i++) {
        if (print_label(npy, raw + i * npy->size, name) || !*name)
            return sl_fail(err, SL_EDATA, "%s: label %zu is missing, or no number or text", path, i);
        code = sl_label_column_add(labels, name, err);
        if (code == SL_EDATA)
            code = sl_fail(err, SL_EDATA, "%s: more than %d different labels; expected classes", path,
                           SL_CLASSES_MAX);
    }
    return code;
}

static int check_shape(const char *path, const struct sl_npy *npy, size_t n, struct sl_error *err)
{
    if (npy->dims == 2 && npy->shape[1] > 1)
        return sl_fail(err, SL_EDATA,
                       "%s: labels of shape (%" PRIu64 ", %" PRIu64
                       "); expected one a row: where a 1 marks the class, save y.argmax(axis=1)",
                       path, npy->shape[0], npy->shape[1]);
    if (npy->dims != 1 && npy->dims != 2)
        return sl_fail(err, SL_EDATA, "%s: labels of %d dimensions; expected one a row", path, npy->dims);
    if (npy->shape[0] != n)
        return sl_fail(err, SL_EDATA, "%s: %" PRIu64 " labels of %zu rows", path, npy->shape[0], n);
    return SL_OK;
}

int sl_npy_read_labels(struct sl_input *in, size_t n, struct sl_label_column *labels, struct sl_error *err)
{
    const char *path = sl_input_path(in);
    struct sl_npy npy;
    void *raw = NULL;
    int code = sl_npy_read_head(in, &npy, err);
    if (!code)
        code = check_shape(path, &npy, n, err);
    if (!code)
        code = sl_npy_read_values(in, &npy, &raw, err);
    if (!code)
        code = add_labels(path, &npy, raw, labels, err);
    free(raw);
    return code ? code : sl_label_column_check(labels, path, "the labels", err);
}
