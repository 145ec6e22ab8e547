/* weights.h - weights of training rows: who takes them, and what a weight of 0 means. */
#ifndef SL_MODEL_WEIGHTS_H
#define SL_MODEL_WEIGHTS_H

#include <shortlist/model.h>

/* Does the type take rows like those of the view, which may have weights?  SL_EUSAGE names those that do. */
int sl_model_check_weights(const struct sl_classifier_type *type, const struct sl_view *view,
                           struct sl_error *err);

/* The rows whose weight is not 0: *weighed (owned), or NULL where all are.  SL_EUSAGE: there are none. */
int sl_model_take_weighed(const struct sl_dataset *train, struct sl_dataset **weighed, struct sl_error *err);

/* The same of parts: copies (n) whose fit lists are owned; release them either way. */
int sl_model_weighed_parts(const struct sl_dataset *data, const struct sl_group_part *parts, size_t n,
                           struct sl_group_part **out, struct sl_error *err);
void sl_model_parts_free(struct sl_group_part *parts, size_t n);

#endif
