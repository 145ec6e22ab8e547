/* ranking.c - area under the ROC curve and average precision, of several samples of the rows at once.
 *
 * Definitions are scikit-learn's (roc_auc_score, average_precision_score): rows of equal scores are taken
 * together, and the precision is not interpolated.  Cost: O(k n) to sort, and for each block of samples. */
#include "measure/ranking.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sorting ----------------------------------------------------------------------------------------- */

enum { DIGITS = 4, DIGIT = 256 };

/* The higher the score, the lower its key. */
struct scored_row {
    uint32_t key, row;
};

static uint32_t key_of(float score)
{
    uint32_t bits;
    score += 0.0f; /* -0 is 0 */
    memcpy(&bits, &score, sizeof bits);
    return bits >> 31 ? bits : ~bits & 0x7fffffff;
}

/* By digits, the lowest first: equal scores stay in the order of the rows.  Digits in which no two rows
 * differ are passed over.  Which of the two arrays holds the rows then. */
static struct scored_row *sort_rows(struct scored_row *rows, struct scored_row *spare, size_t n)
{
    uint32_t place[DIGITS][DIGIT] = {{0}};
    if (n < 2)
        return rows;
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < DIGITS; p++)
            place[p][rows[i].key >> 8 * p & (DIGIT - 1)]++;
    for (int p = 0; p < DIGITS; p++) {
        if (place[p][rows[0].key >> 8 * p & (DIGIT - 1)] == n)
            continue;
        uint32_t at = 0;
        for (int b = 0; b < DIGIT; b++) {
            const uint32_t count = place[p][b];
            place[p][b] = at;
            at += count;
        }
        for (size_t i = 0; i < n; i++)
            spare[place[p][rows[i].key >> 8 * p & (DIGIT - 1)]++] = rows[i];
        struct scored_row *other = rows;
        rows = spare;
        spare = other;
    }
    return rows;
}

/* A class that the scores do not know has equal ones. */
static uint32_t find_keys(const float *scores, size_t n, int k, int32_t class, struct scored_row *rows)
{
    uint32_t worst = 0;
    for (size_t i = 0; i < n; i++) {
        rows[i] =
            (struct scored_row){key_of(class < k ? scores[i * (size_t)k + (size_t) class] : 0), (uint32_t)i};
        worst = rows[i].key > worst ? rows[i].key : worst;
    }
    return worst;
}

/* Of neighbours and trees most rows have the score 0: those with the lowest score are the last, and need not
 * be sorted.  rows (2 n) is scratch. */
static void rank_rows(const float *scores, size_t n, int k, struct scored_row *rows, struct sl_ranking *r)
{
    const uint32_t worst = find_keys(scores, n, k, r->class, rows);
    size_t better = 0, m = 0;
    for (size_t i = 0; i < n; i++)
        better += rows[i].key != worst;
    for (size_t i = 0, at = better; i < n; i++) {
        if (rows[i].key != worst)
            rows[m++] = rows[i];
        else
            r->order[at++] = rows[i].row;
    }
    const struct scored_row *sorted = sort_rows(rows, rows + n, m);
    for (size_t i = 0; i < m; i++) {
        r->order[i] = sorted[i].row;
        r->last[i] = i + 1 == m || sorted[i + 1].key != sorted[i].key;
    }
    for (size_t i = m; i < n; i++)
        r->last[i] = i + 1 == n;
}

static int add_rankings(const int32_t *truth, const float *scores, size_t n, int k,
                        const unsigned char *occurs, int32_t most, struct sl_rankings *out)
{
    struct scored_row *rows = sl_alloc(2 * n, sizeof *rows);
    int code = rows ? SL_OK : SL_ENOMEM;
    for (int32_t c = 0; c <= most && !code; c++) {
        struct sl_ranking r = {.class = c, .n = n, .truth = truth};
        if (!occurs[c])
            continue;
        r.order = sl_alloc(n, sizeof *r.order);
        r.last = sl_alloc(n, 1);
        out->of[out->m++] = r;
        if (r.order && r.last)
            rank_rows(scores, n, k, rows, &r);
        else
            code = SL_ENOMEM;
    }
    free(rows);
    return code;
}

int sl_rankings_make(const int32_t *truth, const float *scores, size_t n, int k, struct sl_rankings *out)
{
    int32_t most = 0;
    size_t m = 0;
    *out = (struct sl_rankings){0};
    for (size_t i = 0; i < n; i++)
        most = truth[i] > most ? truth[i] : most;
    unsigned char *occurs = sl_alloc_zero((size_t)most + 1, 1);
    if (!occurs)
        return SL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        occurs[truth[i]] = 1;
    for (int32_t c = 0; c <= most; c++)
        m += occurs[c];
    out->of = sl_alloc(m, sizeof *out->of);
    int code = out->of ? add_rankings(truth, scores, n, k, occurs, most, out) : SL_ENOMEM;
    out->binary = k == 2 && most < 2;
    free(occurs);
    if (code)
        sl_rankings_release(out);
    return code;
}

void sl_rankings_release(struct sl_rankings *rankings)
{
    for (int i = 0; i < rankings->m; i++) {
        free(rankings->of[i].order);
        free(rankings->of[i].last);
    }
    free(rankings->of);
    *rankings = (struct sl_rankings){0};
}

/* Scoring ----------------------------------------------------------------------------------------- */

/* Sums over a ranking, lane by lane; those of a group of rows with equal scores go to the others at its end.
 */
struct sums {
    double in[SL_LANES], out[SL_LANES];           /* of the group: rows of the class, other rows */
    double true_in[SL_LANES], false_in[SL_LANES]; /* of the groups so far */
    double behind[SL_LANES];    /* pairs in which the other row comes first; ties count half */
    double precision[SL_LANES]; /* summed over the rows of the class */
};

SL_INLINE void end_group(struct sums *s)
{
    for (int l = 0; l < SL_LANES; l++) {
        s->behind[l] += s->in[l] * (s->false_in[l] + 0.5 * s->out[l]);
        s->true_in[l] += s->in[l];
        s->false_in[l] += s->out[l];
        double all = s->true_in[l] + s->false_in[l];
        s->precision[l] += all > 0 ? s->in[l] * s->true_in[l] / all : 0;
        s->in[l] = s->out[l] = 0;
    }
}

SL_CLONED_VOID(static, sum_ranking,
               (const struct sl_ranking *r, const unsigned char *weights, struct sums *s), (r, weights, s))
{
    int any = 0;
    *s = (struct sums){0};
    for (size_t i = 0; i < r->n; i++) {
        const unsigned char *w = weights + (size_t)r->order[i] * SL_LANES;
        if (r->truth[r->order[i]] == r->class) {
            any = 1;
            for (int l = 0; l < SL_LANES; l++)
                s->in[l] += w[l];
        } else if (r->last[i] && !any) { /* a group of other rows only: most are of one row */
            for (int l = 0; l < SL_LANES; l++) {
                s->false_in[l] += s->out[l] + w[l];
                s->out[l] = 0;
            }
            continue;
        } else
            for (int l = 0; l < SL_LANES; l++)
                s->out[l] += w[l];
        if (r->last[i]) {
            end_group(s);
            any = 0;
        }
    }
}

void sl_rankings_score(const struct sl_rankings *rankings, const unsigned char *weights,
                       struct sl_ranked out[SL_LANES])
{
    double area[SL_LANES] = {0}, areas[SL_LANES] = {0}, precision[SL_LANES] = {0}, occur[SL_LANES] = {0};
    for (int i = 0; i < rankings->m; i++) {
        struct sums s;
        int skip = rankings->binary && rankings->of[i].class == 0;
        sum_ranking(&rankings->of[i], weights, &s);
        for (int l = 0; l < SL_LANES; l++) {
            double pairs = s.true_in[l] * s.false_in[l];
            if (s.true_in[l] > 0) {
                precision[l] += s.precision[l] / s.true_in[l];
                occur[l]++;
            }
            if (pairs > 0 && !skip) {
                area[l] += 1 - s.behind[l] / pairs;
                areas[l]++;
            }
        }
    }
    for (int l = 0; l < SL_LANES; l++)
        out[l] = (struct sl_ranked){area[l] / areas[l], precision[l] / occur[l]};
}

int sl_rank_scores(const int32_t *truth, const float *scores, size_t n, int k, struct sl_ranked *out)
{
    struct sl_rankings rankings;
    struct sl_ranked lanes[SL_LANES];
    *out = (struct sl_ranked){NAN, NAN};
    unsigned char *ones = sl_alloc(n, SL_LANES);
    int code = ones ? sl_rankings_make(truth, scores, n, k, &rankings) : SL_ENOMEM;
    if (!code) {
        memset(ones, 1, n * SL_LANES);
        sl_rankings_score(&rankings, ones, lanes);
        *out = lanes[0];
        sl_rankings_release(&rankings);
    }
    free(ones);
    return code;
}
