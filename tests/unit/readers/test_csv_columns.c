/* CSV files: which line is the header, which column the label, and which columns are taken beside another
 * file. */
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

static void expect_error(const char *text, const struct sl_read_options *options, const char *message)
{
    struct sl_dataset *data = (struct sl_dataset *)1;
    struct sl_error err = {0};
    const char *path = write_text("bad.csv", text);
    assert_int_equal(sl_dataset_open(path, SL_PART_TRAIN, options, &data, &err), SL_EDATA);
    assert_null(data);
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
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
    fail_msg("no note is \"%s\"; the first is \"%s\"", text, sl_dataset_note(data, 0));
}

/* Rows, and the first note. */
static void check(const char *text, const struct sl_read_options *options, size_t n, const char *note)
{
    struct sl_dataset *data = read_with(text, options);
    assert_string_equal(sl_dataset_note(data, 0), note);
    assert_int_equal(sl_dataset_view(data).n, n);
    sl_dataset_free(data);
}

/* Twelve rows of three numbers that count up in none, and a class: words, numbers. */
#define WORDS                                                                                                \
    "0,0,0,p\n2,3,1,q\n4,2,2,p\n1,1,0,q\n3,0,1,p\n0,3,2,q\n2,2,0,p\n4,1,1,q\n1,0,2,p\n3,3,0,q\n0,2,1,p\n2,"  \
    "1,2,q\n"
#define NUMBERS                                                                                              \
    "0,0,0,0\n2,3,1,1\n4,2,2,0\n1,1,0,1\n3,0,1,0\n0,3,2,1\n2,2,0,0\n4,1,1,1\n1,0,2,0\n3,3,0,1\n0,2,1,0\n2,"  \
    "1,2,1\n"

static void test_header(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        const char *note;
    } cases[] = {
        {"a,b,kind\n1,2,p\n3,4,q\n", 2, "label: column \"kind\" (3 of 3), line 1 is a header"},
        {"1,2,p\n3,4,q\n", 2, "label: column 3 of 3, no header"},
        /* Numbers that count up, beside a word or alone. */
        {"0,1,2,species\n.5,2,1,ash\n1,2,1,elm\n", 2,
         "label: column \"species\" (4 of 4), line 1 is a header"},
        {"0,1,kind\n.5,2,ash\n1,2,elm\n", 2, "label: column \"kind\" (3 of 3), line 1 is a header"},
        {"0,1,2\n.5,2,ash\n1,2,elm\n", 2, "label: column \"2\" (3 of 3), line 1 is a header"},
        {"0,1,2,3\n5,2,9,1\n1,2,8,2\n5,2,9,1\n", 3, "label: column \"3\" (4 of 4), line 1 is a header"},
        {",0,1,kind\n0,.5,2,ash\n1,1,2,elm\n", 2, "label: column \"kind\" (4 of 4), line 1 is a header"},
        {"0,1,2\n5,2,9\n5,3,9\n", 3, "label: column 3 of 3, no header"},
        /* Numbers beside the name of a label; in quotes, as no row below. */
        {"2019,2020,Class\n1,2,p\n3,4,q\n", 2, "label: column \"Class\" (3 of 3), line 1 is a header"},
        {"\"10\",\"20\",\"group\"\n1,2,\"p\"\n3,4,\"q\"\n", 2,
         "label: column \"group\" (3 of 3), line 1 is a header"},
        {"10,20,group\n1,2,q\n3,4,q\n", 3, "label: column 3 of 3, no header"},
        /* A class called like a label is none where it comes again. */
        {"1.5,2,y\n1,2,n\n3,4,y\n", 3, "label: column 3 of 3, no header"},
        {"1.5,2,y\n1,2,n\n3,4,n\n", 3, "label: column 3 of 3, no header"},
        {"a,b,class\n1,2,class\n3,4,q\n", 2, "label: column \"class\" (3 of 3), line 1 is a header"},
        {"\xef\xbb\xbf"
         "a,b,\" Class \"\n1,2,p\n3,4,q\n",
         2, "label: column \"Class\" (3 of 3), line 1 is a header"},
        {"gr\xc3\xb6\xc3\x9f"
         "e,art\n1,p\n2,q\n",
         2, "label: column \"art\" (2 of 2), line 1 is a header"},
        {"# by hand\n\na,art\n1,p\n2,q\n", 2, "label: column \"art\" (2 of 2), line 3 is a header"},
        /* Numbers that ascend as in no row below; a word above numbers. */
        {"2019,2020,2021,region\n" WORDS, 12, "label: column \"region\" (4 of 4), line 1 is a header"},
        {"400.5,410.2,431.7,region\n" WORDS, 12, "label: column \"region\" (4 of 4), line 1 is a header"},
        {"40,10,17,grade\n" NUMBERS, 12, "label: column \"grade\" (4 of 4), line 1 is a header"},
        {"40,10,17,region\n" WORDS, 13, "label: column 4 of 4, no header"},
        {"inf1,a\n1,b\n", 1, "label: column \"a\" (2 of 2), line 1 is a header"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, NULL, cases[i].n, cases[i].note);
    /* Nothing but words: the first row is data where a word comes again. */
    expect_error("p,x,s\ne,y,n\np,x,s\n", NULL, ":1:1: \"p\"");
    expect_error("cap,odor,class\nx,p,e\nx,q,e\n", NULL, ":2:1: \"x\" in column \"cap\"");
    /* Two files, one behind the other. */
    expect_error("a,b,kind\n1,2,p\n3,4,q\na,b,kind\n5,6,p\n", NULL, ":4:1: the column's name \"a\" again");
}

static void test_label_by_name(void **state)
{
    static const struct {
        const char *head;
        const char *label;
    } cases[] = {
        {"x,y,class", "class"},
        {"x,y,z,label", "label"},
        {"x,y,kind", "kind"},
        {"a,y,b", "y"},
        {"Y,a,b", "Y"},
        {"a,TARGET,y", "TARGET"},
        {"class,x,y", "class"},
        {"species,y,b", "species"},
        {"a,species,label", "label"},
        {"id,Diagnosis,b", "Diagnosis"},
        {"a,b,c", "c"},
        {"kind,pixel0,pixel1", "kind"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        int wide = 0;
        for (const char *c = cases[i].head; *c; c++)
            wide += *c == ',';
        snprintf(text, sizeof text, "%s\n1,2,1%s\n2,1,2%s\n1,1,1%s\n", cases[i].head, wide > 2 ? ",1" : "",
                 wide > 2 ? ",2" : "", wide > 2 ? ",1" : "");
        struct sl_dataset *data = read_with(text, NULL);
        assert_string_equal(sl_dataset_label(data), cases[i].label);
        sl_dataset_free(data);
    }
    struct sl_dataset *data = read_with("1,a\n2,b\n", NULL);
    assert_null(sl_dataset_label(data));
    sl_dataset_free(data);
}

static void test_label_in_doubt(void **state)
{
    (void)state;
    expect_error("class,a,label\n1,2,3\n", NULL,
                 "\"class\" and \"label\" are both called like one: say --label class or --label label");
    expect_error("my class,species,a,outcome\n1,2,1,3\n", NULL, "say --label species or --label outcome");
    /* The last column has nothing that speaks for it, another one has. */
    expect_error("M,1.5,2.5\nB,2.5,1.5\nM,3.5,1.5\n", NULL, "say --label 0 or --label 2");
    expect_error("big group,x,y\nM,1.5,2.5\nB,2.5,1.5\n", NULL, "say --label 'big group' or --label y");
    expect_error("1,1.5,2.5\n2,2.5,1.5\n1,3.5,1.25\n2,1.5,1\n", NULL,
                 "the last holds 4 different numbers, the first 2: say --label 0 or --label 2");
    /* Said, nothing is in doubt. */
    struct sl_read_options options = {.label = "0"};
    check("M,1.5,2.5\nB,2.5,1.5\nM,3.5,1.5\n", &options, 3, "label: column 1 of 3, no header");
    options.label = "label";
    check("class,a,label\n1,2,3\n", &options, 1, "label: column \"label\" (3 of 3), line 1 is a header");
    expect_error("f,f,label\n1,2,a\n", NULL, "two columns are called \"f\", 1 and 2");
    expect_error(",,label\n1,2,a\n", NULL, "columns 1 and 2 have no name");
}

static void test_regression(void **state)
{
    char text[4096], *end = text;
    (void)state;
    expect_error("a,target\n1,6.2\n2,4\n", NULL,
                 "column \"target\", holds 2 different numbers, with fractions, in 2 rows");
    struct sl_read_options numeric = {.label_numeric = 1};
    check("a,target\n1,6.2\n2,4\n", &numeric, 2, "label: column \"target\" (2 of 2), line 1 is a header");
    expect_error("a;target\n1;6,2\n2;4,5\n3;6,2\n", NULL,
                 "holds 2 different numbers, with fractions, in 3 rows");
    check("a,dose\n1,5%\n2,10%\n", NULL, 2, "label: column \"dose\" (2 of 2), line 1 is a header");
    check("a,target\n1,6.0\n2,4.00\n", NULL, 2, "label: column \"target\" (2 of 2), line 1 is a header");
    /* 21 whole numbers, once each; 20; 21 three times each. */
    for (int i = 0; i < 21; i++)
        end += sprintf(end, "%d.5,%d\n", i % 3, 1000 + 7 * i);
    expect_error(text, NULL, "the label, column 2 of 2, holds 21 different numbers in 21 rows");
    check(text, &numeric, 21, "label: column 2 of 2, no header");
    for (int i = 0; i < 42; i++)
        end += sprintf(end, "%d.5,%d\n", i % 3, 1000 + 7 * (i % 21));
    check(text, NULL, 63, "label: column 2 of 2, no header");
    char *last = strstr(text, "2.5,1140\n");
    assert_non_null(last);
    *last = 0;
    check(text, NULL, 20, "label: column 2 of 2, no header");
}

static void test_other_formats(void **state)
{
    static const char *const cases[][2] = {
        {"[{\"a\": 1}]\n", "JSON"},
        {"[{\"a\": 1, \"b\": \"p\"}, {\"a\": 2, \"b\": \"q\"}]\n", "JSON"},
        {"Rar!\x1a\x07", "a RAR archive"},
        {"when,b,kind\n13:15,1,p\n", ":2:1: \"13:15\" in column \"when\" is a date or a time"},
        {"b|when|kind\n1|08:15|p\n", ":2:2: \"08:15\" in column \"when\" is a date or a time"},
        {"08:15;1;p\n09:15;2;q\n", ":1:1: \"08:15\" is a date or a time"},
        {"<table>\n", "HTML"},
        {"a,b,kind\n4,81,6,19,p\n4,36,3,90,q\n", "commas within numbers"},
        {"Made by hand\na,b,kind\n1,2,p\n3,4,q\n", ":1: one field over rows of 3: a title above the table?"},
        {"Made by hand,,\na,b,kind\n1,2,p\n3,4,q\n", ":1: columns 2 and 3 have no name: is this a title"},
        {"a,kind\n\xe2\x88\x92"
         "5,p\n",
         " is a number with a minus sign or a blank that is not ASCII"},
        {"a,kind\n5,p\n\xc2\xa0"
         "5,q\n",
         " is a number with a minus sign or a blank that is not ASCII"},
        {"price,kind\n$5,p\n", ":2:1: \"$5\" in column \"price\" is a sum of money"},
        {"when,kind\n2024-01-10,p\n", ":2:1: \"2024-01-10\" in column \"when\" is a date"},
        {"rate,kind\n5%,p\n", ":2:1: \"5%\" in column \"rate\" is a percentage"},
        {"flag,kind\n3,p\nTrue,p\n", ":3:1: \"True\" in column \"flag\" is a word among numbers"},
        {"a,kind\n?,p\n", ":2:1: \"?\" in column \"a\" is a missing value"},
        {"a,kind\nblue,p\nred,q\n", ":2:1: \"blue\" in column \"a\" is a word"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_error(cases[i][0], NULL, cases[i][1]);
}

static const char train[] = "a,b,class\n1,2,p\n3,4,q\n5,6,p\n";

/* The same test rows in many forms: one hash. */
static void test_like(void **state)
{
    static const char *const same[][2] = {
        {"a,b,class\n7,8,p\n9,10,q\n", ""},
        {"b,a,class\n8,7,p\n10,9,q\n",
         "columns stand in another order than in the training file: they are taken by name"},
        {"class,a,b\np,7,8\nq,9,10\n", "label: column \"class\" (1 of 3), line 1 is a header"},
        {"id,b,class,a,y\n0,8,p,7,x\n1,10,q,9,x\n",
         "left out: columns \"id\", \"y\", not in the training file"},
        {"7,8,p\n9,10,q\n",
         "columns are taken by their places: the training file names them, this file does not"},
    };
    (void)state;
    struct sl_dataset *first = read_with(train, NULL);
    struct sl_read_options options = {.like = first, .label = "-1"}; /* of the training file */
    char hash[33] = "";
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct sl_dataset *data = read_with(same[i][0], &options);
        if (*same[i][1])
            expect_note(data, same[i][1]);
        if (i)
            assert_string_equal(sl_dataset_hash(data), hash);
        strcpy(hash, sl_dataset_hash(data));
        sl_dataset_free(data);
    }
    expect_error("a,b\n7,8\n", &options, ":1: no column \"class\", which is the label in the training file");
    expect_error("a,c,class\n7,8,p\n", &options, ":1: no column \"b\", which the training file has");
    expect_error("A,c,class\n7,8,p\n", &options,
                 ":1: no column \"a\", \"b\", which the training file has (it has \"A\")");
    expect_error("7,8\n", &options, ":1: 2 columns; the training file has 3");
    expect_error("7,8,9,p\n", &options, ":1: 4 columns; the training file has 3");
    sl_dataset_free(first);

    first = read_with("p,1,2\nq,3,4\n", &(struct sl_read_options){.label = "0"});
    options = (struct sl_read_options){.like = first, .label = "0"};
    struct sl_dataset *data = read_with("kind,a,b\np,7,8\n", &options);
    expect_note(data, "columns are taken by their places: this file names them, the training file does not");
    expect_note(data, "label: column \"kind\" (1 of 3), line 1 is a header");
    assert_int_equal(sl_dataset_view(data).n, 1);
    sl_dataset_free(data);
    sl_dataset_free(first);
}

/* For a model that knows the features a and b. */
static void test_features(void **state)
{
    static const char *const names[] = {"a", "b"};
    struct sl_read_options options = {.features = names, .n_features = 2};
    static const char *const cases[][2] = {
        {"b,a\n8,7\n", "no label column, line 1 is a header"},
        {"7,8\n", "no label column, no header"},
        {"7,8,p\n", "label: column 3 of 3, no header"},
        {"id,b,class,a\n0,8,p,7\n", "label: column \"class\" (3 of 4), line 1 is a header"},
        {"truth,b,a\np,8,7\n", "label: column \"truth\" (1 of 3), line 1 is a header"},
        {"id,b,a\n1,8,7\n", "no label column, line 1 is a header"},
        {"price,b,a\n1.5,8,7\n", "no label column, line 1 is a header"},
        {"b,a,u,v\n8,7,1,2\n", "no label column, line 1 is a header"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_dataset *data = read_with(cases[i][0], &options);
        struct sl_view view = sl_dataset_view(data);
        assert_string_equal(sl_dataset_note(data, 0), cases[i][1]);
        assert_int_equal(view.d, 2);
        assert_int_equal(view.dtype, SL_F32);
        assert_true(((const float *)view.x)[0] == 7 && ((const float *)view.x)[1] == 8);
        assert_int_equal(view.y != NULL, strncmp(cases[i][1], "label", 5) == 0);
        sl_dataset_free(data);
    }
    expect_error("b,c\n8,7\n", &options, "no column \"a\", which the model was fitted with");
    expect_error("7,8,9,10\n", &options, "4 columns; expected the model's 2 features, and at most the label");
    expect_error("b,a,class,label\n8,7,p,q\n", &options, "say --label class or --label label");
    options.label = "a";
    expect_error("b,a\n8,7\n", &options, "column \"a\" can not be the label");
    options = (struct sl_read_options){.features = names, .n_features = 2, .no_label = 1};
    check("class,b,a\np,8,7\n", &options, 1, "no label column, line 1 is a header");
}

/* The first rows are looked at as far as they go: longer than what is read at once. */
static void test_wide(void **state)
{
    enum { WIDTH = 60000 };
    size_t size = 0, room = (size_t)WIDTH * 40;
    char *text = malloc(room);
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < WIDTH; i++)
        size += (size_t)snprintf(text + size, room - size, "gene%d,", i);
    size += (size_t)snprintf(text + size, room - size, "kind\n");
    for (int row = 0; row < 2; row++) {
        for (int i = 0; i < WIDTH; i++)
            size += (size_t)snprintf(text + size, room - size, "%d.5,", i);
        size += (size_t)snprintf(text + size, room - size, "%c\n", 'p' + row);
    }
    check(text, NULL, 2, "label: column \"kind\" (60001 of 60001), line 1 is a header");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header),         cmocka_unit_test(test_label_by_name),
        cmocka_unit_test(test_label_in_doubt), cmocka_unit_test(test_regression),
        cmocka_unit_test(test_other_formats),  cmocka_unit_test(test_like),
        cmocka_unit_test(test_features),       cmocka_unit_test(test_wide),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
