/* encode.h - columns as one type of classifier takes them. */
#ifndef SL_MODEL_ENCODE_H
#define SL_MODEL_ENCODE_H

#include "data/encoding.h"
#include <shortlist/classifier.h>
#include <shortlist/dataset.h>

/* How columns are encoded for such a fit, where options (NULL: zeroed) are what the user says for all. */
struct sl_encoding_options sl_model_encoding_for(const struct sl_classifier_type *type, const void *config,
                                                 const struct sl_encoding_options *options);

/* SL_EUSAGE where missing values are kept, and the type does not take them; the text names those that do. */
int sl_model_check_gaps(const struct sl_classifier_type *type, const struct sl_encoding_options *options,
                        struct sl_error *err);

/* Of rows of the data set, in doubles: *out is NULL for a table of plain numbers. */
int sl_model_fit_encoding(const struct sl_classifier_type *type, const void *config,
                          const struct sl_encoding_options *options, const struct sl_dataset *data,
                          const struct sl_view *train, struct sl_encoding **out, struct sl_error *err);

#endif
