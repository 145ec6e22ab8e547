/* diff_json.c - the comparison of two studies as JSON, and its rows as records.  Times are in seconds, memory
 * in bytes, and null is what does not apply or can not be told. */
#include "show/diff.h"
#include "show/json.h"
#include <math.h>

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text_of(const char *text)
{
    return text ? sl_json_string(text) : json_null();
}

static json_t *points(double tolerance)
{
    return isnan(tolerance) ? json_null() : json_real(tolerance);
}

static json_t *side_json(const struct sl_diff_side *side)
{
    const struct sl_study *study = side->table->study;
    json_t *o = json_object();
    int no_memory = 0;
    json_t *machine = sl_json_parse(study->machine, &no_memory);
    sl_json_set(&o, "store", sl_json_string(side->out));
    sl_json_set(&o, "study", sl_json_string(study->name));
    sl_json_set(&o, "created", text_of(study->created));
    sl_json_set(&o, "data", text_of(study->data));
    sl_json_set(&o, "data_hash", text_of(study->data_hash));
    sl_json_set(&o, "machine", machine ? machine : no_memory ? NULL : json_null());
    return o;
}

static json_t *status_json(const struct sl_table_row *row)
{
    return row ? sl_json_string(sl_trial_status_name(row->status)) : json_null();
}

/* "fit_time_ratio" */
static void put_cost(json_t **o, const struct sl_diff_cost *cost, int id)
{
    const char *name = sl_measure_types[sl_costs[id].measure].name;
    const struct {
        const char *what;
        json_t *value;
    } fields[] = {{"before", sl_cost_is_time(id) ? real(cost->before) : sl_json_number(cost->before)},
                  {"after", sl_cost_is_time(id) ? real(cost->after) : sl_json_number(cost->after)},
                  {"ratio", real(cost->ratio)},
                  {"change", sl_json_string(sl_change_name(cost->change))}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char key[80];
        snprintf(key, sizeof key, "%s_%s", name, fields[i].what);
        sl_json_set(o, key, fields[i].value);
    }
}

static json_t *row_json(const struct sl_diff_row *row)
{
    const struct sl_study_row *any = row->after ? row->after->row : row->before->row;
    json_t *o = json_object();
    sl_json_set(&o, "name", sl_json_string(any->name));
    sl_json_set(&o, "classifier", sl_json_string(any->classifier));
    sl_json_set(&o, "settings", sl_json_string(row->settings));
    sl_json_set(&o, "status_before", status_json(row->before));
    sl_json_set(&o, "status_after", status_json(row->after));
    sl_json_set(&o, "score_before", real(row->before ? row->before->score : NAN));
    sl_json_set(&o, "score_after", real(row->after ? row->after->score : NAN));
    sl_json_set(&o, "score_difference", real(row->change));
    sl_json_set(&o, "same_rows", row->before && row->after ? json_boolean(row->paired) : json_null());
    sl_json_set(&o, "same_outcome", json_boolean(row->same_outcome));
    sl_json_set(&o, "p", real(row->p));
    sl_json_set(&o, "score_change", sl_json_string(sl_change_name(row->score)));
    for (int id = 0; id < SL_N_COSTS; id++)
        put_cost(&o, &row->costs[id], id);
    sl_json_set(&o, "score_regressed", json_boolean(row->score_regressed));
    sl_json_set(&o, "time_regressed", json_boolean(row->time_regressed));
    return o;
}

json_t *sl_diff_json(const struct sl_diff *diff)
{
    json_t *o = json_object(), *settings = json_array(), *rows = json_array();
    for (size_t i = 0; i < diff->n_settings; i++)
        sl_json_add(&settings, sl_json_string(diff->settings[i]));
    for (size_t i = 0; i < diff->n; i++)
        sl_json_add(&rows, row_json(&diff->rows[i]));
    sl_json_set(&o, "before", side_json(&diff->before));
    sl_json_set(&o, "after", side_json(&diff->after));
    sl_json_set(&o, "differences", settings);
    sl_json_set(&o, "metric", sl_json_string(sl_measure_types[diff->after.table->metric].name));
    sl_json_set(&o, "tolerance", points(diff->options.tolerance));
    sl_json_set(&o, "time_tolerance", points(diff->options.time_tolerance));
    sl_json_set(&o, "times_compare", json_boolean(diff->times_compare));
    sl_json_set(&o, "regressions", json_integer((json_int_t)diff->n_regressed));
    sl_json_set(&o, "rows", rows);
    return o;
}

int sl_diff_record_grid(const struct sl_diff *diff, struct sl_grid *grid, struct sl_error *err)
{
    json_t *all = sl_diff_json(diff), *rows = json_object_get(all, "rows"), *row, *value;
    const char *key;
    size_t i;
    if (!all)
        return sl_fail_memory(err);
    json_object_foreach(json_array_get(rows, 0), key, value)
    {
        sl_grid_column(grid, key, 0, 0);
    }
    json_array_foreach(rows, i, row)
    {
        json_object_foreach(row, key, value)
        {
            sl_json_cell(grid, value);
        }
    }
    json_decref(all);
    return SL_OK;
}
