/* CSV files: missing values, words, true and false, and lists of columns. */
#include "data/dataset.h"
#include "unit/files_fixture.h"
#include <math.h>

static const struct sl_read_options onehot = {
    .encoding = {.missing = SL_MISSING_MEDIAN, .categories = SL_CATEGORIES_ONEHOT}};

static struct sl_dataset *read_with(const char *text, const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_open(write_text("a.csv", text), SL_PART_TRAIN, options, &data, &err) != SL_OK)
        fail_msg("%s", err.text);
    return data;
}

static void expect_error(const char *text, const struct sl_read_options *options, enum sl_code code,
                         const char *message)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_open(write_text("bad.csv", text), SL_PART_TRAIN, options, &data, &err), code);
    assert_null(data);
    if (!strstr(err.text, message))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, message);
}

static void expect_note(const struct sl_dataset *data, const char *text)
{
    const char *note;
    for (size_t i = 0; (note = sl_dataset_note(data, i)); i++) {
        if (strcmp(note, text) == 0)
            return;
    }
    fail_msg("no note is \"%s\"; the second is \"%s\"", text, sl_dataset_note(data, 1));
}

static double value(const struct sl_dataset *data, size_t i, size_t j)
{
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.dtype, SL_F64);
    return ((const double *)view.x)[i * view.d + j];
}

static void test_kinds(void **state)
{
    (void)state;
    struct sl_dataset *data =
        read_with("c,f,member,kind\nred,1.5,yes,p\nblue,,No,q\nNA,2,NA,p\nred,3,TRUE,q\n", &onehot);
    const struct sl_column *column = data->columns->column;
    assert_int_equal(column[0].kind, SL_COLUMN_CATEGORY);
    assert_int_equal(column[0].n_levels, 2);
    assert_string_equal(column[0].levels[0], "blue");
    assert_int_equal(column[1].kind, SL_COLUMN_NUMBER);
    assert_int_equal(column[2].kind, SL_COLUMN_TRUTH);
    assert_true(value(data, 0, 0) == 1 && value(data, 1, 0) == 0 && isnan(value(data, 2, 0)));
    assert_true(value(data, 0, 1) == 1.5 && isnan(value(data, 1, 1)));
    assert_true(value(data, 0, 2) == 1 && value(data, 1, 2) == 0 && isnan(value(data, 2, 2)) &&
                value(data, 3, 2) == 1);
    expect_note(
        data, "missing values: \"c\" (1), \"f\" (1), \"member\" (1): filled in with the median of the "
              "training rows, of categories the most frequent, but for classifiers that take missing values");
    expect_note(data, "true and false, or yes and no, are read as 1 and 0: \"member\"");
    expect_note(data, "categories: \"c\" (2): one-hot, a column of 0 and 1 for each of the training rows, "
                      "but for classifiers that take categories (up to 255)");
    sl_dataset_free(data);
}

/* Nothing of this is guessed. */
static void test_refused(void **state)
{
    (void)state;
    struct sl_read_options none = {0};
    expect_error("c,f,kind\nred,1,p\n", &none, SL_EDATA,
                 ":2:1: \"red\" in column \"c\" is a word; expected a number: --categories onehot");
    expect_error("f,g,kind\n1,1,p\n,2,q\n", &none, SL_EDATA, ":3:1: a missing value in column \"f\"");
    expect_error("c,f,kind\nyes,1,p\nmaybe,2,q\n", &none, SL_EDATA,
                 ":3:1: \"maybe\" in column \"c\" is a word");
    expect_error(
        "f,g,kind\n1,1,p\nred,2,q\n", &onehot, SL_EDATA,
        ":3:1: \"red\" in column \"f\" is a word among numbers; NA or nothing is a missing value; if");
    expect_error("f,g,kind\n,1,p\nred,2,q\n7,3,q\n", &onehot, SL_EDATA,
                 ":4:1: \"7\" in column \"f\" is a number among words like \"red\"; NA or nothing");
    expect_error("f,g,kind\nyes,1,p\n1,2,q\n", &onehot, SL_EDATA,
                 ":3:1: \"1\" in column \"f\" is a number among words");
    expect_error("when,g,kind\n2024-01-10,1,p\n", &onehot, SL_EDATA,
                 "in column \"when\" is a date or a time");
    expect_error("c,g,kind\nred,1,p\n2024-01-10,1,q\n", &onehot, SL_EDATA,
                 ":3:1: \"2024-01-10\" in column \"c\" is a date");
    expect_error("f,g,kind\n5%,1,p\n", &onehot, SL_EDATA, "is a percentage");
    expect_error("f,g,kind\n1,1,p\ninf,1,p\n", &onehot, SL_EDATA, "expected a finite number");
    expect_error("f,g,kind\nf,1,p\n", &onehot, SL_EDATA, "a second header");
    expect_error("a,b,kind\n1,2,p\n3,4,q\n", &(struct sl_read_options){.categorical = "c"}, SL_EUSAGE,
                 "no column \"c\" of categories");
}

static void test_rows_left_out(void **state)
{
    (void)state;
    const struct sl_read_options drop = {.encoding = {.missing = SL_MISSING_DROP}};
    struct sl_dataset *data = read_with("f,g,kind\n1,2,p\n,3,q\n4,5,q\n6,NaN,p\n,,p\n7,8,r\n", &drop),
                      *plain = read_with("f,g,kind\n1,2,p\n4,5,q\n7,8,r\n", NULL);
    assert_int_equal(sl_dataset_view(data).n, 3);
    assert_null(data->columns);
    assert_string_equal(sl_dataset_hash(data), sl_dataset_hash(plain));
    expect_note(data, "left out: 3 of 6 rows that lack a value: \"f\" (2), \"g\" (1)");
    expect_error("f,g,kind\n1,,p\n,3,q\n", &drop, SL_EDATA, "each of its 2 rows lacks a value: none is left");
    sl_dataset_free(data);
    sl_dataset_free(plain);
}

/* Columns that somebody says to be of categories hold anything: codes sort as numbers, dates are names. */
static void test_categorical(void **state)
{
    (void)state;
    const struct sl_read_options options = {.categorical = "zip, when"};
    struct sl_dataset *data =
        read_with("zip,f,when,kind\n100,1,2024-01-10,p\n20,2,2024-01-10,q\n100.0,3,x,p\n", &options);
    const struct sl_column *column = data->columns->column;
    assert_int_equal(column[0].n_levels, 2);
    assert_string_equal(column[0].levels[0], "20");
    assert_true(value(data, 0, 0) == 1 && value(data, 1, 0) == 0 && value(data, 2, 0) == 1);
    assert_int_equal(column[1].kind, SL_COLUMN_NUMBER);
    assert_string_equal(column[2].levels[0], "2024-01-10");
    sl_dataset_free(data);
}

/* Words beside a label of numbers make it doubtful, unless they are expected. */
static void test_label_beside_words(void **state)
{
    (void)state;
    static const char text[] = "c,f,grade\nred,1,0\nblue,2,1\nred,3,1\n";
    struct sl_read_options named = {.categorical = "c"};
    struct sl_dataset *data = read_with(text, &onehot);
    expect_error(text, NULL, SL_EDATA, "which column is the label?");
    assert_string_equal(sl_dataset_label(data), "grade");
    sl_dataset_free(data);
    data = read_with(text, &named);
    assert_string_equal(sl_dataset_label(data), "grade");
    sl_dataset_free(data);
}

static void test_words_left_out(void **state)
{
    (void)state;
    const struct sl_read_options drop = {.encoding = {.categories = SL_CATEGORIES_DROP}};
    struct sl_dataset *data = read_with("c,f,ok,kind\nred,1,no,p\nblue,2,yes,q\n", &drop);
    assert_int_equal(sl_dataset_view(data).d, 2);
    assert_string_equal(sl_dataset_feature(data, 0), "f");
    expect_note(data, "left out: column \"c\", of words (--categories drop)");
    sl_dataset_free(data);
}

/* Levels keep the training file's numbers, whatever the order of rows and columns. */
static void test_second_file(void **state)
{
    (void)state;
    struct sl_read_options options = onehot;
    struct sl_dataset *train = read_with("c,f,ok,kind\nred,1,no,p\nblue,2,yes,q\n", &options), *test;
    options.like = train;
    test = read_with("ok,c,kind,f\nYES,violet,p,\nno,red,q,3\n1,blue,q,4\n", &options);
    assert_true(value(test, 0, 0) == 2 && value(test, 1, 0) == 1 && value(test, 2, 0) == 0);
    assert_true(value(test, 0, 2) == 1 && value(test, 1, 2) == 0 && value(test, 2, 2) == 1);
    assert_true(isnan(value(test, 0, 1)));
    expect_note(test, "categories that the training file does not have: \"c\" (1), read as none of its own");
    expect_error("c,f,ok,kind\nred,x,no,p\n", &options, SL_EDATA,
                 "is a word; expected a number, as in the training file");
    expect_error("c,f,ok,kind\nred,1,maybe,p\n", &options, SL_EDATA,
                 "expected true or false, as in the training rows");
    sl_dataset_free(test);
    sl_dataset_free(train);
}

/* A training file without missing values, and nothing asked: those of a second file are errors. */
static void test_second_file_of_numbers(void **state)
{
    (void)state;
    struct sl_read_options options = {0};
    struct sl_dataset *train = read_with("f,g,kind\n1,2,p\n3,4,q\n", &options);
    options.like = train;
    assert_null(train->columns);
    expect_error("f,g,kind\n1,,p\n", &options, SL_EDATA, "nothing that was fitted stands in for it");
    sl_dataset_free(train);
}

static void test_to_look_at(void **state)
{
    (void)state;
    const struct sl_read_options look = {.any_cells = 1};
    struct sl_dataset *data = read_with("c,f,kind\nred,1,p\nblue,,q\n", &look);
    expect_note(data, "missing values: \"f\" (1): --missing says what becomes of them");
    expect_note(data, "categories: \"c\" (2): --categories says what becomes of them");
    sl_dataset_free(data);
}

/* What an ARFF file declares to be nominal is a category, whatever its values look like, and nothing need be
 * said. */
static void test_declared(void **state)
{
    (void)state;
    const struct sl_read_options median = {.encoding = {.missing = SL_MISSING_MEDIAN}};
    struct sl_dataset *data =
        read_with("@relation r\n@attribute code {3,20,100}\n@attribute 'c d' {red,'light blue'}\n"
                  "@attribute f real\n@attribute ok {no,yes}\n@attribute kind {p,q}\n@data\n"
                  "100,red,1.5,yes,p\n3,'light blue',?,no,q\n100,?,2,no,p\n",
                  &median);
    const struct sl_column *column = data->columns->column;
    assert_int_equal(column[0].kind, SL_COLUMN_CATEGORY);
    assert_int_equal(column[0].n_levels, 2);
    assert_string_equal(column[0].levels[1], "100");
    assert_string_equal(column[1].levels[0], "light blue");
    assert_int_equal(column[2].kind, SL_COLUMN_NUMBER);
    assert_int_equal(column[3].kind, SL_COLUMN_TRUTH);
    assert_true(value(data, 0, 3) == 1 && isnan(value(data, 2, 1)) && isnan(value(data, 1, 2)));
    expect_note(data, "categories: \"code\" (2), \"c d\" (2): one-hot, a column of 0 and 1 for each of the "
                      "training rows, but for "
                      "classifiers that take categories (up to 255)");
    sl_dataset_free(data);
}

/* Lists: names, numbers from either end, ranges, patterns. */
static void test_lists(void **state)
{
    (void)state;
    static const struct {
        const char *drop, *left;
    } cases[] = {{"b1", "a b2 x:y z"}, {"0,-2", "b1 b2 x:y"}, {"b1:x:y", "a z"},     {"1:2", "a x:y z"},
                 {"b*", "a x:y z"},    {"x:y", "a b1 b2 z"},  {"[az]", "b1 b2 x:y"}, {"-3:-2,0", "b1 b2"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_read_options options = {.drop = cases[i].drop};
        struct sl_dataset *data = read_with("a,b1,b2,x:y,z,kind\n1,2,3,4,5,p\n6,7,8,9,10,q\n", &options);
        char names[64] = "";
        for (size_t j = 0; j < sl_dataset_view(data).d; j++)
            sprintf(names + strlen(names), "%s%s", j ? " " : "", sl_dataset_feature(data, j));
        assert_string_equal(names, cases[i].left);
        sl_dataset_free(data);
    }
    expect_error("a,b,kind\n1,2,p\n", &(struct sl_read_options){.drop = "b:c"}, SL_EUSAGE,
                 "no column \"b:c\" to leave out");
    expect_error("a,b,kind\n1,2,p\n", &(struct sl_read_options){.drop = "q*"}, SL_EUSAGE,
                 "no column \"q*\" to leave out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_rows_left_out),
        cmocka_unit_test(test_categorical),
        cmocka_unit_test(test_label_beside_words),
        cmocka_unit_test(test_words_left_out),
        cmocka_unit_test(test_second_file),
        cmocka_unit_test(test_second_file_of_numbers),
        cmocka_unit_test(test_to_look_at),
        cmocka_unit_test(test_declared),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
