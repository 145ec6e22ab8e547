/* ranks.c - ranks of classifiers in bootstrap samples.
 *
 * Which of several classifiers are right in a row is all that the row has to say of their order by accuracy.
 * Rows are grouped by that pattern, and how often a pattern stands in a sample is drawn at once, by Poisson's
 * law with the number of its rows as the mean: the sum of what each of them would draw by itself (J. Hanley
 * and B. MacGibbon, "Creating non-parametric bootstrap samples using Poisson frequencies", 2006, as in
 * resample.c).  A sample's size varies, which no order depends on, and rows in which all are right, or none,
 * are not drawn at all.  Draws are by the alias method: A. J. Walker, "An efficient method for generating
 * discrete random variables with general distributions" (1977), with the tables of M. D. Vose, "A linear
 * algorithm for generating random variates with a given distribution" (1991).
 *
 * Cost: O(n log n) to group n rows, then O(p (1 + m) + m^2) a sample, for p patterns and m classifiers. */
#include "measure/ranks.h"
#include "core/hash.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include <gsl/gsl_randist.h>
#include <math.h>
#include <shortlist/error.h>
#include <string.h>

enum { LANES = 40 /* samples drawn at a time */, WORD = 64 };
static const uint64_t seed = 0x72616e6b73;

size_t sl_rank_words(size_t m)
{
    return (m + WORD - 1) / WORD;
}

/* Ranks ------------------------------------------------------------------------------------------- */

/* How often each classifier had each rank.  Numbers are whole, so that their order does not matter: a sample
 * is worth SAMPLE, which equal classifiers share. */
#define SAMPLE ((uint64_t)1 << 40)
struct tally {
    size_t m, samples;
    uint64_t *steps; /* (m, m + 1): what is added from this rank on */
};

/* Of the values (m) of a sample: how many are above the i-th, and how many equal it, itself too. */
SL_CLONED_VOID(static, place, (const double *values, size_t m, double value, size_t *above, size_t *equal),
               (values, m, value, above, equal))
{
    size_t more = 0, same = 0;
    for (size_t j = 0; j < m; j++) {
        more += values[j] > value;
        same += values[j] == value;
    }
    *above = more;
    *equal = same;
}

static void count_sample(struct tally *t, const double *values)
{
    for (size_t i = 0; i < t->m; i++) {
        size_t above, equal;
        place(values, t->m, values[i], &above, &equal);
        uint64_t *steps = t->steps + i * (t->m + 1);
        steps[above] += SAMPLE / equal;
        steps[above + equal] -= SAMPLE / equal;
    }
    t->samples++;
}

static int make_tally(struct tally *t, size_t m)
{
    *t = (struct tally){.m = m, .steps = sl_alloc_zero(m * (m + 1), sizeof *t->steps)};
    return t->steps ? SL_OK : SL_ENOMEM;
}

static void finish_row(const struct tally *t, size_t i, struct sl_rank *out)
{
    const uint64_t *steps = t->steps + i * (t->m + 1);
    double whole = 0, sum = 0;
    uint64_t at = 0;
    for (size_t r = 0; r < t->m; r++)
        whole += (double)(at += steps[r]);
    *out = (struct sl_rank){.best = (double)steps[0] / whole};
    at = 0;
    for (size_t r = 0; r < t->m; r++) {
        sum += (double)(at += steps[r]);
        if (!(out->low > 0) && sum >= 0.025 * whole)
            out->low = (double)(r + 1);
        if (!(out->high > 0) && sum >= 0.975 * whole)
            out->high = (double)(r + 1);
    }
}

static void finish(struct tally *t, struct sl_rank *out, size_t *samples)
{
    *samples = t->samples;
    for (size_t i = 0; i < t->m && t->samples; i++)
        finish_row(t, i, &out[i]);
    free(t->steps);
}

int sl_rank_values(const double *values, size_t n, size_t m, struct sl_rank *out, size_t *samples)
{
    struct tally t;
    *samples = 0;
    if (make_tally(&t, m))
        return SL_ENOMEM;
    for (size_t s = 0; s < n; s++) {
        const double *of = values + s * m;
        int whole = 1;
        for (size_t i = 0; i < m; i++)
            whole &= !isnan(of[i]);
        if (whole)
            count_sample(&t, of);
    }
    finish(&t, out, samples);
    return SL_OK;
}

/* Poisson's law ----------------------------------------------------------------------------------- */

/* An alias table: the high bits of a random number choose a bin, the others one of its two values. */
struct poisson {
    size_t rows;    /* of a pattern */
    uint32_t least; /* value of the first bin */
    int bits;       /* of the number of bins */
    struct bin {
        uint32_t below, other; /* what is left of the number, below which the bin's own value is drawn */
    } * bins;
};

/* Values of less than 1e-15 are left out: they are further from the mean than this. */
static double reach(double mean)
{
    return 8 * sqrt(mean) + 20;
}

/* Bins whose share is above the mean give what those below it lack, one after the other; share (n) times n
 * is scratch, and so are the two lists in `list`, which grow towards each other. */
static void fill_bins(struct bin *bins, double *share, uint32_t *list, size_t n)
{
    size_t poor = 0, rich = n;
    for (uint32_t i = 0; i < n; i++)
        if (share[i] < 1)
            list[poor++] = i;
        else
            list[--rich] = i;
    while (poor && rich < n) {
        uint32_t from = list[rich], to = list[--poor];
        bins[to] = (struct bin){(uint32_t)(share[to] * UINT32_MAX), from};
        share[from] -= 1 - share[to];
        if (share[from] < 1) {
            rich++;
            list[poor++] = from;
        }
    }
    while (poor || rich < n) { /* but for rounding, these are full */
        uint32_t i = poor ? list[--poor] : list[rich++];
        bins[i] = (struct bin){UINT32_MAX, i};
    }
}

static int make_poisson(struct poisson *p, size_t rows, double mean)
{
    double least = fmax(floor(mean - reach(mean)), 0), values = ceil(mean + reach(mean)) - least, sum = 0;
    *p = (struct poisson){.rows = rows, .least = (uint32_t)least, .bits = 1};
    while (ldexp(1, p->bits) < values)
        p->bits++;
    size_t n = (size_t)1 << p->bits;
    double *share = sl_alloc(n, sizeof *share);
    uint32_t *list = sl_alloc(n, sizeof *list);
    p->bins = sl_alloc(n, sizeof *p->bins);
    if (share && list && p->bins) {
        for (size_t i = 0; i < n; i++)
            sum += share[i] = gsl_ran_poisson_pdf(p->least + (unsigned)i, mean);
        for (size_t i = 0; i < n; i++)
            share[i] *= (double)n / sum;
        fill_bins(p->bins, share, list, n);
    }
    free(share);
    free(list);
    return share && list && p->bins ? SL_OK : SL_ENOMEM;
}

/* Patterns ---------------------------------------------------------------------------------------- */

struct pattern {
    const uint64_t *right; /* (words) */
    size_t rows, law;      /* how often it comes; index of its law */
};

struct patterns {
    size_t m, words, n, n_laws;
    struct pattern *of;   /* (n), by rows */
    struct poisson *laws; /* (n_laws), by rows */
};

static int compare_words(const void *a, const void *b, void *size)
{
    return memcmp(a, b, *(const size_t *)size);
}

static int by_rows(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    if (x->rows != y->rows)
        return x->rows < y->rows ? -1 : 1;
    return (x->right > y->right) - (x->right < y->right);
}

/* Are all m right, or none? */
static int tells_nothing(const uint64_t *right, size_t m)
{
    size_t set = 0;
    for (size_t w = 0; w < sl_rank_words(m); w++)
        set += (size_t)__builtin_popcountll(right[w]);
    return set == 0 || set == m;
}

/* Moves the rows that tell something to the front, sorted, and returns their number. */
static size_t sort_rows(uint64_t *right, size_t n, size_t m)
{
    const size_t words = sl_rank_words(m);
    size_t kept = 0, size = words * sizeof *right;
    for (size_t i = 0; i < n; i++)
        if (!tells_nothing(right + i * words, m))
            memmove(right + kept++ * words, right + i * words, size);
    if (kept)
        qsort_r(right, kept, size, compare_words, &size);
    return kept;
}

static void group(struct patterns *p, const uint64_t *right, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t *row = right + i * p->words;
        if (p->n && memcmp(row, p->of[p->n - 1].right, p->words * sizeof *row) == 0)
            p->of[p->n - 1].rows++;
        else
            p->of[p->n++] = (struct pattern){.right = row, .rows = 1};
    }
    if (p->n)
        qsort(p->of, p->n, sizeof *p->of, by_rows);
}

/* Patterns that come equally often have one law. */
static int add_laws(struct patterns *p, size_t repeats)
{
    int code = SL_OK;
    for (size_t i = 0; i < p->n && !code; i++) {
        struct pattern *pattern = &p->of[i];
        if (!i || pattern->rows != p->of[i - 1].rows)
            code =
                make_poisson(&p->laws[p->n_laws++], pattern->rows, (double)pattern->rows / (double)repeats);
        pattern->law = p->n_laws - 1;
    }
    return code;
}

static void release_patterns(struct patterns *p)
{
    for (size_t i = 0; i < p->n_laws; i++)
        free(p->laws[i].bins);
    free(p->laws);
    free(p->of);
}

static int make_patterns(struct patterns *p, uint64_t *right, size_t n, size_t m, size_t repeats)
{
    size_t kept = sort_rows(right, n, m);
    *p = (struct patterns){.m = m, .words = sl_rank_words(m)};
    p->of = sl_alloc(kept ? kept : 1, sizeof *p->of);
    int code = p->of ? SL_OK : SL_ENOMEM;
    if (!code)
        group(p, right, kept);
    p->laws = code ? NULL : sl_alloc(p->n ? p->n : 1, sizeof *p->laws);
    code = p->laws ? add_laws(p, repeats) : SL_ENOMEM;
    if (code)
        release_patterns(p);
    return code;
}

/* Samples ----------------------------------------------------------------------------------------- */

SL_INLINE void draw(const struct poisson *p, uint64_t *state, uint32_t *times)
{
    uint32_t bits[LANES];
    for (int l = 0; l < LANES; l += 2) {
        uint64_t both = sl_splitmix(state);
        bits[l] = (uint32_t)both;
        bits[l + 1] = (uint32_t)(both >> 32);
    }
    for (int l = 0; l < LANES; l++) {
        uint32_t bin = bits[l] >> (32 - p->bits), rest = bits[l] << p->bits;
        times[l] = p->least + (rest < p->bins[bin].below ? bin : p->bins[bin].other);
    }
}

/* Rows that each classifier gets right in each sample of a block: sums (m, LANES). */
SL_CLONED_VOID(static, draw_block, (const struct patterns *p, uint64_t state, uint32_t *sums),
               (p, state, sums))
{
    memset(sums, 0, p->m * LANES * sizeof *sums);
    for (size_t i = 0; i < p->n; i++) {
        uint32_t times[LANES];
        draw(&p->laws[p->of[i].law], &state, times);
        for (size_t w = 0; w < p->words; w++)
            for (uint64_t left = p->of[i].right[w]; left; left &= left - 1) {
                uint32_t *of = sums + (w * WORD + (size_t)__builtin_ctzll(left)) * LANES;
                for (int l = 0; l < LANES; l++)
                    of[l] += times[l];
            }
    }
}

/* What can be drawn in about a tenth of a second, by a rough count, in thousands: no clock decides it. */
static size_t samples_for(const struct patterns *p)
{
    const double budget = 1e8; /* nanoseconds */
    double n = (double)p->n, m = (double)p->m, each = n * (2.5 + 0.1 * m) + m * m;
    double thousands = floor(budget / (1000 * each));
    return (size_t)fmin(fmax(1000 * thousands, SL_RANK_SAMPLES_LEAST), SL_RANK_SAMPLES);
}

static int count_samples(const struct patterns *p, struct tally *t)
{
    uint32_t *sums = sl_alloc(p->m * LANES, sizeof *sums);
    double *values = sl_alloc(p->m, sizeof *values);
    size_t blocks = samples_for(p) / LANES;
    for (size_t b = 0; b < blocks && sums && values; b++) {
        uint64_t state = seed + b;
        draw_block(p, sl_splitmix(&state), sums);
        for (int l = 0; l < LANES; l++) {
            for (size_t c = 0; c < p->m; c++)
                values[c] = sums[c * LANES + (size_t)l];
            count_sample(t, values);
        }
    }
    int code = sums && values ? SL_OK : SL_ENOMEM;
    free(sums);
    free(values);
    return code;
}

int sl_rank_right(uint64_t *right, size_t n, size_t m, size_t repeats, struct sl_rank *out, size_t *samples)
{
    struct patterns p;
    struct tally t;
    *samples = 0;
    int code = make_patterns(&p, right, n, m, repeats);
    if (code)
        return code;
    code = make_tally(&t, m);
    if (!code) {
        code = count_samples(&p, &t);
        finish(&t, out, samples);
    }
    release_patterns(&p);
    return code;
}
