/* suspects.c - rows whose labels may be wrong: confident learning (Northcutt, Jiang and Chuang, Journal of
 * Artificial Intelligence Research 70, 2021).
 *
 * A class's threshold is the mean probability of that class over the rows of its label.  A row counts for the
 * likeliest class among those whose thresholds its probabilities reach; where that is not its label, the label
 * is suspected.  The counts by label and class, scaled to the labels' own counts, estimate how many labels are
 * wrong.  The probabilities must be of fits that did not see the row.  Cost: O(n k). */
#include "core/memory.h"
#include "explain/errors/errors.h"
#include <math.h>

static const char *why_not(const struct sl_scored_rows *s)
{
    if (!s->margin)
        return "there are no scores";
    if (!s->scores)
        return "only the two largest scores of a row are kept: --keep-scores all";
    if (!s->probabilities)
        return "scores are margins, not probabilities";
    if (s->seen)
        return "the model was fitted on these rows, or some of them, so that its probabilities are of what it has "
               "seen: a study with --folds scores each row by a fit without it";
    return NULL;
}

/* threshold (k): infinite where no row has the label. */
static void find_thresholds(const struct sl_scored_rows *s, double *threshold, size_t *labels)
{
    for (int c = 0; c < s->k; c++)
        threshold[c] = labels[c] = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double p = sl_scored_score(s, i, s->truth[i]);
        labels[s->truth[i]]++;
        threshold[s->truth[i]] += isnan(p) ? 0 : p;
    }
    for (int c = 0; c < s->k; c++)
        threshold[c] = labels[c] ? threshold[c] / (double)labels[c] : INFINITY;
}

/* The class that a row counts for; -1: none. */
static int counts_for(const struct sl_scored_rows *s, size_t i, const double *threshold)
{
    int best = -1;
    for (int c = 0; c < s->width; c++) {
        const double p = sl_scored_score(s, i, c);
        if (p >= threshold[c] && (best < 0 || p > sl_scored_score(s, i, best)))
            best = c;
    }
    return best;
}

static int by_margin(const void *a, const void *b)
{
    const struct sl_suspect *p = a, *q = b;
    if (p->margin != q->margin)
        return p->margin < q->margin ? -1 : 1;
    return (p->i > q->i) - (p->i < q->i);
}

static void collect(const struct sl_scored_rows *s, const double *threshold, struct sl_suspects *out)
{
    for (size_t i = 0; i < s->n; i++) {
        const int label = s->truth[i], likely = counts_for(s, i, threshold);
        const double own = sl_scored_score(s, i, label);
        if (likely < 0 || label >= s->width)
            continue;
        out->joint[(size_t)label * (size_t)s->k + (size_t)likely]++;
        if (likely != label)
            out->list[out->n++] = (struct sl_suspect){i, likely, own - sl_scored_score(s, i, likely)};
    }
    qsort(out->list, out->n, sizeof *out->list, by_margin);
}

/* Labels that are wrong, by the joint counts, each row of them scaled to the label's own count. */
static double estimate(const struct sl_scored_rows *s, const uint64_t *joint, const size_t *labels)
{
    const size_t k = (size_t)s->k;
    double wrong = 0;
    for (size_t label = 0; label < k; label++) {
        double sum = 0, off = 0;
        for (size_t c = 0; c < k; c++) {
            sum += (double)joint[label * k + c];
            off += c == label ? 0 : (double)joint[label * k + c];
        }
        wrong += sum > 0 ? off / sum * (double)labels[label] : 0;
    }
    return wrong;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* How many of the known rows were scored, and how many of those are suspected. */
static int compare(const struct sl_scored_rows *s, const uint32_t *known, size_t n, struct sl_suspects *out)
{
    uint32_t *sorted = sl_alloc(n, sizeof *sorted);
    if (!sorted)
        return -1;
    for (size_t i = 0; i < n; i++)
        sorted[i] = known[i];
    qsort(sorted, n, sizeof *sorted, by_number);
    for (size_t i = 0; i < s->n; i++) {
        const uint32_t row = (uint32_t)sl_scored_row(s, i);
        out->known += bsearch(&row, sorted, n, sizeof row, by_number) != NULL;
    }
    for (size_t i = 0; i < out->n; i++) {
        const uint32_t row = (uint32_t)sl_scored_row(s, out->list[i].i);
        out->found += bsearch(&row, sorted, n, sizeof row, by_number) != NULL;
    }
    free(sorted);
    return 0;
}

int sl_errors_suspects(struct sl_errors *e, const struct sl_errors_options *o, struct sl_error *err)
{
    const struct sl_scored_rows *s = e->scored;
    struct sl_suspects *out = &e->suspects;
    const size_t k = (size_t)s->k;
    out->why = why_not(s);
    if (out->why)
        return SL_OK;
    double *threshold = sl_alloc(k, sizeof *threshold);
    size_t *labels = sl_alloc(k, sizeof *labels);
    out->list = sl_alloc(s->n, sizeof *out->list);
    out->joint = sl_alloc_zero(k * k, sizeof *out->joint);
    int failed = !threshold || !labels || !out->list || !out->joint;
    if (!failed) {
        find_thresholds(s, threshold, labels);
        collect(s, threshold, out);
        out->estimated = estimate(s, out->joint, labels);
        failed = o->n_known && compare(s, o->known, o->n_known, out);
    }
    free(threshold);
    free(labels);
    return failed ? sl_fail_memory(err) : SL_OK;
}
