/* test_show_formats.c - the tables of a study made by hand in every format, against golden files in
 * tests/samples/show (UPDATE=1 rewrites them: tests/cli/update), and the JSON field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"
#include <jansson.h>

struct fixture {
    int32_t *truth;
    struct sl_study *study;
    struct sl_table *table;
};

static const char *const formats[] = {"text", "markdown", "csv", "json", "latex"};
static const char *const endings[] = {"txt", "md", "csv", "json", "tex"};

/* One row of every sort: best, tied, worse, with awkward characters, failed, not run. */
static int set_up(void **state)
{
    static struct fixture f;
    enum { N = 1200, K = 3 };
    f.truth = fixture_truth(N, K);
    f.study = fixture_study("made-by-hand", 6, K);
    f.study->n_train = 4 * N;
    f.study->n_validation = N;
    fixture_text(&f.study->classes[1], "B & C|100%");
    struct sl_study_row *row = f.study->rows;
    row[0] = fixture_row("logistic regression", "logreg", 1);
    fixture_score(row[0].outcomes, f.truth, N, K, 0, 120, 0.0231);
    row[0].outcomes->log_loss = 0.4321;
    row[0].outcomes->n_iter = 100;
    row[0].outcomes->converged = 0;
    fixture_text(&row[0].params, "C=10");
    fixture_text(&row[0].params_json, "{\"C\": 10.0, \"penalty\": \"l2\", \"hidden\": [16, 16]}");
    row[0].published = strdup("{\"accuracy\": 0.8302, \"fit_time\": 28.23}");
    row[1] = fixture_row("k-NN", "knn", 1);
    fixture_score(row[1].outcomes, f.truth, N, K, 1, 124, 0.00001);
    row[1].published = strdup("{\"accuracy\": 0.899}");
    row[1].outcomes->peak_memory = -1;
    row[2] = fixture_row("a_{name} 100% \"odd\" | with a & \\ and $ # ~ ^ <em> in it, longer than its column",
                         "tree", 1);
    fixture_score(row[2].outcomes, f.truth, N, K, 0, 400, 123.4);
    row[2].outcomes->shared = 1;
    row[3] = fixture_row("crasher", "svm", 1);
    row[3].outcomes->status = SL_TRIAL_CRASHED;
    strcpy(row[3].outcomes->reason, "killed by signal 11 (Segmentation fault)");
    row[4] = fixture_row("not yet", "mlp", 1);
    row[5] = fixture_row("majority", "majority", 1);
    fixture_score(row[5].outcomes, f.truth, N, K, 0, 800, 1.0);
    row[5].outcomes->fit_time = NAN;
    struct sl_error err = {0};
    *state = &f;
    return sl_table_make(f.study, &f.table, &err);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    sl_table_free(f->table);
    fixture_free(f->study);
    free(f->truth);
    return 0;
}

static char *read_all(FILE *from)
{
    char *text = NULL;
    size_t size = 0;
    rewind(from);
    if (getdelim(&text, &size, 0, from) < 0) {
        free(text);
        text = strdup("");
    }
    return text;
}

static char *write_table(const struct sl_table *table, const char *row, const char *format, int width)
{
    FILE *to = tmpfile();
    struct sl_error err = {0};
    enum sl_output_format parsed;
    assert_non_null(to);
    assert_int_equal(sl_output_format_parse(format, &parsed, &err), SL_OK);
    int code = row ? sl_row_write(table, row, parsed, width, to, &err)
                   : sl_table_write(table, parsed, NULL, width, to, &err);
    if (code)
        fail_msg("%s", err.text);
    char *text = read_all(to);
    fclose(to);
    return text;
}

static void compare(const char *name, const char *text)
{
    char path[500];
    snprintf(path, sizeof path, "%s/show/%s", SL_SAMPLES, name);
    FILE *file = fopen(path, getenv("UPDATE") ? "w+" : "r");
    if (!file)
        fail_msg("%s is missing: UPDATE=1 makes it", path);
    if (getenv("UPDATE"))
        fputs(text, file);
    char *expected = read_all(file);
    fclose(file);
    assert_string_equal(text, expected);
    free(expected);
}

static void test_golden(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        char name[64];
        char *text = write_table(f->table, NULL, formats[i], 0);
        snprintf(name, sizeof name, "table.%s", endings[i]);
        compare(name, text);
        free(text);
        text = write_table(f->table, "logistic regression", formats[i], 0);
        snprintf(name, sizeof name, "row.%s", endings[i]);
        compare(name, text);
        free(text);
    }
}

/* No line is wider than asked for, and none ends in a blank, at any width. */
static void test_text_widths(void **state)
{
    struct fixture *f = *state;
    for (int width = 60; width <= 220; width += 7) {
        char *text = write_table(f->table, NULL, "text", width), *rest = text;
        for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
            size_t n = strlen(line);
            if (n > (size_t)width)
                fail_msg("width %d: %zu characters: %s", width, n, line);
            assert_true(n == 0 || line[n - 1] != ' ');
        }
        free(text);
    }
}

static json_t *field(json_t *row, const char *key, json_type type)
{
    json_t *value = json_object_get(row, key);
    if (!value || (json_typeof(value) != type && !(type == JSON_TRUE && json_is_false(value))))
        fail_msg("field %s is missing or of the wrong type", key);
    return value;
}

static void test_json_fields(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {
        "name",
        "classifier",
        "params",
        "status",
        "reason",
        "n_train",
        "n_validation",
        "accuracy",
        "ci_low",
        "ci_high",
        "balanced_accuracy",
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "f1_weighted",
        "mcc",
        "kappa",
        "log_loss",
        "roc_auc",
        "average_precision",
        "rank_low",
        "rank_high",
        "p_best",
        "train_accuracy",
        "epoch_accuracy",
        "train_loss",
        "oob_accuracy",
        "fit_time",
        "score_time",
        "fit_time_std",
        "score_time_std",
        "fit_time_mean",
        "fit_time_min",
        "fit_time_max",
        "score_time_mean",
        "score_time_min",
        "score_time_max",
        "fit_runs",
        "score_runs",
        "latency",
        "cpu_time",
        "threads",
        "shared",
        "peak_memory",
        "model_bytes",
        "n_iter",
        "converged",
        "group",
        "tied_with_best",
        "seed",
        "published",
    };
    enum { N_NAMES = sizeof names / sizeof *names };
    char *text = write_table(f->table, NULL, "json", 0);
    json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *rows = json_object_get(all, "rows");
    assert_non_null(all);
    assert_int_equal(json_object_size(all), 6);
    field(all, "study", JSON_OBJECT);
    json_t *verdict = field(all, "verdict", JSON_OBJECT);
    assert_true(strlen(json_string_value(field(verdict, "text", JSON_STRING))) > 0);
    assert_string_equal(json_string_value(field(verdict, "best", JSON_STRING)), "logistic regression");
    assert_string_equal(json_string_value(json_array_get(field(verdict, "tied", JSON_ARRAY), 0)), "k-NN");
    assert_string_equal(json_string_value(field(verdict, "fastest_tied", JSON_STRING)), "k-NN");
    field(verdict, "much_faster", JSON_NULL);
    assert_int_equal(json_integer_value(field(verdict, "samples", JSON_INTEGER)), 10000);
    field(all, "data", JSON_OBJECT);
    field(all, "machine", JSON_OBJECT);
    assert_int_equal(json_array_size(rows), 6);
    for (size_t i = 0; i < 6; i++) {
        json_t *row = json_array_get(rows, i), *value;
        const char *key;
        size_t at = 0;
        json_object_foreach(row, key, value) assert_string_equal(key, names[at++]); /* in this order */
        assert_int_equal(at, N_NAMES);
    }
    json_t *good = json_array_get(rows, 0), *crashed = json_array_get(rows, 3);
    assert_true(json_real_value(field(good, "accuracy", JSON_REAL)) == 0.9);
    assert_true(json_real_value(field(good, "fit_time", JSON_REAL)) == 0.0231);
    assert_int_equal(json_integer_value(field(good, "peak_memory", JSON_INTEGER)), 3 << 20);
    assert_int_equal(json_integer_value(field(good, "n_iter", JSON_INTEGER)), 100);
    assert_true(json_is_false(field(good, "converged", JSON_TRUE)));
    assert_true(json_is_true(field(good, "tied_with_best", JSON_TRUE)));
    field(good, "reason", JSON_NULL);
    assert_true(json_real_value(field(field(good, "params", JSON_OBJECT), "C", JSON_REAL)) == 10);
    assert_true(json_real_value(field(field(good, "published", JSON_OBJECT), "accuracy", JSON_REAL)) ==
                0.8302);
    assert_string_equal(json_string_value(field(crashed, "status", JSON_STRING)), "crashed");
    field(crashed, "reason", JSON_STRING);
    for (size_t i = 5; i < 25; i++)
        field(crashed, names[i], JSON_NULL); /* never 0 */
    field(json_array_get(rows, 1), "peak_memory", JSON_NULL);
    field(json_array_get(rows, 5), "fit_time", JSON_NULL);
    json_decref(all);
    free(text);
}

/* Rows that were taken from runs with other numbers of threads are marked; so is a row of several. */
static void test_threads(void **state)
{
    struct fixture *f = *state;
    char *text = write_table(f->table, NULL, "text", 0);
    assert_non_null(strstr(text, "seconds on 2 threads to fit"));
    assert_null(strstr(text, "threads:"));
    free(text);
    f->study->rows[1].outcomes->threads = 1;
    struct sl_table *table;
    assert_int_equal(sl_table_make(f->study, &table, NULL), SL_OK);
    text = write_table(table, NULL, "text", 0);
    assert_non_null(strstr(text, "threads: that a row's times were measured with"));
    assert_null(strstr(text, "seconds on 2 threads"));
    free(text);
    text = write_table(table, NULL, "json", 0);
    json_t *all = json_loads(text, 0, NULL), *rows = json_object_get(all, "rows");
    assert_int_equal(json_integer_value(field(json_array_get(rows, 0), "threads", JSON_INTEGER)), 2);
    assert_int_equal(json_integer_value(field(json_array_get(rows, 1), "threads", JSON_INTEGER)), 1);
    assert_true(json_is_true(field(json_array_get(rows, 2), "shared", JSON_TRUE)));
    assert_true(json_is_false(field(json_array_get(rows, 1), "shared", JSON_TRUE)));
    json_decref(all);
    free(text);
    sl_table_free(table);
    f->study->rows[1].outcomes->threads = 2;

    struct sl_outcome two[2] = {f->study->rows[1].outcomes[0], f->study->rows[1].outcomes[0]};
    struct sl_study_row row = f->study->rows[1];
    struct sl_study study = *f->study;
    two[0].threads = 1;
    row.outcomes = two;
    row.n_outcomes = 2;
    study.rows = &row;
    study.n_rows = 1;
    study.folds = 2;
    assert_int_equal(sl_table_make(&study, &table, NULL), SL_OK);
    text = write_table(table, NULL, "text", 120);
    assert_non_null(strstr(text, "1-2"));
    free(text);
    text = write_table(table, NULL, "json", 0);
    all = json_loads(text, 0, NULL);
    field(json_array_get(json_object_get(all, "rows"), 0), "threads", JSON_NULL);
    json_decref(all);
    free(text);
    sl_table_free(table);
}

static void test_json_folds(void **state)
{
    struct fixture *f = *state;
    f->study->folds = 5;
    char *text = write_table(f->table, NULL, "json", 0);
    json_t *all = json_loads(text, 0, NULL), *row = json_array_get(json_object_get(all, "rows"), 0);
    assert_int_equal(json_array_size(field(row, "accuracies", JSON_ARRAY)), 1);
    field(row, "accuracy_std", JSON_NULL);
    json_decref(all);
    free(text);
    f->study->folds = 0;
}

/* Every record of the CSV has as many fields as its header, quotes undone. */
static void test_csv_fields(void **state)
{
    struct fixture *f = *state;
    char *text = write_table(f->table, NULL, "csv", 0);
    size_t fields = 1, expected = 0, records = 0;
    int quoted = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            quoted = !quoted;
        else if (*c == ',' && !quoted)
            fields++;
        else if (*c == '\n' && !quoted) {
            assert_int_equal(c[-1], '\r');
            expected = expected ? expected : fields;
            assert_int_equal(fields, expected);
            fields = 1;
            records++;
        }
    }
    assert_int_equal(records, 7);
    assert_non_null(strstr(text, "published_accuracy,published_fit_time"));
    assert_non_null(strstr(text, "\"a_{name} 100% \"\"odd\"\" |"));
    free(text);
}

/* Class 0 gets 200 rows of class 2, so that the two means differ. */
static void test_means_over_classes(void **state)
{
    struct fixture *f = *state;
    enum { MOVED = 200 };
    int32_t *moved[MOVED];
    size_t n = 0;
    for (size_t i = 0; n < MOVED; i++)
        if (f->truth[i] == 2)
            moved[n++] = &f->truth[i];
    for (size_t i = 0; i < n; i++)
        *moved[i] = 0;
    char *text = write_table(f->table, "logistic regression", "json", 0);
    for (size_t i = 0; i < n; i++)
        *moved[i] = 2;
    json_t *all = json_loads(text, 0, NULL), *classes = field(all, "classes", JSON_ARRAY);
    double macro = 0, weighted = 0;
    for (size_t c = 0; c < 3; c++) {
        json_t *class = json_array_get(classes, c);
        double recall = json_real_value(field(class, "recall", JSON_REAL));
        macro += recall / 3;
        weighted += recall * (double)json_integer_value(field(class, "support", JSON_INTEGER)) / 1200;
    }
    json_t *by_class = field(all, "macro_average", JSON_OBJECT);
    json_t *by_row = field(all, "weighted_average", JSON_OBJECT);
    assert_true(fabs(macro - weighted) > 0.01);
    assert_true(fabs(json_real_value(field(by_class, "recall", JSON_REAL)) - macro) < 1e-12);
    assert_true(fabs(json_real_value(field(by_row, "recall", JSON_REAL)) - weighted) < 1e-12);
    assert_true(fabs(json_real_value(field(all, "accuracy", JSON_REAL)) - weighted) < 1e-12);
    json_decref(all);
    free(text);
}

static void test_errors(void **state)
{
    struct fixture *f = *state;
    struct sl_error err = {0};
    enum sl_output_format format;
    assert_int_equal(sl_output_format_parse("markdwon", &format, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean markdown?"));
    assert_int_equal(sl_row_write(f->table, "k-Nn", SL_FORMAT_TEXT, 0, stdout, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean k-NN?"));
    assert_int_equal(sl_row_write(f->table, "crasher", SL_FORMAT_TEXT, 0, stdout, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "signal 11"));
    FILE *full = fopen("/dev/full", "w");
    if (full) {
        setvbuf(full, NULL, _IONBF, 0);
        assert_int_equal(sl_table_write(f->table, SL_FORMAT_TEXT, NULL, 0, full, &err), SL_EIO);
        assert_int_equal(sl_table_write(f->table, SL_FORMAT_JSON, NULL, 0, full, &err), SL_EIO);
        fclose(full);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_text_widths),
        cmocka_unit_test(test_json_fields),
        cmocka_unit_test(test_json_folds),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_csv_fields),
        cmocka_unit_test(test_means_over_classes),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
