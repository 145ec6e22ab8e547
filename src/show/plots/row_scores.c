/* row_scores.c - what the store keeps of a row's scores. */
#include "show/plots/row_scores.h"
#include "core/memory.h"
#include <math.h>
#include <string.h>

void sl_row_scores_release(struct sl_row_scores *scores)
{
    free(scores->truth);
    free(scores->scores);
    free(scores->confidence);
    free(scores->right);
    *scores = (struct sl_row_scores){0};
}

static int allocate(struct sl_row_scores *s, size_t most, int k)
{
    s->k = k;
    s->all = 1;
    s->truth = sl_alloc(most, sizeof *s->truth);
    s->confidence = sl_alloc(most, sizeof *s->confidence);
    s->right = sl_alloc(most, 1);
    size_t cells;
    if (__builtin_mul_overflow(most, (size_t)k, &cells))
        return -1;
    s->scores = sl_alloc(cells, sizeof *s->scores);
    return s->truth && s->confidence && s->right && s->scores ? 0 : -1;
}

static void add(struct sl_row_scores *s, const struct sl_outcome *outcome, const struct sl_scores *kept)
{
    s->probabilities = kept->probabilities;
    s->all &= !kept->classes && kept->k == s->k;
    for (size_t i = 0; i < kept->n; i++, s->n++) {
        double largest = -INFINITY;
        for (int c = 0; c < kept->width; c++) {
            double value = sl_scores_value(kept, i, c);
            largest = fmax(largest, value);
            if (s->all)
                s->scores[s->n * (size_t)s->k + (size_t)c] = (float)value;
        }
        s->confidence[s->n] = (float)largest;
        s->truth[s->n] = outcome->truth[i];
        s->right[s->n] = outcome->predicted[i] == outcome->truth[i];
    }
}

static int read_all(struct sl_picture *picture, struct sl_row_scores *s, struct sl_error *err)
{
    const struct sl_study_row *row = picture->row->row;
    size_t most = 0;
    int code = SL_OK;
    for (size_t o = 0; o < row->n_outcomes; o++)
        most += row->outcomes[o].predicted ? row->outcomes[o].n_validation : 0;
    for (size_t o = 0; o < row->n_outcomes && !code; o++) {
        const struct sl_outcome *outcome = &row->outcomes[o];
        struct sl_scores kept = {0};
        if (!outcome->predicted)
            continue;
        code = sl_study_scores(picture->request->out, picture->table->study, outcome, &kept, err);
        if (!code && kept.n == outcome->n_validation && kept.n) {
            if (!s->truth && allocate(s, most, kept.k))
                code = sl_fail_memory(err);
            if (!code)
                add(s, outcome, &kept);
        }
        sl_scores_free(&kept);
    }
    return code;
}

int sl_row_scores_read(struct sl_picture *picture, struct sl_row_scores *scores, struct sl_error *err)
{
    *scores = (struct sl_row_scores){0};
    int code = picture->request->out ? read_all(picture, scores, err) : SL_OK;
    if (!code && !scores->n)
        snprintf(
            picture->reason, sizeof picture->reason,
            "the store keeps no scores of it: its classifier gives none, or it ran with --keep-scores none");
    if (!scores->all) {
        free(scores->scores);
        scores->scores = NULL;
    }
    return code;
}
