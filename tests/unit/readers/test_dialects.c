/* How tables are written: what separates their columns, decimal commas, names of rows, comments. */
#include "unit/files_fixture.h"
#include <shortlist/dataset.h>

#include "data/decimal.h"

static int open_text(const char *text, const struct sl_read_options *options, struct sl_dataset **data,
                     struct sl_error *err)
{
    return sl_dataset_open(write_text("a.txt", text), SL_PART_TRAIN, options, data, err);
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

/* Every text is the table 1.5,2,p / 0.25,-4,q / 1234.5,0,p. */
static void check(const char *text, const struct sl_read_options *options, const char *note)
{
    static const float x[] = {1.5f, 2, 0.25f, -4, 1234.5f, 0};
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (open_text(text, options, &data, &err) != SL_OK)
        fail_msg("%s: %s", text, err.text);
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.n, 3);
    assert_int_equal(view.d, 2);
    assert_int_equal(view.k, 2);
    assert_memory_equal(view.x, x, sizeof x);
    assert_true(view.y[0] == 0 && view.y[1] == 1 && view.y[2] == 0);
    expect_note(data, note);
    sl_dataset_free(data);
}

static void expect_error(const char *text, const struct sl_read_options *options, int code, const char *part)
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    assert_int_equal(open_text(text, options, &data, &err), code);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static void test_separators(void **state)
{
    static const char blanks[] = "separated by blanks", tabs[] = "one tab or several",
                      none[] = "label: column";
    (void)state;
    check("1.5 2 p\n0.25 -4 q\n1234.5 0 p\n", NULL, blanks);
    check("  1.5   2 p  \n 0.25 -4\t q\r\n\n1234.5  0  \"p\"", NULL, blanks);
    check("a b kind\n1.5 2 p\n0.25 -4 q\n1234.5 0 p\n", NULL, blanks);
    check("\"a\" \"b c\" \"kind\"\n1.5 2 \"p\"\n0.25 -4 \"q\"\n1234.5 0 \"p\"\n", NULL, blanks);
    check("1.5\t\t2\tp\n0.25\t-4\t\tq\t\n1234.5\t0\tp\n", NULL, tabs);
    check("1.5|2|p\n0.25|-4|q\n1234.5|0|p\n", NULL, none);
    check("sep=|\n1.5|2|p\n0.25|-4|q\n1234.5|0|p\n", NULL, none);
    check("1.5, 2 ,p\n0.25,-4,q\n1234.5 ,0,p\n", NULL, none);
    struct sl_read_options colon = {.delimiter = ":"}, named = {.delimiter = "blanks"},
                           tab = {.delimiter = "tab"}, slip = {.delimiter = "blank"},
                           digit = {.delimiter = "1"};
    check("1.5:2:p\n0.25:-4:q\n1234.5:0:p\n", &colon, none);
    check("1.5 2 p\n0.25 -4 q\n1234.5 0 p\n", &named, none);
    check("1.5\t2\tp\n0.25\t-4\tq\n1234.5\t0\tp\n", &tab, none);
    expect_error("1,2\n", &slip, SL_EUSAGE, "there is no delimiter 'blank' (did you mean blanks?)");
    expect_error("1,2\n", &digit, SL_EUSAGE, "there is no delimiter '1'");
    expect_error("one\ntwo\n", &named, SL_EDATA, "one column only");
    expect_error("1 2 p\n3 4\n", &named, SL_EDATA, ":2:2: 2 fields; expected 3");
    expect_error("made by hand\n1, 2, p\n3, 4, q\n", NULL, SL_EDATA, ":1: one field over rows of 3: a title");
    /* Rows without a common number of words are not separated by blanks. */
    expect_error("some words\nand some more of them\n", NULL, SL_EDATA, "one column only");
    expect_error("1.5 2 p\n0.25 -4 q\n3 p\n", NULL, SL_EDATA, "--delimiter blanks tells which row");
}

static void test_decimal(void **state)
{
    static const char comma[] = "decimal comma", thousands[] = "commas stand between thousands";
    (void)state;
    check("a;b;kind\n1,5;2;p\n0,25;-4;q\n1234,5;0;p\n", NULL, comma);
    check("1,5;2,0;p\n0,25;-4;q\n1.234,5;0;p\n", NULL, comma);
    check("\"1,5\",2,p\n\"0,25\",-4,q\n\"1.234,5\",0,p\n", NULL, comma);
    check("1,5\t2,0\tp\n2,5e-1\t-4\tq\n1234,5\t0\tp\n", NULL, comma);
    struct sl_read_options blanks = {.delimiter = "blanks"};
    check("1,5 2 p\n2,5e-1 -4 q\n1234,5 0 p\n", &blanks, comma);
    check("1.5;2;p\n0.25;-4;q\n1,234.5;0;p\n", NULL, thousands);
    check("1.5,2,p\n0.25,-4,q\n\"1,234.5\",0,p\n", NULL, thousands);
    struct sl_read_options as_comma = {.decimal = "comma"}, as_point = {.decimal = "point"},
                           slip = {.decimal = "coma"};
    check("1,5;2;p\n0,25;-4;q\n1.234,5;0;p\n", &as_comma, comma);
    check("1.5;2;p\n0.25;-4;q\n1,234.5;0;p\n", &as_point, "label: column");
    expect_error("1;p\n", &slip, SL_EUSAGE, "there is no decimal sign 'coma' (did you mean comma?)");
    /* What contradicts itself, or can be meant in two ways, is not guessed. */
    expect_error("1,5;2;p\n0.25;-4;q\n", NULL, SL_EDATA, ":1:1: \"1,5\" is a number with a decimal comma");
    expect_error("1,5;2;p\n1.234;-4;q\n", NULL, SL_EDATA, ":1:1: \"1,5\" is a number with a decimal comma");
    expect_error("1,234;2;p\n5,678;-4;q\n", NULL, SL_EDATA, "or say --decimal comma");
    expect_error("1,5;2;p\n1.5;2;p\n", &as_comma, SL_EDATA,
                 ":2:1: \"1.5\"; expected a number with a decimal comma, as 1.234,5");
    expect_error("1.5;2;p\n1,23;2;p\n", &as_point, SL_EDATA,
                 ":2:1: \"1,23\" is a number with a decimal comma");
}

/* A test file is read like its training file where it tells nothing itself. */
static void test_decimal_like(void **state)
{
    struct sl_dataset *train, *test;
    struct sl_error err = {0};
    (void)state;
    assert_int_equal(open_text("1,5;2;p\n0,25;-4;q\n", NULL, &train, &err), SL_OK);
    struct sl_read_options like = {.like = train};
    assert_int_equal(open_text("1.234;2;p\n", &like, &test, &err), SL_OK);
    assert_true(((const float *)sl_dataset_view(test).x)[0] == 1234);
    sl_dataset_free(test);
    sl_dataset_free(train);
}

static void test_counts(void **state)
{
    static const struct {
        const char *field;
        size_t point, thousands, comma;
    } cases[] = {
        {"1", 0, 0, 0},          {"1.5", 1, 0, 0},      {"1.234", 0, 0, 0},     {"1,234", 0, 0, 0},
        {"0.234", 1, 0, 0},      {"0,234", 0, 0, 1},    {"1,5", 0, 0, 1},       {"-1,5e3", 0, 0, 1},
        {"1,234.5", 0, 1, 0},    {"1.234,5", 0, 0, 1},  {"1,234,567", 0, 1, 0}, {"1.234.567", 0, 0, 1},
        {"1234.567", 1, 0, 0},   {"1234,567", 0, 0, 1}, {"1.2345", 1, 0, 0},    {"1.234e5", 1, 0, 0},
        {"12.03.2020", 0, 0, 0}, {"a,5", 0, 0, 0},      {"", 0, 0, 0},          {"1,5x", 0, 0, 0},
        {"1,,5", 0, 0, 0},       {"1,5,6", 0, 0, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_decimal_count count = {0};
        sl_decimal_count(&count, cases[i].field);
        if (count.point != cases[i].point || count.thousands != cases[i].thousands ||
            count.comma != cases[i].comma)
            fail_msg("%s: %zu %zu %zu", cases[i].field, count.point, count.thousands, count.comma);
    }
}

static void test_row_names(void **state)
{
    static const char note[] = "left out: the first column, names of rows";
    (void)state;
    check("a,b,kind\nr1,1.5,2,p\nr2,0.25,-4,q\nr3,1234.5,0,p\n", NULL, note);
    check("\"a\" \"b\" \"kind\"\n\"1\" 1.5 2 \"p\"\n\"2\" 0.25 -4 \"q\"\n\"3\" 1234.5 0 \"p\"\n", NULL, note);
    struct sl_read_options label = {.label = "kind"}, place = {.label = "3"};
    check("a,b,kind\nr1,1.5,2,p\nr2,0.25,-4,q\nr3,1234.5,0,p\n", &label, note);
    check("a,b,kind\nr1,1.5,2,p\nr2,0.25,-4,q\nr3,1234.5,0,p\n", &place, note);
    /* Two fields short, or rows that differ, are no names of rows. */
    expect_error("a,kind\nr1,1,2,p\nr2,3,4,q\n", NULL, SL_EDATA, "2 fields over rows of 4");
    expect_error("a,b,kind\nr1,1,2,p\n3,4,q\n", NULL, SL_EDATA, ":2:4: 4 fields; expected 3");
    struct sl_dataset *train, *test;
    struct sl_error err = {0};
    assert_int_equal(open_text("a,b,kind\nr1,1,2,p\nr2,3,4,q\n", NULL, &train, &err), SL_OK);
    struct sl_read_options like = {.like = train};
    assert_int_equal(open_text("b,a,kind\nr7,2,1,q\nr8,4,3,p\n", &like, &test, &err), SL_OK);
    assert_memory_equal(sl_dataset_view(test).x, sl_dataset_view(train).x, 4 * sizeof(float));
    sl_dataset_free(test);
    sl_dataset_free(train);
}

static void test_comments(void **state)
{
    (void)state;
    check("% made up\n% by hand\n1.5,2,p\n0.25,-4,q\n1234.5,0,p\n", NULL, "left out: 2 comment lines");
    check("# a b kind\n1.5 2 p\n0.25 -4 q\n# the last one\n1234.5 0 p\n", NULL, "left out: 1 comment line");
    check("1.5,2,p\n#\n0.25,-4,q\n% checked\n1234.5,0,p\n", NULL, "left out: 2 comment lines");
    expect_error("%%MatrixMarket matrix array real general\n1 1\n", NULL, SL_EDATA, "Matrix Market");
    expect_error("1,2,p\n#3,4,q\n", NULL, SL_EDATA, ":2:1: \"#3\""); /* a row of the table */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_separators),   cmocka_unit_test(test_decimal),
        cmocka_unit_test(test_decimal_like), cmocka_unit_test(test_counts),
        cmocka_unit_test(test_row_names),    cmocka_unit_test(test_comments),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
