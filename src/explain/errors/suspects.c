/* suspects.c - rows whose labels may be wrong: confident learning (Northcutt, Jiang and Chuang, Journal of
 * Artificial Intelligence Research 70, 2021), pruned by noise rate.
 *
 * A class's threshold is the mean probability of that class over the rows of its label.  A row counts for the
 * likeliest class among those whose thresholds its probabilities reach.  The counts by label and class,
 * scaled to the labels' own counts, estimate how many rows of each label are of each other class: so many
 * rows of that label are suspected, those whose probabilities speak most for the other class and against the
 * label. The probabilities must be of fits that did not see the row.  Cost: O(n k log n). */
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
        return "the model was fitted on these rows, or some of them, so that its probabilities are of what "
               "it has "
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

static void count_joint(const struct sl_scored_rows *s, const double *threshold, uint64_t *joint)
{
    for (size_t i = 0; i < s->n; i++) {
        const int class = counts_for(s, i, threshold);
        if (class >= 0)
            joint[(size_t)s->truth[i] * (size_t)s->k + (size_t) class]++;
    }
}

static uint64_t sum_of(const uint64_t *joint, size_t k)
{
    uint64_t sum = 0;
    for (size_t c = 0; c < k; c++)
        sum += joint[c];
    return sum;
}

static int by_margin(const void *a, const void *b)
{
    const struct sl_suspect *p = a, *q = b;
    if (p->margin != q->margin)
        return p->margin < q->margin ? -1 : 1;
    return (p->i > q->i) - (p->i < q->i);
}

/* Of a label's rows (n) the `most` that speak most for the class; a row that is taken for two classes is the
 * likelier one's.  list (n) is scratch; found: by scored row. */
static void take(const struct sl_scored_rows *s, const size_t *rows, size_t n, int class, size_t most,
                 struct sl_suspect *list, struct sl_suspect *found)
{
    size_t kept = 0;
    for (size_t r = 0; r < n; r++) {
        const double margin =
            sl_scored_score(s, rows[r], s->truth[rows[r]]) - sl_scored_score(s, rows[r], class);
        if (margin < 0)
            list[kept++] = (struct sl_suspect){rows[r], class, margin};
    }
    qsort(list, kept, sizeof *list, by_margin);
    for (size_t r = 0; r < kept && r < most; r++)
        if (list[r].margin < found[list[r].i].margin)
            found[list[r].i] = list[r];
}

/* Of each label so many rows of each other class as there are by the calibrated counts. */
static void collect(const struct sl_scored_rows *s, const size_t *labels, size_t *rows,
                    struct sl_suspect *list, struct sl_suspect *found, struct sl_suspects *out)
{
    const size_t k = (size_t)s->k;
    for (size_t i = 0; i < s->n; i++)
        found[i] = (struct sl_suspect){i, -1, 0};
    for (int label = 0; label < s->width; label++) {
        const uint64_t *joint = out->joint + (size_t)label * k, sum = sum_of(joint, k);
        size_t n = 0;
        for (size_t i = 0; i < s->n; i++)
            if (s->truth[i] == label)
                rows[n++] = i;
        for (int c = 0; c < s->width && sum; c++) {
            const double expected = (double)joint[c] / (double)sum * (double)labels[label];
            if (c == label || !joint[c])
                continue;
            out->estimated += expected;
            take(s, rows, n, c, (size_t)(expected + 0.5), list, found);
        }
    }
    for (size_t i = 0; i < s->n; i++)
        if (found[i].likely >= 0)
            out->list[out->n++] = found[i];
    qsort(out->list, out->n, sizeof *out->list, by_margin);
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

static int find(const struct sl_scored_rows *s, struct sl_suspects *out)
{
    const size_t k = (size_t)s->k;
    double *threshold = sl_alloc(k, sizeof *threshold);
    size_t *labels = sl_alloc(k, sizeof *labels), *rows = sl_alloc(s->n, sizeof *rows);
    struct sl_suspect *list = sl_alloc(s->n, sizeof *list), *found = sl_alloc(s->n, sizeof *found);
    out->list = sl_alloc(s->n, sizeof *out->list);
    out->joint = sl_alloc_zero(k * k, sizeof *out->joint);
    const int failed = !threshold || !labels || !rows || !list || !found || !out->list || !out->joint;
    if (!failed) {
        find_thresholds(s, threshold, labels);
        count_joint(s, threshold, out->joint);
        collect(s, labels, rows, list, found, out);
    }
    free(threshold);
    free(labels);
    free(rows);
    free(list);
    free(found);
    return failed ? -1 : 0;
}

int sl_errors_suspects(struct sl_errors *e, const struct sl_errors_options *o, struct sl_error *err)
{
    struct sl_suspects *out = &e->suspects;
    out->why = why_not(e->scored);
    if (out->why)
        return SL_OK;
    const int failed = find(e->scored, out) || (o->n_known && compare(e->scored, o->known, o->n_known, out));
    return failed ? sl_fail_memory(err) : SL_OK;
}
