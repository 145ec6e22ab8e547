/* masked.h - scores of a row of which a part is kept and the rest is another row's: what occlusion, LIME,
 * Kernel SHAP and the curves of faithfulness ask a model. */
#ifndef SL_EXPLAIN_MASKED_H
#define SL_EXPLAIN_MASKED_H

#include "explain/method.h"

/* The background as raw rows of the block's type. */
struct sl_masker {
    struct sl_explainer *explainer;
    const struct sl_view *raw; /* the block's rows */
    struct sl_view background;
    void *owned;
};
/* SL_EUSAGE for sparse rows; SL_EDATA where the background does not fit the rows' type; SL_ENOMEM.  Release
 * it either way. */
int sl_masker_init(struct sl_masker *masker, struct sl_explainer *explainer, const struct sl_view *raw,
                   struct sl_error *err);
void sl_masker_release(struct sl_masker *masker);

/* scores (n, k) of row `row` in n versions of it: version i keeps the columns j with kept[i, of[j]], kept (n,
 * parts), and has those of the background's row from[i], or, where from is NULL, the mean of the scores over
 * all of the background's rows is taken.  SL_ENOMEM and what sl_scorer_scores gives. */
int sl_masked_scores(const struct sl_masker *masker, size_t row, const int32_t *of, size_t parts,
                     const uint8_t *kept, size_t n, const uint32_t *from, float *scores,
                     struct sl_error *err);

#endif
