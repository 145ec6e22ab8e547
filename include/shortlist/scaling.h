/* scaling.h - scaling of features: fitted on a training view only, then applied to any view with the same
 * features. */
#ifndef SHORTLIST_SCALING_H
#define SHORTLIST_SCALING_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/view.h>

SL_API_BEGIN

enum sl_scaling_kind {
    SL_SCALE_NONE,
    SL_SCALE_MINMAX,   /* images of bytes: x / 255, one scaling for all pixels; else each feature to [0, 1] */
    SL_SCALE_STANDARD, /* each feature to mean 0 and variance 1; a constant feature to 0 */
    /* Sparse rows are not shifted, so that 0 stays 0: minmax divides each feature by its largest |x|,
     * standard by its standard deviation. */
};

struct sl_scaling;

int sl_scaling_kind_parse(const char *name, enum sl_scaling_kind *kind, struct sl_error *err);
const char *sl_scaling_kind_name(enum sl_scaling_kind kind);

/* 1 where the scaling of such rows is the same whichever of them it is fitted on. */
int sl_scaling_is_fixed(enum sl_scaling_kind kind, const struct sl_view *rows);
int sl_scaling_fit(enum sl_scaling_kind kind, const struct sl_view *train, struct sl_scaling **out,
                   struct sl_error *err);
/* Scales in into *out.  *owned is NULL where out shares in's rows, else the new rows: free() it when
 * out is no longer used. */
int sl_scaling_apply(const struct sl_scaling *scaling, const struct sl_view *in, struct sl_view *out,
                     void **owned, struct sl_error *err);
enum sl_scaling_kind sl_scaling_kind_of(const struct sl_scaling *scaling);
void sl_scaling_free(struct sl_scaling *scaling);

SL_API_END
#endif
