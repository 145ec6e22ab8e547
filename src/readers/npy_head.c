/* npy_head.c - the header of an array (NumPy Enhancement Proposal 1, versions 1 to 3).
 *
 *     \x93NUMPY, version (2 bytes), length of the header (2 or 4 bytes, little-endian), a Python dictionary
 *
 * The dictionary is parsed, never evaluated.  What it announces is compared with what the stream can hold
 * before memory is taken. */
#include "core/memory.h"
#include "input/input.h"
#include "readers/npy.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEAD_MOST = 1 << 16, MAGIC = 8 };

/* The dictionary ------------------------------------------------------------------------------------*/

struct cursor {
    const char *p, *end;
};

static void skip_blanks(struct cursor *c)
{
    while (c->p < c->end && strchr(" \t\n", *c->p) && *c->p)
        c->p++;
}

/* Takes this text, after blanks; 0 where another stands there. */
static int take(struct cursor *c, const char *text)
{
    size_t n = strlen(text);
    skip_blanks(c);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, text, n) != 0)
        return 0;
    c->p += n;
    return 1;
}

/* A string without escapes. */
static int take_string(struct cursor *c, char *text, size_t size)
{
    size_t n = 0;
    skip_blanks(c);
    if (c->p == c->end || (*c->p != '\'' && *c->p != '"'))
        return 0;
    for (const char quote = *c->p++; c->p < c->end && *c->p != quote; n++, c->p++) {
        if (n + 1 == size || *c->p == '\\' || !*c->p)
            return 0;
        text[n] = *c->p;
    }
    text[n] = 0;
    return c->p++ < c->end;
}

static int take_whole(struct cursor *c, uint64_t *value)
{
    int digits = 0;
    skip_blanks(c);
    for (*value = 0; c->p < c->end && *c->p >= '0' && *c->p <= '9' && digits < 18; digits++)
        *value = *value * 10 + (uint64_t)(*c->p++ - '0');
    return digits > 0 && !(c->p < c->end && *c->p >= '0' && *c->p <= '9');
}

static const char *parse_type(struct cursor *c, struct sl_npy *npy)
{
    char text[16];
    struct cursor digits = {text + 2, text};
    uint64_t size;
    if (!take_string(c, text, sizeof text))
        return "its type is none of a plain array: a table of several types is not read";
    digits.end = text + strlen(text);
    if (digits.end < text + 2)
        return "its type makes no sense";
    if (text[1] == 'O')
        return "it holds Python objects, which are not read: save numbers";
    if (text[0] == '>')
        return "its numbers are big-endian: save x.astype(x.dtype.newbyteorder('<'))";
    if (!take_whole(&digits, &size) || digits.p < digits.end || !strchr("<|=", text[0]))
        return "its type makes no sense";
    npy->kind = text[1];
    npy->size = npy->kind == 'U' ? 4 * size : size;
    static const char *const known[] = {"b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(text + 1, known[i]) == 0)
            return NULL;
    }
    if ((npy->kind == 'U' || npy->kind == 'S') && size > 0 && size <= 1024)
        return NULL;
    return "its type is none of bool, int8 to int64, uint8 to uint64, float32 and float64";
}

static const char *parse_shape(struct cursor *c, struct sl_npy *npy)
{
    if (!take(c, "("))
        return "its shape is no tuple";
    npy->dims = 0;
    while (!take(c, ")")) {
        if (npy->dims == SL_NPY_DIMS)
            return "it has more than 4 dimensions";
        if (!take_whole(c, &npy->shape[npy->dims++]))
            return "its shape makes no sense";
        if (!take(c, ",")) {
            if (!take(c, ")"))
                return "its shape makes no sense";
            break;
        }
    }
    return NULL;
}

static const char *parse_order(struct cursor *c, struct sl_npy *npy)
{
    npy->fortran = take(c, "True");
    return npy->fortran || take(c, "False") ? NULL : "its order is neither True nor False";
}

static const struct {
    const char *key;
    const char *(*parse)(struct cursor *c, struct sl_npy *npy);
} keys[] = {{"descr", parse_type}, {"fortran_order", parse_order}, {"shape", parse_shape}};

enum { KEYS = sizeof keys / sizeof *keys };

/* "key: value"; the bit of the key joins *seen. */
static const char *parse_entry(struct cursor *c, struct sl_npy *npy, unsigned *seen)
{
    char key[16];
    unsigned i = 0;
    if (!take_string(c, key, sizeof key) || !take(c, ":"))
        return "it is no dictionary of descr, fortran_order and shape";
    while (i < KEYS && strcmp(key, keys[i].key) != 0)
        i++;
    if (i == KEYS || *seen & 1U << i)
        return "it has another key than descr, fortran_order and shape, or one twice";
    *seen |= 1U << i;
    return keys[i].parse(c, npy);
}

int sl_npy_parse_head(const char *text, size_t n, struct sl_npy *npy, const char **why)
{
    struct cursor c = {text, text + n};
    unsigned seen = 0;
    *why = take(&c, "{") ? NULL : "it is no dictionary of descr, fortran_order and shape";
    while (!*why && !take(&c, "}")) {
        *why = parse_entry(&c, npy, &seen);
        if (!*why && !take(&c, ",")) {
            *why = take(&c, "}") ? NULL : "it is no dictionary of descr, fortran_order and shape";
            break;
        }
    }
    skip_blanks(&c);
    if (!*why && (c.p < c.end || seen != (1U << KEYS) - 1))
        *why = "it is no dictionary of descr, fortran_order and shape alone";
    return *why ? -1 : 0;
}

/* The stream ----------------------------------------------------------------------------------------*/

static int read_exactly(struct sl_input *in, void *bytes, size_t n, struct sl_error *err)
{
    size_t got;
    int code = sl_input_read(in, bytes, n, &got, err);
    if (!code && got < n)
        code =
            sl_fail(err, SL_EDATA, "%s: a cut off NumPy array: it ends inside the header", sl_input_path(in));
    return code;
}

/* The bytes of the dictionary. */
static int read_length(struct sl_input *in, struct sl_npy *npy, size_t *length, struct sl_error *err)
{
    unsigned char magic[MAGIC], bytes[4] = {0};
    int code = read_exactly(in, magic, sizeof magic, err);
    if (code)
        return code;
    if (memcmp(magic, "\x93NUMPY", 6) != 0 || magic[6] < 1 || magic[6] > 3)
        return sl_fail(err, SL_EDATA, "%s: not a NumPy array of version 1 to 3", sl_input_path(in));
    size_t n = magic[6] == 1 ? 2 : 4;
    code = read_exactly(in, bytes, n, err);
    *length = bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
    npy->head = MAGIC + n + *length;
    if (!code && *length > HEAD_MOST)
        code = sl_fail(err, SL_EDATA, "%s: a header of %zu bytes; NumPy's take some hundred",
                       sl_input_path(in), *length);
    return code;
}

static int check_shape(struct sl_input *in, struct sl_npy *npy, struct sl_error *err)
{
    const char *path = sl_input_path(in);
    uint64_t bytes;
    npy->values = 1;
    for (int i = 0; i < npy->dims; i++) {
        if (!npy->shape[i])
            return sl_fail(err, SL_EDATA, "%s: dimension %d is 0: the array holds nothing", path, i + 1);
        if (npy->shape[i] > INT32_MAX || __builtin_mul_overflow(npy->values, npy->shape[i], &npy->values))
            return sl_fail(err, SL_EDATA, "%s: dimension %d is %" PRIu64 ": so many are not read", path,
                           i + 1, npy->shape[i]);
    }
    if (__builtin_mul_overflow(npy->values, npy->size, &bytes) || bytes > SL_TABLE_MOST)
        return sl_fail(err, SL_EDATA,
                       "%s: the header announces %" PRIu64 " values of %zu bytes; at most %zu bytes are read",
                       path, npy->values, npy->size, SL_TABLE_MOST);
    if (npy->head + bytes > sl_input_most(in))
        return sl_fail(err, SL_EDATA,
                       "%s: a cut off NumPy array: the header announces %" PRIu64
                       " bytes of values, more than the file can hold",
                       path, bytes);
    return SL_OK;
}

int sl_npy_read_head(struct sl_input *in, struct sl_npy *npy, struct sl_error *err)
{
    const char *why;
    size_t length = 0;
    *npy = (struct sl_npy){0};
    int code = read_length(in, npy, &length, err);
    if (code)
        return code;
    char *text = sl_alloc(length + 1, 1);
    if (!text)
        return sl_fail_memory(err);
    code = read_exactly(in, text, length, err);
    if (!code && sl_npy_parse_head(text, length, npy, &why))
        code = sl_fail(err, SL_EDATA, "%s: the header of the array: %s", sl_input_path(in), why);
    free(text);
    return code ? code : check_shape(in, npy, err);
}

int sl_npy_read_values(struct sl_input *in, const struct sl_npy *npy, void **raw, struct sl_error *err)
{
    size_t payload = npy->values * npy->size, got, more = 0;
    unsigned char *bytes = sl_alloc(payload, 1), behind;
    *raw = NULL;
    if (!bytes)
        return sl_fail_memory(err);
    int code = sl_input_read(in, bytes, payload, &got, err);
    if (!code && got < payload)
        code = sl_fail(err, SL_EDATA,
                       "%s: a cut off NumPy array: it ends at byte %zu; the header announces %zu bytes",
                       sl_input_path(in), npy->head + got, npy->head + payload);
    if (!code) /* reading on makes the packed data's checksum count, too */
        code = sl_input_read(in, &behind, 1, &more, err);
    if (!code && more)
        code = sl_fail(err, SL_EDATA, "%s: more bytes than the %zu that the header announces",
                       sl_input_path(in), npy->head + payload);
    if (code) {
        free(bytes);
        return code;
    }
    *raw = bytes;
    return SL_OK;
}
