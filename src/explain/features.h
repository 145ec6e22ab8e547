/* features.h - rows of numbers: a data set's, or the outputs of a network's layer. */
#ifndef SL_EXPLAIN_FEATURES_H
#define SL_EXPLAIN_FEATURES_H

#include "data/encoding.h"
#include "model/model.h"
#include "nn/pass/tap.h"
#include <shortlist/embed.h>

struct sl_preparation {
    struct sl_view raw; /* the rows' shape as the data set has it: no rows */
    struct sl_encoding *encoding;
    struct sl_scaling *scaling;
};

struct sl_features {
    struct sl_view view; /* all rows: bytes, or floats; of a layer that is not kept: the net's input */
    struct sl_tap *tap;  /* of such a layer, else NULL */
    size_t output, width;
    struct sl_image image;
    struct sl_preparation *own;               /* fitted on these rows, or NULL */
    const struct sl_preparation *preparation; /* own, or another; NULL: a model's rows */
    struct sl_prepared prepared;              /* owns the view's rows where they are not the data set's */
    float *kept;                              /* outputs of a layer, owned */
    int threads;
};

/* Of rows in memory (n, width), which are taken over. */
int sl_features_adopt(float *rows, size_t n, size_t width, int threads, struct sl_features **out,
                      struct sl_error *err);

/* out (n, width): rows first ... first + n - 1 as floats, as they are scaled.  A layer that is not kept runs
 * on threads; else on the calling thread, and several may call. */
int sl_features_read(const struct sl_features *features, size_t first, size_t n, float *out,
                     struct sl_error *err);

#endif
