/* plot_embedding_images.c - images in the plane of an embedding, and principal components as images. */
#include "core/memory.h"
#include "show/plots/embedding_plots.h"
#include "show/plots/raster.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 900, CELLS = 30, COMPONENTS_MOST = 24, ACROSS = 6, TILE = 112, NAME = 20 };

static int is_picture(const struct sl_image *image)
{
    return image->height > 0 && image->height <= 512 && image->width <= 512 &&
           (image->channels == 1 || image->channels == 3);
}

/* Where a point lies in the grid, in cells. */
static double cell_of(const struct sl_embedding *e, size_t i, size_t c, const double *low, double range)
{
    const double share = ((c < e->k ? (double)e->at[i * e->k + c] : 0) - low[c]) / range;
    return fmin((c ? 1 - share : share) * CELLS, CELLS - 1e-9);
}

static double find_range(const struct sl_embedding *e, size_t n, double *low)
{
    double range = 1e-12, high[2] = {-INFINITY, -INFINITY};
    low[0] = low[1] = INFINITY;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < 2; c++) {
            const double value = c < e->k ? (double)e->at[i * e->k + c] : 0;
            low[c] = fmin(low[c], value);
            high[c] = fmax(high[c], value);
        }
    for (size_t c = 0; c < 2; c++)
        range = fmax(range, high[c] - low[c]);
    for (size_t c = 0; c < 2; c++)
        low[c] = (low[c] + high[c] - range) / 2;
    return range;
}

/* Of each cell the row nearest to its middle; n: none. */
static void choose(const struct sl_embedding *e, size_t n, double *best, size_t *row)
{
    double low[2];
    const double range = find_range(e, n, low);
    for (size_t c = 0; c < CELLS * CELLS; c++) {
        best[c] = INFINITY;
        row[c] = n;
    }
    for (size_t i = 0; i < n; i++) {
        const double x = cell_of(e, i, 0, low, range), y = cell_of(e, i, 1, low, range);
        const size_t cell = (size_t)y * CELLS + (size_t)x;
        const double off = hypot(x - floor(x) - 0.5, y - floor(y) - 0.5);
        if (off < best[cell]) {
            best[cell] = off;
            row[cell] = i;
        }
    }
}

static int draw(struct sl_figure *figure, struct sl_raster *raster, double top)
{
    struct sl_panel panel = {.left = SL_MARGIN, .top = top, .no_frame = 1};
    panel.right = panel.left + figure->width - 2 * SL_MARGIN;
    panel.bottom = top + (double)raster->height * (panel.right - panel.left) / raster->width;
    panel.x.high = panel.y.high = 1;
    figure->height = (int)panel.bottom + SL_MARGIN;
    figure->has_data = 1;
    sl_figure_panel(figure, &panel);
    if (sl_raster_draw(raster, figure, &panel))
        return -1;
    sl_figure_panel_end(figure);
    return 0;
}

int sl_plot_thumbnails(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(x->embedding->data);
    struct sl_raster raster = {0};
    double low, high;
    if (!is_picture(&view.image) || view.dtype == SL_SPARSE)
        return SL_OK;
    if (sl_figure_begin(figure, SIDE + 2 * SL_MARGIN, 100) ||
        sl_raster_begin(&raster, CELLS * view.image.width, CELLS * view.image.height))
        return sl_fail_memory(err);
    size_t *row = sl_alloc(CELLS * CELLS, sizeof *row);
    double *best = sl_alloc(CELLS * CELLS, sizeof *best);
    if (row && best)
        choose(x->embedding, view.n, best, row);
    sl_raster_range(&view, &low, &high);
    fprintf(figure->csv, "row,x,y\n");
    for (size_t c = 0; c < CELLS * CELLS && row && best; c++)
        if (row[c] < view.n) {
            sl_raster_image(&raster, (int)(c % CELLS) * view.image.width,
                            (int)(c / CELLS) * view.image.height, 1, &view, row[c], low, high);
            fprintf(figure->csv, "%zu,%zu,%zu\n", row[c], c % CELLS, c / CELLS);
        }
    snprintf(figure->alt, sizeof figure->alt, "%.200s, as images in a grid", x->title);
    const double top =
        sl_figure_titles(figure, x->title, "of each cell of the plane the image nearest to its middle", 0) +
        8;
    const int failed = !row || !best || draw(figure, &raster, top);
    free(raster.rgb);
    free(row);
    free(best);
    return failed ? sl_fail_memory(err) : SL_OK;
}

/* A component in a tile, 0 in the middle of grey. */
static void draw_component(struct sl_raster *raster, const struct sl_pca *pca, size_t c, int times)
{
    const struct sl_view view = {
        .dtype = SL_F64, .n = pca->k, .d = pca->d, .x = pca->components, .image = pca->image};
    double most = 0;
    for (size_t j = 0; j < pca->d; j++)
        most = fmax(most, fabs(pca->components[c * pca->d + j]));
    const int pitch_x = pca->image.width * times + 4 * times, pitch_y = pca->image.height * times + NAME;
    sl_raster_image(raster, (int)(c % ACROSS) * pitch_x, (int)(c / ACROSS) * pitch_y, times, &view, c, -most,
                    most);
}

static void name_components(struct sl_figure *figure, const struct sl_pca *pca, size_t n, double top,
                            double scale, int pitch_x, int pitch_y)
{
    fprintf(figure->csv, "component,share\n");
    for (size_t c = 0; c < n; c++) {
        const double left = SL_MARGIN + scale * (double)(c % ACROSS) * pitch_x;
        const double y = top + scale * ((double)(c / ACROSS + 1) * pitch_y) - 9;
        const double share = 100 * pca->variance[c] / pca->total;
        sl_figure_textf(figure, left, y, SL_LEFT, SL_SMALL, SL_INK, "%zu: %.1f %%", c + 1, share);
        fprintf(figure->csv, "%zu,%.6g\n", c + 1, share / 100);
    }
}

int sl_plot_components(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err)
{
    const struct sl_pca *pca = x->pca;
    struct sl_raster raster = {0};
    if (!pca || !is_picture(&pca->image))
        return SL_OK;
    const size_t n = pca->k < COMPONENTS_MOST ? pca->k : COMPONENTS_MOST;
    const int times = pca->image.width < TILE ? TILE / pca->image.width : 1;
    const int pitch_x = pca->image.width * times + 4 * times, pitch_y = pca->image.height * times + NAME;
    const int rows = (int)((n + ACROSS - 1) / ACROSS);
    if (sl_figure_begin(figure, ACROSS * TILE + 2 * SL_MARGIN + ACROSS * 16, 100) ||
        sl_raster_begin(&raster, ACROSS * pitch_x, rows * pitch_y))
        return sl_fail_memory(err);
    for (size_t c = 0; c < n; c++)
        draw_component(&raster, pca, c, times);
    snprintf(figure->alt, sizeof figure->alt, "%.200s: the leading components as images", x->title);
    const double top =
        sl_figure_titles(figure, x->title,
                         "the leading components as images, with their shares of the variance; grey is 0, "
                         "each has its own scale",
                         0) +
        8;
    name_components(figure, pca, n, top, (figure->width - 2.0 * SL_MARGIN) / raster.width, pitch_x, pitch_y);
    const int failed = draw(figure, &raster, top);
    free(raster.rgb);
    return failed ? sl_fail_memory(err) : SL_OK;
}
