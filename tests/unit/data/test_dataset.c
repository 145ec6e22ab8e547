/* Data sets: making, taking rows, hashes, names, and the synthetic set. */
#include "data/dataset.h"
#include "unit/files_fixture.h"
#include <math.h>
#include <pthread.h>
#include <shortlist/dataset.h>

static const uint8_t bytes[6] = {1, 2, 3, 4, 5, 6}; // (3, 2)
static const int32_t labels[3] = {0, 1, 1};
static const struct sl_view view = {
    .dtype = SL_U8, .n = 3, .d = 2, .x = bytes, .y = labels, .k = 2, .scale = 1};

static struct sl_dataset *make(const struct sl_view *from, const char *const *names)
{
    struct sl_dataset *data;
    struct sl_error err;
    if (sl_dataset_new(from, "three", names, &data, &err) != SL_OK)
        fail_msg("%s", err.text);
    return data;
}

static void expect_refused(struct sl_view bad, int code, const char *text)
{
    struct sl_dataset *data = (struct sl_dataset *)1;
    struct sl_error err;
    assert_int_equal(sl_dataset_new(&bad, NULL, NULL, &data, &err), code);
    assert_null(data);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, text);
}

static void test_new(void **state)
{
    static const char *const names[] = {"no", "yes"};
    (void)state;
    struct sl_dataset *data = make(&view, names);
    struct sl_view got = sl_dataset_view(data);
    assert_ptr_not_equal(got.x, bytes);
    assert_memory_equal(got.x, bytes, sizeof bytes);
    assert_memory_equal(got.y, labels, sizeof labels);
    assert_true(got.scale == 1 && got.offset == 0);
    assert_string_equal(sl_dataset_name(data), "three");
    assert_string_equal(sl_dataset_class(data, 1), "yes");
    assert_null(sl_dataset_class(data, 2));
    assert_null(sl_dataset_class(data, -1));
    assert_null(sl_dataset_feature(data, 0));
    sl_dataset_free(data);
    sl_dataset_free(NULL);
}

/* Another type of features is the same data set: rows keep their names and groups, and the label its name. */
static void test_as(void **state)
{
    struct sl_dataset *data = make(&view, NULL), *floats;
    (void)state;
    data->ids = calloc(3, sizeof *data->ids);
    data->group_of = calloc(3, sizeof *data->group_of);
    data->n_groups = 2;
    for (int i = 0; i < 3; i++)
        data->ids[i] = strdup(i ? "b" : "a");
    data->group_of[2] = 1;
    data->origin.label = strdup("kind");
    sl_notes_add(&data->origin.notes, "a note");
    assert_int_equal(sl_dataset_as(data, SL_F32, &floats, NULL), SL_OK);
    sl_dataset_free(data);
    assert_string_equal(sl_dataset_row_id(floats, 2), "b");
    assert_true(floats->n_groups == 2 && floats->group_of[2] == 1);
    assert_string_equal(sl_dataset_label(floats), "kind");
    assert_string_equal(sl_dataset_note(floats, 0), "a note");
    sl_dataset_free(floats);
}

static void test_refused(void **state)
{
    static const int32_t high[3] = {0, 1, 2}, negative[3] = {0, -1, 1};
    float x[6] = {0, 1, 2, 3, 4, 5};
    struct sl_view bad = view;
    (void)state;
    bad.n = 0;
    expect_refused(bad, SL_EDATA, "needs rows and features");
    bad = view;
    bad.d = 0;
    expect_refused(bad, SL_EDATA, "needs rows and features");
    bad.d = SIZE_MAX / 2;
    expect_refused(bad, SL_EDATA, "too many");
    bad = view;
    bad.k = 0;
    expect_refused(bad, SL_EDATA, "0 classes");
    bad = view;
    bad.y = high;
    expect_refused(bad, SL_EDATA, "row 2 has the label 2: labels go from 0 to 1");
    bad.y = negative;
    expect_refused(bad, SL_EDATA, "row 1 has the label -1");
    bad = view;
    bad.image = (struct sl_image){2, 2, 1};
    expect_refused(bad, SL_EDATA, "images of 2 x 2 x 1 do not have 2 features");
    bad.image = (struct sl_image){2, 0, 1};
    expect_refused(bad, SL_EDATA, "images");
    bad = view;
    bad.scale = 1.0f / 255;
    expect_refused(bad, SL_EUSAGE, "unscaled");
    bad = view;
    bad.x = NULL;
    expect_refused(bad, SL_EUSAGE, "x is NULL");
    bad = view;
    bad.dtype = SL_F32;
    bad.x = x;
    x[3] = NAN;
    expect_refused(bad, SL_EDATA, "row 1, feature 1 is NaN");
    x[3] = -INFINITY;
    expect_refused(bad, SL_EDATA, "row 1, feature 1 is infinite");
}

static void test_take(void **state)
{
    static const uint32_t rows[] = {2, 0, 2, 1}, outside[] = {0, 3};
    static const uint8_t expected[] = {5, 6, 1, 2, 5, 6, 3, 4};
    static const int32_t expected_labels[] = {1, 0, 1, 1};
    struct sl_dataset *part;
    struct sl_error err;
    (void)state;
    struct sl_dataset *data = make(&view, NULL);
    assert_int_equal(sl_dataset_take(data, rows, 4, &part, &err), SL_OK);
    struct sl_view got = sl_dataset_view(part);
    assert_int_equal(got.n, 4);
    assert_memory_equal(got.x, expected, sizeof expected);
    assert_memory_equal(got.y, expected_labels, sizeof expected_labels);
    assert_string_equal(sl_dataset_class(part, 1), "1");
    sl_dataset_free(part);
    assert_int_equal(sl_dataset_take(data, outside, 2, &part, &err), SL_EUSAGE);
    assert_null(part);
    assert_int_equal(sl_dataset_take(data, rows, 0, &part, &err), SL_EDATA);
    sl_dataset_free(data);
}

/* The hash changes with all that it says it covers, and with nothing else. */
static void test_hash(void **state)
{
    static const char *const names[] = {"a", "b"}, *const others[] = {"a", "c"};
    static const uint8_t changed[6] = {1, 2, 3, 4, 5, 7};
    static const int32_t relabelled[3] = {0, 0, 1};
    struct sl_view variants[6] = {view, view, view, view, view, view};
    char hashes[7][33], nameless[7][33];
    (void)state;
    variants[1].x = changed;
    variants[2].y = relabelled;
    variants[3].y = NULL;
    variants[4].image = (struct sl_image){1, 2, 1};
    variants[5].k = 3;
    for (int i = 0; i < 6; i++) {
        struct sl_dataset *data = make(&variants[i], i < 5 ? names : NULL);
        strcpy(hashes[i], sl_dataset_hash(data));
        strcpy(nameless[i], sl_dataset_nameless_hash(data));
        assert_int_equal(strlen(hashes[i]), 32);
        sl_dataset_free(data);
    }
    struct sl_dataset *data = make(&view, others);
    strcpy(nameless[6], sl_dataset_nameless_hash(data));
    strcpy(hashes[6], sl_dataset_hash(data));
    sl_dataset_free(data);
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(hashes[i], hashes[j]);
            if (i < 6)
                assert_string_not_equal(nameless[i], nameless[j]);
        }
    assert_string_equal(nameless[6], nameless[0]); /* but for the names they are equal */
    assert_int_equal(sl_dataset_new(&view, "another name", names, &data, NULL), SL_OK);
    assert_string_equal(sl_dataset_hash(data), hashes[0]);
    sl_dataset_free(data);
}

static void *ask_hash(void *data)
{
    return (void *)sl_dataset_hash(data);
}

static void test_hash_threads(void **state)
{
    struct sl_dataset *data;
    pthread_t threads[4];
    (void)state;
    assert_int_equal(sl_dataset_open("synthetic:500", SL_PART_TRAIN, NULL, &data, NULL), SL_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_hash, data), 0);
    for (int i = 0; i < 4; i++) {
        void *hash;
        pthread_join(threads[i], &hash);
        assert_int_equal(strlen(hash), 32);
        assert_string_equal(hash, sl_dataset_hash(data));
    }
    sl_dataset_free(data);
}

static struct sl_dataset *synthetic(const char *spec, enum sl_part part)
{
    struct sl_dataset *data;
    struct sl_error err;
    if (sl_dataset_open(spec, part, NULL, &data, &err) != SL_OK)
        fail_msg("%s", err.text);
    return data;
}

static void test_synthetic(void **state)
{
    (void)state;
    struct sl_dataset *data = synthetic("synthetic", SL_PART_TRAIN),
                      *again = synthetic("synthetic:2000:0", SL_PART_TRAIN);
    struct sl_dataset *small = synthetic("synthetic:55", SL_PART_TRAIN),
                      *test = synthetic("synthetic", SL_PART_TEST);
    struct sl_dataset *seeded = synthetic("synthetic:2000:1", SL_PART_TRAIN);
    struct sl_view all = sl_dataset_view(data), few = sl_dataset_view(small);
    assert_int_equal(all.n, 2000);
    assert_int_equal(all.d, 784);
    assert_int_equal(all.k, 10);
    assert_int_equal(all.image.width, 28);
    assert_int_equal(sl_dataset_view(test).n, 400);
    assert_string_equal(sl_dataset_hash(data), sl_dataset_hash(again));
    assert_string_not_equal(sl_dataset_hash(data), sl_dataset_hash(seeded));
    assert_memory_not_equal(sl_dataset_view(test).x, all.x, 784);
    /* A larger set begins with the rows of a smaller one. */
    assert_memory_equal(few.x, all.x, few.n * few.d);
    assert_memory_equal(few.y, all.y, few.n * sizeof *few.y);
    int counts[10] = {0}, dark = 0, bright = 0;
    for (size_t i = 0; i < all.n; i++)
        counts[all.y[i]]++;
    for (int c = 0; c < 10; c++)
        assert_int_equal(counts[c], 200);
    for (size_t i = 0; i < all.n * all.d; i++) {
        dark += ((const uint8_t *)all.x)[i] < 64;
        bright += ((const uint8_t *)all.x)[i] > 128;
    }
    assert_true(dark > 400000 && bright > 100000);
    sl_dataset_free(data);
    sl_dataset_free(again);
    sl_dataset_free(small);
    sl_dataset_free(test);
    sl_dataset_free(seeded);
}

static void expect_open_error(const char *spec, int code, const char *text)
{
    struct sl_dataset *data = (struct sl_dataset *)1;
    struct sl_error err;
    assert_int_equal(sl_dataset_open(spec, SL_PART_TRAIN, NULL, &data, &err), code);
    assert_null(data);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, text);
}

static void test_bad_names(void **state)
{
    (void)state;
    expect_open_error("fasion-mnist", SL_EUSAGE, "did you mean fashion-mnist?");
    expect_open_error("synthetc", SL_EUSAGE, "did you mean synthetic?");
    expect_open_error("xyzzy", SL_EUSAGE, "expected fashion-mnist, synthetic[:N[:SEED]], a folder or a file");
    expect_open_error("synthetic:", SL_EUSAGE, "expected synthetic[:N[:SEED]]");
    expect_open_error("synthetic:49", SL_EUSAGE, "N from 50 to 1000000");
    expect_open_error("synthetic:1e3", SL_EUSAGE, "expected synthetic");
    expect_open_error("synthetic:100:-1", SL_EUSAGE, "expected synthetic");
    expect_open_error("synthetic:100:1:1", SL_EUSAGE, "expected synthetic");
    expect_open_error("/no/such/place", SL_EIO, "/no/such/place: No such file");
    expect_open_error(test_folder, SL_EDATA, "no training part");
}

/* Found in the folder that the environment names, with the names of the classes; and the error when it is
 * nowhere tells what to do (where the package is installed, it is somewhere). */
static void test_fashion_mnist(void **state)
{
    static const unsigned char image[] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7};
    static const unsigned char label[] = {0, 0, 8, 1, 0, 0, 0, 1, 9}, wrong[] = {0, 0, 8, 1, 0, 0, 0, 1, 10};
    struct sl_dataset *data;
    (void)state;
    setenv("SHORTLIST_DATA", test_folder, 1);
    write_gzip("train-images-idx3-ubyte.gz", image, sizeof image);
    write_gzip("train-labels-idx1-ubyte.gz", label, sizeof label);
    assert_int_equal(sl_dataset_open("fashion-mnist", SL_PART_TRAIN, NULL, &data, NULL), SL_OK);
    assert_int_equal(sl_dataset_view(data).n, 1);
    assert_int_equal(sl_dataset_view(data).k, 10);
    assert_string_equal(sl_dataset_class(data, 9), "Ankle boot");
    assert_string_equal(sl_dataset_name(data), "fashion-mnist");
    sl_dataset_free(data);
    write_gzip("train-labels-idx1-ubyte.gz", wrong, sizeof wrong);
    expect_open_error("fashion-mnist", SL_EDATA, "label 10, but there are only 10 classes");
    unlink(path_of("train-images-idx3-ubyte.gz"));
    unlink(path_of("train-labels-idx1-ubyte.gz"));
    setenv("XDG_DATA_HOME", test_folder, 1);
    if (access("/usr/share/datasets/fashion-mnist", F_OK) != 0)
        expect_open_error("fashion-mnist", SL_EIO, "run data/fetch");
    unsetenv("SHORTLIST_DATA");
    unsetenv("XDG_DATA_HOME");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),           cmocka_unit_test(test_as),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_take),
        cmocka_unit_test(test_hash),          cmocka_unit_test(test_hash_threads),
        cmocka_unit_test(test_synthetic),     cmocka_unit_test(test_bad_names),
        cmocka_unit_test(test_fashion_mnist),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
