/* pack.c - little-endian binary records. */
#include "core/memory.h"
#include <endian.h>
#include <math.h>
#include <shortlist/pack.h>
#include <stdlib.h>
#include <string.h>

void sl_writer_release(struct sl_writer *w)
{
    free(w->bytes);
    *w = (struct sl_writer){0};
}

void sl_writer_reserve(struct sl_writer *w, size_t n)
{
    if (w->failed || w->counts || n <= w->capacity - w->size)
        return;
    unsigned char *grown = n > SIZE_MAX - w->size ? NULL : sl_realloc(w->bytes, w->size + n, 1);
    if (!grown) {
        w->failed = 1;
        return;
    }
    w->bytes = grown;
    w->capacity = w->size + n;
}

void sl_put_bytes(struct sl_writer *w, const void *bytes, size_t n)
{
    if (w->failed || n == 0)
        return;
    if (w->counts) {
        w->size += n;
        return;
    }
    if (n > w->capacity - w->size) {
        size_t capacity = w->capacity < 256 ? 256 : w->capacity;
        while (capacity - w->size < n && capacity < SIZE_MAX / 2)
            capacity *= 2;
        unsigned char *grown = sl_realloc(w->bytes, capacity, 1);
        if (!grown || capacity - w->size < n) {
            w->failed = 1;
            if (grown)
                w->bytes = grown;
            return;
        }
        w->bytes = grown;
        w->capacity = capacity;
    }
    memcpy(w->bytes + w->size, bytes, n);
    w->size += n;
}

void sl_put_u8(struct sl_writer *w, uint8_t value)
{
    sl_put_bytes(w, &value, 1);
}

void sl_put_i32(struct sl_writer *w, int32_t value)
{
    uint32_t le = htole32((uint32_t)value);
    sl_put_bytes(w, &le, 4);
}

void sl_put_u64(struct sl_writer *w, uint64_t value)
{
    uint64_t le = htole64(value);
    sl_put_bytes(w, &le, 8);
}

void sl_put_f32(struct sl_writer *w, float value)
{
    sl_put_f32s(w, &value, 1);
}

void sl_put_f64(struct sl_writer *w, double value)
{
    sl_put_f64s(w, &value, 1);
}

void sl_put_text(struct sl_writer *w, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    sl_put_u64(w, n);
    sl_put_bytes(w, text, n);
}

int sl_reader_fail(const struct sl_reader *r, struct sl_error *err, const char *text)
{
    return r->no_memory ? sl_fail_memory(err) : sl_fail(err, SL_EDATA, "%s", text);
}

void sl_get_bytes(struct sl_reader *r, void *bytes, size_t n)
{
    if (r->failed || n > r->size - r->at) {
        r->failed = 1;
        if (n)
            memset(bytes, 0, n);
        return;
    }
    if (n)
        memcpy(bytes, r->bytes + r->at, n);
    r->at += n;
}

uint8_t sl_get_u8(struct sl_reader *r)
{
    uint8_t value;
    sl_get_bytes(r, &value, 1);
    return value;
}

int32_t sl_get_i32(struct sl_reader *r)
{
    uint32_t le;
    sl_get_bytes(r, &le, 4);
    return (int32_t)le32toh(le);
}

uint64_t sl_get_u64(struct sl_reader *r)
{
    uint64_t le;
    sl_get_bytes(r, &le, 8);
    return le64toh(le);
}

float sl_get_f32(struct sl_reader *r)
{
    int32_t bits = sl_get_i32(r);
    float value;
    memcpy(&value, &bits, 4);
    r->failed |= !isfinite(value);
    return r->failed ? 0 : value;
}

double sl_get_any_f64(struct sl_reader *r)
{
    uint64_t bits = sl_get_u64(r);
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

double sl_get_f64(struct sl_reader *r)
{
    double value = sl_get_any_f64(r);
    r->failed |= !isfinite(value);
    return r->failed ? 0 : value;
}

char *sl_get_text(struct sl_reader *r)
{
    size_t n = sl_get_count(r, 0, SIZE_MAX, 1);
    if (r->failed)
        return NULL;
    char *text = sl_realloc(NULL, n + 1, 1);
    if (!text) {
        r->failed = r->no_memory = 1;
        return NULL;
    }
    sl_get_bytes(r, text, n);
    text[n] = 0;
    return text;
}

void sl_put_i32s(struct sl_writer *w, const int32_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sl_put_i32(w, values[i]);
}

/* Of bits (unsigned numbers of the size of type, all of whose exponent's bits are set where the number is not
 * finite), so that the compiler vectorises the search: a large model is searched after every fit. */
#define PUT_REALS(suffix, type, bits, exponent, le)                                                          \
    void sl_put_##suffix##s(struct sl_writer *w, const type *values, size_t n)                               \
    {                                                                                                        \
        int bad = 0;                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                     \
            bits b;                                                                                          \
            memcpy(&b, values + i, sizeof b);                                                                \
            bad |= (b & (exponent)) == (exponent);                                                           \
        }                                                                                                    \
        w->not_finite |= bad;                                                                                \
        if (w->counts)                                                                                       \
            w->size += n * sizeof *values;                                                                   \
        for (size_t i = 0; !w->counts && i < n; i++) {                                                       \
            bits b;                                                                                          \
            memcpy(&b, values + i, sizeof b);                                                                \
            b = le(b);                                                                                       \
            sl_put_bytes(w, &b, sizeof b);                                                                   \
        }                                                                                                    \
    }
PUT_REALS(f32, float, uint32_t, 0x7f800000u, htole32)
PUT_REALS(f64, double, uint64_t, 0x7ff0000000000000u, htole64)

#define GET_ARRAY(suffix, type)                                                                              \
    void sl_get_##suffix##s(struct sl_reader *r, type *values, size_t n)                                     \
    {                                                                                                        \
        for (size_t i = 0; i < n; i++)                                                                       \
            values[i] = sl_get_##suffix(r);                                                                  \
    }
GET_ARRAY(i32, int32_t)
GET_ARRAY(f32, float)
GET_ARRAY(f64, double)

size_t sl_get_count(struct sl_reader *r, size_t min, size_t max, size_t element_size)
{
    uint64_t n = sl_get_u64(r);
    size_t left = r->size - r->at;
    if (r->failed || n < min || n > max || (element_size && n > left / element_size)) {
        r->failed = 1;
        return 0;
    }
    return n;
}
