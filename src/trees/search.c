/* search.c - one feature's rows swept in the order of their codes. */
#include "trees/search.h"
#include "kernels/histogram.h"
#include <math.h>

struct sl_tree_content sl_tree_content_of(const struct sl_tree_growth *g, const struct sl_tree_sight *sight,
                                          const struct sl_tree_space *seen)
{
    return (struct sl_tree_content){
        .k = sight->k, .total = seen->total, .mass = seen->mass, .weight = g->weight ? seen->weight : NULL};
}

int sl_tree_take(struct sl_tree_split *best, const struct sl_tree_split *split)
{
    const int better =
        split->score > best->score || (split->score == best->score && split->feature < best->feature);
    if (better)
        *best = *split;
    return better;
}

void sl_tree_search_begin(struct sl_tree_search *s, size_t feature, struct sl_tree_sweep *sweep)
{
    const struct sl_tree_content content = sl_tree_content_of(s->g, s->sight, s->seen);
    sl_tree_sweep_begin(sweep, &s->g->rule, &content, s->space->left, s->space->mass_left,
                        (size_t)s->g->options.min_samples_leaf);
    /* sl_tree_take's order: of equal splits that of the lowest feature. */
    sweep->best = feature > s->best.feature ? s->best.score : nextafter(s->best.score, -INFINITY);
}

void sl_tree_search_end(struct sl_tree_search *s, const struct sl_tree_sweep *sweep, size_t feature)
{
    if (!(sweep->best > -INFINITY))
        return;
    const struct sl_tree_split split = {.score = sweep->best,
                                        .feature = (uint32_t)feature,
                                        .code = sweep->best_code,
                                        .n_left = sweep->best_n_left};
    if (sl_tree_take(&s->best, &split)) {
        s->next = sweep->next_code;
        sl_tree_prefetch_value(s->g->codes, feature, s->next);
    }
}

void sl_tree_search_tell_threshold(struct sl_tree_search *s)
{
    if (s->best.score > -INFINITY)
        s->best.threshold = sl_tree_middle(s->g->codes, s->best.feature, s->best.code, s->next);
}

int sl_tree_search_is_perfect(const struct sl_tree_search *s)
{
    double most = s->g->rule.criterion == SL_TREE_GINI ? (double)s->sight->n : 0;
    return !s->g->weight && s->best.score >= most;
}

int sl_tree_search_is_screened(const struct sl_tree_search *s)
{
    return s->g->rule.criterion == SL_TREE_GINI && !s->g->weight;
}

int sl_tree_search_may_win(const struct sl_tree_search *s, size_t feature, float about)
{
    if (feature > s->best.feature && sl_tree_search_is_perfect(s))
        return 0;
    return about > 0 && (double)about >= s->best.score * (1 - (double)SL_GINI_SLACK);
}

void sl_tree_search_keys(struct sl_tree_search *s, const int16_t *keys, int lane, size_t feature)
{
    struct sl_tree_sweep sweep;
    sl_tree_search_begin(s, feature, &sweep);
    for (size_t i = 0; i < s->sight->n; i++) {
        int key = keys[i * SL_SORT_LANES + (size_t)lane];
        sl_tree_sweep_move(&sweep, (uint32_t)key >> 7, key & 127, 1);
    }
    sl_tree_search_end(s, &sweep, feature);
}

void sl_tree_search_histogram(struct sl_tree_search *s, const uint16_t *hist, int lane, size_t feature)
{
    struct sl_tree_sweep sweep;
    hist += lane;
    sl_tree_search_begin(s, feature, &sweep);
    for (uint32_t byte = 0; byte < 256; byte++)
        for (int c = 0; c < s->sight->k; c++) {
            uint32_t m = hist[(size_t)c * SL_HIST_CLASS + byte * SL_HIST_LANES];
            if (m)
                sl_tree_sweep_move(&sweep, byte, c, m);
        }
    sl_tree_search_end(s, &sweep, feature);
}
