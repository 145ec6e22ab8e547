/* sweep.c - which hyperparameters of a classifier's rows were swept, and where each row stands.
 *
 * Hyperparameters that differ between the classifier's rows were swept.  The numeric one with the most
 * values is the x axis (logarithmic where its table says so or the values span two decades); every
 * combination of the others is a line.  If none is numeric, the words stand side by side.  Of three and more,
 * the one with the fewest values has a panel for each. */
#include "show/plots/sweep.h"
#include "core/memory.h"
#include "core/text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

void sl_sweep_print_value(json_t *value, char *buf, size_t size)
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

static int varies(const struct sl_sweep *sweep, const char *key)
{
    for (size_t i = 1; i < sweep->n; i++)
        if (!json_equal(json_object_get(sweep->points[0].params, key),
                        json_object_get(sweep->points[i].params, key)))
            return 1;
    return 0;
}

static size_t distinct(const struct sl_sweep *sweep, const char *key, int numeric_only)
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
static void choose_key(struct sl_sweep *sweep)
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

/* The others: the one with the most values, and, of two and more, the one with the fewest. */
static void choose_others(struct sl_sweep *sweep)
{
    const char *key;
    json_t *value;
    size_t most = 0, least = SL_SWEEP_PANELS + 1;
    json_object_foreach(sweep->points[0].params, key, value)
    {
        size_t n = strcmp(key, sweep->key) != 0 && varies(sweep, key) ? distinct(sweep, key, 0) : 0;
        if (n > most) {
            most = n;
            sweep->second = key;
        }
    }
    json_object_foreach(sweep->points[0].params, key, value)
    {
        size_t n = strcmp(key, sweep->key) != 0 && varies(sweep, key) ? distinct(sweep, key, 0) : 0;
        if (n > 1 && n < least && key != sweep->second) {
            least = n;
            sweep->third = key;
        }
    }
}

int sl_sweep_collect(const struct sl_table *table, const char *classifier, struct sl_sweep *sweep)
{
    *sweep = (struct sl_sweep){.points = sl_alloc_zero(table->n, sizeof *sweep->points),
                               .words = sl_alloc_zero(SL_SWEEP_VALUES, sizeof *sweep->words),
                               .series = sl_alloc_zero(SL_SWEEP_SERIES, sizeof *sweep->series),
                               .panels = sl_alloc_zero(SL_SWEEP_PANELS, sizeof *sweep->panels)};
    if (!sweep->points || !sweep->words || !sweep->series || !sweep->panels)
        return -1;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (strcmp(row->row->classifier, classifier) != 0 || isnan(row->score))
            continue;
        int no_memory = 0;
        json_t *params = sl_json_parse(row->row->params_json, &no_memory);
        if (no_memory)
            return -1;
        if (!params)
            continue;
        sweep->points[sweep->n++] = (struct sl_sweep_point){.row = row, .params = params, .x = NAN};
        sweep->spread |= row->n_scores > 1;
    }
    if (sweep->n > 1)
        choose_key(sweep);
    if (!sweep->numeric && sweep->n < 3) /* two kernels side by side are no sweep */
        sweep->key = NULL;
    if (sweep->key)
        choose_others(sweep);
    return 0;
}

void sl_sweep_release(struct sl_sweep *sweep)
{
    for (size_t i = 0; i < sweep->n; i++)
        json_decref(sweep->points[i].params);
    free(sweep->points);
    free(sweep->words);
    free(sweep->series);
    free(sweep->panels);
}

int sl_is_swept(const struct sl_table *table, const char *classifier)
{
    struct sl_sweep sweep;
    int swept = sl_sweep_collect(table, classifier, &sweep) == 0 && sweep.key;
    sl_sweep_release(&sweep);
    return swept;
}

/* Lines --------------------------------------------------------------------------------------------- */

/* "kernel=rbf gamma=0.1": the swept hyperparameters but those of the x axis and of the panels. */
static void name_series(const struct sl_sweep *sweep, struct sl_sweep_point *point)
{
    const char *key;
    json_t *value;
    size_t used = 0;
    json_object_foreach(point->params, key, value)
    {
        char text[80];
        if (strcmp(key, sweep->key) == 0 || !varies(sweep, key) || used + 1 >= sizeof point->series)
            continue;
        sl_sweep_print_value(value, text, sizeof text);
        if (sweep->third && strcmp(key, sweep->third) == 0) {
            snprintf(point->panel, sizeof point->panel, "%.14s=%s", key, text);
            continue;
        }
        used += (size_t)snprintf(point->series + used, sizeof point->series - used, "%s%s=%s",
                                 used ? " " : "", key, text);
    }
}

static int series_number(struct sl_sweep *sweep, const char *name)
{
    for (int s = 0; s < sweep->n_series; s++)
        if (strcmp(sweep->series[s], name) == 0)
            return s;
    if (sweep->n_series == SL_SWEEP_SERIES)
        return -1;
    strcpy(sweep->series[sweep->n_series], name);
    return sweep->n_series++;
}

static int panel_number(struct sl_sweep *sweep, const char *name)
{
    for (int p = 0; p < sweep->n_panels; p++)
        if (strcmp(sweep->panels[p], name) == 0)
            return p;
    if (sweep->n_panels == SL_SWEEP_PANELS)
        return -1;
    strcpy(sweep->panels[sweep->n_panels], name);
    return sweep->n_panels++;
}

static double word_position(struct sl_sweep *sweep, const char *word)
{
    for (size_t i = 0; i < sweep->n_words; i++)
        if (strcmp(sweep->words[i], word) == 0)
            return (double)i;
    if (sweep->n_words == SL_SWEEP_VALUES)
        return NAN;
    strcpy(sweep->words[sweep->n_words], word);
    return (double)sweep->n_words++;
}

static int flagged_log(const struct sl_table_row *row, const char *key)
{
    const struct sl_classifier_type *type = sl_classifier_find(row->row->classifier, NULL);
    const struct sl_param *param = type ? sl_param_find(type->params, key, NULL) : NULL;
    return param && (param->flags & SL_LOG);
}

void sl_sweep_arrange(struct sl_sweep *sweep)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < sweep->n; i++) {
        struct sl_sweep_point *p = &sweep->points[i];
        json_t *value = json_object_get(p->params, sweep->key);
        char text[80];
        sl_sweep_print_value(value, text, sizeof text);
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
        p->panel_number = panel_number(sweep, p->panel);
    }
    sweep->is_log =
        sweep->numeric && low > 0 && (flagged_log(sweep->points[0].row, sweep->key) || high / low >= 100);
}
