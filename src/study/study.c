/* study.c - reading a study back from the store.
 *
 * What stands in the store is checked like any other input: it may be damaged, and it may come from somebody
 * else.  Names that become names of folders follow the rule of those that are given (experiment.c). */
#include "core/json_text.h"
#include "core/memory.h"
#include "measure/timing.h"
#include "study/experiment.h"
#include "study/loader.h"
#include "study/outcome.h"
#include "study/study_list.h"
#include <shortlist/measures.h>
#include <string.h>

/* Study and rows ---------------------------------------------------------------------------------- */

/* Adds the strings of a JSON array to a list of n. */
static int add_strings(struct sl_loader *l, json_t *from, char ***list, size_t *n)
{
    size_t more = json_array_size(from);
    char **grown = sl_realloc(*list, *n + more, sizeof *grown);
    if (!grown)
        return sl_fail_memory(l->err);
    *list = grown;
    for (size_t i = 0; i < more; i++) {
        const char *text = json_string_value(json_array_get(from, i));
        if (!text)
            return sl_loader_fail(l, "a name that is no text");
        grown[*n] = sl_strdup(text);
        if (!grown[(*n)++])
            return sl_fail_memory(l->err);
        sl_make_line(grown[*n - 1]);
    }
    return SL_OK;
}

/* Adds the strings of a JSON text, which must be an array; of n_expected, or of any number (-1). */
static int add_list(struct sl_loader *l, const char *text, int n_expected, const char *what, char ***list,
                    size_t *n)
{
    int no_memory = 0, code;
    json_t *value = sl_json_parse(text, &no_memory);
    if (no_memory)
        code = sl_fail_memory(l->err);
    else if (!json_is_array(value) || (n_expected >= 0 && json_array_size(value) != (size_t)n_expected))
        code = sl_loader_fail(l, what);
    else
        code = add_strings(l, value, list, n);
    json_decref(value);
    return code;
}

/* Writes the machine's description as all JSON is written here, however the store has it. */
static int read_machine(struct sl_loader *l)
{
    struct sl_study *s = l->study;
    int no_memory = 0;
    json_t *machine = sl_json_parse(s->machine, &no_memory);
    /* The text was an object when it was taken: what is none now could not be read for want of memory. */
    no_memory |= !machine && s->machine && *s->machine;
    char *text = no_memory ? NULL : sl_json_print(machine ? machine : json_object());
    if (!text)
        return sl_fail_memory(l->err);
    free(s->machine);
    s->machine = text;
    return SL_OK;
}

static int read_names(struct sl_loader *l, const char *classes, const char *notes, const char *unseen)
{
    struct sl_study *s = l->study;
    size_t k = 0;
    int code = add_list(l, classes, s->k, "its class names", &s->classes, &k);
    if (!code)
        code = add_list(l, unseen, -1, "the names of classes of the test file alone", &s->classes, &k);
    s->k = (int)k;
    if (!code && k > UINT16_MAX)
        code = sl_loader_fail(l, "more classes than can be stored");
    return code ? code : add_list(l, notes, -1, "its notes", &s->notes, &s->n_notes);
}

static int read_study(struct sl_loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    struct sl_fields f = sl_loader_fields(l, query);
    char **const texts[] = {&s->title, &s->data, &s->data_hash};
    if (s->title)
        return sl_loader_fail(l, "it stands there twice");
    for (int i = 0; i < 3; i++)
        *texts[i] = sl_take_line(&f, i);
    s->machine = sl_take_object(&f, 3);
    s->created = sl_take_line(&f, 4);
    s->seed = (uint64_t)sl_take_int(&f, 5, 0, INT64_MAX);
    s->n_train = (size_t)sl_take_int(&f, 6, 1, UINT32_MAX);
    s->n_validation = (size_t)sl_take_int(&f, 7, 0, UINT32_MAX);
    s->folds = (int)sl_take_int(&f, 8, 0, SL_FOLDS_MAX);
    s->repeats = (int)sl_take_int(&f, 9, 1, SL_REPEATS_MAX);
    s->final = (int)sl_take_int(&f, 10, SL_FINAL_NO, SL_FINAL_TRAIN);
    s->k = (int)sl_take_int(&f, 11, 1, UINT16_MAX);
    const char *classes = sl_take_text(&f, 12), *notes = sl_take_text(&f, 13), *unseen = sl_take_text(&f, 14);
    sl_metric_find(sl_take_text(&f, 15), &s->metric, NULL); /* -1 for one of a later version */
    s->timing_runs = (int)sl_take_int(&f, 16, 0, SL_TIMING_RUNS_MOST);
    s->settings = sl_take_object(&f, 17);
    if (f.code)
        return f.code;
    int code = read_names(l, classes, notes, unseen);
    return code ? code : read_machine(l);
}

static int check_row(struct sl_fields *f, const struct sl_study_row *row)
{
    enum sl_scaling_kind kind;
    if (f->code)
        return f->code;
    if (!*row->name || !*row->classifier)
        return sl_fields_fail(f, "a row without a name or a classifier");
    if (!row->params_json)
        return sl_fields_fail(f, "a row without hyperparameters");
    if (sl_scaling_kind_parse(row->scaling, &kind, NULL))
        return sl_fields_fail(f, "a row's scaling is none");
    return SL_OK;
}

static int read_row(struct sl_loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    struct sl_fields f = sl_loader_fields(l, query);
    if (s->n_rows == SL_ROWS_MAX)
        return sl_loader_fail(l, "more rows than a study can have");
    struct sl_study_row *rows = sl_realloc(s->rows, s->n_rows + 1, sizeof *rows);
    if (!rows)
        return sl_fail_memory(l->err);
    s->rows = rows;
    struct sl_study_row *row = &rows[s->n_rows];
    *row = (struct sl_study_row){0};
    if (sl_take_int(&f, 0, 0, SL_ROWS_MAX) != (int64_t)s->n_rows)
        return sl_fields_fail(&f, "a row is missing");
    s->n_rows++;
    row->name = sl_take_line(&f, 1);
    row->classifier = sl_take_line(&f, 2);
    row->params = sl_take_line(&f, 3);
    row->params_json = sl_take_object(&f, 4);
    row->published = sl_take_object(&f, 5);
    row->scaling = sl_take_line(&f, 6);
    return check_row(&f, row);
}

static const char select_study[] = "SELECT title, data, data_hash, machine, created, seed, n_train, "
                                   "n_validation, folds, repeats, final, k, classes, notes, unseen_classes, "
                                   "metric, timing_runs, settings"
                                   " FROM study JOIN data ON data.hash = study.data_hash WHERE name = ?";
static const char select_rows[] = "SELECT row, name, classifier, params, params_json, published, scaling"
                                  " FROM study_row WHERE study = ? ORDER BY row";
static int load(struct sl_loader *l)
{
    const char *name = l->study->name;
    int code = sl_loader_each(l, sl_db_query(l->db, l->err, select_study, "t", name), read_study);
    if (!code && !l->study->title)
        code = sl_loader_fail(l, "its data set is missing");
    if (!code)
        code = sl_loader_each(l, sl_db_query(l->db, l->err, select_rows, "t", name), read_row);
    if (!code)
        code = sl_load_outcomes(l);
    return code;
}

/* ------------------------------------------------------------------------------------------------- */

int sl_study_load(const char *out, const char *name, struct sl_study **study, struct sl_error *err)
{
    struct sl_error unread;
    struct sl_loader l = {.err = err ? err : &unread};
    *study = NULL;
    int code = sl_db_open(out ? out : "results", SL_DB_READ, &l.db, l.err);
    if (code)
        return code;
    l.study = sl_alloc_zero(1, sizeof *l.study);
    if (!l.study)
        code = sl_fail_memory(l.err);
    if (!code)
        code = sl_db_exec(l.db, "BEGIN", l.err); /* one state of the store, whatever a run writes meanwhile */
    if (!code)
        code = sl_study_find(l.db, name, &l.study->name, l.err);
    if (!code)
        code = load(&l);
    sl_db_close(l.db);
    if (code)
        sl_study_free(l.study);
    else
        *study = l.study;
    return code;
}

static void row_free(struct sl_study_row *row)
{
    for (size_t i = 0; i < row->n_outcomes; i++)
        sl_outcome_release(&row->outcomes[i]);
    free(row->outcomes);
    free(row->name);
    free((char *)row->classifier);
    free(row->params);
    free(row->params_json);
    free(row->published);
    free(row->scaling);
}

void sl_study_free(struct sl_study *study)
{
    if (!study)
        return;
    for (size_t r = 0; r < study->n_rows; r++)
        row_free(&study->rows[r]);
    for (int c = 0; study->classes && c < study->k; c++)
        free(study->classes[c]);
    sl_truths_free(study->own);
    for (size_t i = 0; i < study->n_notes; i++)
        free(study->notes[i]);
    free(study->notes);
    free(study->settings);
    free(study->rows);
    free(study->classes);
    free(study->name);
    free(study->title);
    free(study->data);
    free(study->data_hash);
    free(study->machine);
    free(study->created);
    free(study);
}
