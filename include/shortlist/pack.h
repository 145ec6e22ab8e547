/* pack.h - little-endian binary records: what model files and the executor's pipe are made of.
 *
 * A writer grows a buffer; a reader walks one and never reads past its end.  Both remember the first
 * failure and turn every later call into a no-op, so a caller checks once, at the end.  A number that is
 * not finite fails the reader, but for the calls that take any number. */
#ifndef SHORTLIST_PACK_H
#define SHORTLIST_PACK_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

struct sl_writer {
    unsigned char *bytes; /* owned */
    size_t size, capacity;
    int failed;     /* an allocation failed */
    int counts;     /* set it to count bytes in size without keeping them */
    int not_finite; /* some float or double so far was NaN or infinite */
};

struct sl_reader {
    const unsigned char *bytes; /* not owned */
    size_t size, at;
    int failed;    /* the record is too short, or holds an impossible length or number */
    int no_memory; /* an allocation failed (and failed is set): the record may be sound */
    int format;    /* of the file that the record stands in; 0: what this version writes */
};

void sl_writer_release(struct sl_writer *w);

/* Makes room for n more bytes at once, where it is known how many will come. */
void sl_writer_reserve(struct sl_writer *w, size_t n);

void sl_put_bytes(struct sl_writer *w, const void *bytes, size_t n);
void sl_put_u8(struct sl_writer *w, uint8_t value);
void sl_put_i32(struct sl_writer *w, int32_t value);
void sl_put_u64(struct sl_writer *w, uint64_t value);
void sl_put_f32(struct sl_writer *w, float value);
void sl_put_f64(struct sl_writer *w, double value);
void sl_put_text(struct sl_writer *w, const char *text); /* length, then bytes; NULL as "" */
/* Arrays: the count is not written; the caller writes it where the reader can not derive it. */
void sl_put_i32s(struct sl_writer *w, const int32_t *values, size_t n);
void sl_put_f32s(struct sl_writer *w, const float *values, size_t n);
void sl_put_f64s(struct sl_writer *w, const double *values, size_t n);

void sl_get_bytes(struct sl_reader *r, void *bytes, size_t n); /* zeros on failure */
uint8_t sl_get_u8(struct sl_reader *r);
int32_t sl_get_i32(struct sl_reader *r);
uint64_t sl_get_u64(struct sl_reader *r);
/* NaN and infinities fail, and 0 is returned: nothing that was fitted holds one. */
float sl_get_f32(struct sl_reader *r);
double sl_get_f64(struct sl_reader *r);
char *sl_get_text(struct sl_reader *r); /* the caller frees it; NULL on failure */
void sl_get_i32s(struct sl_reader *r, int32_t *values, size_t n);
void sl_get_f32s(struct sl_reader *r, float *values, size_t n);
void sl_get_f64s(struct sl_reader *r, double *values, size_t n);
/* Takes NaN and infinities, too: of outcomes, where NaN is "not measured". */
double sl_get_any_f64(struct sl_reader *r);

/* SL_ENOMEM where memory ran out, else SL_EDATA with the text. */
int sl_reader_fail(const struct sl_reader *r, struct sl_error *err, const char *text);

/* A count that is at least min, at most max, and whose elements of element_size bytes can still follow
 * in the record; 0 and failed otherwise.  Call it before allocating for what a record announces. */
size_t sl_get_count(struct sl_reader *r, size_t min, size_t max, size_t element_size);

SL_API_END
#endif
