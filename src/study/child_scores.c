/* child_scores.c - what a trial's process takes from the scores of the scored rows. */
#include "study/child_work.h"
#include "study/scores.h"
#include <shortlist/metrics.h>

int sl_child_take_scores(const struct sl_work *work, size_t member, const float *scores, int k,
                         struct sl_outcome *outcome, struct sl_error *err)
{
    const struct sl_rows *rows = work->rows[member];
    int probabilities = (work->trials[member]->type->flags & SL_PROBABILITIES) != 0;
    struct sl_ranked ranked;
    if (probabilities)
        outcome->log_loss = sl_log_loss(rows->truth, scores, rows->n_score, k);
    if (sl_rank_scores(rows->truth, scores, rows->n_score, k, &ranked))
        return sl_fail_memory(err);
    outcome->roc_auc = ranked.roc_auc;
    outcome->average_precision = ranked.average_precision;
    if (work->keep_scores == SL_KEEP_NONE)
        return SL_OK;
    return sl_scores_pack(scores, rows->n_score, k, probabilities, work->keep_scores, &outcome->scores)
               ? sl_fail_memory(err)
               : SL_OK;
}
