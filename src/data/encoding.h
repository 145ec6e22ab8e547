/* encoding.h - fits an encoding on training rows, and applies it. */
#ifndef SL_DATA_ENCODING_H
#define SL_DATA_ENCODING_H

#include "data/encoding_codes.h"
#include <shortlist/pack.h>
#include <shortlist/view.h>

/* train: rows of doubles as columns says.  names (d): for messages, or NULL.  SL_EDATA where a value is
 * missing and options fill none in. */
int sl_encoding_fit(const struct sl_encoding_options *options, struct sl_columns *columns, char *const *names,
                    const struct sl_view *train, struct sl_encoding **out, struct sl_error *err);

/* in: rows whose levels are numbered as those of the training rows, in doubles (or bytes or floats: numbers
 * only).  *owned: the new rows; free() it when out is no longer used.  SL_EDATA names a row with a missing
 * value that is not filled in. */
int sl_encoding_apply(const struct sl_encoding *encoding, const struct sl_view *in, struct sl_view *out,
                      void **owned, struct sl_error *err);

/* The columns that it takes, and the shape that it makes of rows of shape raw. */
const struct sl_columns *sl_encoding_columns(const struct sl_encoding *encoding);
struct sl_view sl_encoding_shape(const struct sl_encoding *encoding, const struct sl_view *raw);
const struct sl_encoding_options *sl_encoding_options_of(const struct sl_encoding *encoding);

/* As many features as rows with such columns can get, at most. */
size_t sl_encoding_most(const struct sl_encoding_options *options, const struct sl_columns *columns);

void sl_encoding_save(const struct sl_encoding *encoding, struct sl_writer *w);
/* Reads what sl_encoding_save wrote for rows of d columns.  The record may be hostile: SL_EDATA, SL_ENOMEM;
 * *out is NULL then. */
int sl_encoding_load(struct sl_reader *r, size_t d, struct sl_encoding **out, struct sl_error *err);

#endif
