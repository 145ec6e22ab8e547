/* NumPy's arrays and archives of them: types, orders, labels, and every way of being broken. */
#include "unit/packed_fixture.h"
#include <math.h>
#include <shortlist/dataset.h>
#include <shortlist/rng.h>

#include "readers/npy.h"

struct array {
    unsigned char bytes[4096];
    size_t n;
};

/* An array of version 1 whose dictionary is what stands there. */
static struct array array_of(const char *dictionary, const void *values, size_t size)
{
    struct array a = {.n = 10 + strlen(dictionary)};
    memcpy(a.bytes, "\x93NUMPY\1\0", 8);
    a.bytes[8] = (unsigned char)strlen(dictionary);
    a.bytes[9] = (unsigned char)(strlen(dictionary) >> 8);
    memcpy(a.bytes + 10, dictionary, strlen(dictionary));
    memcpy(a.bytes + a.n, values, size);
    a.n += size;
    return a;
}

static struct array array(const char *type, const char *shape, int fortran, const void *values, size_t size)
{
    char text[200];
    snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }    \n", type,
             fortran ? "True" : "False", shape);
    return array_of(text, values, size);
}

static const int32_t three[] = {0, 7, 0};

static void write_labels(void)
{
    struct array y = array("<i4", "(3,)", 0, three, sizeof three);
    write_file("y.npy", y.bytes, y.n);
}

static struct sl_dataset *read_array(const struct array *x, const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    write_labels();
    if (sl_dataset_open(write_file("x.npy", x->bytes, x->n), SL_PART_TRAIN, options, &data, &err))
        fail_msg("%s", err.text);
    return data;
}

static void expect_error(const struct array *x, const char *part)
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    write_labels();
    assert_int_equal(sl_dataset_open(write_file("x.npy", x->bytes, x->n), SL_PART_TRAIN, NULL, &data, &err),
                     SL_EDATA);
    assert_null(data);
    assert_null(strchr(err.text, '\n'));
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static void check(struct array x, enum sl_dtype dtype, size_t d, const void *values, size_t size)
{
    struct sl_dataset *data = read_array(&x, NULL);
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.n, 3);
    assert_int_equal(view.d, d);
    assert_int_equal(view.dtype, dtype);
    assert_memory_equal(view.x, values, size);
    assert_int_equal(view.k, 2);
    assert_string_equal(sl_dataset_class(data, 1), "7");
    assert_true(view.y[0] == 0 && view.y[1] == 1 && view.y[2] == 0);
    sl_dataset_free(data);
}

static void test_types(void **state)
{
    static const float x[] = {1, -2, 3, 100, 5, 6};
    static const double f8[] = {1, -2, 3, 100, 5, 6}, times[] = {1700000001, 1, 1700000002, 2, 1700000003, 3};
    static const int8_t i1[] = {1, -2, 3, 100, 5, 6};
    static const int16_t i2[] = {1, -2, 3, 100, 5, 6};
    static const int32_t i4[] = {1, -2, 3, 100, 5, 6};
    static const int64_t i8[] = {1, -2, 3, 100, 5, 6};
    static const uint8_t u1[] = {1, 2, 3, 255, 5, 6}, b1[] = {1, 0, 0, 1, 1, 1};
    static const uint16_t u2[] = {1, 2, 3, 65535, 5, 6};
    static const uint64_t u8[] = {1, 2, 3, 65535, 5, 6};
    static const float of_u[] = {1, 2, 3, 65535, 5, 6};
    (void)state;
    check(array("<f4", "(3, 2)", 0, x, sizeof x), SL_F32, 2, x, sizeof x);
    check(array("<f8", "(3, 2)", 0, f8, sizeof f8), SL_F32, 2, x, sizeof x);
    check(array("|i1", "(3, 2)", 0, i1, sizeof i1), SL_F32, 2, x, sizeof x);
    check(array("<i2", "(3, 2)", 0, i2, sizeof i2), SL_F32, 2, x, sizeof x);
    check(array("<i4", "(3, 2)", 0, i4, sizeof i4), SL_F32, 2, x, sizeof x);
    check(array("<i8", "(3, 2)", 0, i8, sizeof i8), SL_F32, 2, x, sizeof x);
    check(array("<u2", "(3, 2)", 0, u2, sizeof u2), SL_F32, 2, of_u, sizeof of_u);
    check(array("<u8", "(3, 2)", 0, u8, sizeof u8), SL_F32, 2, of_u, sizeof of_u);
    check(array("|u1", "(3, 2)", 0, u1, sizeof u1), SL_U8, 2, u1, sizeof u1);
    check(array("|b1", "(3, 2)", 0, b1, sizeof b1), SL_U8, 2, b1, sizeof b1);
    check(array("<f8", "(3, 2)", 0, times, sizeof times), SL_F64, 2, times, sizeof times);
}

/* Columns first: the same features. */
static void test_orders(void **state)
{
    enum { H = 2, W = 2, C = 3, D = H * W * C };
    static uint8_t c[3 * D], f[3 * D];
    static float wide[3 * D], wide_f[3 * D];
    (void)state;
    for (int i = 0; i < 3; i++)
        for (int h = 0; h < H; h++)
            for (int w = 0; w < W; w++)
                for (int k = 0; k < C; k++) {
                    int value = 100 * i + 20 * h + 5 * w + k;
                    c[((i * H + h) * W + w) * C + k] = (uint8_t)value;
                    f[i + 3 * (h + H * (w + W * k))] = (uint8_t)value;
                    wide[((i * H + h) * W + w) * C + k] = (float)value;
                    wide_f[i + 3 * (h + H * (w + W * k))] = (float)value;
                }
    check(array("|u1", "(3, 2, 2, 3)", 0, c, sizeof c), SL_U8, D, c, sizeof c);
    check(array("|u1", "(3, 2, 2, 3)", 1, f, sizeof f), SL_U8, D, c, sizeof c);
    check(array("<f4", "(3, 12)", 0, wide, sizeof wide), SL_F32, D, wide, sizeof wide);
    check(array("<f4", "(3, 2, 2, 3)", 1, wide_f, sizeof wide_f), SL_F32, D, wide, sizeof wide);
    struct array x = array("|u1", "(3, 4, 3)", 0, c, sizeof c);
    struct sl_dataset *data = read_array(&x, NULL);
    struct sl_image image = sl_dataset_view(data).image;
    assert_true(image.height == 4 && image.width == 3 && image.channels == 1);
    sl_dataset_free(data);
    x = array("|u1", "(1, 3, 2, 6)", 0, c, 36);
    expect_error(&x, "the channels first: write them last, x.transpose(0, 2, 3, 1)");
}

static void test_head(void **state)
{
    static const char *const good[] = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }",
        "{\"shape\":(3,2),\"fortran_order\":True,\"descr\":\"<f4\"}  \n",
        " { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 3 , 2 , ) } ",
    };
    static const char *const bad[][2] = {
        {"", "no dictionary"},
        {"{}", "alone"},
        {"{'descr': '<f4', 'fortran_order': False}", "alone"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)} x", "alone"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)", "no dictionary"},
        {"{'descr': '<f4', 'descr': '<f4', 'shape': (3, 2)}", "one twice"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'a': 1}", "another key"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 2)}", "neither True nor False"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': 3}", "no tuple"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, -2)}", "its shape makes no sense"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2", "its shape makes no sense"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,)}",
         "its shape makes no sense"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1)}", "more than 4 dimensions"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", "a table of several types"},
        {"{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2)}", "big-endian"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (3, 2)}", "Python objects"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (3, 2)}", "its type is none of bool"},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (3, 2)}", "its type is none of bool"},
        {"{'descr': '<', 'fortran_order': False, 'shape': (3, 2)}", "its type makes no sense"},
        {"{'descr': '<f999999999999999999999', 'fortran_order': False, 'shape': (3, 2)}", "several types"},
        {"{'descr': '<U99999', 'fortran_order': False, 'shape': (3, 2)}", "its type is none of bool"},
        {"{'descr': __import__('os'), 'fortran_order': False, 'shape': (3, 2)}", "several types"},
    };
    struct sl_npy npy;
    const char *why;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(sl_npy_parse_head(good[i], strlen(good[i]), &npy, &why), 0);
        assert_true(npy.dims == 2 && npy.shape[0] == 3 && npy.shape[1] == 2 && npy.size == 4);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(sl_npy_parse_head(bad[i][0], strlen(bad[i][0]), &npy, &why), -1);
        if (!strstr(why, bad[i][1]))
            fail_msg("%s: \"%s\" does not hold \"%s\"", bad[i][0], why, bad[i][1]);
    }
}

static void test_broken(void **state)
{
    static const float values[] = {1, 2, 3, NAN, 5, 6};
    static const double large[] = {1, 2, 3, 1e39, 5, 6};
    static const char *const shapes[][2] = {
        {"(2147483648, 2)", "dimension 1 is 2147483648: so many are not read"},
        {"(2147483647, 2147483647, 2147483647)", "so many are not read"},
        {"(2147483647, 2147483647)", "at most 8589934592 bytes are read"},
        {"(1000000, 2)",
         "a cut off NumPy array: the header announces 8000000 bytes of values, more than the file"},
        {"(0, 2)", "dimension 1 is 0"},
        {"()", "0 dimensions; expected rows and features"},
        {"(6,)", "1 dimension; expected rows and features"},
        {"(3, 2)", "x.npy: row 1, feature 1 is NaN"},
        {"(2, 2)", "more bytes than the "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct array x = array("<f4", shapes[i][0], 0, values, sizeof values);
        expect_error(&x, shapes[i][1]);
    }
    struct array x = array("<f8", "(3, 2)", 0, large, sizeof large);
    expect_error(&x, "x.npy: row 1, feature 1 is beyond the range of float numbers");
    x.bytes[6] = 4;
    expect_error(&x, "not a NumPy array of version 1 to 3");
    x.bytes[6] = 2; /* the length has 4 bytes, which are the dictionary's first */
    expect_error(&x, "a header of ");
    x = array("<f8", "(3, 2)", 0, large, sizeof large);
    for (size_t n = 6; n < x.n; n++) {
        struct array cut = x;
        cut.n = n;
        expect_error(&cut, "a cut off NumPy array");
    }
}

static void check_labels(const char *type, const char *shape, const void *values, size_t size,
                         const char *const *names)
{
    static const float values_x[] = {1, 2, 3};
    struct array x = array("<f4", "(3, 1)", 0, values_x, sizeof values_x),
                 y = array(type, shape, 0, values, size);
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    const char *path = write_file("other.npy", y.bytes, y.n);
    struct sl_read_options options = {.labels = path};
    if (sl_dataset_open(write_file("x.npy", x.bytes, x.n), SL_PART_TRAIN, &options, &data, &err))
        fail_msg("%s", err.text);
    assert_int_equal(sl_dataset_view(data).k, 2);
    for (int c = 0; c < 2; c++)
        assert_string_equal(sl_dataset_class(data, c), names[c]);
    sl_dataset_free(data);
}

static void expect_labels_error(const char *type, const char *shape, const void *values, size_t size,
                                const char *part)
{
    static const float x[] = {1, 2, 3};
    struct array features = array("<f4", "(3, 1)", 0, x, sizeof x), y = array(type, shape, 0, values, size);
    struct sl_dataset *data;
    struct sl_error err = {0};
    write_file("y_bad.npy", y.bytes, y.n);
    assert_int_equal(sl_dataset_open(write_file("x_bad.npy", features.bytes, features.n), SL_PART_TRAIN, NULL,
                                     &data, &err),
                     SL_EDATA);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static void test_labels(void **state)
{
    static const char *const numbers[] = {"-1", "3"}, *const words[] = {"elm", "\xc3\xa4sch"};
    static const int64_t i8[9] = {3, -1, 3};
    static const float f4[] = {3, -1, 3}, fractions[] = {.5f, .25f, .75f}, missing[] = {1, NAN, 1};
    static const uint32_t wide[] = {0xe4, 's', 'c', 'h', 'e', 'l', 'm', 0, 'e', 'l', 'm', 0},
                          bad[] = {0xd800, 's', 'c', 'h', 'e', 'l', 'm', 0, 'e', 'l', 'm', 0};
    (void)state;
    check_labels("<i8", "(3,)", i8, 24, numbers);
    check_labels("<i8", "(3, 1)", i8, 24, numbers);
    check_labels("<f4", "(3,)", f4, sizeof f4, numbers);
    check_labels("<U4", "(3,)", wide, sizeof wide, words);
    check_labels("|S5", "(3,)", "elm\0\0\xc3\xa4schelm\0\0", 15, words);
    check_labels("|b1", "(3,)", "\0\1\0", 3, (const char *const[]){"False", "True"});
    expect_labels_error("<i8", "(3, 3)", i8, 72, "save y.argmax(axis=1)");
    expect_labels_error("<i8", "(2,)", i8, 16, "2 labels of 3 rows");
    expect_labels_error("<f4", "(3,)", fractions, sizeof fractions, "a target for regression");
    expect_labels_error("<f4", "(3,)", missing, sizeof missing, "label 1 is missing, or no number");
    expect_labels_error("<U4", "(3,)", bad, sizeof bad, "label 0 is missing, or no number or text");
    expect_labels_error("|S1", "(3,)", "a\0b", 3, "label 1 is missing");
    struct array x = array("<f4", "(3, 1)", 0, f4, sizeof f4);
    struct sl_dataset *data;
    struct sl_error err;
    assert_int_equal(sl_dataset_open(write_file("alone.npy", x.bytes, x.n), SL_PART_TRAIN, NULL, &data, &err),
                     SL_EIO);
    assert_non_null(strstr(err.text, "--labels names the file"));
    struct sl_read_options unlabelled = {.no_label = 1};
    assert_int_equal(sl_dataset_open(path_of("alone.npy"), SL_PART_TRAIN, &unlabelled, &data, &err), SL_OK);
    assert_null(sl_dataset_view(data).y);
    sl_dataset_free(data);
}

/* Archives ------------------------------------------------------------------------------------------*/

static void test_archives(void **state)
{
    static const uint8_t pixels[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct array x = array("|u1", "(3, 2, 2)", 0, pixels, 12),
                 y = array("<i4", "(3,)", 0, three, sizeof three),
                 test = array("|u1", "(1, 2, 2)", 0, pixels, 4), one = array("<i4", "(1,)", 0, three + 1, 4),
                 other = array("|u1", "(1, 4, 1)", 0, pixels, 4);
    struct zipped keras[] = {{"x_test.npy", test.bytes, test.n},
                             {"x_train.npy", x.bytes, x.n},
                             {"y_train.npy", y.bytes, y.n},
                             {"y_test.npy", one.bytes, one.n}},
                  plain[] = {{"y.npy", y.bytes, y.n}, {"X.npy", x.bytes, x.n}},
                  strange[] = {{"a.npy", x.bytes, x.n}, {"b.npy", y.bytes, y.n}},
                  alone[] = {{"X.npy", x.bytes, x.n}};
    struct sl_dataset *data, *second;
    struct sl_error err = {0};
    (void)state;
    const char *path = write_zip("a.npz", keras, 4);
    assert_int_equal(sl_dataset_open(path, SL_PART_TRAIN, NULL, &data, &err), SL_OK);
    assert_int_equal(sl_dataset_view(data).image.height, 2);
    assert_memory_equal(sl_dataset_view(data).x, pixels, 12);
    assert_string_equal(sl_dataset_note(data, 0), "features: x_train.npy, labels: y_train.npy");
    struct sl_read_options like = {.like = data};
    assert_int_equal(sl_dataset_open(path, SL_PART_TEST, &like, &second, &err), SL_OK);
    assert_int_equal(sl_dataset_view(second).n, 1);
    assert_int_equal(sl_dataset_view(second).y[0], 1); /* 7, as there */
    sl_dataset_free(second);
    keras[0] = (struct zipped){"x_test.npy", other.bytes, other.n};
    assert_int_equal(sl_dataset_open(write_zip("b.npz", keras, 4), SL_PART_TEST, &like, &second, &err),
                     SL_EDATA);
    assert_non_null(strstr(err.text, "b.npz(x_test.npy): images of 4x1x1; the training file's are 2x2x1"));
    sl_dataset_free(data);
    path = write_zip("a.npz", plain, 2);
    assert_int_equal(sl_dataset_open(path, SL_PART_TRAIN, NULL, &data, &err), SL_OK);
    sl_dataset_free(data);
    assert_int_equal(sl_dataset_open(path, SL_PART_TEST, NULL, &data, &err), SL_ENOPART);
    assert_int_equal(sl_dataset_open(write_zip("a.npz", strange, 2), SL_PART_TRAIN, NULL, &data, &err),
                     SL_EDATA);
    assert_non_null(strstr(err.text, "the archive holds \"a.npy\", \"b.npy\"; expected X and y"));
    assert_int_equal(sl_dataset_open(write_zip("a.npz", alone, 1), SL_PART_TRAIN, NULL, &data, &err),
                     SL_EDATA);
    assert_non_null(strstr(err.text, "no labels beside the array \"X.npy\""));
}

static void expect_weights_error(const struct array *w, int code, const char *part)
{
    static const float values[] = {1, 2, 3};
    struct array x = array("<f4", "(3, 1)", 0, values, sizeof values),
                 y = array("<i4", "(3,)", 0, three, sizeof three);
    struct zipped files[] = {{"x.npy", x.bytes, x.n}, {"y.npy", y.bytes, y.n}, {"w.npy", w->bytes, w->n}};
    const struct sl_read_options options = {.weights = code == SL_EUSAGE ? "v" : "w"};
    struct sl_dataset *data;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_open(write_zip("w.npz", files, 3), SL_PART_TRAIN, &options, &data, &err),
                     code);
    if (!strstr(err.text, part))
        fail_msg("%s", err.text);
}

/* An array of the archive as weights; a row that is left out takes its weight with it. */
static void test_weights(void **state)
{
    static const float values[] = {1, NAN, 3};
    static const uint8_t w[] = {0, 1, 2}, none[3];
    static const double bad[] = {0.5, -1, 2}, good[] = {-0.0, 0.25, 7};
    struct array x = array("<f4", "(3, 1)", 0, values, sizeof values),
                 y = array("<i4", "(3,)", 0, three, sizeof three), bytes = array("|u1", "(3,)", 0, w, 3),
                 doubles = array("<f8", "(3, 1)", 0, good, sizeof good),
                 minus = array("<f8", "(3,)", 0, bad, sizeof bad), zeros = array("|u1", "(3,)", 0, none, 3),
                 two = array("|u1", "(2,)", 0, w, 2), text = array("|S1", "(3,)", 0, "abc", 3);
    struct zipped files[] = {
        {"x.npy", x.bytes, x.n}, {"y.npy", y.bytes, y.n}, {"W.npy", doubles.bytes, doubles.n}};
    const struct sl_read_options options = {.weights = "w", .encoding = {.missing = SL_MISSING_DROP}};
    struct sl_dataset *data;
    struct sl_error err = {0};
    (void)state;
    if (sl_dataset_open(write_zip("w.npz", files, 3), SL_PART_TRAIN, &options, &data, &err))
        fail_msg("%s", err.text);
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.n, 2);
    assert_true(view.weight[0] == 0 && !signbit(view.weight[0]) && view.weight[1] == 7);
    assert_non_null(strstr(sl_dataset_note(data, 1), "w.npz(W.npy), used in fitting"));
    assert_string_equal(sl_dataset_note(data, 2), "weights: 1 row of weight 0 takes no part in fitting");
    sl_dataset_free(data);
    expect_weights_error(&minus, SL_EDATA, "w.npz(w.npy): weight 1 is -1");
    expect_weights_error(&zeros, SL_EDATA, "every weight is 0");
    expect_weights_error(&two, SL_EDATA, "2 weights of 3 rows");
    expect_weights_error(&text, SL_EDATA, "an array of texts; expected weights");
    expect_weights_error(&bytes, SL_EUSAGE,
                         "the archive holds \"x.npy\", \"y.npy\", \"w.npy\"; expected an array \"v\"");
}

/* Cut off, and with a byte that has changed: an error, or the same data. */
static void test_hostile_archives(void **state)
{
    static const uint8_t pixels[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static struct packed archive;
    struct array x = array("|u1", "(3, 2, 2)", 0, pixels, 12),
                 y = array("<i4", "(3,)", 0, three, sizeof three);
    struct zipped files[] = {{"y.npy", y.bytes, y.n}, {"X.npy", x.bytes, x.n}};
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    FILE *file = fopen(write_zip("a.npz", files, 2), "rb");
    assert_non_null(file);
    archive.n = fread(archive.bytes, 1, sizeof archive.bytes, file);
    fclose(file);
    for (size_t n = 4; n < archive.n; n++)
        assert_int_equal(
            sl_dataset_open(write_file("cut.npz", archive.bytes, n), SL_PART_TRAIN, NULL, &data, &err),
            SL_EDATA);
    for (size_t at = 4; at < archive.n; at++) {
        archive.bytes[at] ^= 0x21;
        int code = sl_dataset_open(write_file("bad.npz", archive.bytes, archive.n), SL_PART_TRAIN, NULL,
                                   &data, &err);
        archive.bytes[at] ^= 0x21;
        /* libzip 1.11 asks for as much memory as a broken size says, and has no other word for that. */
        if (code != SL_OK && code != SL_EDATA && code != SL_ENOMEM)
            fail_msg("byte %zu: %d: %s", at, code, err.text);
        if (code == SL_OK)
            assert_memory_equal(sl_dataset_view(data).x, pixels, 12);
        sl_dataset_free(data);
    }
}

/* Headers of random bytes: an answer, never a crash. */
static void test_random(void **state)
{
    static const char letters[] = "0123456789{}()'\":,<>|= fiubUSdescrfortran_ordershapeTrueFalse";
    struct sl_rng *rng = sl_rng_new(5, "npy");
    char text[120];
    (void)state;
    assert_non_null(rng);
    for (int i = 0; i < 3000; i++) {
        struct sl_npy npy;
        const char *why;
        size_t n = 1 + sl_rng_below(rng, sizeof text - 1);
        snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }%50s", "");
        for (size_t j = 0; j < 1 + n / 10; j++)
            text[sl_rng_below(rng, n)] = letters[sl_rng_below(rng, sizeof letters - 1)];
        int failed = sl_npy_parse_head(text, n, &npy, &why);
        assert_true(failed ? why != NULL : npy.dims <= SL_NPY_DIMS && npy.size <= 4096);
    }
    sl_rng_free(rng);
}

/* NaN is a missing value where the options say what becomes of such. */
static void test_missing(void **state)
{
    (void)state;
    static const float values[] = {1, 2, NAN, 4, 5, 6};
    struct array x = array("<f4", "(3, 2)", 0, values, sizeof values);
    struct sl_read_options options = {.encoding = {.missing = SL_MISSING_MEDIAN}};
    struct sl_dataset *data = read_array(&x, &options);
    struct sl_view view = sl_dataset_view(data);
    expect_error(&x, "row 1, feature 0 is NaN: every feature must be a finite number, unless --missing says");
    assert_int_equal(view.dtype, SL_F64);
    assert_true(isnan(((const double *)view.x)[2]) && ((const double *)view.x)[5] == 6);
    assert_string_equal(
        sl_dataset_note(data, 1),
        "missing values: column 0 (1): filled in with the median of the training rows, but for "
        "classifiers that take missing values");
    sl_dataset_free(data);
    options.encoding.missing = SL_MISSING_DROP;
    data = read_array(&x, &options);
    view = sl_dataset_view(data);
    assert_int_equal(view.n, 2);
    assert_true(((const double *)view.x)[2] == 5 && view.y[1] == 0);
    sl_dataset_free(data);
    static const float whole[] = {1, 2, 3, 4, 5, 6};
    struct array y = array("<f4", "(3, 2)", 0, whole, sizeof whole);
    options = (struct sl_read_options){.any_cells = 1};
    data = read_array(&y, &options);
    assert_int_equal(sl_dataset_view(data).dtype, SL_F32);
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),   cmocka_unit_test(test_orders),
        cmocka_unit_test(test_head),    cmocka_unit_test(test_broken),
        cmocka_unit_test(test_labels),  cmocka_unit_test(test_archives),
        cmocka_unit_test(test_random),  cmocka_unit_test(test_hostile_archives),
        cmocka_unit_test(test_weights), cmocka_unit_test(test_missing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
