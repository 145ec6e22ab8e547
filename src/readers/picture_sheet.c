/* picture_sheet.c - what pictures become on their way into a model, one line each, as PNG. */
#include "core/file.h"
#include "core/memory.h"
#include "readers/picture_fit.h"
#include <string.h>

enum { LINES = 32, STAGES = 4, SIDE = 112, GAP = 8, WIDTH = STAGES * (SIDE + GAP) + GAP };

struct sl_picture_sheet {
    int lines;
    uint8_t *rgb; /* (LINES * (SIDE + GAP) + GAP, WIDTH, 3) */
};

struct sl_picture_sheet *sl_picture_sheet_new(void)
{
    enum { PAPER = 200 }; /* neither black nor white: edges of both are seen on it */
    const size_t n = (size_t)(LINES * (SIDE + GAP) + GAP) * WIDTH;
    struct sl_picture_sheet *sheet = sl_alloc_zero(1, sizeof *sheet);
    if (sheet)
        sheet->rgb = sl_alloc(n, 3);
    if (!sheet || !sheet->rgb) {
        free(sheet);
        return NULL;
    }
    memset(sheet->rgb, PAPER, 3 * n);
    return sheet;
}

void sl_picture_sheet_free(struct sl_picture_sheet *sheet)
{
    if (!sheet)
        return;
    free(sheet->rgb);
    free(sheet);
}

int sl_picture_sheet_lines(const struct sl_picture_sheet *sheet)
{
    return sheet->lines;
}

/* Draws the box of a picture into a tile, as large as it fits. */
static int draw(struct sl_picture_sheet *sheet, int stage, const struct sl_picture *p,
                const struct sl_box *box, struct sl_error *err)
{
    const double tall = (double)SIDE / box->height, wide = (double)SIDE / box->width;
    const double times = tall < wide ? tall : wide;
    int h = (int)(box->height * times + .5), w = (int)(box->width * times + .5);
    h += h < 1;
    w += w < 1;
    struct sl_box at = {0, 0, w, h};
    uint8_t *tile = sl_alloc((size_t)h * (size_t)w, (size_t)p->channels);
    if (!tile)
        return sl_fail_memory(err);
    sl_picture_scale(p, box, tile, w, &at, 1);
    const int left = GAP + stage * (SIDE + GAP) + (SIDE - w) / 2,
              top = GAP + sheet->lines * (SIDE + GAP) + (SIDE - h) / 2;
    for (int i = 0; i < h * w; i++) {
        uint8_t *to = sheet->rgb + 3 * ((size_t)(top + i / w) * WIDTH + (size_t)(left + i % w));
        for (int c = 0; c < 3; c++)
            to[c] = tile[(size_t)i * (size_t)p->channels + (size_t)(p->channels == 3 ? c : 0)];
    }
    free(tile);
    return SL_OK;
}

int sl_picture_sheet_add(struct sl_picture_sheet *sheet, const struct sl_picture *in,
                         const struct sl_picture_steps *steps, const struct sl_image *image,
                         const uint8_t *fitted, struct sl_error *err)
{
    const struct sl_box all = {0, 0, in->width, in->height}, frame = {0, 0, image->width, image->height};
    const struct sl_picture last = {image->height, image->width, image->channels, (uint8_t *)fitted};
    if (sheet->lines == LINES)
        return SL_OK;
    int code = draw(sheet, 0, in, &all, err);
    if (!code)
        code = draw(sheet, 1, &steps->toned, &all, err);
    if (!code)
        code = draw(sheet, 2, &steps->toned, &steps->box, err);
    if (!code)
        code = draw(sheet, 3, &last, &frame, err);
    sheet->lines += !code;
    return code;
}

int sl_picture_sheet_write(const struct sl_picture_sheet *sheet, const char *path, struct sl_error *err)
{
    const struct sl_picture picture = {sheet->lines * (SIDE + GAP) + GAP, WIDTH, 3, sheet->rgb};
    return sl_png_write(path, &picture, err);
}
