/* IDX files: good ones of every type, and every way of being broken. */
#include "unit/files_fixture.h"
#include <math.h>
#include <shortlist/dataset.h>

/* 2 images of 2 x 3. */
static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2,  0,  0,
                                       0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 4, 0};
enum { IMAGES = sizeof images, LABELS = sizeof labels, HEADER = 16 };

static const struct sl_read_options unlabelled = {.no_label = 1};

static struct sl_dataset *open_good(const char *spec, const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_open(spec, SL_PART_TRAIN, options, &data, &err) != SL_OK)
        fail_msg("%s: %s", spec, err.text);
    return data;
}

static void expect_error(const char *spec, const struct sl_read_options *options, int code, const char *text)
{
    struct sl_dataset *data = (struct sl_dataset *)1;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_open(spec, SL_PART_TRAIN, options, &data, &err), code);
    assert_null(data);
    assert_int_equal(err.code, code);
    assert_null(strchr(err.text, '\n'));
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, text);
}

/* The file "bad" made of these bytes is refused with this text, plain and compressed. */
static void expect_bad(const void *bytes, size_t n, const char *text)
{
    expect_error(write_file("bad", bytes, n), &unlabelled, SL_EDATA, text);
    expect_error(write_gzip("bad", bytes, n), &unlabelled, SL_EDATA, text);
}

static void check_pair(const char *spec)
{
    struct sl_dataset *data = open_good(spec, NULL);
    struct sl_view view = sl_dataset_view(data);
    assert_int_equal(view.dtype, SL_U8);
    assert_int_equal(view.n, 2);
    assert_int_equal(view.d, 6);
    assert_int_equal(view.image.height, 2);
    assert_int_equal(view.image.width, 3);
    assert_int_equal(view.image.channels, 1);
    assert_memory_equal(view.x, images + HEADER, 12);
    /* Labels 4 and 0: the numbers between are no classes. */
    assert_int_equal(view.k, 2);
    assert_int_equal(view.y[0], 1);
    assert_int_equal(view.y[1], 0);
    assert_string_equal(sl_dataset_class(data, 0), "0");
    assert_string_equal(sl_dataset_class(data, 1), "4");
    assert_string_equal(sl_dataset_note(data, 0),
                        "labels: 2 of the numbers from 0 to 4 occur, and are the classes");
    assert_string_equal(sl_dataset_note(data, 1),
                        "W06: classes of one row: \"0\", \"4\": each is either fitted or scored, never both");
    assert_null(sl_dataset_note(data, 2));
    sl_dataset_free(data);
}

static void test_pairs(void **state)
{
    (void)state;
    write_file("train-images-idx3-ubyte", images, IMAGES);
    write_file("train-labels-idx1-ubyte", labels, LABELS);
    check_pair(path_of("train-images-idx3-ubyte"));
    check_pair(test_folder);
    /* Labels compressed, images not; then both, in a folder. */
    unlink(path_of("train-labels-idx1-ubyte"));
    write_gzip("train-labels-idx1-ubyte.gz", labels, LABELS);
    check_pair(path_of("train-images-idx3-ubyte"));
    unlink(path_of("train-images-idx3-ubyte"));
    write_gzip("train-images-idx3-ubyte.gz", images, IMAGES);
    check_pair(test_folder);
    /* gzip allows several members behind each other. */
    size_t a, b;
    unsigned char *first = gzip_bytes(images, 10, &a), *second = gzip_bytes(images + 10, IMAGES - 10, &b);
    unsigned char both[512];
    memcpy(both, first, a);
    memcpy(both + a, second, b);
    write_file("train-images-idx3-ubyte.gz", both, a + b);
    check_pair(test_folder);
    free(first);
    free(second);
    unlink(path_of("train-labels-idx1-ubyte.gz"));
    expect_error(test_folder, NULL, SL_EIO, "no labels beside it");
    unlink(path_of("train-images-idx3-ubyte.gz"));
    expect_error(test_folder, NULL, SL_EDATA, "no training part");
}

static void test_parts(void **state)
{
    struct sl_dataset *data;
    struct sl_error err;
    (void)state;
    write_file("t10k-images-idx3-ubyte", images, IMAGES);
    write_file("t10k-labels-idx1-ubyte", labels, LABELS);
    assert_int_equal(sl_dataset_open(test_folder, SL_PART_TEST, NULL, &data, &err), SL_OK);
    assert_int_equal(sl_dataset_view(data).n, 2);
    sl_dataset_free(data);
    assert_int_equal(sl_dataset_open(path_of("t10k-images-idx3-ubyte"), SL_PART_TEST, NULL, &data, &err),
                     SL_ENOPART);
    assert_non_null(strstr(err.text, "no test part"));
    unlink(path_of("t10k-images-idx3-ubyte"));
    unlink(path_of("t10k-labels-idx1-ubyte"));
    assert_int_equal(sl_dataset_open(test_folder, SL_PART_TEST, NULL, &data, &err), SL_ENOPART);
    assert_non_null(strstr(err.text, "no test part"));
}

static void test_types(void **state)
{
    static const struct {
        unsigned char type, bytes[16];
        size_t size;
        float values[2];
    } cases[] = {
        {0x09, {0xff, 0x7f}, 1, {-1, 127}},
        {0x0b, {0x80, 0x00, 0x01, 0x02}, 2, {-32768, 258}},
        {0x0c, {0xff, 0xff, 0xff, 0xfe, 0, 1, 0, 0}, 4, {-2, 65536}},
        {0x0d, {0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0}, 4, {1, -2.5f}},
        {0x0e, {0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0x08, 0, 0, 0, 0, 0, 0}, 8, {1.5f, -3}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char file[28] = {0, 0, cases[i].type, 2, 0, 0, 0, 1, 0, 0, 0, 2};
        memcpy(file + 12, cases[i].bytes, 2 * cases[i].size);
        struct sl_dataset *data = open_good(write_file("typed", file, 12 + 2 * cases[i].size), &unlabelled);
        struct sl_view view = sl_dataset_view(data);
        assert_int_equal(view.dtype, SL_F32);
        assert_int_equal(view.d, 2);
        assert_int_equal(view.image.height, 0);
        assert_null(view.y);
        assert_true(((const float *)view.x)[0] == cases[i].values[0]);
        assert_true(((const float *)view.x)[1] == cases[i].values[1]);
        sl_dataset_free(data);
    }
    static const unsigned char colour[] = {0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0,
                                           0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
    struct sl_dataset *data = open_good(write_file("typed", colour, sizeof colour), &unlabelled);
    assert_int_equal(sl_dataset_view(data).image.channels, 3);
    assert_int_equal(sl_dataset_view(data).d, 6);
    sl_dataset_free(data);
}

static void test_bad_header(void **state)
{
    unsigned char file[IMAGES];
    (void)state;
    for (size_t n = 4; n < HEADER; n++)
        expect_bad(images, n, "inside the IDX header");
    for (size_t n = 1; n < HEADER; n++) { /* whether or not there are labels beside it */
        expect_bad(images, n, "a cut off IDX file");
        expect_error(write_file("bad", images, n), NULL, SL_EDATA, "a cut off IDX file");
    }
    memcpy(file, images, IMAGES);
    file[2] = 7;
    expect_bad(file, IMAGES, "IDX type 0x07 at byte 2");
    memcpy(file, images, IMAGES);
    file[3] = 1;
    expect_bad(file, IMAGES, "1 dimensions at byte 3; IDX images have 2 to 4");
    file[3] = 5;
    expect_bad(file, IMAGES, "5 dimensions");
    file[3] = 0;
    expect_bad(file, IMAGES, "0 dimensions");
    for (size_t i = 0; i < 3; i++) {
        memcpy(file, images, IMAGES);
        memset(file + 4 + 4 * i, 0, 4);
        expect_bad(file, IMAGES, "is 0: the file holds no images");
        memset(file + 4 + 4 * i, 0xff, 4);
        expect_bad(file, IMAGES, "are not read");
        /* Much, but not too much for a header: the file is far too small for it. */
        memcpy(file + 4 + 4 * i, "\0\1\0\0", 4);
        expect_bad(file, IMAGES, "cut off");
    }
    /* Sizes whose product overflows 64 bits. */
    memset(file + 4, 0x7f, 12);
    expect_bad(file, IMAGES, "are not read");
}

static void test_bad_length(void **state)
{
    unsigned char file[IMAGES + 1];
    (void)state;
    memcpy(file, images, IMAGES);
    file[IMAGES] = 0;
    expect_bad(file, IMAGES + 1, "more bytes than the 28");
    for (size_t n = HEADER; n < IMAGES; n++)
        expect_bad(images, n, "cut off");
    /* Empty, and empty when decompressed. */
    expect_error(write_file("bad", "", 0), &unlabelled, SL_EDATA, "empty");
    expect_error(write_gzip("bad", "", 0), &unlabelled, SL_EDATA, "empty");
}

static void test_bad_gzip(void **state)
{
    size_t size;
    unsigned char *packed = gzip_bytes(images, IMAGES, &size), junk[512];
    (void)state;
    packed[size - 5] ^= 1; /* CRC-32 */
    expect_error(write_file("bad", packed, size), &unlabelled, SL_EDATA,
                 "broken gzip data: incorrect data check");
    packed[size - 5] ^= 1;
    packed[size - 1] ^= 1; /* length */
    expect_error(write_file("bad", packed, size), &unlabelled, SL_EDATA, "broken gzip data");
    packed[size - 1] ^= 1;
    for (size_t n = 3; n < size; n++) /* cut anywhere: never accepted */
        expect_error(write_file("bad", packed, n), &unlabelled, SL_EDATA, "");
    expect_error(write_file("bad", packed, size - 3), &unlabelled, SL_EDATA, "cut off");
    for (size_t i = 0; i < size; i++) { /* any flipped byte: refused, or without effect on the values */
        struct sl_dataset *data;
        packed[i] ^= 0x55;
        if (sl_dataset_open(write_file("bad", packed, size), SL_PART_TRAIN, &unlabelled, &data, NULL) ==
            SL_OK) {
            assert_memory_equal(sl_dataset_view(data).x, images + HEADER, 12);
            sl_dataset_free(data);
        }
        packed[i] ^= 0x55;
    }
    memcpy(junk, packed, size);
    memcpy(junk + size, "junk", 4);
    expect_error(write_file("bad", junk, size + 4), &unlabelled, SL_EDATA, "behind the gzip data");
    free(packed);
}

/* A few kilobytes that decompress to 64 MB, behind a header that announces 12 values, and behind one that
 * announces more than such a file can hold: neither is unpacked. */
static void test_bomb(void **state)
{
    enum { BOMB = 64 << 20 };
    unsigned char *big = calloc(BOMB, 1);
    (void)state;
    memcpy(big, images, HEADER);
    expect_error(write_gzip("bad", big, BOMB), &unlabelled, SL_EDATA, "more bytes than the 28");
    memcpy(big, "\0\0\x0d\3\0\1\0\0\0\0\1\0\0\0\1\0", HEADER); /* 65536 x 256 x 256 floats: 16 GiB */
    expect_error(write_gzip("bad", big, BOMB), &unlabelled, SL_EDATA, "at most 8589934592 are read");
    memcpy(big, "\0\0\x08\3\0\0\x80\0\0\0\1\0\0\0\1\0", HEADER); /* 2 GiB, from a file of 64 kB */
    expect_error(write_gzip("bad", big, BOMB), &unlabelled, SL_EDATA, "more than the file can hold");
    free(big);
}

static void test_bad_labels(void **state)
{
    unsigned char file[16];
    const char *path = write_file("few-images", images, IMAGES);
    (void)state;
    memcpy(file, labels, LABELS);
    file[7] = 3;
    file[10] = 1;
    write_file("few-labels", file, LABELS + 1);
    expect_error(path, NULL, SL_EDATA, "holds 3 labels, but");
    file[3] = 2;
    write_file("few-labels", file, LABELS + 1);
    expect_error(path, NULL, SL_EDATA, "2 dimensions at byte 3; IDX labels have 1");
    static const unsigned char negative[] = {0, 0, 9, 1, 0, 0, 0, 2, 0xff, 1};
    write_file("few-labels", negative, sizeof negative);
    expect_error(path, NULL, SL_EDATA, "label 0 is -1");
    static const unsigned char large[] = {0, 0, 0x0c, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0, 0};
    write_file("few-labels", large, sizeof large);
    expect_error(path, NULL, SL_EDATA, "label 1 is 65536");
    static const unsigned char real[] = {0, 0, 0x0d, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0};
    write_file("few-labels", real, sizeof real);
    expect_error(path, NULL, SL_EDATA, "labels must be whole numbers");
    write_file("few-labels", labels, 3);
    expect_error(path, NULL, SL_EDATA, "a cut off IDX file: it ends at byte 3");
    unlink(path_of("few-labels"));
}

static void test_nonfinite(void **state)
{
    unsigned char file[] = {0, 0, 0x0d, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0x7f, 0xc0, 0, 0};
    (void)state;
    expect_bad(file, sizeof file, "the value at byte 16 (row 0, feature 1) is NaN");
    file[17] = 0x80;
    expect_bad(file, sizeof file, "is infinite");
    static const unsigned char wide[] = {0, 0, 0x0e, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0x7e, 0, 0, 0, 0, 0, 0, 0};
    expect_bad(wide, sizeof wide, "is too large");
}

/* Labels are the places in a list of names, or names where the list is of numbers. */
static void test_like(void **state)
{
    static const float x[2] = {0, 1};
    static const int32_t y[2] = {0, 1};
    static const char *const words[] = {"a", "b", "c", "d", "e"}, *const numbers[] = {"0", "4"},
                             *const few[] = {"0", "3"};
    struct sl_view view = {.dtype = SL_F32, .n = 2, .d = 1, .x = x, .y = y, .k = 5};
    struct sl_dataset *like;
    (void)state;
    const char *path = write_file("like-images", images, IMAGES);
    write_file("like-labels", labels, LABELS);

    assert_int_equal(sl_dataset_new(&view, "letters", words, &like, NULL), SL_OK);
    struct sl_read_options options = {.like = like};
    struct sl_dataset *data = open_good(path, &options);
    assert_int_equal(sl_dataset_view(data).y[0], 4);
    assert_string_equal(sl_dataset_class(data, 4), "e");
    sl_dataset_free(data);
    sl_dataset_free(like);

    view.k = 2;
    assert_int_equal(sl_dataset_new(&view, "numbers", numbers, &like, NULL), SL_OK);
    options.like = like;
    data = open_good(path, &options);
    assert_int_equal(sl_dataset_view(data).y[0], 1);
    assert_int_equal(sl_dataset_view(data).k, 2);
    sl_dataset_free(data);
    sl_dataset_free(like);

    assert_int_equal(sl_dataset_new(&view, "few", few, &like, NULL), SL_OK);
    options.like = like;
    data = open_good(path, &options); /* 4 is a class of its own, behind theirs */
    assert_int_equal(sl_dataset_view(data).k, 3);
    assert_int_equal(sl_dataset_view(data).y[0], 2);
    assert_int_equal(sl_dataset_view(data).y[1], 0);
    assert_string_equal(sl_dataset_class(data, 2), "4");
    assert_non_null(strstr(sl_dataset_note(data, 0), "1 of 2 rows is of classes without training rows"));
    sl_dataset_free(data);
    sl_dataset_free(like);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),      cmocka_unit_test(test_parts),
        cmocka_unit_test(test_types),      cmocka_unit_test(test_bad_header),
        cmocka_unit_test(test_bad_length), cmocka_unit_test(test_bad_gzip),
        cmocka_unit_test(test_bomb),       cmocka_unit_test(test_bad_labels),
        cmocka_unit_test(test_nonfinite),  cmocka_unit_test(test_like),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
