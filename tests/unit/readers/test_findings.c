/* What is said about a data set that was read, beyond which column is the label. */
#include "unit/files_fixture.h"
#include <shortlist/dataset.h>

static struct sl_dataset *read_with(const char *text, const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_open(write_text("a.csv", text), SL_PART_TRAIN, options, &data, &err) != SL_OK)
        fail_msg("%s", err.text);
    return data;
}

static void expect_error(const char *text, const struct sl_read_options *options, int code,
                         const char *message)
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_open(write_text("bad.csv", text), SL_PART_TRAIN, options, &data, &err), code);
    if (!strstr(err.text, message))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, message);
}

/* So many notes hold the text. */
static void expect_notes(const struct sl_dataset *data, size_t times, const char *text)
{
    const char *note;
    size_t found = 0;
    for (size_t i = 0; (note = sl_dataset_note(data, i)); i++)
        found += strstr(note, text) != NULL;
    if (found != times)
        fail_msg("%zu notes hold \"%s\", not %zu", found, text, times);
}

static void check(const char *text, const struct sl_read_options *options, size_t times, const char *note)
{
    struct sl_dataset *data = read_with(text, options);
    expect_notes(data, times, note);
    sl_dataset_free(data);
}

enum { ROWS = 12 };

/* ROWS rows "<number>,<noise>,<class>" below a header; the number of row i is from + step * i modulo ROWS. */
static const char *table(const char *head, int from, int step)
{
    static char text[1024];
    char *end = text + sprintf(text, "%s", head);
    for (int i = 0; i < ROWS; i++)
        end += sprintf(end, "%d,%d.5,%c\n", from + step * i % ROWS, i * 7 % 5 + i, i < ROWS / 2 ? 'a' : 'b');
    return text;
}

static void test_row_numbers(void **state)
{
    (void)state;
    check(table("Id,v,kind\n", 1, 1), NULL, 1, "column \"Id\" numbers the rows");
    check(table("t,v,kind\n", 1990, 1), NULL, 1, "column \"t\" numbers the rows");
    check(table("", 0, 1), NULL, 1, "column 0 numbers the rows");
    /* Shuffled: the name says what it is. */
    check(table("PassengerId,v,kind\n", 1, 5), NULL, 1, "column \"PassengerId\" numbers the rows");
    check(table("Unnamed: 0,v,kind\n", 1, 5), NULL, 1, "column \"Unnamed: 0\" numbers the rows");
    check(table("t,v,kind\n", 1, 5), NULL, 1, "column \"t\" numbers the rows");
    check(table("t,v,kind\n", 1, 3), NULL, 0, "numbers the rows");
    check(table("id,v,kind\n", 1, 3), NULL, 0, "numbers the rows");
}

static void test_pixels(void **state)
{
    (void)state;
    /* Columns in another order, and the same images. */
    struct sl_dataset *a = read_with("label,pixel0,pixel1,pixel2,pixel3\n0,1,2,3,4\n1,5,6,7,8\n", NULL);
    struct sl_dataset *b = read_with("pixel3,pixel0,label,pixel2,pixel1\n4,1,0,3,2\n8,5,1,7,6\n", NULL);
    assert_string_equal(sl_dataset_hash(a), sl_dataset_hash(b));
    assert_int_equal(sl_dataset_view(b).image.height, 2);
    expect_notes(a, 0, "pixels");
    expect_notes(b, 1, "pixels are taken in the order of their numbers");
    sl_dataset_free(a);
    sl_dataset_free(b);
    /* For a model without names, too. */
    struct sl_read_options model = {.n_features = 4};
    a = read_with("pixel3,pixel0,pixel2,pixel1\n4,1,3,2\n", &model);
    assert_memory_equal(sl_dataset_view(a).x, "\1\2\3\4", 4);
    sl_dataset_free(a);
    /* With holes, or from 5 on, they are no images. */
    static const char *const tables[] = {"label,pixel0,pixel1,pixel2,pixel4\n0,1,2,3,4\n1,5,6,7,8\n",
                                         "label,pixel5,pixel6,pixel7,pixel8\n0,1,2,3,4\n1,5,6,7,8\n"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        a = read_with(tables[i], NULL);
        assert_int_equal(sl_dataset_view(a).image.height, 0);
        assert_int_equal(sl_dataset_view(a).dtype, SL_F32);
        expect_notes(a, 1, "pixels are left out");
        sl_dataset_free(a);
    }
}

static void test_label_first(void **state)
{
    char text[2048], *end = text;
    (void)state;
    /* Images without a header, the label first, the last pixel nearly always 0. */
    for (int i = 0; i < 60; i++)
        end += sprintf(end, "%d,%d,%d\n", i % 3, i * 41 % 256, i == 7 ? 9 : i == 8 ? 80 : 0);
    expect_error(text, NULL, SL_EDATA,
                 "which column is the label? the last holds 3 different numbers, the first 3");
    check(text, &(struct sl_read_options){.label = "0"}, 1, "label: column 1 of 3");
}

static void test_drop(void **state)
{
    static const char *const names[] = {"v"};
    struct sl_read_options drop = {.drop = " Id"}, by_number = {.drop = "0"}, two = {.drop = "note, -3"};
    (void)state;
    struct sl_dataset *data = read_with(table("Id,v,kind\n", 1, 1), &drop);
    expect_notes(data, 0, "numbers the rows");
    expect_notes(data, 1, "left out: column \"Id\", as asked");
    assert_int_equal(sl_dataset_view(data).d, 1);
    assert_string_equal(sl_dataset_feature(data, 0), "v");
    /* The other part: by name, or by place. */
    struct sl_read_options like = {.like = data, .drop = "Id"};
    check("v,kind\n1,a\n", &like, 0, "left out");
    like.drop = "0";
    check("7,1,a\n", &like, 1, "left out: column 0, as asked");
    sl_dataset_free(data);
    check(table("", 1, 1), &by_number, 1, "left out: column 0, as asked");
    /* What is left out may be no number, and stand behind the label. */
    data = read_with("id,v,kind,note\n1,2,a,x\n2,3,b,y\n3,3.5,b,y\n", &two);
    expect_notes(data, 1, "left out: columns \"v\", \"note\", as asked");
    assert_string_equal(sl_dataset_label(data), "kind");
    sl_dataset_free(data);
    expect_error("v,kind\n1,a\n2,b\n", &(struct sl_read_options){.drop = "V"}, SL_EUSAGE,
                 "no column \"V\" to leave out (did you mean v?)");
    expect_error("v,kind\n1,a\n2,b\n", &(struct sl_read_options){.drop = "kind", .label = "kind"}, SL_EUSAGE,
                 "is the label: it can not be left out");
    struct sl_read_options model = {.features = names, .n_features = 1, .drop = "v"};
    expect_error("v,kind\n1,a\n", &model, SL_EDATA,
                 "column \"v\" can not be left out: the model was fitted with it");
    model = (struct sl_read_options){.n_features = 1, .drop = "0"};
    check("7,1,a\n", &model, 1, "label: column 3 of 3, no header");
    model.no_label = 1;
    check("7,1\n", &model, 1, "no label column, no header");
    expect_error("7,1,a\n", &model, SL_EDATA, "2 columns; expected the model's 1 features");
}

static void test_classes(void **state)
{
    (void)state;
    check("v,kind\n1,a\n2,a\n3,rare\n", NULL, 1, "class of one row: \"rare\"");
    check("v,kind\n1,a\n2,a\n3,b\n4,b\n", NULL, 0, "one row");
    check("v,kind\n1,yes\n2,Yes\n3,\" yes\"\n4,no\n", NULL, 1, "how a number is written only: ");
    check("v,kind\n1,yes\n2,no\n", NULL, 0, "capitals");
    check("v,kind\n1,.\n2,-\n3,.\n4,-\n", NULL, 1, "label: column \"kind\"");
    check("v,kind\n1,+1\n2,01\n3,2\n", NULL, 1, "written only: \"+1\" and \"01\"");
    char text[2048], *end = text + sprintf(text, "v,age\n");
    for (int i = 0; i < 84; i++)
        end += sprintf(end, "%d.5,%d\n", i, 20 + i % 21);
    check(text, NULL, 1, "the 21 classes are numbers, from 20 to 40");
}

static void test_repeated(void **state)
{
    (void)state;
    check("v,kind\n1,a\n2,b\n1,a\n3,b\n", NULL, 1, "1 of 4 rows equal an earlier one");
    check("v,kind\n1,a\n2,b\n4,a\n3,b\n", NULL, 0, "equal");
    struct sl_dataset *train = read_with("v,kind\n1,a\n2,b\n3,a\n4,b\n", NULL);
    struct sl_read_options like = {.like = train};
    check("v,kind\n1,a\n5,b\n", &like, 1, "1 of 2 rows equal a training row");
    check("v,kind\n7,a\n7,b\n", &like, 0, "equal");
    sl_dataset_free(train);
}

static void test_unseen(void **state)
{
    (void)state;
    struct sl_dataset *train = read_with("v,kind\n1,a\n2,b\n3,a\n4,b\n", NULL);
    struct sl_read_options like = {.like = train};
    check("v,kind\n7,a\n8,B\n9,z\n", &like, 1, "classes without training rows: \"B\", \"z\"");
    check("v,kind\n7,a\n8,B\n9,z\n", &like, 1, "how a number is written only: \"b\" and \"B\"");
    expect_error("v,kind\n7,A\n8,B\n", &like, SL_EDATA,
                 "no row of the test part is of a class of the training part: \"A\" is none of \"a\", \"b\"");
    sl_dataset_free(train);
}

/* Columns that need doubles are told of together. */
static void test_precision(void **state)
{
    char text[2048], *end = text + sprintf(text, "s,t,u,kind\n");
    (void)state;
    for (int i = 0; i < 20; i++)
        end += sprintf(end, "17000000%02d,17000000%02d,17000000%02d,%c\n", i, i, i, 'a' + i % 2);
    check(text, NULL, 1, "column \"s\": kept in doubles");
    check(text, NULL, 1, ", and likewise 2 other columns");
    check(text, NULL, 1, "in doubles");
}

/* Doubles end at 2^53, too. */
static void test_rounded(void **state)
{
    (void)state;
    check("account,kind\n1000000000000000001,a\n1000000000000000002,b\n", NULL, 1,
          "column \"account\": whole numbers beyond 2^53 are rounded");
    check("account,kind\n9007199254740991,a\n1e30,b\n", NULL, 0, "rounded");
}

/* Columns without a name and without anything in them are left out, wherever they stand. */
static void test_hollow(void **state)
{
    (void)state;
    struct sl_dataset *data = read_with(",v,,kind,\n,1,,a,\n,2,,b,\n", NULL);
    assert_int_equal(sl_dataset_view(data).d, 1);
    assert_string_equal(sl_dataset_label(data), "kind");
    expect_notes(data, 1, "left out: 2 columns without a name, and without anything in the first 2 rows");
    sl_dataset_free(data);
    expect_error("v,gap,kind\n1,,a\n2,,b\n", NULL, SL_EDATA, "a missing value in column \"gap\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_numbers), cmocka_unit_test(test_drop),
        cmocka_unit_test(test_classes),     cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_unseen),      cmocka_unit_test(test_precision),
        cmocka_unit_test(test_pixels),      cmocka_unit_test(test_label_first),
        cmocka_unit_test(test_rounded),     cmocka_unit_test(test_hollow),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
