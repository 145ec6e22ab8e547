/* CSV files: what is understood, and every way of being broken. */
#include "unit/files_fixture.h"
#include <shortlist/dataset.h>
#include <shortlist/rng.h>

static struct sl_dataset *read_with(const char *text, const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_open(write_text("a.csv", text), SL_PART_TRAIN, options, &data, &err) != SL_OK)
        fail_msg("%s", err.text);
    return data;
}

static struct sl_dataset *read_good(const char *text)
{
    return read_with(text, NULL);
}

static void expect_bytes_error(const void *bytes, size_t n, const struct sl_read_options *options,
                               const char *text)
{
    struct sl_dataset *data = (struct sl_dataset *)1;
    struct sl_error err = {0};
    const char *path = write_file("bad.csv", bytes, n);
    int code = sl_dataset_open(path, SL_PART_TRAIN, options, &data, &err);
    /* A column that is not there is a wrong request, not a wrong file. */
    assert_int_equal(code, strstr(err.text, "no label column") ? SL_EUSAGE : SL_EDATA);
    assert_null(data);
    assert_null(strchr(err.text, '\n'));
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, text);
}

static void expect_error(const char *bytes, const char *text)
{
    expect_bytes_error(bytes, strlen(bytes), NULL, text);
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

static float value(const struct sl_dataset *data, size_t row, size_t column)
{
    struct sl_view view = sl_dataset_view(data);
    size_t i = row * view.d + column;
    return view.dtype == SL_U8 ? ((const uint8_t *)view.x)[i] : ((const float *)view.x)[i];
}

static void check_shape(const struct sl_dataset *data, size_t n, size_t d, int k, enum sl_dtype dtype)
{
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.n, n);
    assert_int_equal(view.d, d);
    assert_int_equal(view.k, k);
    assert_int_equal(view.dtype, dtype);
}

static void test_plain(void **state)
{
    (void)state;
    struct sl_dataset *data = read_good("1,2,a\n3,4,b\n5,6,a\n");
    check_shape(data, 3, 2, 2, SL_F32);
    assert_true(value(data, 2, 1) == 6);
    assert_int_equal(sl_dataset_view(data).y[1], 1);
    assert_string_equal(sl_dataset_class(data, 1), "b");
    assert_null(sl_dataset_feature(data, 0));
    sl_dataset_free(data);

    data = read_good("length,width,species\n1.5,-2e2,x\n+.25,4.,y\n");
    check_shape(data, 2, 2, 2, SL_F32);
    assert_true(value(data, 0, 0) == 1.5f && value(data, 0, 1) == -200.0f);
    assert_true(value(data, 1, 0) == 0.25f && value(data, 1, 1) == 4.0f);
    assert_string_equal(sl_dataset_feature(data, 1), "width");
    assert_null(sl_dataset_feature(data, 2));
    sl_dataset_free(data);
}

/* Pixels are bytes until the first value that is none: nothing is lost on the way. */
static void test_widening(void **state)
{
    static const char head[] = "label,pixel0,pixel1,pixel2,pixel3\n";
    static const float expected[] = {0, 255, 7, 1, 2, 3, 4, 256, 6, 8, 9, 10};
    char text[256];
    (void)state;
    snprintf(text, sizeof text, "%sa,0,255,7,1\na,2,3,4,256\nb,6,8,9,10\n", head);
    struct sl_dataset *data = read_good(text);
    check_shape(data, 3, 4, 2, SL_F32);
    assert_memory_equal(sl_dataset_view(data).x, expected, sizeof expected);
    sl_dataset_free(data);
    snprintf(text, sizeof text, "%sa,1,2,3,-1\n", head);
    data = read_good(text);
    check_shape(data, 1, 4, 1, SL_F32);
    sl_dataset_free(data);
}

/* How a number is written changes nothing, in images and in tables. */
static void test_notation(void **state)
{
    static const char *const same[][2] = {
        {"label,pixel0,pixel1,pixel2,pixel3\na,1,2,0,255\nb,5,6,7,8\n",
         "label,pixel0,pixel1,pixel2,pixel3\na,1.0,2,0,2.55e2\nb,5,6.00,7,8\n"},
        {"1,2,a\n5,6,b\n", "1.0,2.0,a\n5,6e0,b\n"}};
    static const enum sl_dtype dtypes[] = {SL_U8, SL_F32};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct sl_dataset *one = read_good(same[i][0]), *other = read_good(same[i][1]);
        assert_int_equal(sl_dataset_view(one).dtype, dtypes[i]);
        assert_string_equal(sl_dataset_hash(one), sl_dataset_hash(other));
        sl_dataset_free(one);
        sl_dataset_free(other);
    }
}

/* Seconds since 1970, and metres of a map's grid, stay doubles: as floats they would be equal.  Other long
 * numbers, of which a few share a float, become floats. */
static void test_doubles(void **state)
{
    char *text = malloc(1 << 20), *end = text;
    (void)state;
    struct sl_dataset *data = read_good("t,label\n1700000001,a\n1700000002,b\n1700000003,a\n");
    check_shape(data, 3, 1, 2, SL_F64);
    assert_true(((const double *)sl_dataset_view(data).x)[2] == 1700000003.0);
    sl_dataset_free(data);
    data = read_good("e,n,label\n1.5,5500000.1,a\n2.5,5500000.2,b\n");
    check_shape(data, 2, 2, 2, SL_F64);
    sl_dataset_free(data);
    srand(1);
    for (int i = 0; i < 20000; i++)
        end += sprintf(end, "%.17g,a\n", (double)rand() / RAND_MAX);
    data = read_good(text);
    check_shape(data, 20000, 1, 1, SL_F32);
    sl_dataset_free(data);
    free(text);
}

/* A test part has its training part's type, whatever it would have alone. */
static void test_dtype_of_test_part(void **state)
{
    static const char *const train[] = {"a,label\n1700000001,x\n1700000002,y\n", "a,label\n1,x\n2,y\n"};
    static const char *const test[] = {"a,label\n5,x\n", "a,label\n1700000001,x\n1700000002,y\n"};
    static const enum sl_dtype dtypes[] = {SL_F64, SL_F32};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct sl_dataset *data = read_good(train[i]), *other = NULL;
        struct sl_read_options options = {.like = data};
        write_text("other.csv", test[i]);
        assert_int_equal(sl_dataset_open(path_of("other.csv"), SL_PART_TRAIN, &options, &other, NULL), SL_OK);
        assert_int_equal(sl_dataset_view(other).dtype, dtypes[i]);
        sl_dataset_free(data);
        sl_dataset_free(other);
    }
}

/* Every decimal must become the float nearest to what strtod makes of it. */
static void test_numbers(void **state)
{
    static const char *const texts[] = {"0.1",
                                        "-0.1",
                                        "3.14159265358979",
                                        "123456789012345",
                                        "0.000000000000001",
                                        "16777217",
                                        "1e-40",
                                        "3.4028234e38",
                                        "1E5",
                                        "99999999999999999999",
                                        "0.30000000000000004",
                                        "-7",
                                        "1234567.1234567",
                                        "00012.500"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s,0.5,a\n", texts[i]);
        struct sl_dataset *data = read_good(line);
        assert_true(value(data, 0, 0) == (float)strtod(texts[i], NULL));
        sl_dataset_free(data);
    }
}

static void test_form(void **state)
{
    static const char *const same[] = {
        ("\xef\xbb\xbf"
         "f,g,label\r\n1,2,a\r\n3,4,b\r\n"), /* byte order mark, CR LF */
        "f,g,label\n1,2,a\n3,4,b",           /* no end of line at the end */
        "f,g,label\r1,2,a\r3,4,b\r",         /* CR alone */
        "f,g,label\n1,2,a\n3,4,b\n\n\r\n\n", /* blank lines at the end */
        "\"f\",\"g\",\"label\"\n\"1\",2,\"a\"\n3,\"4\",b\n",
        "f , g,label \n 1,2 ,a\n3, 4,  \"b\"  \n",
        "f;g;label\n1;2;a\n3;4;b\n",
        "f\tg\tlabel\n1\t2\ta\n3\t4\tb\n",
        "f|g|label\n1 | 2 | a\n3 | 4 | b\n",
        "sep=;\r\nf;g;label\r\n1;2;a\r\n3;4;b\r\n", /* a line for spreadsheets */
        "# made by a logger\nf,g,label\n1,2,a\n3,4,b\n",
        "# made, then\n# f,g,label\n1,2,a\n3,4,b\n", /* the names in a comment */
        "f,g,label\n1,2,a\n\n,,\n3,4,b\n",           /* nothing in a row */
        "f,g,label\n1,2,a\n3,4,b\n,,\n,,\n",
        "f,g,label,,\n1,2,a,,\n3,4,b,,\n", /* nothing in columns behind the last */
        "f,g,label\n1,2,a,\n3,4,b,,\n",
        "\n\nf,g,label\n1,2,a\n3,4,b\n",
    };
    (void)state;
    char hash[33] = "";
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct sl_dataset *data = read_good(same[i]);
        check_shape(data, 2, 2, 2, SL_F32);
        assert_string_equal(sl_dataset_feature(data, 0), "f");
        assert_string_equal(sl_dataset_feature(data, 1), "g");
        if (i)
            assert_string_equal(sl_dataset_hash(data), hash);
        strcpy(hash, sl_dataset_hash(data));
        sl_dataset_free(data);
    }
    struct sl_dataset *data = read_good("f,label\n1,\"a, \"\"b\"\"\nc\"\n2,d\n");
    assert_string_equal(sl_dataset_class(data, 0), "a, \"b\"\nc");
    sl_dataset_free(data);
    const char text[] = "f,label\n1,a\n";
    struct sl_error err;
    assert_int_equal(
        sl_dataset_open(write_gzip("a.csv.gz", text, strlen(text)), SL_PART_TRAIN, NULL, &data, &err), SL_OK);
    check_shape(data, 1, 1, 1, SL_F32);
    sl_dataset_free(data);
}

static void test_header(void **state)
{
    (void)state;
    struct sl_read_options first = {.header = 1}, none = {.header = -1};
    struct sl_dataset *data = read_with("1,2,3\n4,5,6\n", &first);
    check_shape(data, 1, 2, 1, SL_F32);
    assert_string_equal(sl_dataset_feature(data, 0), "1");
    sl_dataset_free(data);
    data = read_with("1,2,label\n3,4,b\n", &none);
    check_shape(data, 2, 2, 2, SL_F32);
    sl_dataset_free(data);
    /* Column names that are numbers, beside one that names the label. */
    data = read_good("label,0,1\nx,5,6\n");
    check_shape(data, 1, 2, 1, SL_F32);
    assert_string_equal(sl_dataset_class(data, 0), "x");
    sl_dataset_free(data);
}

static void test_label(void **state)
{
    (void)state;
    static const char text[] = "f,kind,g\n1,a,2\n3,b,4\n5,a,6\n";
    static const char *const ways[] = {"kind", "1", "-2"};
    for (size_t i = 0; i < 3; i++) {
        struct sl_read_options options = {.label = ways[i]};
        struct sl_dataset *data = read_with(text, &options);
        check_shape(data, 3, 2, 2, SL_F32);
        assert_string_equal(sl_dataset_feature(data, 1), "g");
        assert_true(value(data, 1, 1) == 4);
        assert_int_equal(sl_dataset_view(data).y[2], 0);
        sl_dataset_free(data);
    }
    struct sl_read_options wrong = {.label = "kid"};
    expect_bytes_error(text, strlen(text), &wrong, "no label column \"kid\" (did you mean kind?)");
    wrong.label = "3";
    expect_bytes_error(text, strlen(text), &wrong, "from -3 to 2");
    wrong.label = "-4";
    expect_bytes_error(text, strlen(text), &wrong, "from -3 to 2");
    struct sl_read_options without = {.no_label = 1};
    struct sl_dataset *data = read_with("f,g\n1,2\n", &without);
    check_shape(data, 1, 2, 1, SL_F32);
    assert_null(sl_dataset_view(data).y);
    sl_dataset_free(data);
    data = read_good("target,f\n9,1\n10,2\n");
    assert_string_equal(sl_dataset_feature(data, 0), "f");
    sl_dataset_free(data);
}

static void test_classes(void **state)
{
    (void)state;
    /* As numbers if all are, "3.0" being 3; else as texts. */
    struct sl_dataset *data = read_good("1,10\n1,9\n1,-1\n1,9.0\n");
    check_shape(data, 4, 1, 3, SL_F32);
    assert_string_equal(sl_dataset_class(data, 0), "-1");
    assert_string_equal(sl_dataset_class(data, 1), "9");
    assert_string_equal(sl_dataset_class(data, 2), "10");
    static const int32_t expected[] = {2, 1, 0, 1};
    assert_memory_equal(sl_dataset_view(data).y, expected, sizeof expected);
    sl_dataset_free(data);
    data = read_good("1,10\n1,9\n1,b\n");
    assert_string_equal(sl_dataset_class(data, 0), "10");
    assert_string_equal(sl_dataset_class(data, 1), "9");

    struct sl_read_options options = {.like = data};
    struct sl_dataset *same = read_with("5,b\n6,10\n", &options);
    check_shape(same, 2, 1, 3, SL_F32);
    assert_int_equal(sl_dataset_view(same).y[0], 2);
    assert_int_equal(sl_dataset_view(same).y[1], 0);
    sl_dataset_free(same);
    /* A class that the other data set does not have stands behind its classes. */
    same = read_with("5,b\n6,c\n7,c\n", &options);
    check_shape(same, 3, 1, 4, SL_F32);
    assert_int_equal(sl_dataset_view(same).y[2], 3);
    assert_string_equal(sl_dataset_class(same, 2), "b");
    assert_string_equal(sl_dataset_class(same, 3), "c");
    expect_note(same, "2 of 3 rows are of classes without training rows");
    sl_dataset_free(same);
    sl_dataset_free(data);
    /* As other programs write the labels 1 and 2. */
    data = read_good("5,1.000000000000000000e+00\n6,2.0\n7,2\n8,-0.0\n");
    check_shape(data, 4, 1, 3, SL_F32);
    assert_string_equal(sl_dataset_class(data, 0), "0");
    assert_string_equal(sl_dataset_class(data, 2), "2");
    sl_dataset_free(data);

    /* More classes than the hash table begins with. */
    char text[8192], *end = text;
    for (int i = 499; i >= 0; i--)
        end += sprintf(end, "%d,c%03d\n", i % 256, i);
    data = read_good(text);
    check_shape(data, 500, 1, 500, SL_F32);
    assert_int_equal(sl_dataset_view(data).y[0], 499);
    assert_string_equal(sl_dataset_class(data, 123), "c123");
    sl_dataset_free(data);
}

static void test_kaggle(void **state)
{
    (void)state;
    struct sl_dataset *data = read_good("label,pixel1,pixel2,pixel3,pixel4\n9,0,255,1,2\n0,3,4,5,6\n");
    struct sl_view view = sl_dataset_view(data);
    check_shape(data, 2, 4, 2, SL_U8);
    assert_int_equal(view.image.height, 2);
    assert_int_equal(view.image.width, 2);
    assert_int_equal(view.image.channels, 1);
    assert_int_equal(view.y[0], 1);
    sl_dataset_free(data);
    /* The label first, whatever it is called; a line of pixels; not pixels. */
    data = read_good("kind,pixel0,pixel1,pixel2\na,0,255,1\n");
    assert_string_equal(sl_dataset_class(data, 0), "a");
    assert_int_equal(sl_dataset_view(data).image.height, 1);
    assert_int_equal(sl_dataset_view(data).image.width, 3);
    sl_dataset_free(data);
    data = read_good("label,a,b,c,d\n1,0,255,1,2\n");
    assert_int_equal(sl_dataset_view(data).image.height, 0);
    sl_dataset_free(data);
}

static void test_folder_names(void **state)
{
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    write_text("set_train.csv", "1,a\n2,b\n");
    write_text("set_test.csv", "3,b\n");
    assert_int_equal(sl_dataset_open(test_folder, SL_PART_TRAIN, NULL, &data, &err), SL_OK);
    struct sl_read_options options = {.like = data};
    struct sl_dataset *test;
    assert_int_equal(sl_dataset_open(test_folder, SL_PART_TEST, &options, &test, &err), SL_OK);
    assert_int_equal(sl_dataset_view(test).y[0], 1);
    sl_dataset_free(test);
    sl_dataset_free(data);
    unlink(path_of("set_train.csv"));
    unlink(path_of("set_test.csv"));
    write_text("notatrain.csv", "1,a\n");
    assert_int_equal(sl_dataset_open(test_folder, SL_PART_TRAIN, NULL, &data, &err), SL_EDATA);
    unlink(path_of("notatrain.csv"));
}

static void test_bad_rows(void **state)
{
    (void)state;
    expect_error("", ":1: the file is empty");
    expect_error("\n\n", "the file is empty");
    expect_error("f,label\n", "a header and no rows");
    expect_error("1,2,a\n1,b\n", ":2:2: 2 fields; expected 3");
    expect_error("1,2,a\n1,2,3,b\n", ":2:4: 4 fields; expected 3");
    expect_error("a\nb\n", "one column only");
    expect_error("1,2,a\n1,2,\n", ":2:3: no label");
    static const char *const missing[] = {"NaN", "nan", "NA", "N/A", "null", "?", "<NA>"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        char text[64];
        snprintf(text, sizeof text, "a,b,class\n1,2,x\n1,2,%s\n", missing[i]);
        expect_error(text, ":3:3: \"");
        expect_error(text, "is a missing label");
    }
}

static void test_bad_features(void **state)
{
    static const char *const words[] = {"nan",   "NaN", "inf",   "-Infinity", "NA",     "?",
                                        "0x10",  "1,",  "1e400", "1e39",      "12abc",  "--1",
                                        "1.2.3", ".",   "-",     "e5",        "\"1 2\""};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[96];
        snprintf(text, sizeof text, "f,g,label\n1,2,a\n3,%s,b\n", words[i]);
        expect_error(text, ":3:");
    }
    expect_error("f,g,label\n1,2,a\n3,nan,b\n",
                 ":3:2: \"nan\" in column \"g\" is a missing value; expected a number: --missing median, "
                 "mean, mode or constant=VALUE fills it in, --missing keep leaves it to classifiers that "
                 "take missing values, "
                 "--missing drop leaves its row out, --drop its column");
    expect_error(
        "f,g,label\n1,2,a\n3,-1e39,b\n",
        ":3:2: \"-1e39\" in column \"g\"; it is beyond the range of float numbers, -3.4e38 to 3.4e38");
    expect_error("1,2,a\n,4,b\n", ":2:1: a missing value; expected a number");
}

static void test_bad_quotes(void **state)
{
    (void)state;
    expect_error("1,a\n2,\"b\n3,c\n", ":2:2: the quote that opens here is never closed");
    expect_error("1,a\n2,\"b\"c\n", ":2:2: expected a separator");
    /* Line numbers count the lines that a quoted field spans. */
    expect_error("f,label\n1,\"a\nb\"\nx,c\n", ":4:1: \"x\"");
}

static void test_bad_bytes(void **state)
{
    (void)state;
    expect_bytes_error("1,a\n2,\0b\n", 9, NULL, ":2:2: a NUL byte");
    expect_bytes_error("1,a\n2,\"\0b\"\n", 11, NULL, ":2:2: a NUL byte");
    enum { LONG = 17 << 20 };
    char *line = malloc(LONG);
    assert_non_null(line);
    memset(line, '1', LONG);
    expect_bytes_error(line, LONG, NULL, "the row is longer than 16777216 bytes");
    /* The same as a small gzip file. */
    struct sl_dataset *data;
    struct sl_error err;
    assert_int_equal(sl_dataset_open(write_gzip("bad.csv", line, LONG), SL_PART_TRAIN, NULL, &data, &err),
                     SL_EDATA);
    assert_non_null(strstr(err.text, "the row is longer"));
    size_t size;
    unsigned char *packed = gzip_bytes("1,a\n2,b\n", 8, &size);
    packed[size - 8] ^= 1;
    expect_bytes_error(packed, size, NULL, "broken gzip data");
    expect_bytes_error(packed, size - 9, NULL, "cut off");
    free(packed);
    free(line);
}

static void test_too_many_classes(void **state)
{
    (void)state;
    size_t size = 0, room = 200000;
    char *text = malloc(room);
    assert_non_null(text);
    for (int i = 0; i <= 10000; i++)
        size += (size_t)snprintf(text + size, room - size, "1,%d.5\n", i);
    expect_bytes_error(text, size, NULL, ":10001:2: more than 10000 different labels");
    free(text);
}

/* A pipe could be read for ever: it is refused by its kind, unread. */
static void test_pipe(void **state)
{
    int ends[2];
    char path[64];
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    assert_int_equal(sl_dataset_open(path, SL_PART_TRAIN, NULL, &data, &err), SL_EIO);
    assert_null(data);
    assert_non_null(strstr(err.text, "is a pipe, not a file"));
    close(ends[0]);
    close(ends[1]);
}

static void test_no_file(void **state)
{
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    assert_int_equal(sl_dataset_open(path_of("none.csv"), SL_PART_TRAIN, NULL, &data, &err), SL_EIO);
    assert_non_null(strstr(err.text, path_of("none.csv")));
}

/* Random files of the characters that mean something: read or refused in one line, never anything else. */
static void test_random(void **state)
{
    static const char alphabet[] = "0123456789..,,,,,;\t\"\"\n\n\r -+eEabn\0\xef\xbb\xbf";
    struct sl_rng *rng = sl_rng_new(1, "csv");
    int good = 0, bad = 0;
    (void)state;
    for (int i = 0; i < 4000; i++) {
        char text[64];
        size_t n = sl_rng_below(rng, sizeof text);
        /* Ever fewer characters of the alphabet: more and more files that can be read. */
        size_t letters = 8 + sl_rng_below(rng, sizeof alphabet - 8);
        for (size_t j = 0; j < n; j++)
            text[j] = j % 4 == 3 ? "\n,1a"[sl_rng_below(rng, 4)] : alphabet[sl_rng_below(rng, letters)];
        struct sl_read_options options = {.no_label = i % 3 == 0, .header = i % 5 == 0 ? -1 : 0};
        struct sl_dataset *data;
        struct sl_error err = {0};
        int code = sl_dataset_open(write_file("random.csv", text, n), SL_PART_TRAIN, &options, &data, &err);
        if (code == SL_OK) {
            struct sl_view view = sl_dataset_view(data);
            assert_true(view.n > 0 && view.d > 0);
            sl_dataset_free(data);
            good++;
            continue;
        }
        assert_int_equal(code, SL_EDATA);
        assert_null(data);
        assert_null(strpbrk(err.text, "\n\r"));
        bad++;
    }
    sl_rng_free(rng);
    assert_true(good > 50 && bad > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_widening),
        cmocka_unit_test(test_notation),
        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_dtype_of_test_part),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_label),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_kaggle),
        cmocka_unit_test(test_folder_names),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_bad_features),
        cmocka_unit_test(test_bad_quotes),
        cmocka_unit_test(test_bad_bytes),
        cmocka_unit_test(test_too_many_classes),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_pipe),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
