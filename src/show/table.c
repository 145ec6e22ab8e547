/* table.c - from the outcomes of a study to the rows of a table.
 *
 * Scores are means over the folds and repeats that ended well.  The 95 % interval is Wilson's (1927) on
 * the validation rows of one repeat: folds are pooled, since each scores other rows, but repeats score
 * the same rows again (in other folds, where there are folds) and add no evidence about unseen ones, so
 * their counts are averaged.
 *
 * tied_with_best: McNemar's test of the row against the most accurate row on the validation rows that
 * both scored, pooled over folds and averaged over repeats for the same reason (so the difference of the
 * two counts is that of the mean accuracies), then Holm's correction for the number of rows compared.
 * Tied means p >= 0.05: these rows do not tell the two apart.  The test takes the fitted models as they
 * are; how much they would differ on another training sample, the deviation over folds shows.
 *
 * Cost: O(rows * (n + k^2)) for n predictions a row. */
#include "core/memory.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <shortlist/show.h>
#include <string.h>

static const double level = 0.95, alpha = 0.05;

static double or_nan(int64_t value)
{
    return value < 0 ? NAN : (double)value;
}

static double get_log_loss(const struct sl_outcome *o)
{
    return o->log_loss;
}

static double get_fit_time(const struct sl_outcome *o)
{
    return o->fit_time;
}

static double get_score_time(const struct sl_outcome *o)
{
    return o->score_time;
}

static double get_cpu_time(const struct sl_outcome *o)
{
    return o->cpu_time;
}

static double get_objective(const struct sl_outcome *o)
{
    return o->objective;
}

static double get_n_iter(const struct sl_outcome *o)
{
    return or_nan(o->n_iter);
}

static double get_model_bytes(const struct sl_outcome *o)
{
    return or_nan(o->model_bytes);
}

static double get_peak_memory(const struct sl_outcome *o)
{
    return or_nan(o->peak_memory);
}

/* A curve measures its training numbers while the weights change and layers drop out. */
static double get_train_accuracy(const struct sl_outcome *o)
{
    return o->n_curve ? o->curve[o->n_curve - 1].train_accuracy : NAN;
}

static double get_train_loss(const struct sl_outcome *o)
{
    return o->n_curve ? o->curve[o->n_curve - 1].train_loss : NAN;
}

static int scored(const struct sl_outcome *o)
{
    return o->status == SL_TRIAL_OK && o->predicted && o->truth && o->n_validation;
}

/* Over the outcomes that ended well and have the number; NaN where none has. */
static double mean(const struct sl_study_row *row, double (*get)(const struct sl_outcome *))
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < row->n_outcomes; i++) {
        double value = row->outcomes[i].status == SL_TRIAL_OK ? get(&row->outcomes[i]) : NAN;
        if (isnan(value))
            continue;
        sum += value;
        n++;
    }
    return n ? sum / (double)n : NAN;
}

static double largest(const struct sl_study_row *row, double (*get)(const struct sl_outcome *))
{
    double most = NAN;
    for (size_t i = 0; i < row->n_outcomes; i++)
        if (row->outcomes[i].status == SL_TRIAL_OK)
            most = fmax(most, get(&row->outcomes[i]));
    return most;
}

static double sample_std(const double *x, size_t n, double mean_x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean_x) * (x[i] - mean_x);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : NAN;
}

/* A failure says more than an outcome that is only missing yet. */
static void take_status(const struct sl_study_row *row, struct sl_table_row *out)
{
    out->status = row->n_outcomes ? SL_TRIAL_OK : SL_TRIAL_MISSING;
    out->reason = "";
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->status == SL_TRIAL_OK)
            continue;
        if (out->status == SL_TRIAL_OK || out->status == SL_TRIAL_MISSING) {
            out->status = o->status;
            out->reason = o->reason;
        }
    }
}

static int take_converged(const struct sl_study_row *row)
{
    int all = -1;
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->status == SL_TRIAL_OK && o->converged >= 0)
            all = all == 0 ? 0 : o->converged;
    }
    return all;
}

static size_t count_repeats(const struct sl_study_row *row)
{
    int last = -1;
    size_t n = 0;
    for (size_t i = 0; i < row->n_outcomes; i++) {
        if (!scored(&row->outcomes[i]) || row->outcomes[i].repeat == last)
            continue;
        last = row->outcomes[i].repeat; /* outcomes stand by repeat, then fold */
        n++;
    }
    return n;
}

static uint64_t per_repeat(uint64_t count, size_t repeats)
{
    return (count + repeats / 2) / repeats;
}

static void add_metrics(struct sl_metrics *sum, const struct sl_metrics *one)
{
    sum->accuracy += one->accuracy;
    sum->balanced_accuracy += one->balanced_accuracy;
    sum->precision_macro += one->precision_macro;
    sum->recall_macro += one->recall_macro;
    sum->f1_macro += one->f1_macro;
}

static void divide_metrics(struct sl_metrics *sum, double n)
{
    sum->accuracy /= n;
    sum->balanced_accuracy /= n;
    sum->precision_macro /= n;
    sum->recall_macro /= n;
    sum->f1_macro /= n;
}

/* Accuracies, metrics and interval; counts (k, k) is scratch. */
static int take_scores(const struct sl_study_row *row, int k, uint64_t *counts, struct sl_table_row *out,
                       struct sl_error *err)
{
    uint64_t right = 0, total = 0;
    out->accuracies = sl_alloc(row->n_outcomes, sizeof *out->accuracies);
    if (!out->accuracies)
        return sl_fail_memory(err);
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        struct sl_metrics one;
        if (!scored(o))
            continue;
        int code = sl_confusion(o->truth, o->predicted, o->n_validation, k, counts, err);
        if (code)
            return sl_fail_prefix(err, "row %s", row->name);
        sl_metrics_compute(counts, k, &one, NULL);
        for (int c = 0; c < k; c++)
            right += counts[(size_t)c * (size_t)k + (size_t)c];
        total += o->n_validation;
        out->accuracies[out->n_scores++] = one.accuracy;
        add_metrics(&out->metrics, &one);
        out->n_train = o->n_train;
    }
    size_t repeats = count_repeats(row);
    if (!out->n_scores) {
        double none = NAN;
        out->metrics = (struct sl_metrics){none, none, none, none, none};
        return SL_OK;
    }
    divide_metrics(&out->metrics, (double)out->n_scores);
    out->accuracy = out->metrics.accuracy;
    out->accuracy_std = sample_std(out->accuracies, out->n_scores, out->accuracy);
    out->n_validation = per_repeat(total, repeats);
    sl_wilson(per_repeat(right, repeats), out->n_validation, level, &out->ci_low, &out->ci_high);
    return SL_OK;
}

/* The store may hold outcomes of runs with other options: what their times are is told with them. */
static void take_conditions(const struct sl_study_row *row, struct sl_table_row *out)
{
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->status != SL_TRIAL_OK)
            continue;
        out->shared |= o->shared;
        if (!out->threads_least || o->threads < out->threads_least)
            out->threads_least = o->threads;
        if (o->threads > out->threads_most)
            out->threads_most = o->threads;
    }
}

static int make_row(const struct sl_study_row *row, int k, uint64_t *counts, struct sl_table_row *out,
                    struct sl_error *err)
{
    *out = (struct sl_table_row){.row = row, .tied_with_best = -1};
    out->accuracy = out->accuracy_std = out->ci_low = out->ci_high = NAN;
    take_status(row, out);
    out->log_loss = mean(row, get_log_loss);
    out->train_accuracy = mean(row, get_train_accuracy);
    out->train_loss = mean(row, get_train_loss);
    out->fit_time = mean(row, get_fit_time);
    out->score_time = mean(row, get_score_time);
    out->cpu_time = mean(row, get_cpu_time);
    out->objective = mean(row, get_objective);
    out->n_iter = mean(row, get_n_iter);
    out->model_bytes = mean(row, get_model_bytes);
    out->peak_memory = largest(row, get_peak_memory);
    out->converged = take_converged(row);
    take_conditions(row, out);
    return take_scores(row, k, counts, out, err);
}

/* The outcome of a row that stands against one of the same fold and repeat.  Without folds, a row of a
 * classifier without a random part has one repeat only, which stands against each. */
static const struct sl_outcome *partner(const struct sl_study_row *row, const struct sl_outcome *of)
{
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->fold == of->fold && (o->repeat == of->repeat || count_repeats(row) == 1))
            return o;
    }
    return NULL;
}

/* Rows that only one of the two got right, per repeat.  -1 where they did not score the same rows. */
static int discordant(const struct sl_study_row *a, const struct sl_study_row *b, uint64_t *only_a,
                      uint64_t *only_b)
{
    *only_a = *only_b = 0;
    if (a->n_outcomes < b->n_outcomes)
        return discordant(b, a, only_b, only_a);
    for (size_t i = 0; i < a->n_outcomes; i++) {
        const struct sl_outcome *x = &a->outcomes[i], *y = partner(b, x);
        /* Outcomes of the same split share truth: another address, other rows. */
        if (!y || !scored(x) || !scored(y) || x->truth != y->truth || x->n_validation != y->n_validation)
            return -1;
        for (size_t j = 0; j < x->n_validation; j++) {
            int right_a = x->predicted[j] == x->truth[j], right_b = y->predicted[j] == y->truth[j];
            *only_a += right_a && !right_b;
            *only_b += right_b && !right_a;
        }
    }
    size_t repeats = count_repeats(a);
    *only_a = per_repeat(*only_a, repeats);
    *only_b = per_repeat(*only_b, repeats);
    return 0;
}

static void find_best(struct sl_table *table)
{
    table->best = table->n;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (row->status != SL_TRIAL_OK || !row->n_scores)
            continue;
        if (table->best == table->n || row->accuracy > table->rows[table->best].accuracy)
            table->best = i;
    }
}

static int mark_ties(struct sl_table *table, struct sl_error *err)
{
    size_t m = 0;
    if (table->best == table->n)
        return SL_OK;
    double *p = sl_alloc(table->n, sizeof *p);
    size_t *which = sl_alloc(table->n, sizeof *which);
    if (!p || !which) {
        free(p);
        free(which);
        return sl_fail_memory(err);
    }
    const struct sl_study_row *best = table->rows[table->best].row;
    for (size_t i = 0; i < table->n; i++) {
        uint64_t only_best, only_row;
        if (i == table->best || table->rows[i].status != SL_TRIAL_OK)
            continue;
        if (discordant(best, table->rows[i].row, &only_best, &only_row))
            continue;
        which[m] = i;
        p[m++] = sl_mcnemar(only_best, only_row);
    }
    sl_holm(p, m);
    for (size_t i = 0; i < m; i++)
        table->rows[which[i]].tied_with_best = p[i] >= alpha;
    table->rows[table->best].tied_with_best = 1;
    free(p);
    free(which);
    return SL_OK;
}

int sl_table_make(const struct sl_study *study, struct sl_table **out, struct sl_error *err)
{
    int code = SL_OK;
    struct sl_table *table = sl_alloc_zero(1, sizeof *table);
    size_t k = study->k > 0 ? (size_t)study->k : 1;
    uint64_t *counts = sl_alloc(k * k, sizeof *counts);
    *out = NULL;
    if (table)
        table->rows = sl_alloc_zero(study->n_rows, sizeof *table->rows);
    if (!table || !table->rows || !counts)
        code = sl_fail_memory(err);
    else
        table->study = study;
    for (size_t i = 0; i < study->n_rows && !code; i++) {
        table->n = i + 1;
        code = make_row(&study->rows[i], (int)k, counts, &table->rows[i], err);
    }
    if (!code) {
        find_best(table);
        code = mark_ties(table, err);
    }
    free(counts);
    if (code) {
        sl_table_free(table);
        return code;
    }
    *out = table;
    return SL_OK;
}

void sl_table_free(struct sl_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; table->rows && i < table->n; i++)
        free(table->rows[i].accuracies);
    free(table->rows);
    free(table);
}
