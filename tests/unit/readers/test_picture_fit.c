/* Pictures of any size and colour as images of a model: each step against a small case by hand. */
#include "readers/picture_fit.h"
#include "unit/files_fixture.h"
#include <shortlist/dataset.h>
#include <sys/stat.h>

static struct sl_picture picture_of(int height, int width, int channels, const uint8_t *pixels)
{
    return (struct sl_picture){height, width, channels, (uint8_t *)pixels};
}

static void test_scale(void **state)
{
    static const uint8_t row[] = {0, 90, 180},
                         square[] = {0, 10, 20, 30, 40, 50, 60, 70, 1, 3, 5, 7, 1, 3, 5, 7};
    static const uint8_t pair[] = {0, 100};
    const struct sl_box of3 = {0, 0, 3, 1}, to2 = {0, 0, 2, 1}, of4 = {0, 0, 4, 4}, to22 = {1, 0, 2, 2};
    const struct sl_box to4 = {0, 0, 4, 1}, right = {1, 0, 1, 1};
    struct sl_picture in = picture_of(1, 3, 1, row);
    uint8_t out[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    (void)state;
    /* Half of the middle pixel goes to each side: (0 + 45) / 1.5 and (45 + 180) / 1.5. */
    sl_picture_scale(&in, &of3, out, 2, &to2, 0);
    assert_int_equal(out[0], 30);
    assert_int_equal(out[1], 150);
    assert_int_equal(out[2], 9);
    /* Quarters, into a wider picture. */
    in = picture_of(4, 4, 1, square);
    sl_picture_scale(&in, &of4, out, 4, &to22, 0);
    assert_int_equal(out[0], 30);
    assert_int_equal(out[1], (0 + 10 + 40 + 50) / 4);
    assert_int_equal(out[2], (20 + 30 + 60 + 70) / 4);
    assert_int_equal(out[5], 2);
    assert_int_equal(out[6], 6);
    /* Between the centres, and the nearest. */
    in = picture_of(1, 2, 1, pair);
    sl_picture_scale(&in, &to2, out, 4, &to4, 0);
    assert_memory_equal(out, ((uint8_t[]){0, 25, 75, 100}), 4);
    sl_picture_scale(&in, &to2, out, 4, &to4, 1);
    assert_memory_equal(out, ((uint8_t[]){0, 0, 100, 100}), 4);
    sl_picture_scale(&in, &right, out, 4, &to4, 0);
    assert_memory_equal(out, ((uint8_t[]){100, 100, 100, 100}), 4);
}

static void test_border_and_box(void **state)
{
    uint8_t plane[5 * 6];
    struct sl_box box;
    (void)state;
    memset(plane, 200, sizeof plane);
    plane[1 * 6 + 2] = 90;
    plane[3 * 6 + 4] = 214; /* 14 levels are more than 5 % */
    plane[3 * 6 + 1] = 212;
    plane[0] = 0;
    assert_int_equal(sl_plane_border(plane, 5, 6), 200);
    assert_int_equal(sl_plane_border(plane, 1, 1), 0);
    plane[0] = 200;
    assert_true(sl_plane_box(plane, 5, 6, 200, &box));
    assert_memory_equal(&box, (&(struct sl_box){2, 1, 3, 3}), sizeof box);
    plane[1 * 6 + 2] = plane[3 * 6 + 4] = 200;
    assert_false(sl_plane_box(plane, 5, 6, 200, &box));
    assert_memory_equal(&box, (&(struct sl_box){0, 0, 6, 5}), sizeof box);
}

static uint8_t fitted[4 * 4 * 3];

static struct sl_picture_steps fit(const struct sl_picture *in, const struct sl_picture_fit *how,
                                   const char *told)
{
    struct sl_picture_steps steps;
    struct sl_error err;
    assert_int_equal(sl_picture_fit(in, how, fitted, &steps, &err), SL_OK);
    char *text = sl_picture_steps_print(in, how, &steps);
    assert_string_equal(text, told);
    free(text);
    const struct sl_picture_steps kept = steps;
    sl_picture_steps_release(&steps);
    return kept;
}

/* Dark on bright: 2 wide, 3 high; a frame of 4 x 4 is filled in height, 3 wide. */
static void test_fit_inverts_crops_and_centres(void **state)
{
    uint8_t pixels[6 * 5];
    const struct sl_picture in = picture_of(6, 5, 1, pixels);
    struct sl_picture_fit how = {.image = {4, 4, 1}, .framing = {1, 0, 1}};
    (void)state;
    memset(pixels, 255, sizeof pixels);
    for (int i = 1; i < 4; i++)
        pixels[i * 5 + 2] = pixels[i * 5 + 3] = 55;
    fit(&in, &how,
        "5x6; inverted (its border is 255); cropped to 2x3 from column 2, row 1; scaled to 3x4 in the "
        "middle of 4x4");
    for (int i = 0; i < 16; i++)
        assert_int_equal(fitted[i], i % 4 < 3 ? 200 : 0);
    /* Half of the frame: 1 wide, 2 high. */
    how.framing.extent = .5;
    fit(&in, &how,
        "5x6; inverted (its border is 255); cropped to 2x3 from column 2, row 1; scaled to 1x2 in the "
        "middle of 4x4");
    for (int i = 0; i < 16; i++)
        assert_int_equal(fitted[i], i == 5 || i == 9 ? 200 : 0);
    /* Nobody inverts: nothing is dark in the border, so that its level is left, and all of it stands out. */
    how.invert = SL_INVERT_NEVER;
    fit(&in, &how, "5x6; cropped to 5x6 from column 0, row 0; scaled to 2x2 in the middle of 4x4");
    /* Training images on white: nothing is to be inverted. */
    how = (struct sl_picture_fit){.image = {4, 4, 1}, .framing = {1, 255, 1}};
    fit(&in, &how, "5x6; cropped to 2x3 from column 2, row 1; scaled to 3x4 in the middle of 4x4");
    for (int i = 0; i < 16; i++)
        assert_int_equal(fitted[i], i % 4 < 3 ? 55 : 255);
}

static void test_levels_colour_and_size(void **state)
{
    uint8_t grey[3 * 3], colour[4 * 4 * 3];
    const struct sl_picture small = picture_of(3, 3, 1, grey), own = picture_of(4, 4, 3, colour);
    struct sl_picture_fit how = {.image = {4, 4, 1}, .framing = {1, 0, 1}};
    (void)state;
    /* A border of 55 becomes 0, and 255 stays: 215 becomes 160 x 255 / 200. */
    memset(grey, 55, sizeof grey);
    grey[4] = 215;
    fit(&small, &how,
        "3x3; background 55 becomes 0; cropped to 1x1 from column 1, row 1; scaled to 4x4 in the middle "
        "of 4x4");
    assert_int_equal(fitted[0], 204);
    /* Nothing stands out. */
    memset(grey, 7, sizeof grey);
    assert_true(fit(&small, &how,
                    "3x3; background 7 becomes 0; not cropped: nothing stands out from the background; "
                    "scaled to 4x4 in the middle of 4x4")
                    .blank);
    /* Red, green and blue as BT.601 weighs them; the model's size stays. */
    memset(colour, 0, sizeof colour);
    colour[5 * 3] = colour[6 * 3 + 1] = colour[9 * 3 + 2] = 255;
    fit(&own, &how, "4x4 in colour; turned to grey; taken as it is: it has the model's size");
    assert_int_equal(fitted[5], 76);
    assert_int_equal(fitted[6], 150);
    assert_int_equal(fitted[9], 29);
    assert_int_equal(fitted[0], 0);
    /* A model of colours keeps them. */
    how.image.channels = 3;
    how.invert = SL_INVERT_ALWAYS;
    fit(&own, &how, "4x4 in colour; inverted (border 0); taken as it is: it has the model's size");
    assert_memory_equal(fitted + 15, ((uint8_t[]){0, 255, 255, 255, 0, 255}), 6);
}

static void test_framing(void **state)
{
    /* Three images of 4 x 4 on 10: a pixel of extent 1/4, and one that fills the height. */
    uint8_t images[3 * 16];
    float shares[3 * 16];
    struct sl_framing framing;
    struct sl_error err;
    struct sl_view view = {.dtype = SL_U8, .n = 3, .d = 16, .x = images, .scale = 1, .image = {4, 4, 1}};
    (void)state;
    memset(images, 10, sizeof images);
    images[5] = images[16 + 5] = images[32 + 1] = images[32 + 13] = 255;
    assert_int_equal(sl_framing_measure(&view, &framing, &err), SL_OK);
    assert_int_equal(framing.known, 1);
    assert_int_equal(framing.background, 10);
    assert_true(framing.extent == .25);
    images[16 + 9] = images[16 + 10] = 255;
    assert_int_equal(sl_framing_measure(&view, &framing, &err), SL_OK);
    assert_true(framing.extent == .5);
    for (int i = 0; i < 48; i++)
        shares[i] = (float)images[i] / 255;
    view.dtype = SL_F32;
    view.x = shares;
    assert_int_equal(sl_framing_measure(&view, &framing, &err), SL_OK);
    assert_int_equal(framing.background, 10);
    assert_true(framing.extent == .5);
    view.image = (struct sl_image){0};
    assert_int_equal(sl_framing_measure(&view, &framing, &err), SL_OK);
    assert_int_equal(framing.known, 0);
}

/* Files ---------------------------------------------------------------------------------------------- */

static const struct sl_picture_fit of_2x2 = {.image = {2, 2, 1}, .framing = {1, 0, 1}};

static struct sl_dataset *open_one(const char *path, const struct sl_picture_fit *how, int expected,
                                   struct sl_error *err)
{
    struct sl_dataset *data = NULL;
    const struct sl_read_options options = {.pictures = how, .n_features = 4};
    assert_int_equal(sl_dataset_open(path, SL_PART_TRAIN, &options, &data, err), expected);
    return data;
}

static void test_files(void **state)
{
    static const uint8_t grey[] = {0, 50, 100, 200};
    const struct sl_picture small = picture_of(2, 2, 1, grey);
    const struct sl_picture_fit table = {0};
    struct sl_error err;
    (void)state;
    assert_int_equal(sl_png_write(path_of("a.png"), &small, &err), SL_OK);
    /* 10 bits, the higher byte first: 1023 is 255, 512 is 128. */
    write_file("b.pgm", "P5 2 2 1023\n\0\0\2\0\3\377\0\0", 20);
    struct sl_dataset *data = open_one(path_of("a.png"), &of_2x2, SL_OK, &err);
    assert_memory_equal(sl_dataset_view(data).x, grey, 4);
    assert_string_equal(sl_dataset_row_id(data, 0), "a.png");
    assert_null(sl_dataset_view(data).y);
    sl_dataset_free(data);
    data = open_one(path_of("b.pgm"), &of_2x2, SL_OK, &err);
    assert_memory_equal(sl_dataset_view(data).x, ((uint8_t[]){0, 128, 255, 0}), 4);
    sl_dataset_free(data);
    assert_null(open_one(path_of("a.png"), &table, SL_EUSAGE, &err));
    assert_non_null(
        strstr(err.text, "a.png is a picture, and the model was fitted on no images, but on a table of 4"));
    write_file("c.png", "\x89PNG\r\n\x1a\n", 8);
    assert_null(open_one(path_of("c.png"), &of_2x2, SL_EDATA, &err));
    assert_non_null(strstr(err.text, "the file is cut off"));
    write_file("d.csv", "P2\tx\tlabel\n1\t2\ta\n", 17);
    assert_false(sl_picture_is(path_of("d.csv")));
}

static void test_folders(void **state)
{
    struct sl_error err;
    (void)state;
    mkdir(path_of("f"), 0700);
    write_file("f/2.pgm", "P2 2 2 255 0 9 9 0\n", 19);
    write_file("f/1.pgm", "P2 3 1 7 0 7 0\n", 15);
    struct sl_dataset *data = open_one(path_of("f"), &of_2x2, SL_OK, &err);
    assert_int_equal(sl_dataset_view(data).n, 2);
    assert_memory_equal(sl_dataset_view(data).x, ((uint8_t[]){255, 255, 255, 255, 0, 9, 9, 0}), 8);
    assert_string_equal(sl_dataset_row_id(data, 1), "2.pgm");
    sl_dataset_free(data);
    /* With a folder of a class beside them it is not clear what they are. */
    mkdir(path_of("f/bag"), 0700);
    write_file("f/bag/3.pgm", "P2 2 2 255 0 9 9 0\n", 19);
    assert_null(open_one(path_of("f"), &of_2x2, SL_EDATA, &err));
    assert_non_null(strstr(err.text, "pictures stand in it, and in folders of it"));
    assert_int_equal(remove(path_of("f/1.pgm")), 0);
    assert_int_equal(remove(path_of("f/2.pgm")), 0);
    data = open_one(path_of("f"), &of_2x2, SL_OK, &err);
    assert_int_equal(sl_dataset_view(data).n, 1);
    assert_string_equal(sl_dataset_class(data, sl_dataset_view(data).y[0]), "bag");
    sl_dataset_free(data);
}

static void test_sheet(void **state)
{
    static const uint8_t grey[] = {255, 255, 255, 255, 0, 255, 255, 255, 255};
    struct sl_picture_fit how = of_2x2;
    struct sl_picture picture;
    struct sl_error err;
    const struct sl_picture in = picture_of(3, 3, 1, grey);
    (void)state;
    how.sheet = sl_picture_sheet_new();
    assert_int_equal(sl_png_write(path_of("s.png"), &in, &err), SL_OK);
    sl_dataset_free(open_one(path_of("s.png"), &how, SL_OK, &err));
    assert_int_equal(sl_picture_sheet_lines(how.sheet), 1);
    assert_int_equal(sl_picture_sheet_write(how.sheet, path_of("sheet.png"), &err), SL_OK);
    assert_int_equal(sl_picture_decode(path_of("sheet.png"), SL_FORMS_EXACT, &picture, &err), SL_OK);
    assert_int_equal(picture.width, 488);
    assert_int_equal(picture.height, 128);
    /* In the middle of its tiles: as read 0, inverted 255, cropped 255, and what the model sees 255; paper
     * between them. */
    const uint8_t *middle = picture.pixels + (size_t)(8 + 56) * 488 * 3;
    assert_int_equal(middle[(8 + 56) * 3], 0);
    for (int stage = 1; stage < 4; stage++)
        assert_int_equal(middle[(8 + stage * 120 + 56) * 3], 255);
    assert_int_equal(middle[4 * 3], 200);
    free(picture.pixels);
    sl_picture_sheet_free(how.sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scale),
                                       cmocka_unit_test(test_border_and_box),
                                       cmocka_unit_test(test_fit_inverts_crops_and_centres),
                                       cmocka_unit_test(test_levels_colour_and_size),
                                       cmocka_unit_test(test_framing),
                                       cmocka_unit_test(test_files),
                                       cmocka_unit_test(test_folders),
                                       cmocka_unit_test(test_sheet)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
