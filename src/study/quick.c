/* quick.c - an experiment's quick setting: what its file says should be smaller for a first look.
 *
 *     quick: {train: 4000, validation: 2000, epochs: 2}
 *
 * A key is one of the experiment's settings, or a hyperparameter, which is replaced in every row whose
 * classifier has it.  A quick run is a study of its own, with a title that says so, and without published
 * numbers: they belong to the whole experiment. */
#include "core/memory.h"
#include "core/names.h"
#include "core/text.h"
#include "study/experiment.h"
#include <stdio.h>
#include <string.h>

static const struct sl_param *find_param(const struct sl_param *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static int check_value(const struct sl_param *param, const char *value, struct sl_error *err)
{
    struct sl_values values;
    int code = sl_values_parse(param, value, &values, err);
    if (code)
        return code;
    if (values.asked != 1)
        code = sl_fail(err, SL_EUSAGE, "%s: a quick setting takes one value", param->name);
    sl_values_free(&values);
    return code;
}

static int fail_key(const struct sl_experiment *experiment, const char *key, struct sl_error *err)
{
    const char *names[256];
    size_t n = 0;
    for (const struct sl_param *p = sl_settings_table; p->name; p++)
        names[n++] = p->name;
    for (size_t r = 0; r < experiment->n_rows; r++)
        for (const struct sl_param *p = experiment->rows[r].type->params; p->name && n < 256; p++) {
            size_t i = 0;
            while (i < n && strcmp(names[i], p->name) != 0)
                i++;
            if (i == n)
                names[n++] = p->name;
        }
    return sl_fail_unknown(err, "setting or hyperparameter", key, names, n);
}

static int check_setting(const struct sl_experiment *experiment, const char *key, const char *value,
                         struct sl_error *err)
{
    struct sl_settings *scratch = sl_alloc(1, sizeof *scratch);
    if (!scratch)
        return sl_fail_memory(err);
    *scratch = experiment->settings;
    int code = sl_settings_set(scratch, key, value, err);
    free(scratch);
    return code;
}

static int check(const struct sl_experiment *experiment, const char *key, const char *value,
                 struct sl_error *err)
{
    int found = 0;
    if (find_param(sl_settings_table, key))
        return check_setting(experiment, key, value, err);
    for (size_t r = 0; r < experiment->n_rows; r++) {
        const struct sl_param *param = find_param(experiment->rows[r].type->params, key);
        if (param && check_value(param, value, err))
            return err ? err->code : SL_EUSAGE;
        found |= param != NULL;
    }
    return found ? SL_OK : fail_key(experiment, key, err);
}

int sl_quick_add(struct sl_experiment *experiment, const char *key, const char *value, struct sl_error *err)
{
    int code = check(experiment, key, value, err);
    if (code)
        return code;
    struct sl_quick *quick = sl_realloc(experiment->quick, experiment->n_quick + 1, sizeof *quick);
    if (!quick)
        return sl_fail_memory(err);
    experiment->quick = quick;
    quick += experiment->n_quick++;
    *quick = (struct sl_quick){.key = sl_strdup(key), .value = sl_strdup(value)};
    return quick->key && quick->value ? SL_OK : sl_fail_memory(err);
}

static int apply(struct sl_experiment *experiment, const struct sl_quick *quick, struct sl_error *err)
{
    if (find_param(sl_settings_table, quick->key))
        return sl_settings_set(&experiment->settings, quick->key, quick->value, err);
    char *assignment = sl_format("%s=%s", quick->key, quick->value);
    int code = assignment ? SL_OK : sl_fail_memory(err);
    for (size_t r = 0; r < experiment->n_rows && !code; r++)
        if (find_param(experiment->rows[r].type->params, quick->key))
            code = sl_row_spec_assign(&experiment->rows[r], assignment, err);
    free(assignment);
    return code;
}

int sl_experiment_quick(struct sl_experiment *experiment, struct sl_error *err)
{
    char *title = sl_format("Quick run: %s", sl_experiment_title(experiment));
    char *name = sl_format("%s-quick", sl_experiment_name(experiment));
    int code = title && name ? SL_OK : sl_fail_memory(err);
    if (!code && !experiment->n_quick)
        code = sl_fail(err, SL_EUSAGE,
                       "experiment %s has no quick setting: 'quick: {train: 1000}' in its file makes one",
                       sl_experiment_name(experiment));
    for (size_t i = 0; i < experiment->n_quick && !code; i++)
        code = apply(experiment, &experiment->quick[i], err);
    for (size_t r = 0; r < experiment->n_rows; r++)
        sl_row_spec_unpublish(&experiment->rows[r]);
    if (!code)
        code = sl_settings_set(&experiment->settings, "title", title, err);
    if (!code)
        code = sl_settings_set(&experiment->settings, "name", name, err);
    free(title);
    free(name);
    return code;
}
