/* ranks.c - how long the ranks and chances of a table's rows take to tell.
 *
 *     ranks [--targets] [--rows N] [--classifiers M]
 *
 * M classifiers (12) score the same N rows (12,000), made up as an image study has them: most rows are easy,
 * and those that are not are hard for most.  Timed is all that a table needs beyond its predictions, grouping
 * included: by accuracy its 10,000 samples, on one thread, whose goal is 0.2 s (--targets: exit status 1
 * where it is missed), and the 1,000 samples that intervals, tests and ranks share by another metric of
 * labels. */
#include "measure/ranks.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/text.h"
#include "measure/resample.h"
#include <math.h>
#include <shortlist/rng.h>
#include <stdio.h>
#include <string.h>

enum { CLASSES = 10, RUNS = 7, CLASSIFIERS_MOST = 1000 };
static const double goal = 0.2; /* seconds */

struct shape {
    size_t n, m, words;
    uint64_t *right, *scratch;  /* (n, words) */
    int32_t *truth, *predicted; /* (n); (m, n) */
};

/* The better classifiers are right in more rows; what one gets wrong, others do, too. */
static void make_predictions(struct shape *s, struct sl_rng *rng)
{
    for (size_t i = 0; i < s->n; i++) {
        double hard = sl_rng_uniform(rng);
        s->truth[i] = (int32_t)(i % CLASSES);
        for (size_t c = 0; c < s->m; c++) {
            double good = 0.8 + 0.1 * (double)c / (double)s->m;
            int right = hard + 0.1 * (sl_rng_uniform(rng) - 0.5) < good;
            s->predicted[c * s->n + i] = (s->truth[i] + !right) % CLASSES;
            s->right[i * s->words + c / 64] |= (uint64_t)right << c % 64;
        }
    }
}

static int make_shape(struct shape *s)
{
    struct sl_rng *rng = sl_rng_new(1, "ranks");
    s->words = sl_rank_words(s->m);
    s->right = sl_alloc_zero(s->n, s->words * sizeof *s->right);
    s->scratch = sl_alloc_zero(s->n, s->words * sizeof *s->right);
    s->truth = sl_alloc(s->n, sizeof *s->truth);
    s->predicted = sl_alloc(s->n * s->m, sizeof *s->predicted);
    int made = rng && s->right && s->scratch && s->truth && s->predicted;
    if (made)
        make_predictions(s, rng);
    sl_rng_free(rng);
    return made ? 0 : -1;
}

/* Seconds; NaN when out of memory. */
static double time_accuracy(const struct shape *s, struct sl_rank *ranks, size_t *samples)
{
    memcpy(s->scratch, s->right, s->n * s->words * sizeof *s->right);
    double start = sl_now();
    int code = sl_rank_right(s->scratch, s->n, s->m, 1, ranks, samples);
    return code ? NAN : sl_now() - start;
}

static double time_labels(const struct shape *s, struct sl_rank *ranks, size_t *samples)
{
    struct sl_resampled *found = sl_alloc(s->m, sizeof *found);
    double *values = sl_alloc(s->m * SL_RESAMPLES, sizeof *values), start = sl_now();
    const int32_t **predicted = sl_alloc(s->m, sizeof *predicted);
    int code = found && values && predicted ? 0 : -1;
    for (size_t c = 0; c < s->m && !code; c++)
        predicted[c] = s->predicted + c * s->n;
    if (!code)
        code = sl_resample_labels(SL_MEASURE_f1_macro, s->truth, predicted, s->m, s->n, CLASSES, 0, found);
    for (size_t c = 0; c < s->m && !code; c++)
        for (size_t i = 0; i < SL_RESAMPLES; i++)
            values[i * s->m + c] = found[c].at[i];
    if (!code)
        code = sl_rank_values(values, SL_RESAMPLES, s->m, ranks, samples);
    free(found);
    free(values);
    free(predicted);
    return code ? NAN : sl_now() - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of several runs. */
static double measure(double (*time)(const struct shape *s, struct sl_rank *ranks, size_t *samples),
                      const struct shape *s, struct sl_rank *ranks, size_t *samples)
{
    double seconds[RUNS];
    for (int i = 0; i < RUNS; i++)
        if (isnan(seconds[i] = time(s, ranks, samples)))
            return NAN;
    qsort(seconds, RUNS, sizeof *seconds, by_size);
    return seconds[RUNS / 2];
}

/* Returns the exit status. */
static int report(const struct shape *s, int targets)
{
    static struct sl_rank ranks[CLASSIFIERS_MOST];
    size_t samples, of_labels;
    double accuracy = measure(time_accuracy, s, ranks, &samples), labels;
    if (isnan(accuracy) || isnan(labels = measure(time_labels, s, ranks, &of_labels))) {
        fprintf(stderr, "ranks: out of memory\n");
        return 1;
    }
    int missed = targets && accuracy > goal;
    printf("%zu classifiers, %zu rows, medians of %d runs\n\n", s->m, s->n, RUNS);
    printf("accuracy   %6zu samples  %.3f s", samples, accuracy);
    if (targets)
        printf("  goal %.1f s  %s", goal, missed ? "MISSED" : "ok");
    printf("\nf1_macro   %6zu samples  %.3f s, intervals and tests among it\n", of_labels, labels);
    return missed;
}

static int read_count(const char *text, long most, size_t *out)
{
    long value;
    if (!text || sl_parse_long(text, &value) || value < 2 || value > most)
        return -1;
    *out = (size_t)value;
    return 0;
}

int main(int argc, char **argv)
{
    struct shape s = {.n = 12000, .m = 12};
    int targets = 0, wrong = 0;
    for (int i = 1; i < argc && !wrong; i++) {
        if (strcmp(argv[i], "--targets") == 0)
            targets = 1;
        else if (strcmp(argv[i], "--rows") == 0)
            wrong = read_count(argv[++i], 10000000, &s.n);
        else if (strcmp(argv[i], "--classifiers") == 0)
            wrong = read_count(argv[++i], CLASSIFIERS_MOST, &s.m);
        else
            wrong = 1;
    }
    if (wrong) {
        fprintf(stderr, "usage: ranks [--targets] [--rows N] [--classifiers M]\n");
        return 2;
    }
    int status = 1;
    if (make_shape(&s))
        fprintf(stderr, "ranks: out of memory\n");
    else
        status = report(&s, targets);
    free(s.right);
    free(s.scratch);
    free(s.truth);
    free(s.predicted);
    return status;
}
