/* Folders of pictures: PNG and PGM, grey and in colour, and every way of being broken. */
#include "unit/files_fixture.h"
#include <png.h>
#include <shortlist/dataset.h>
#include <sys/stat.h>

enum { H = 3, W = 4 };

/* Writes a PNG of the given kind, whose samples are bytes. */
static void write_png(const char *name, int type, int depth, int height, int width, const uint8_t *samples)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_false(setjmp(png_jmpbuf(png)));
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, depth, type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (type == PNG_COLOR_TYPE_PALETTE) {
        static const png_color palette[] = {{10, 20, 30}, {40, 50, 60}};
        png_set_PLTE(png, info, palette, 2);
    }
    png_write_info(png, info);
    size_t row = png_get_rowbytes(png, info);
    for (int i = 0; i < height; i++)
        png_write_row(png, samples + (size_t)i * row);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(file);
}

static void make_class(const char *name)
{
    mkdir(path_of(name), 0700);
}

static struct sl_dataset *read_folder(const char *name, enum sl_part part,
                                      const struct sl_read_options *options)
{
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_open(path_of(name), part, options, &data, &err))
        fail_msg("%s", err.text);
    return data;
}

static void expect_error(const char *name, int code, const char *part)
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_open(path_of(name), SL_PART_TRAIN, NULL, &data, &err), code);
    assert_null(data);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, part);
}

static uint8_t grey[H * W], colour[H * W * 3];

static int make_pictures(void **state)
{
    for (int i = 0; i < H * W; i++)
        grey[i] = (uint8_t)(20 * i);
    for (int i = 0; i < H * W * 3; i++)
        colour[i] = (uint8_t)(7 * i);
    return make_folder(state);
}

static void test_grey(void **state)
{
    static const char text[] =
        "P2 # made up\n4 3\n# levels\n255\n0 20 40 60 80 100 120 140 160 180 200 220\n";
    char binary[64] = "P5\n4 3\n255\n";
    (void)state;
    memcpy(binary + 11, grey, sizeof grey);
    make_class("grey");
    make_class("grey/b");
    make_class("grey/a");
    make_class("grey/.hidden");
    write_png("grey/b/10.png", PNG_COLOR_TYPE_GRAY, 8, H, W, grey);
    write_text("grey/a/2.pgm", text);
    write_file("grey/b/1.PGM", binary, 11 + sizeof grey);
    write_text("grey/b/notes.txt", "made up\n");
    struct sl_dataset *data = read_folder("grey", SL_PART_TRAIN, NULL);
    struct sl_view view = sl_dataset_view(data);
    assert_true(view.n == 3 && view.d == H * W && view.k == 2 && view.dtype == SL_U8);
    assert_true(view.image.height == H && view.image.width == W && view.image.channels == 1);
    for (int i = 0; i < 3; i++)
        assert_memory_equal((const uint8_t *)view.x + i * H * W, grey, sizeof grey);
    assert_true(view.y[0] == 0 && view.y[1] == 1 && view.y[2] == 1);
    assert_string_equal(sl_dataset_class(data, 1), "b");
    assert_string_equal(sl_dataset_note(data, 0), "left out: 1 entries that are no PNG or PGM pictures");
    sl_dataset_free(data);
    struct sl_error err;
    assert_int_equal(sl_dataset_open(path_of("grey"), SL_PART_TEST, NULL, &data, &err), SL_ENOPART);
}

static void test_colour(void **state)
{
    static const uint8_t bits[] = {0x50, 0xa0, 0xf0}; /* of 4 pixels a row, a bit each */
    uint8_t opaque[H * W * 4];
    (void)state;
    for (int i = 0; i < H * W; i++) {
        memcpy(opaque + 4 * i, colour + 3 * i, 3);
        opaque[4 * i + 3] = 255;
    }
    make_class("colour");
    make_class("colour/only");
    write_png("colour/only/1.png", PNG_COLOR_TYPE_RGB, 8, H, W, colour);
    write_png("colour/only/2.png", PNG_COLOR_TYPE_RGB_ALPHA, 8, H, W, opaque);
    write_png("colour/only/3.png", PNG_COLOR_TYPE_PALETTE, 1, H, W, bits);
    struct sl_dataset *data = read_folder("colour", SL_PART_TRAIN, NULL);
    struct sl_view view = sl_dataset_view(data);
    const uint8_t *x = view.x;
    assert_true(view.n == 3 && view.image.channels == 3);
    assert_memory_equal(x, colour, sizeof colour);
    assert_memory_equal(x + view.d, colour, sizeof colour);
    static const uint8_t row[] = {10, 20, 30, 40, 50, 60, 10, 20, 30, 40, 50, 60};
    assert_memory_equal(x + 2 * view.d, row, sizeof row);
    sl_dataset_free(data);
    opaque[7] = 254;
    write_png("colour/only/2.png", PNG_COLOR_TYPE_RGB_ALPHA, 8, H, W, opaque);
    expect_error("colour", SL_EDATA, "only/2.png: the picture is transparent in places");
    write_png("colour/only/2.png", PNG_COLOR_TYPE_GRAY, 8, H, W, grey);
    expect_error("colour", SL_EDATA, "only/2.png: 3x4 pixels; the first, ");
    uint8_t wide[H * W * 2] = {0};
    write_png("colour/only/2.png", PNG_COLOR_TYPE_GRAY, 16, H, W, wide);
    expect_error("colour", SL_EDATA, "only/2.png: a broken PNG picture: 16 bits a channel: save it with 8");
}

static void test_parts(void **state)
{
    (void)state;
    make_class("parts");
    make_class("parts/train");
    make_class("parts/test");
    make_class("parts/train/p");
    make_class("parts/train/q");
    make_class("parts/test/q");
    make_class("parts/test/r");
    write_png("parts/train/p/1.png", PNG_COLOR_TYPE_GRAY, 8, H, W, grey);
    write_png("parts/train/q/1.png", PNG_COLOR_TYPE_GRAY, 8, H, W, grey);
    write_png("parts/test/q/1.png", PNG_COLOR_TYPE_GRAY, 8, H, W, grey);
    write_png("parts/test/r/1.png", PNG_COLOR_TYPE_GRAY, 8, H, W, grey);
    struct sl_dataset *train = read_folder("parts", SL_PART_TRAIN, NULL);
    assert_int_equal(sl_dataset_view(train).n, 2);
    struct sl_read_options like = {.like = train}, unlabelled = {.no_label = 1};
    struct sl_dataset *test = read_folder("parts", SL_PART_TEST, &like);
    assert_true(sl_dataset_view(test).y[0] == 1 && sl_dataset_view(test).y[1] == 2);
    sl_dataset_free(test);
    test = read_folder("parts/test/q", SL_PART_TRAIN, &unlabelled); /* pictures to predict, without classes */
    assert_int_equal(sl_dataset_view(test).n, 1);
    assert_null(sl_dataset_view(test).y);
    sl_dataset_free(test);
    write_png("parts/test/q/1.png", PNG_COLOR_TYPE_GRAY, 8, W, H, grey);
    struct sl_error err;
    assert_int_equal(sl_dataset_open(path_of("parts"), SL_PART_TEST, &like, &test, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "test/q/1.png: images of 4x3x1; the training file's are 3x4x1"));
    sl_dataset_free(train);
    make_class("empty");
    make_class("empty/a");
    expect_error("empty", SL_EDATA, "no training part");
}

static void expect_file_error(const char *name, const void *bytes, size_t n, const char *part)
{
    char path[64];
    make_class("bad");
    make_class("bad/a");
    snprintf(path, sizeof path, "bad/a/%s", name);
    write_file(path, bytes, n);
    expect_error("bad", SL_EDATA, part);
    remove(path_of(path));
}

static void test_broken(void **state)
{
    static unsigned char bytes[1000];
    static const char *const maps[][2] = {
        {"P5\n4 3\n255\n12345", "a cut off or broken PGM"},
        {"P5\n4 3\n15\n", "levels from 0 to 15: save it with 255"},
        {"P5\n4 3\n65535\n", "levels from 0 to 65535"},
        {"P5\n0 3\n255\n", "no width, height and number of levels"},
        {"P5\n-4 3\n255\n", "no width, height and number of levels"},
        {"P5\n# 4 3 255", "no width, height and number of levels"},
        {"P5\n999999999 999999999\n255\n", "from 1 to 67108864 bytes are read"},
        {"P5\n99999999999999999999 3\n255\n", "broken PGM"},
        {"P2\n2 1\n255\n1 256\n", "a cut off or broken PGM"},
        {"P2\n2 1\n255\n1 x\n", "a cut off or broken PGM"},
        {"P1\n2 1\n", "no picture of the kinds P2, P5 and P6"},
        {"", "no picture of the kinds"},
        {"P", "no picture of the kinds"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        expect_file_error("1.pgm", maps[i][0], strlen(maps[i][0]), maps[i][1]);
    expect_file_error("1.jpg", "\xff\xd8\xff", 3, "1.jpg: of pictures, PNG and PGM are read: convert it");
    expect_file_error("1.png", "made up", 7, "1.png: a broken PNG picture: ");
    write_png("one.png", PNG_COLOR_TYPE_RGB, 8, H, W, colour);
    FILE *file = fopen(path_of("one.png"), "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t cut = 0; cut < n; cut++)
        expect_file_error("1.png", bytes, cut, "1.png: a broken PNG picture: ");
    make_class("bad");
    make_class("bad/a");
    for (size_t at = 8; at < n; at++) { /* a checksum tells, or it is of no consequence */
        struct sl_dataset *data;
        struct sl_error err;
        bytes[at] ^= 0x11;
        write_file("bad/a/1.png", bytes, n);
        bytes[at] ^= 0x11;
        int code = sl_dataset_open(path_of("bad"), SL_PART_TRAIN, NULL, &data, &err);
        assert_true(code == SL_OK || code == SL_EDATA);
        if (code == SL_OK)
            assert_memory_equal(sl_dataset_view(data).x, colour, sizeof colour);
        sl_dataset_free(data);
    }
    /* A width of 2^31 - 1 pixels, with the right checksum. */
    static const unsigned char wide[] = {0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff};
    memcpy(bytes + 16, wide, sizeof wide);
    uLong crc = crc32(0, bytes + 12, 17);
    for (int i = 0; i < 4; i++)
        bytes[29 + i] = (unsigned char)(crc >> (24 - 8 * i));
    expect_file_error("1.png", bytes, n, "1.png: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grey),
        cmocka_unit_test(test_colour),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests(tests, make_pictures, remove_folder);
}
