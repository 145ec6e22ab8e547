/* store_define.c - writing what a study is: its data, settings, rows and trials. */
#include "core/json_text.h"
#include "core/memory.h"
#include "measure/machine.h"
#include "study/outcome.h"
#include "study/store.h"
#include "study/trial_key.h"
#include <shortlist/measures.h>
#include <shortlist/text.h>
#include <shortlist/warnings.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int put_truth(struct sl_db *db, const struct sl_rows *rows, struct sl_error *err)
{
    unsigned char *labels = sl_labels_pack(rows->truth, rows->n_score);
    int code = labels ? sl_db_run(db, err, "INSERT OR IGNORE INTO truth VALUES (?, ?, ?)", "tib", rows->key,
                                  (int64_t)rows->n_score, labels, 2 * rows->n_score)
                      : sl_fail_memory(err);
    free(labels);
    return code;
}

/* What every outcome of the study will be compared with: once for each fold of each repeat, or for the split.
 */
static int put_truths(struct sl_db *db, const struct sl_definition *d, struct sl_error *err)
{
    const struct sl_trial *first = &d->plan->trials[0];
    int code = SL_OK;
    for (size_t i = 0; i < d->plan->n_trials && d->plan->trials[i].row == first->row && !code; i++) {
        const struct sl_trial *t = &d->plan->trials[i];
        struct sl_rows *rows;
        if (!t->folds && t->repeat)
            break;
        code = sl_rows_make(d->partition, t, &rows, err);
        if (!code)
            code = put_truth(db, rows, err);
        sl_rows_free(rows);
    }
    return code;
}

/* Rows that are fitted and scored; where folds take turns, what they are taken from. */
static int count_rows(const struct sl_definition *d, size_t *n_train, size_t *n_validation,
                      struct sl_error *err)
{
    const struct sl_trial *t = &d->plan->trials[0];
    struct sl_rows *rows;
    *n_train = t->n_train;
    *n_validation = t->n_validation;
    if (t->folds || t->n_fit)
        return SL_OK;
    int code = sl_rows_make(d->partition, t, &rows, err);
    if (!code) {
        *n_train = rows->n_fit;
        *n_validation = rows->n_score;
    }
    sl_rows_free(rows);
    return code;
}

static int has_note(const struct sl_dataset *data, const char *note)
{
    const char *line;
    for (size_t i = 0; (line = sl_dataset_note(data, i)); i++) {
        if (strcmp(line, note) == 0)
            return 1;
    }
    return 0;
}

/* That trials are left to other shards, how a search chose the rows, and what the readers said: of the test
 * file, what they did not say of the training file. */
static char *notes_json(const struct sl_dataset *data, const struct sl_dataset *test, const char *search,
                        const char *shard)
{
    json_t *notes = json_array();
    const char *line;
    if (*shard)
        sl_json_add(&notes, sl_json_string(shard));
    if (*search)
        sl_json_add(&notes, sl_json_string(search));
    for (size_t i = 0; (line = sl_dataset_note(data, i)); i++)
        sl_json_add(&notes, sl_json_string(line));
    for (size_t i = 0; test && (line = sl_dataset_note(test, i)); i++) {
        char text[600];
        const char *sentence = line;
        if (has_note(data, line))
            continue;
        sl_warning_of_note(line, &sentence); /* its code stays in front */
        snprintf(text, sizeof text, "%.*stest file: %s", (int)(sentence - line), line, sentence);
        sl_json_add(&notes, sl_json_string(text));
    }
    return sl_json_print(notes);
}

/* Classes from the one of that number on, and with it of the test file alone. */
static char *classes_json(const struct sl_dataset *data, int from)
{
    json_t *classes = json_array();
    for (int c = from; data && c < sl_dataset_view(data).k; c++)
        sl_json_add(&classes, sl_json_string(sl_dataset_class(data, c)));
    return sl_json_print(classes);
}

/* The settings that are not the defaults, as text that sets them again; title, name and data have columns of
 * their own. */
static char *settings_json(const struct sl_settings *settings)
{
    static const char *const others[] = {"title", "name", "data"};
    char value[SL_TEXT_MAX];
    json_t *object = json_object();
    struct sl_settings *defaults = sl_alloc_zero(1, sizeof *defaults);
    if (defaults)
        sl_config_default(sl_settings_table, defaults);
    for (const struct sl_param *p = sl_settings_table; defaults && p->name; p++) {
        int skipped = sl_param_equal(p, settings, defaults);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            skipped |= strcmp(p->name, others[i]) == 0;
        if (skipped)
            continue;
        sl_param_print(p, settings, value, sizeof value);
        sl_json_set(&object, p->name, sl_json_string(value));
    }
    char *text = defaults ? sl_json_print(object) : NULL;
    if (!defaults)
        json_decref(object);
    free(defaults);
    return text;
}

static int put_study(struct sl_db *db, const struct sl_definition *d, struct sl_error *err)
{
    const struct sl_settings *s = &d->experiment->settings;
    size_t n_train, n_validation;
    int counted = count_rows(d, &n_train, &n_validation, err);
    if (counted)
        return counted;
    char *machine = sl_json_print(sl_machine_json()),
         *notes = notes_json(d->data, d->test, d->experiment->part.search, d->shard);
    char *unseen = classes_json(d->test, sl_dataset_view(d->data).k), *settings = settings_json(s);
    int code =
        machine && notes && unseen && settings
            ? sl_db_run(
                  db, err,
                  "INSERT INTO study (name, title, data, data_hash, machine, created, ran, seed, n_train, "
                  "n_validation,"
                  " folds, repeats, final, notes, unseen_classes, metric, timing_runs, settings)"
                  " VALUES (?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),"
                  " (SELECT coalesce(max(ran), 0) + 1 FROM study), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT (name) DO UPDATE SET title = excluded.title, data = excluded.data,"
                  " data_hash = excluded.data_hash, machine = excluded.machine, ran = excluded.ran,"
                  " seed = excluded.seed, n_train = excluded.n_train, n_validation = excluded.n_validation,"
                  " folds = excluded.folds, repeats = excluded.repeats, final = excluded.final,"
                  " notes = excluded.notes, unseen_classes = excluded.unseen_classes,"
                  " metric = excluded.metric, timing_runs = excluded.timing_runs, settings = "
                  "excluded.settings",
                  "tttttiiiiiitttit", sl_experiment_name(d->experiment), sl_experiment_title(d->experiment),
                  s->data, sl_dataset_hash(d->data), machine, (int64_t)s->seed, (int64_t)n_train,
                  (int64_t)n_validation, (int64_t)s->folds, (int64_t)s->repeats, (int64_t)s->final, notes,
                  unseen, s->metric < 0 ? "none" : sl_measure_types[s->metric].name, (int64_t)s->timing_runs,
                  settings)
            : sl_fail_memory(err);
    free(machine);
    free(notes);
    free(unseen);
    free(settings);
    return code;
}

static int put_data(struct sl_db *db, const struct sl_dataset *data, struct sl_error *err)
{
    char *classes = classes_json(data, 0);
    int code = classes ? sl_db_run(db, err, "INSERT OR IGNORE INTO data VALUES (?, ?, ?)", "tit",
                                   sl_dataset_hash(data), (int64_t)sl_dataset_view(data).k, classes)
                       : sl_fail_memory(err);
    free(classes);
    return code;
}

/* The numbers of "512,512". */
static json_t *ints_json(const char *text)
{
    json_t *list = json_array();
    char *end;
    for (; *text; text = *end ? end + 1 : end)
        sl_json_add(&list, json_integer(strtoll(text, &end, 10)));
    return list;
}

/* Numbers, booleans and lists as such, words and texts as strings. */
static json_t *value_json(const struct sl_param *param, const void *config)
{
    char text[SL_TEXT_MAX];
    double number;
    sl_param_print(param, config, text, sizeof text);
    if (param->type == SL_PARAM_INTS)
        return ints_json(text);
    if (param->words == sl_words_bool)
        return json_boolean(strcmp(text, "true") == 0);
    if ((param->type == SL_PARAM_INT || param->type == SL_PARAM_REAL) && sl_parse_real(text, &number) == 0)
        return sl_json_number(number);
    return sl_json_string(text);
}

static char *config_json(const struct sl_param *params, const void *config)
{
    json_t *object = json_object();
    for (const struct sl_param *p = params; p->name; p++)
        sl_json_set(&object, p->name, value_json(p, config));
    return sl_json_print(object);
}

static int put_row(struct sl_db *db, const struct sl_definition *d, size_t r, struct sl_error *err)
{
    const struct sl_plan_row *row = &d->plan->rows[r];
    enum { PARAMS = 16384 };
    char *params = sl_alloc(PARAMS, 1), *json = config_json(row->type->params, row->config);
    if (params)
        sl_config_print(row->type->params, row->config, params, PARAMS);
    int code = params && json
                   ? sl_db_run(db, err, "INSERT INTO study_row VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "titttttt",
                               sl_experiment_name(d->experiment), (int64_t)r, row->name, row->type->name,
                               params, json, row->published, sl_scaling_kind_name(row->scaling))
                   : sl_fail_memory(err);
    free(params);
    free(json);
    return code;
}

static int put_trial(struct sl_db *db, const struct sl_definition *d, size_t i, struct sl_error *err)
{
    const struct sl_trial *t = &d->plan->trials[i];
    char split[33];
    sl_trial_split_key(t, sl_dataset_hash(d->data), d->test ? sl_dataset_hash(d->test) : NULL, split);
    return sl_db_run(db, err, "INSERT INTO study_trial VALUES (?, ?, ?, ?, ?, ?, ?)", "tiiitti",
                     sl_experiment_name(d->experiment), (int64_t)t->row, (int64_t)t->repeat, (int64_t)t->fold,
                     d->keys[i], split, (int64_t)t->seed);
}

static int define(struct sl_db *db, const struct sl_definition *d, struct sl_error *err)
{
    const char *study = sl_experiment_name(d->experiment);
    int code = put_data(db, d->data, err);
    if (!code)
        code = put_truths(db, d, err);
    if (!code)
        code = put_study(db, d, err);
    if (!code)
        code = sl_db_run(db, err, "DELETE FROM study_trial WHERE study = ?", "t", study);
    if (!code)
        code = sl_db_run(db, err, "DELETE FROM study_row WHERE study = ?", "t", study);
    for (size_t r = 0; !code && r < d->plan->n_rows; r++)
        code = put_row(db, d, r, err);
    for (size_t i = 0; !code && i < d->plan->n_trials; i++)
        code = put_trial(db, d, i, err);
    return code;
}

int sl_store_define(struct sl_db *db, const struct sl_definition *definition, struct sl_error *err)
{
    int code = sl_db_exec(db, "BEGIN IMMEDIATE", err);
    return code ? code : sl_db_end(db, define(db, definition, err), err);
}
