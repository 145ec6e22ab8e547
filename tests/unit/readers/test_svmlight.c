/* svmlight files: their values, where their indices begin, and every way of being broken. */
#include "unit/files_fixture.h"
#include <shortlist/dataset.h>
#include <shortlist/rng.h>

static struct sl_dataset *read_with(const char *text, const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_open(write_text("a", text), SL_PART_TRAIN, options, &data, &err) != SL_OK)
        fail_msg("%s", err.text);
    return data;
}

static void expect_bytes_error(const void *bytes, size_t n, const struct sl_read_options *options,
                               const char *part)
{
    struct sl_dataset *data = (struct sl_dataset *)1;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_open(write_file("a.svm", bytes, n), SL_PART_TRAIN, options, &data, &err),
                     SL_EDATA);
    assert_null(data);
    assert_null(strchr(err.text, '\n'));
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static void expect_error(const char *text, const char *part)
{
    expect_bytes_error(text, strlen(text), NULL, part);
}

static void expect_note(const struct sl_dataset *data, const char *text)
{
    const char *note;
    for (size_t i = 0; (note = sl_dataset_note(data, i)); i++) {
        if (strstr(note, text))
            return;
    }
    fail_msg("no note holds \"%s\"", text);
}

static void check(const struct sl_dataset *data, size_t n, size_t d, const float *x)
{
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.n, n);
    assert_int_equal(view.d, d);
    assert_int_equal(view.dtype, SL_F32);
    assert_memory_equal(view.x, x, n * d * sizeof *x);
}

static void test_values(void **state)
{
    static const float x[] = {0.5f, 0, -2e-7f, 0, 1, 0, 0, 0, 0, 3.25f, 0, 0.1f};
    (void)state;
    struct sl_dataset *data = read_with("# made up\n"
                                        "+1 1:0.5 3:-2e-7\r\n"
                                        "-1\tqid:7  2:1.000000000000000000 # 3:9\n"
                                        "\n"
                                        "1 2:0\n"
                                        "-1.0 1:+3.25 3:.1",
                                        NULL);
    check(data, 4, 3, x);
    assert_int_equal(sl_dataset_view(data).k, 2);
    assert_string_equal(sl_dataset_class(data, 0), "-1");
    assert_string_equal(sl_dataset_class(data, 1), "+1");
    assert_int_equal(sl_dataset_view(data).y[2], 1);
    assert_int_equal(sl_dataset_view(data).y[3], 0);
    assert_null(sl_dataset_feature(data, 0));
    assert_int_equal(sl_dataset_indices(data), SL_INDICES_FROM_1);
    expect_note(data, "indices begin at 1: no index is 0");
    expect_note(data, "left out: qid of 1 rows");
    sl_dataset_free(data);
}

static void test_first_index(void **state)
{
    static const float x[] = {1, 2, 0, 3}, moved[] = {0, 5, 0, 0};
    (void)state;
    struct sl_dataset *data = read_with("a 0:1 1:2\nb 1:3\n", NULL);
    check(data, 2, 2, x);
    assert_int_equal(sl_dataset_indices(data), SL_INDICES_FROM_0);
    expect_note(data, "indices begin at 0: an index is 0");
    /* A test file without an index 0 begins where the training file does, and what it has beyond is left out.
     */
    struct sl_read_options like = {.like = data};
    struct sl_dataset *test = read_with("b 1:5\nnew 7:1\n", &like);
    check(test, 2, 2, moved);
    assert_int_equal(sl_dataset_view(test).y[0], 1);
    assert_int_equal(sl_dataset_view(test).y[1], 2);
    assert_int_equal(sl_dataset_indices(test), SL_INDICES_FROM_0);
    expect_note(test, "begin at 0, as in the training file");
    expect_note(test, "left out: 1 values of features beyond the 2 of the training file");
    sl_dataset_free(test);
    sl_dataset_free(data);
    static const char *const names[] = {"1", "2", "3"};
    struct sl_read_options model = {.features = names, .n_features = 3, .no_label = 1};
    data = read_with("2:1\n9 1:4\n", &model);
    static const float features[] = {0, 1, 0, 4, 0, 0};
    check(data, 2, 3, features);
    assert_null(sl_dataset_view(data).y);
    sl_dataset_free(data);
    expect_bytes_error("0:1\n", 4, &model, "an index is 0; those of the model begin at 1");
    model = (struct sl_read_options){.indices = SL_INDICES_FROM_0, .n_features = 3, .no_label = 1};
    data = read_with("1:1\n9 2:4\n", &model);
    static const float from_0[] = {0, 1, 0, 0, 0, 4};
    check(data, 2, 3, from_0);
    expect_note(data, "begin at 0, as in the model");
    sl_dataset_free(data);
    model.indices = SL_INDICES_FROM_1;
    expect_bytes_error("0:1\n", 4, &model, "an index is 0; those of the model begin at 1");
}

/* The same numbers as from CSV, precision included. */
static void test_precision(void **state)
{
    (void)state;
    struct sl_dataset *data = read_with("a 1:1700000001\nb 1:1700000002\na 1:1700000003 2:1\n", NULL);
    assert_int_equal(sl_dataset_view(data).dtype, SL_F64);
    assert_true(((const double *)sl_dataset_view(data).x)[2] == 1700000002.0);
    sl_dataset_free(data);
    data = read_with("a 1:0.12345678901234567890 \nb 1:0.22345678\n", NULL);
    assert_int_equal(sl_dataset_view(data).dtype, SL_F32);
    assert_true(((const float *)sl_dataset_view(data).x)[0] == 0.12345678901234567890f);
    sl_dataset_free(data);
}

/* Rows that stay sparse: the same numbers, rule, test file and errors. */
static void check_same(const char *text, const struct sl_read_options *options)
{
    struct sl_read_options as_dense = *options, as_sparse = *options;
    struct sl_dataset *dense, *sparse, *turned;
    as_dense.storage = "dense";
    as_sparse.storage = "sparse";
    dense = read_with(text, &as_dense);
    sparse = read_with(text, &as_sparse);
    struct sl_view view = sl_dataset_view(dense);
    assert_int_equal(sl_dataset_view(sparse).dtype, SL_SPARSE);
    assert_int_equal(sl_dataset_as(sparse, SL_F32, &turned, NULL), SL_OK);
    check(turned, view.n, view.d, view.x);
    sl_dataset_free(dense);
    sl_dataset_free(sparse);
    sl_dataset_free(turned);
}

static void test_sparse(void **state)
{
    const struct sl_read_options none = {0}, sparse = {.storage = "sparse"}, wrong = {.storage = "sprase"};
    static const char *const names[] = {"1", "2", "3"};
    struct sl_read_options model = {.features = names, .n_features = 3, .no_label = 1};
    struct sl_dataset *data, *test;
    struct sl_error err;
    (void)state;
    check_same("a 1:2 3:0 7:-4e-3\nb\nc 2:1e-60\n", &none);
    check_same("a 0:2 3:1\nb 1:1\n", &none);
    check_same("2:1\n9 1:4\n1:2 5:8\n", &model);
    data = read_with("a 1:2 3:1\nb 1:1 3:0\n", &sparse);
    expect_note(data, "sparse: 2 x 3, 50 % filled; scaling divides, and never shifts");
    const struct sl_csr *rows = sl_dataset_view(data).x;
    assert_int_equal(rows->start[1], 2);
    assert_int_equal(rows->start[2], 3); /* what is 0 is not kept */
    struct sl_read_options like = {.like = data, .storage = "dense"};
    test = read_with("b 1:5 9:4\n", &like);
    assert_int_equal(sl_dataset_view(test).dtype, SL_SPARSE);
    assert_int_equal(sl_dataset_view(test).d, 3);
    expect_note(test, "left out: 1 values of features beyond the 3 of the training file");
    sl_dataset_free(test);
    sl_dataset_free(data);
    data = read_with("a 1:1700000001\nb 1:1700000002\na 1:1700000003 2:1\n", &sparse);
    expect_note(data, "sparse: values are floats: some differ in digits that floats do not keep");
    sl_dataset_free(data);
    assert_int_equal(sl_dataset_open(write_text("a", "a 1:2\n"), SL_PART_TRAIN, &wrong, &data, &err),
                     SL_EUSAGE);
    assert_non_null(strstr(err.text, "it takes auto, dense or sparse (did you mean sparse?)"));
    assert_int_equal(
        sl_dataset_open(write_text("a.csv", "a,b\n1,x\n2,y\n"), SL_PART_TRAIN, &sparse, &data, &err),
        SL_EUSAGE);
    assert_non_null(strstr(err.text, "is csv: storage is for svmlight"));
}

/* Rows of a million features: 17 of floats are more than 64 MiB. */
static void test_chosen(void **state)
{
    char text[17 * 16] = "", *p = text;
    (void)state;
    for (int i = 0; i < 17; i++) {
        struct sl_dataset *data;
        p += sprintf(p, "%d 1:%d%s\n", i % 2, i, i ? "" : " 1000000:1");
        if (i < 15)
            continue;
        data = read_with(text, NULL);
        assert_int_equal(sl_dataset_view(data).dtype, i < 16 ? SL_F32 : SL_SPARSE);
        sl_dataset_free(data);
    }
}

static void test_broken(void **state)
{
    static const char *const cases[][2] = {
        {"1 1:2\n1 3:1 2:1\n", "a.svm:2: \"2:1\": index 2 after 3: the indices of a row must ascend"},
        {"1 2:1 2:1\n", "index 2 after 2"},
        {"1 1:2\n1,3 1:2\n", "a.svm:2: the labels \"1,3\": one row of several classes"},
        {"1 1:2\n1:2 2:3\n", "a.svm:2: \"1:2\" stands in the place of the label"},
        {"1 1:2\nnan 1:2\n", "a.svm:2: \"nan\" is a missing label"},
        {"1 1:nan\n", "\"1:nan\": expected index:value, a finite number"},
        {"1 1:inf\n", "\"1:inf\": expected index:value"},
        {"1 1:1e999\n", "expected index:value, a finite number"},
        {"1 1:4e38\n", "beyond the range of float numbers"},
        {"1 1:\n1 1:2\n", "\"1:\": expected index:value"},
        {"1 1:0x10\n", "expected index:value"},
        {"1 1:2 x:3\n", "\"x:3\": expected index:value, a whole number and a number"},
        {"1 1:2 -1:3\n", "\"-1:3\": expected index:value"},
        {"1 1:2 3\n", "\"3\": expected index:value"},
        {"1 4294967296:1\n", "the index is too large"},
        {"1 99999999999999999999:1\n", "expected index:value"},
        {"1\n2\n", "no row has an index:value"},
        {"# nothing\n\n", "no rows"},
        {"", "no rows"},
        {"0.5 1:1\n0.25 1:2\n", "a target for regression"},
        {"1 1:1\n2 2147483646:1\n",
         "a.svm: an index is 2147483646: a file of 2 values may have 33554464 features: number those that "
         "occur 1, 2, 3, ..."},
    };
    (void)state;
    const struct sl_read_options sparse = {.storage = "sparse"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_error(cases[i][0], cases[i][1]);
        expect_bytes_error(cases[i][0], strlen(cases[i][0]), &sparse, cases[i][1]);
    }
    expect_bytes_error("1 1:2\n1 1:\0002\n", 12, NULL, "a.svm:2: a NUL byte");
    expect_bytes_error("1 1:2\n1 1:2\0\n", 13, NULL, "a.svm:2: a NUL byte");
    char esc[] = "1 1:2\n1 1:\x1b[31m\n";
    expect_error(esc, "\"1:?[31m\"");
}

/* Memory is taken for what a file holds: rows of 33 million features, of which two occur, have no names. */
static void test_wide(void **state)
{
    const struct sl_read_options dense = {.storage = "dense"};
    char text[100 * 16] = "0 33554480:1\n", *p = text + strlen(text);
    (void)state;
    struct sl_dataset *data = read_with("1 33554464:1\n0 1:1\n", NULL);
    assert_int_equal(sl_dataset_view(data).d, 33554464);
    assert_int_equal(sl_dataset_view(data).dtype, SL_SPARSE);
    assert_null(sl_dataset_feature(data, 0));
    sl_dataset_free(data);
    expect_error("1 33554465:1\n0 1:1\n", "an index is 33554465: a file of 2 values may have 33554464");
    for (int i = 0; i < 80; i++)
        p += sprintf(p, "1 1:1\n");
    expect_bytes_error(text, strlen(text), &dense,
                       "81 rows of 33554480 features, 81 values that are not 0, make a table of 10.1 GiB; at "
                       "most 8 GiB are taken: leave out rows or rare features, or say --storage sparse");
}

/* Content says what a file is, whatever it is called; where nothing in it does, its name does. */
static void test_told(void **state)
{
    struct sl_read_options csv = {.format = "csv"}, svmlight = {.format = "svmlight"},
                           slip = {.format = "svmligth"};
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    data = read_with("a 1:2\nb 1:3\n", NULL);
    sl_dataset_free(data);
    assert_int_equal(sl_dataset_open(write_text("a.csv", "1,2\n"), SL_PART_TRAIN, &svmlight, &data, &err),
                     SL_EDATA);
    assert_int_equal(sl_dataset_open(write_text("a", "1:2 a\n3:4 b\n"), SL_PART_TRAIN, &csv, &data, &err),
                     SL_EDATA);
    assert_non_null(
        strstr(err.text, "\"1:2\" is an index and a value, as svmlight has them: --data-format svmlight"));
    assert_int_equal(sl_dataset_open(write_text("a", "a 1:2\n"), SL_PART_TRAIN, &slip, &data, &err),
                     SL_EUSAGE);
    assert_non_null(strstr(err.text, "there is no format of data 'svmligth' (did you mean svmlight?)"));
    expect_error("1;2\n", "no row has an index:value"); /* in a file called .svm */
}

/* A line that is longer than what is read at once. */
static void test_long_line(void **state)
{
    enum { FEATURES = 300000 };
    char *text = malloc((size_t)FEATURES * 12 + 16), *p = text;
    (void)state;
    assert_non_null(text);
    p += sprintf(p, "a");
    for (int j = 1; j <= FEATURES; j++)
        p += sprintf(p, " %d:%d", j, j % 7);
    p += sprintf(p, "\nb 3:1");
    struct sl_dataset *data = read_with(text, NULL);
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.d, FEATURES);
    for (size_t j = 0; j < FEATURES; j++)
        assert_true(((const float *)view.x)[j] == (float)((j + 1) % 7));
    assert_true(((const float *)view.x)[FEATURES + 2] == 1);
    sl_dataset_free(data);
    free(text);
    text = malloc(18 << 20);
    assert_non_null(text);
    memset(text, ' ', 18 << 20);
    memcpy(text, "a 1:2", 5);
    expect_bytes_error(text, 18 << 20, NULL, ":1: the line is longer than 16777216 bytes");
    free(text);
}

/* Bytes in any order: an answer, never a crash. */
static void test_random(void **state)
{
    static const char letters[] = "0123456789:::. -+#\n\t eq,a";
    struct sl_rng *rng = sl_rng_new(7, "svmlight");
    char text[200];
    (void)state;
    assert_non_null(rng);
    for (int i = 0; i < 3000; i++) {
        struct sl_dataset *data;
        struct sl_error err;
        struct sl_read_options options = {
            .format = "svmlight", .no_label = i % 3 == 0, .storage = i % 2 ? "sparse" : NULL};
        size_t n = 1 + sl_rng_below(rng, sizeof text - 1);
        for (size_t j = 0; j < n; j++)
            text[j] = letters[sl_rng_below(rng, sizeof letters - 1)];
        int code = sl_dataset_open(write_file("random", text, n), SL_PART_TRAIN, &options, &data, &err);
        assert_true(code == SL_OK || code == SL_EDATA);
        sl_dataset_free(data);
    }
    sl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_first_index), cmocka_unit_test(test_precision),
        cmocka_unit_test(test_broken), cmocka_unit_test(test_told),        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_random), cmocka_unit_test(test_sparse),      cmocka_unit_test(test_chosen),
        cmocka_unit_test(test_wide),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
