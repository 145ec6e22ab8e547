/* model.h - inside a fitted model, for the file format. */
#ifndef SL_MODEL_MODEL_H
#define SL_MODEL_MODEL_H

#include <shortlist/model.h>

struct sl_model {
    const struct sl_classifier_type *type;
    void *config;               /* owned */
    struct sl_scaling *scaling; /* owned */
    struct sl_view raw;         /* the training view's shape before scaling: no rows */
    struct sl_view scaled;      /* and after it */
    char **classes;             /* (k), owned */
    char **features;            /* (d), owned; NULL where the training data named none */
    void *payload;              /* the classifier's own model, owned */
};

/* A model with everything but classes, scaling and payload. */
struct sl_model *sl_model_new(const struct sl_classifier_type *type, const struct sl_view *raw);

/* Fills model->scaled from the scaling. */
int sl_model_set_scaled(struct sl_model *model, struct sl_error *err);

#endif
