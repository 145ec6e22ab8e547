/* plot_sweep.c - accuracy against a swept hyperparameter of one classifier.
 *
 * Hyperparameters that differ between the classifier's rows were swept.  The numeric one with the most
 * values is the x axis (logarithmic where its table says so or the values span two decades); every
 * combination of the others is a line.  A value that is a word (gamma=scale) is a dashed level.  If none
 * is numeric, the words stand side by side.  Folds and repeats give mean and standard deviation, and each
 * of their scores as a faint point; a single score gives its interval. */
#include "core/memory.h"
#include "show/columns.h"
#include "show/json.h"
#include "show/plots/plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MOST = 64, VALUES_MOST = 200, TICKS_MOST = 12 };
enum { SERIES_CHARACTERS = 60, WORDS_CHARACTERS = 100 /* on the whole axis */, LEVEL_CHARACTERS = 21 };

struct point {
    const struct sl_table_row *row;
    json_t *params;
    double x; /* NaN: a word */
    char series[160];
    int series_number;
};

struct sweep {
    struct point *points; /* (n) */
    size_t n;
    const char *key;             /* of the x axis; in the first point's params */
    int numeric, is_log, spread; /* spread: several scores a point */
    int n_series;
    char (*series)[160]; /* (SERIES_MOST) */
    size_t n_words; /* categories on the axis */
    char (*words)[80];
};

static void print_value(json_t *value, char *buf, size_t size)
{
    size_t i, used = 0;
    json_t *element;
    buf[0] = 0;
    if (json_is_integer(value))
        snprintf(buf, size, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        sl_print_real(json_real_value(value), buf, size);
    else if (json_is_string(value))
        snprintf(buf, size, "%s", json_string_value(value));
    else if (json_is_boolean(value))
        snprintf(buf, size, "%s", json_is_true(value) ? "true" : "false");
    else if (json_is_array(value)) {
        json_array_foreach(value, i, element)
        {
            if (used + 1 >= size)
                break;
            used += (size_t)snprintf(buf + used, size - used, "%s%lld", i ? "," : "",
                                     (long long)json_integer_value(element));
        }
    }
}

static int varies(const struct sweep *sweep, const char *key)
{
    for (size_t i = 1; i < sweep->n; i++)
        if (!json_equal(json_object_get(sweep->points[0].params, key),
                        json_object_get(sweep->points[i].params, key)))
            return 1;
    return 0;
}

static size_t distinct(const struct sweep *sweep, const char *key, int numeric_only)
{
    size_t count = 0;
    for (size_t i = 0; i < sweep->n; i++) {
        json_t *value = json_object_get(sweep->points[i].params, key);
        int first = !numeric_only || json_is_number(value);
        for (size_t j = 0; j < i && first; j++)
            first = !json_equal(value, json_object_get(sweep->points[j].params, key));
        count += (size_t)first;
    }
    return count;
}

/* The x axis: NULL where nothing was swept. */
static void choose_key(struct sweep *sweep)
{
    const char *key;
    json_t *value;
    size_t most = 0;
    sweep->key = NULL;
    for (int numeric = 1; numeric >= 0 && !sweep->key; numeric--)
        json_object_foreach(sweep->points[0].params, key, value)
        {
            size_t n = varies(sweep, key) ? distinct(sweep, key, numeric) : 0;
            if (n > most && n > 1) {
                most = n;
                sweep->key = key;
                sweep->numeric = numeric;
            }
        }
}

static int collect(const struct sl_table *table, const char *classifier, struct sweep *sweep)
{
    *sweep = (struct sweep){.points = sl_alloc_zero(table->n, sizeof *sweep->points),
                            .words = sl_alloc_zero(VALUES_MOST, sizeof *sweep->words),
                            .series = sl_alloc_zero(SERIES_MOST, sizeof *sweep->series)};
    if (!sweep->points || !sweep->words || !sweep->series)
        return -1;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (strcmp(row->row->classifier, classifier) != 0 || !row->n_scores)
            continue;
        int no_memory = 0;
        json_t *params = sl_json_parse(row->row->params_json, &no_memory);
        if (no_memory)
            return -1;
        if (!params)
            continue;
        sweep->points[sweep->n++] = (struct point){.row = row, .params = params, .x = NAN};
        sweep->spread |= row->n_scores > 1;
    }
    if (sweep->n > 1)
        choose_key(sweep);
    if (!sweep->numeric && sweep->n < 3) /* two kernels side by side are no sweep */
        sweep->key = NULL;
    return 0;
}

static void release(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->n; i++)
        json_decref(sweep->points[i].params);
    free(sweep->points);
    free(sweep->words);
    free(sweep->series);
}

int sl_is_swept(const struct sl_table *table, const char *classifier)
{
    struct sweep sweep;
    int swept = collect(table, classifier, &sweep) == 0 && sweep.key;
    release(&sweep);
    return swept;
}

/* Lines --------------------------------------------------------------------------------------------- */

/* "kernel=rbf gamma=0.1": the swept hyperparameters but that of the x axis. */
static void name_series(const struct sweep *sweep, struct point *point)
{
    const char *key;
    json_t *value;
    size_t used = 0;
    json_object_foreach(point->params, key, value)
    {
        char text[80];
        if (strcmp(key, sweep->key) == 0 || !varies(sweep, key) || used + 1 >= sizeof point->series)
            continue;
        print_value(value, text, sizeof text);
        used += (size_t)snprintf(point->series + used, sizeof point->series - used, "%s%s=%s",
                                 used ? " " : "", key, text);
    }
}

static int series_number(struct sweep *sweep, const char *name)
{
    for (int s = 0; s < sweep->n_series; s++)
        if (strcmp(sweep->series[s], name) == 0)
            return s;
    if (sweep->n_series == SERIES_MOST)
        return -1;
    strcpy(sweep->series[sweep->n_series], name);
    return sweep->n_series++;
}

static double word_position(struct sweep *sweep, const char *word)
{
    for (size_t i = 0; i < sweep->n_words; i++)
        if (strcmp(sweep->words[i], word) == 0)
            return (double)i;
    if (sweep->n_words == VALUES_MOST)
        return NAN;
    strcpy(sweep->words[sweep->n_words], word);
    return (double)sweep->n_words++;
}

static int by_series_and_x(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->series_number != q->series_number)
        return p->series_number < q->series_number ? -1 : 1;
    return (p->x > q->x) - (p->x < q->x);
}

static int flagged_log(const struct sl_table_row *row, const char *key)
{
    const struct sl_classifier_type *type = sl_classifier_find(row->row->classifier, NULL);
    const struct sl_param *param = type ? sl_param_find(type->params, key, NULL) : NULL;
    return param && (param->flags & SL_LOG);
}

static void arrange(struct sweep *sweep)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < sweep->n; i++) {
        struct point *p = &sweep->points[i];
        json_t *value = json_object_get(p->params, sweep->key);
        char text[80];
        print_value(value, text, sizeof text);
        if (!sweep->numeric)
            p->x = word_position(sweep, text);
        else if (json_is_number(value))
            p->x = json_number_value(value);
        if (!isnan(p->x)) {
            low = fmin(low, p->x);
            high = fmax(high, p->x);
        }
        name_series(sweep, p);
        p->series_number = series_number(sweep, p->series);
    }
    sweep->is_log =
        sweep->numeric && low > 0 && (flagged_log(sweep->points[0].row, sweep->key) || high / low >= 100);
}

/* Writing ------------------------------------------------------------------------------------------- */

static void bounds(const struct sweep *sweep, const struct sl_table_row *row, double *low, double *high)
{
    double sd = isnan(row->accuracy_std) ? 0 : row->accuracy_std;
    *low = sweep->spread ? row->accuracy - sd : row->ci_low;
    *high = sweep->spread ? row->accuracy + sd : row->ci_high;
}

/* Blocks 0 ... n_series-1: x, accuracy, low, high, 0 / 1 tied / 2 best. */
static void write_series(struct sl_picture *picture, const struct sweep *sweep)
{
    const struct sl_table *table = picture->table;
    for (int s = 0; s < sweep->n_series; s++) {
        sl_string_add(&picture->data, "# ");
        sl_picture_field(picture, sweep->series[s]);
        sl_string_add(&picture->data, "\n# value\taccuracy\tlow\thigh\tmark\n");
        for (size_t i = 0; i < sweep->n; i++) {
            const struct point *p = &sweep->points[i];
            double low, high;
            if (p->series_number != s || isnan(p->x))
                continue;
            bounds(sweep, p->row, &low, &high);
            int mark = p->row == &table->rows[table->best < table->n ? table->best : 0]
                           ? 2
                           : p->row->tied_with_best == 1;
            sl_string_add(&picture->data, "%.10g\t%.6f\t%.6f\t%.6f\t%d\n", p->x, p->row->accuracy, low, high,
                          mark);
        }
        sl_picture_block_end(picture);
    }
}

/* Blocks n_series ...: x and accuracy of every fold and repeat. */
static void write_scores(struct sl_picture *picture, const struct sweep *sweep)
{
    for (int s = 0; s < sweep->n_series && sweep->spread; s++) {
        sl_string_add(&picture->data, "# value\taccuracy of one fold or repeat\n");
        for (size_t i = 0; i < sweep->n; i++) {
            const struct point *p = &sweep->points[i];
            for (size_t j = 0; j < p->row->n_scores && p->series_number == s && !isnan(p->x); j++)
                sl_string_add(&picture->data, "%.10g\t%.6f\n", p->x, p->row->accuracies[j]);
        }
        sl_picture_block_end(picture);
    }
}

/* On a logarithmic axis of few values the ticks are the values: powers of ten alone may be too few. */
static void write_ticks(struct sl_picture *picture, const struct sweep *sweep)
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
    const struct point *p = *(const struct point *const *)a, *q = *(const struct point *const *)b;
    return (p->row->accuracy < q->row->accuracy) - (p->row->accuracy > q->row->accuracy);
}

/* Words among numbers: a dashed level each; their texts stand right of the frame, from the top down, at
 * least a line's height apart. */
static void write_levels(struct sl_picture *picture, const struct sweep *sweep, double y_range)
{
    int n = 0;
    const struct point *levels[VALUES_MOST];
    double above = INFINITY, line = y_range * 0.042;
    for (size_t i = 0; i < sweep->n && n < VALUES_MOST; i++)
        if (isnan(sweep->points[i].x))
            levels[n++] = &sweep->points[i];
    qsort(levels, (size_t)n, sizeof *levels, downwards);
    sl_picture_number(picture, "n_levels", n);
    for (int i = 0; i < n; i++) {
        const struct point *p = levels[i];
        char variable[40], value[80], text[300];
        double at = fmin(p->row->accuracy, above - line);
        print_value(json_object_get(p->params, sweep->key), value, sizeof value);
        snprintf(text, sizeof text, "%s=%.60s", sweep->key, value);
        snprintf(variable, sizeof variable, "level_%d_text", i + 1);
        sl_picture_text(picture, variable, text, LEVEL_CHARACTERS);
        snprintf(variable, sizeof variable, "level_%d", i + 1);
        sl_picture_number(picture, variable, p->row->accuracy);
        snprintf(variable, sizeof variable, "level_%d_series", i + 1);
        sl_picture_number(picture, variable, p->series_number);
        snprintf(variable, sizeof variable, "level_%d_at", i + 1);
        sl_picture_number(picture, variable, at);
        above = at;
    }
}

/* Returns the height of the accuracy axis. */
static double write_range(struct sl_picture *picture, const struct sweep *sweep)
{
    double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY, low, high;
    for (size_t i = 0; i < sweep->n; i++) {
        const struct point *p = &sweep->points[i];
        bounds(sweep, p->row, &low, &high);
        for (size_t j = 0; j < p->row->n_scores; j++) {
            y_low = fmin(y_low, fmin(low, p->row->accuracies[j]));
            y_high = fmax(y_high, fmax(high, p->row->accuracies[j]));
        }
        if (!isnan(p->x)) {
            x_low = fmin(x_low, p->x);
            x_high = fmax(x_high, p->x);
        }
    }
    double pad = fmax(0.08 * (y_high - y_low), 0.002);
    sl_picture_number(picture, "y_low", fmax(y_low - pad, 0));
    sl_picture_number(picture, "y_high", fmin(y_high + pad, 1.005));
    if (sweep->is_log) {
        double factor = pow(x_high / x_low, 0.05);
        sl_picture_number(picture, "x_low", x_low / factor);
        sl_picture_number(picture, "x_high", x_high * factor);
    } else {
        double room = sweep->numeric ? 0.05 * (x_high - x_low) : 0.5;
        sl_picture_number(picture, "x_low", x_low - room);
        sl_picture_number(picture, "x_high", x_high + room);
    }
    return fmin(y_high + pad, 1.005) - fmax(y_low - pad, 0);
}

static void write_settings(struct sl_picture *picture, const struct sweep *sweep)
{
    const struct sl_study *study = picture->table->study;
    const char *over = study->folds > 1 && study->repeats > 1 ? "folds and repeats"
                       : study->folds > 1                     ? "folds"
                                                              : "repeats";
    char title[300], rest[300], variable[40], spread[80], rows[40];
    sl_print_count(study->n_train, rows, sizeof rows);
    snprintf(title, sizeof title, "%.100s: accuracy against %.100s", picture->classifier, sweep->key);
    snprintf(spread, sizeof spread, "mean ± standard deviation over %s", over);
    snprintf(rest, sizeof rest, ", %s training rows; %s; ringed: best, filled: tied with it", rows,
             sweep->spread ? spread : "bars: 95 % intervals");
    sl_picture_titles(picture, title, rest);
    sl_picture_text(picture, "x_name", sweep->key, 0);
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
    struct sweep sweep;
    if (collect(picture->table, picture->classifier, &sweep)) {
        release(&sweep);
        return sl_fail_memory(err);
    }
    if (sweep.key) {
        arrange(&sweep);
        write_settings(picture, &sweep);
        write_levels(picture, &sweep, write_range(picture, &sweep));
        write_ticks(picture, &sweep);
        qsort(sweep.points, sweep.n, sizeof *sweep.points, by_series_and_x);
        write_series(picture, &sweep);
        write_scores(picture, &sweep);
        picture->has_data = 1;
    }
    release(&sweep);
    return SL_OK;
}
