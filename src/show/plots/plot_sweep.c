/* plot_sweep.c - accuracy, or the table's metric, against a swept hyperparameter of one classifier (sweep.c
 * says which).
 *
 * A value that is a word among numbers (gamma=scale) is a dashed level.  Folds and repeats give mean and
 * standard deviation, and each of their scores as a faint point; a single score gives its interval. */
#include "core/text.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/plots/sweep.h"
#include <math.h>
#include <stdlib.h>

enum { TICKS_MOST = 12 };
enum { SERIES_CHARACTERS = 60, WORDS_CHARACTERS = 100 /* on the whole axis */, LEVEL_CHARACTERS = 21 };

static int by_series_and_x(const void *a, const void *b)
{
    const struct sl_sweep_point *p = a, *q = b;
    if (p->series_number != q->series_number)
        return p->series_number < q->series_number ? -1 : 1;
    return (p->x > q->x) - (p->x < q->x);
}

static const char *metric_of(const struct sl_table *table)
{
    return sl_measure_types[table->metric].name;
}

static void bounds(const struct sl_sweep *sweep, const struct sl_table_row *row, double *low, double *high)
{
    double sd = isnan(row->score_std) ? 0 : row->score_std;
    *low = sweep->spread ? row->score - sd : row->score_low;
    *high = sweep->spread ? row->score + sd : row->score_high;
    *low = isnan(*low) ? row->score : *low; /* an interval that can not be told */
    *high = isnan(*high) ? row->score : *high;
}

/* Blocks 0 ... n_series-1: x, metric, low, high, 0 / 1 tied / 2 best. */
static void write_series(struct sl_picture *picture, const struct sl_sweep *sweep)
{
    const struct sl_table *table = picture->table;
    for (int s = 0; s < sweep->n_series; s++) {
        sl_string_add(&picture->data, "# ");
        sl_picture_field(picture, sweep->series[s]);
        sl_string_add(&picture->data, "\n# value\t%s\tlow\thigh\tmark\n", metric_of(table));
        for (size_t i = 0; i < sweep->n; i++) {
            const struct sl_sweep_point *p = &sweep->points[i];
            double low, high;
            if (p->series_number != s || isnan(p->x))
                continue;
            bounds(sweep, p->row, &low, &high);
            int mark = p->row == &table->rows[table->best < table->n ? table->best : 0]
                           ? 2
                           : p->row->tied_with_best == 1;
            sl_string_add(&picture->data, "%.10g\t%.6f\t%.6f\t%.6f\t%d\n", p->x, p->row->score, low, high,
                          mark);
        }
        sl_picture_block_end(picture);
    }
}

/* Blocks n_series ...: x and metric of every fold and repeat. */
static void write_scores(struct sl_picture *picture, const struct sl_sweep *sweep)
{
    for (int s = 0; s < sweep->n_series && sweep->spread; s++) {
        sl_string_add(&picture->data, "# value\t%s of one fold or repeat\n", metric_of(picture->table));
        for (size_t i = 0; i < sweep->n; i++) {
            const struct sl_sweep_point *p = &sweep->points[i];
            for (size_t j = 0; j < p->row->n_scores && p->series_number == s && !isnan(p->x); j++)
                sl_string_add(&picture->data, "%.10g\t%.6f\n", p->x, p->row->scores[j]);
        }
        sl_picture_block_end(picture);
    }
}

/* On a logarithmic axis of few values the ticks are the values: powers of ten alone may be too few. */
static void write_ticks(struct sl_picture *picture, const struct sl_sweep *sweep)
{
    double ticks[TICKS_MOST];
    int n = 0;
    for (size_t i = 0; i < sweep->n && n <= TICKS_MOST; i++) {
        int known = isnan(sweep->points[i].x);
        for (int j = 0; j < n && !known; j++)
            known = ticks[j] == sweep->points[i].x;
        if (!known && n < TICKS_MOST)
            ticks[n] = sweep->points[i].x;
        n += !known;
    }
    n = sweep->is_log && n <= TICKS_MOST ? n : 0;
    sl_picture_number(picture, "n_ticks", n);
    for (int j = 0; j < n; j++) {
        char variable[40];
        snprintf(variable, sizeof variable, "tick_%d", j + 1);
        sl_picture_number(picture, variable, ticks[j]);
    }
}

static int downwards(const void *a, const void *b)
{
    const struct sl_sweep_point *p = *(const struct sl_sweep_point *const *)a,
                                *q = *(const struct sl_sweep_point *const *)b;
    return (p->row->score < q->row->score) - (p->row->score > q->row->score);
}

/* Words among numbers: a dashed level each; their texts stand right of the frame, from the top down, at
 * least a line's height apart. */
static void write_levels(struct sl_picture *picture, const struct sl_sweep *sweep, double y_range)
{
    int n = 0;
    const struct sl_sweep_point *levels[SL_SWEEP_VALUES];
    double above = INFINITY, line = y_range * 0.042;
    for (size_t i = 0; i < sweep->n && n < SL_SWEEP_VALUES; i++)
        if (isnan(sweep->points[i].x))
            levels[n++] = &sweep->points[i];
    qsort(levels, (size_t)n, sizeof *levels, downwards);
    sl_picture_number(picture, "n_levels", n);
    for (int i = 0; i < n; i++) {
        const struct sl_sweep_point *p = levels[i];
        char variable[40], value[80], text[300];
        double at = fmin(p->row->score, above - line);
        sl_sweep_print_value(json_object_get(p->params, sweep->key), value, sizeof value);
        snprintf(text, sizeof text, "%s=%.60s", sweep->key, value);
        snprintf(variable, sizeof variable, "level_%d_text", i + 1);
        sl_picture_text(picture, variable, text, LEVEL_CHARACTERS);
        snprintf(variable, sizeof variable, "level_%d", i + 1);
        sl_picture_number(picture, variable, p->row->score);
        snprintf(variable, sizeof variable, "level_%d_series", i + 1);
        sl_picture_number(picture, variable, p->series_number);
        snprintf(variable, sizeof variable, "level_%d_at", i + 1);
        sl_picture_number(picture, variable, at);
        above = at;
    }
}

/* Returns the height of the metric's axis. */
static double write_range(struct sl_picture *picture, const struct sl_sweep *sweep)
{
    double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY, low, high;
    for (size_t i = 0; i < sweep->n; i++) {
        const struct sl_sweep_point *p = &sweep->points[i];
        bounds(sweep, p->row, &low, &high);
        for (size_t j = 0; j < p->row->n_scores; j++) {
            y_low = fmin(y_low, fmin(low, p->row->scores[j]));
            y_high = fmax(y_high, fmax(high, p->row->scores[j]));
        }
        if (!isnan(p->x)) {
            x_low = fmin(x_low, p->x);
            x_high = fmax(x_high, p->x);
        }
    }
    const enum sl_measure_unit unit = sl_measure_types[picture->table->metric].unit;
    double pad = fmax(0.08 * (y_high - y_low), 0.002);
    y_low = unit == SL_MEASURED_COEFFICIENT ? y_low - pad : fmax(y_low - pad, 0);
    y_high = unit == SL_MEASURED_LOSS ? y_high + pad : fmin(y_high + pad, 1.005);
    sl_picture_number(picture, "y_low", y_low);
    sl_picture_number(picture, "y_high", y_high);
    if (sweep->is_log) {
        double factor = pow(x_high / x_low, 0.05);
        sl_picture_number(picture, "x_low", x_low / factor);
        sl_picture_number(picture, "x_high", x_high * factor);
    } else {
        double room = sweep->numeric ? 0.05 * (x_high - x_low) : 0.5;
        sl_picture_number(picture, "x_low", x_low - room);
        sl_picture_number(picture, "x_high", x_high + room);
    }
    return y_high - y_low;
}

static void write_settings(struct sl_picture *picture, const struct sl_sweep *sweep)
{
    const struct sl_study *study = picture->table->study;
    const char *over = study->folds > 1 && study->repeats > 1 ? "folds and repeats"
                       : study->folds > 1                     ? "folds"
                                                              : "repeats";
    char title[300], rest[300], variable[40], spread[80], rows[40];
    sl_print_count(study->n_train, rows, sizeof rows);
    snprintf(title, sizeof title, "%.100s: %s against %.100s", picture->classifier, metric_of(picture->table),
             sweep->key);
    snprintf(spread, sizeof spread, "mean ± standard deviation over %s", over);
    snprintf(rest, sizeof rest, ", %s training rows; %s; ringed: best, filled: tied with it", rows,
             sweep->spread ? spread : "bars: 95 % intervals");
    sl_picture_titles(picture, title, rest);
    sl_picture_text(picture, "x_name", sweep->key, 0);
    sl_picture_text(picture, "y_name", metric_of(picture->table), 0);
    sl_picture_number(picture, "is_log", sweep->is_log);
    sl_picture_number(picture, "is_numeric", sweep->numeric);
    sl_picture_number(picture, "has_spread", sweep->spread);
    sl_picture_number(picture, "n_series", sweep->n_series);
    for (int s = 0; s < sweep->n_series; s++) {
        snprintf(variable, sizeof variable, "series_%d", s);
        sl_picture_text(picture, variable, sweep->series[s], SERIES_CHARACTERS);
    }
    size_t room = sweep->n_words ? WORDS_CHARACTERS / sweep->n_words : 0;
    sl_picture_number(picture, "n_words", (double)sweep->n_words);
    for (size_t i = 0; i < sweep->n_words; i++) {
        snprintf(variable, sizeof variable, "word_%zu", i);
        sl_picture_text(picture, variable, sweep->words[i], room > 4 ? room : 4);
    }
}

int sl_plot_sweep(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_sweep sweep;
    if (sl_sweep_collect(picture->table, picture->classifier, &sweep)) {
        sl_sweep_release(&sweep);
        return sl_fail_memory(err);
    }
    if (sweep.key) {
        sl_sweep_arrange(&sweep);
        write_settings(picture, &sweep);
        write_levels(picture, &sweep, write_range(picture, &sweep));
        write_ticks(picture, &sweep);
        qsort(sweep.points, sweep.n, sizeof *sweep.points, by_series_and_x);
        write_series(picture, &sweep);
        write_scores(picture, &sweep);
        picture->has_data = 1;
    }
    sl_sweep_release(&sweep);
    return SL_OK;
}
