/* ARFF files: what is declared, dense and sparse rows, and every way of being broken. */
#include "unit/files_fixture.h"
#include <shortlist/dataset.h>
#include <shortlist/rng.h>

static int open_text(const char *text, const struct sl_read_options *options, struct sl_dataset **data,
                     struct sl_error *err)
{
    return sl_dataset_open(write_text("a", text), SL_PART_TRAIN, options, data, err);
}

static struct sl_dataset *read_with(const char *text, const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (open_text(text, options, &data, &err) != SL_OK)
        fail_msg("%s", err.text);
    return data;
}

static void expect_error(const char *text, int code, const char *part)
{
    struct sl_dataset *data = (struct sl_dataset *)1;
    struct sl_error err = {0};
    assert_int_equal(open_text(text, NULL, &data, &err), code);
    assert_null(data);
    assert_null(strchr(err.text, '\n'));
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static const char head[] = ("% made up\n\n@RELATION 'two words'\n"
                            "@Attribute 'the length' REAL\r\n"
                            "\t@attribute \"b\" \tnumeric\n"
                            "@attribute kind {ash, 'white \\'elm\\'',\"o,k\" }\n"
                            "% rows\n@DATA\n");

static struct sl_dataset *read_rows(const char *rows)
{
    char text[1000];
    snprintf(text, sizeof text, "%s%s", head, rows);
    return read_with(text, NULL);
}

static void expect_rows_error(const char *rows, const char *part)
{
    char text[1000];
    snprintf(text, sizeof text, "%s%s", head, rows);
    expect_error(text, SL_EDATA, part);
}

static void check(const struct sl_dataset *data, size_t n, size_t d, const float *x)
{
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.n, n);
    assert_int_equal(view.d, d);
    assert_memory_equal(view.x, x, n * d * sizeof *x);
}

static void test_dense(void **state)
{
    static const float x[] = {1.5f, 2, -0.25f, 4, 1e3f, 0, 7, 8};
    (void)state;
    struct sl_dataset *data = read_rows("1.5,2,ash\n"
                                        "% a comment\n"
                                        "\n"
                                        "-.25 , 4 ,\t'white \\'elm\\''\r\n"
                                        "'1e3',0,\"o,k\"\n"
                                        "7 8\tash");
    check(data, 4, 2, x);
    assert_int_equal(sl_dataset_view(data).k, 3);
    assert_string_equal(sl_dataset_class(data, 0), "ash");
    assert_string_equal(sl_dataset_class(data, 1), "o,k");
    assert_string_equal(sl_dataset_class(data, 2), "white 'elm'");
    assert_string_equal(sl_dataset_feature(data, 0), "the length");
    assert_string_equal(sl_dataset_label(data), "kind");
    assert_int_equal(sl_dataset_view(data).y[1], 2);
    assert_string_equal(sl_dataset_note(data, 0), "label: column \"kind\" (3 of 3), names from @attribute");
    sl_dataset_free(data);
}

static void test_sparse(void **state)
{
    static const float x[] = {0, 2, 1.5f, 0, 0, 0, -1, 3};
    (void)state;
    struct sl_dataset *data = read_rows("{1 2, 2 \"o,k\"}\n"
                                        "{ 0 1.5 ,2 ash }\n"
                                        "{}\n"
                                        "{0 -1,1 3,2 'white \\'elm\\''}\n");
    check(data, 4, 2, x);
    assert_true(sl_dataset_view(data).y[2] == 0); /* ash: the first value is not written */
    assert_true(sl_dataset_view(data).y[3] == 2);
    sl_dataset_free(data);
    /* One attribute beside the label, which is the shortest row there is. */
    data = read_with("@relation r\n@attribute a real\n@attribute c {p,q}\n@data\n{}\n{0 1,1 q}\n", NULL);
    static const float two[] = {0, 1};
    check(data, 2, 1, two);
    sl_dataset_free(data);
}

/* Options and other files: as with CSV. */
static void test_columns(void **state)
{
    static const char text[] =
        "@relation r\n@attribute id string\n@attribute a real\n@attribute class {1,2}\n"
        "@attribute b integer\n@data\nx1,1,1,5\nx2,2,2,6\n";
    static const char moved[] =
        "@relation r\n@attribute b real\n@attribute class {1,2}\n@attribute a real\n@data\n"
        "5,1,1\n6,2,2\n";
    (void)state;
    struct sl_read_options drop = {.drop = "id"};
    struct sl_dataset *data = read_with(text, &drop);
    static const float x[] = {1, 5, 2, 6};
    check(data, 2, 2, x);
    assert_string_equal(sl_dataset_label(data), "class");
    struct sl_read_options like = {.like = data};
    struct sl_dataset *test = read_with(moved, &like);
    check(test, 2, 2, x);
    sl_dataset_free(test);
    test = read_with("b,a,class\n5,1,1\n6,2,2\n", &like); /* CSV beside ARFF */
    check(test, 2, 2, x);
    sl_dataset_free(test);
    sl_dataset_free(data);
    struct sl_read_options label = {.label = "b", .drop = "id"};
    data = read_with(text, &label);
    assert_string_equal(sl_dataset_label(data), "b");
    sl_dataset_free(data);
    expect_error(text, SL_EDATA, "\"x1\" in column \"id\" is a word");
}

static void test_broken_rows(void **state)
{
    (void)state;
    expect_rows_error("1,2,oak\n", "a:9:3: \"oak\" is none of the values that @attribute \"kind\" declares");
    expect_rows_error("1,?,ash\n", "a:9:2: \"?\" in column \"b\" is a missing value");
    expect_rows_error("1,2,?\n", "\"?\" is a missing label");
    expect_rows_error("1,,ash\n", "a:9:2: a missing value in column \"b\"");
    expect_rows_error("1,2,ash\n1,2\n", "a:10:2: 2 fields; expected 3");
    expect_rows_error("1,2,ash\n#,2\n", "a:10:2: 2 fields; expected 3");
    expect_rows_error("1,2,ash,{5}\n", "4 fields; expected 3");
    expect_rows_error("1,2,'ash\n", "a:9:3: the quote that opens here is never closed");
    expect_rows_error("1,2,'ash\\", "the quote that opens here is never closed");
    expect_rows_error("x,2,ash\n", "\"x\" in column \"the length\" is a word");
    expect_rows_error("nan,2,ash\n", "is a missing value");
    expect_rows_error("1e99,2,ash\n", "beyond the range of float numbers");
    expect_rows_error("{3 1}\n", "a:9:3: index 3: there are 3 attributes, from 0");
    expect_rows_error("{99999999999 1}\n", "expected index value");
    expect_rows_error("{1 1,1 2}\n", "index 1 after 1: the indices of a row must ascend");
    expect_rows_error("{1 1\n", "expected , or } behind a value");
    expect_rows_error("{1 1} 2\n", "expected the end of the line");
    expect_rows_error("{x 1}\n", "expected index value");
    expect_rows_error("{2 oak}\n", "\"oak\" is none of the values");
    expect_rows_error("", "a header and no rows");
    expect_rows_error("\x1b[31m,2,ash\n", "\"?[31m\"");
    char text[1000];
    size_t n = (size_t)snprintf(text, sizeof text, "%s1,2,a", head);
    text[n++] = 0;
    text[n++] = '\n';
    struct sl_dataset *data;
    struct sl_error err;
    assert_int_equal(sl_dataset_open(write_file("a", text, n), SL_PART_TRAIN, NULL, &data, &err), SL_EDATA);
    assert_non_null(strstr(err.text, ":9:3: a NUL byte"));
}

static void test_broken_header(void **state)
{
    static const char *const cases[][2] = {
        {"@relation r\n@attribute a real\n1,2\n", "a:3: \"1,2\": expected @attribute NAME TYPE, or @data"},
        {"@relation r\n@data\n1,2\n", "a:2: @data without an @attribute before it"},
        {"@relation r\n@attribute a real\n", "no line @data"},
        {"@relation r\n@attribute a number\n@data\n1\n",
         "a:2: there is no type of attributes 'number' (did you mean numeric?)"},
        {"@relation r\n@attribute a relational\n@data\n1\n", "there is no type of attributes 'relational'"},
        {"@relation r\n@attribute a\n@data\n1\n", "there is no type of attributes ''"},
        {"@relation r\n@attribute 'a real\n@data\n1\n", "a:2: a quote is never closed"},
        {"@relation r\n@attribute a {p,q\n@data\n1\n",
         "a:2: the values of attribute \"a\": expected , or } behind each"},
        {"@relation r\n@attribute a {p q}\n@data\n1\n", "expected , or } behind each"},
        {"@relation r\n@attribute a real\n@attribute a {p}\n@data\n1,p\n", "two columns are called \"a\""},
        {"@relation r\n@attribute when date yyyy-MM-dd\n@attribute c {p}\n@data\n2024-01-10,p\n",
         "in column \"when\" is a date"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_error(cases[i][0], SL_EDATA, cases[i][1]);
}

/* A header that is longer than what is read at once. */
static void test_wide(void **state)
{
    enum { ATTRIBUTES = 20000 };
    char *text = malloc((size_t)ATTRIBUTES * 40 + 100), *p = text;
    (void)state;
    assert_non_null(text);
    p += sprintf(p, "@relation r\n");
    for (int i = 0; i < ATTRIBUTES; i++)
        p += sprintf(p, "@attribute attribute_%d numeric\n", i);
    p += sprintf(p, "@attribute class {p,q}\n@data\n{7 1}\n{19999 5,20000 q}\n");
    struct sl_dataset *data = read_with(text, NULL);
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.d, ATTRIBUTES);
    assert_int_equal(view.n, 2);
    assert_true(((const float *)view.x)[7] == 1 && ((const float *)view.x)[ATTRIBUTES + 19999] == 5);
    assert_true(view.y[0] == 0 && view.y[1] == 1);
    sl_dataset_free(data);
    free(text);
}

/* Cut off anywhere, and bytes in any order: an answer, never a crash. */
static void test_random(void **state)
{
    static const char letters[] = "0123456789,,{}'\\\"% \t\n?.ash-@data";
    struct sl_rng *rng = sl_rng_new(3, "arff");
    char text[1200];
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    assert_non_null(rng);
    size_t whole = (size_t)snprintf(text, sizeof text, "%s1,2,ash\n{1 2,2 \"o,k\"}\n", head);
    for (size_t n = 0; n < whole; n++) {
        struct sl_read_options options = {.format = "arff"};
        int code = sl_dataset_open(write_file("cut", text, n), SL_PART_TRAIN, &options, &data, &err);
        assert_true(code == SL_OK || code == SL_EDATA);
        sl_dataset_free(data);
    }
    for (int i = 0; i < 3000; i++) {
        size_t begin = i % 2 ? strlen(head) : strlen("% made up\n\n@RELATION"),
               n = begin + sl_rng_below(rng, 150);
        struct sl_read_options options = {.format = "arff", .no_label = i % 3 == 0};
        strcpy(text, head);
        for (size_t j = begin; j < n; j++)
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
        cmocka_unit_test(test_dense),   cmocka_unit_test(test_sparse),
        cmocka_unit_test(test_columns), cmocka_unit_test(test_broken_rows),
        cmocka_unit_test(test_wide),    cmocka_unit_test(test_broken_header),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
