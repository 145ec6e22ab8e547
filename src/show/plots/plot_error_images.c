/* plot_error_images.c - grids of images of an error analysis: lists of rows, and what the clusters of each
 * class look like. */
#include "core/memory.h"
#include "show/plots/errors_plots.h"
#include "show/plots/raster.h"
#include <math.h>

enum {
    SHOWN = 60 /* pixels that an image has at least */,
    ACROSS = 10,
    MOST = 60,
    PITCH = 96,
    LINE = 16,
    GAP = 8
};

struct grid {
    const struct sl_errors *e;
    struct sl_figure *figure;
    struct sl_view view;
    struct sl_raster raster;
    double low, high;         /* of the values */
    int times, width, height; /* pixels of a pixel; of an image */
    double left, top;         /* of the raster */
    int failed;
};

/* 0 where there are no images. */
static int begin(struct grid *g, const struct sl_errors *e, struct sl_figure *figure)
{
    *g = (struct grid){.e = e, .figure = figure, .high = 255};
    if (!e->brightness)
        return 0;
    g->view = sl_dataset_view(e->scored->data);
    if (g->view.image.channels != 1 && g->view.image.channels != 3)
        return 0;
    const int side = g->view.image.height > g->view.image.width ? g->view.image.height : g->view.image.width;
    g->times = side < SHOWN ? (SHOWN + side - 1) / side : 1;
    g->width = g->view.image.width * g->times;
    g->height = g->view.image.height * g->times;
    sl_raster_range(&g->view, &g->low, &g->high);
    return 1;
}

static int begin_figure(struct grid *g, const char *title, const char *subtitle, int width, int height,
                        double names)
{
    const int whole = width + (int)names + 2 * SL_MARGIN;
    if (sl_figure_begin(g->figure, whole < 620 ? 620 : whole, 100) ||
        sl_raster_begin(&g->raster, width, height))
        return -1;
    g->left = SL_MARGIN + names;
    g->top = sl_figure_titles(g->figure, title, subtitle, 0) + 12;
    g->figure->height = (int)g->top + height + SL_MARGIN;
    g->figure->has_data = 1;
    snprintf(g->figure->alt, sizeof g->figure->alt, "%.200s: images", title);
    return 0;
}

static struct sl_panel panel_of(const struct grid *g)
{
    struct sl_panel panel = {.left = g->left,
                             .top = g->top,
                             .right = g->left + g->raster.width,
                             .bottom = g->top + g->raster.height,
                             .no_frame = 1};
    panel.x.high = g->raster.width;
    panel.y.high = g->raster.height;
    return panel;
}

static int end_figure(struct grid *g, const struct sl_panel *panel)
{
    const int failed = g->failed || sl_raster_draw(&g->raster, g->figure, panel);
    sl_figure_panel_end(g->figure);
    free(g->raster.rgb);
    return failed ? -1 : 0;
}

/* Lists of rows ------------------------------------------------------------------------------------ */

static void write_line(struct grid *g, double x, double y, const char *colour, const char *name, double score)
{
    char *whole = isfinite(score) ? sl_format("%s %.2f", name, score) : sl_format("%s", name);
    char *text = whole ? sl_text_fit(whole, SL_SMALL, PITCH - 6) : NULL;
    if (text)
        sl_figure_text(g->figure, x, y, SL_CENTRE, SL_SMALL, colour, text);
    g->failed |= !text;
    free(text);
    free(whole);
}

/* other: the class below the true one. */
static void place(struct grid *g, size_t at, size_t i, int other, int pitch)
{
    const struct sl_scored_rows *s = g->e->scored;
    const int x = (int)(at % ACROSS) * pitch, y = (int)(at / ACROSS) * (g->height + 2 * LINE + 14);
    const double centre = g->left + x + pitch / 2.0, below = g->top + y + g->height + 10;
    sl_raster_image(&g->raster, x + (pitch - g->width) / 2, y, g->times, &g->view, s->row[i], g->low,
                    g->high);
    write_line(g, centre, below, SL_INK, s->classes[s->truth[i]],
               s->probabilities ? sl_scored_score(s, i, s->truth[i]) : NAN);
    write_line(g, centre, below + LINE, "#b34700", s->classes[other],
               s->probabilities ? sl_scored_score(s, i, other) : NAN);
    fprintf(g->figure->csv, "%zu,%u,", at, (unsigned)s->row[i]);
    sl_figure_field(g->figure, s->classes[s->truth[i]]);
    fputc(',', g->figure->csv);
    sl_figure_field(g->figure, s->classes[other]);
    fputc('\n', g->figure->csv);
}

/* rows (n), others (n) classes. */
static int draw_list(const struct sl_errors *e, const char *what, const char *subtitle, const size_t *rows,
                     const int *others, size_t n, struct sl_figure *figure, struct sl_error *err)
{
    struct grid g;
    if (!n || !begin(&g, e, figure))
        return SL_OK;
    n = n < MOST ? n : MOST;
    const int pitch = g.width + GAP > PITCH ? g.width + GAP : PITCH;
    const int across = n < ACROSS ? (int)n : ACROSS, down = ((int)n + ACROSS - 1) / ACROSS;
    char *title = sl_format("%s: %s", what, e->scored->name);
    g.failed =
        !title || begin_figure(&g, title, subtitle, across * pitch, down * (g.height + 2 * LINE + 14), 0);
    free(title);
    if (g.failed) {
        free(g.raster.rgb);
        return sl_fail_memory(err);
    }
    const struct sl_panel panel = panel_of(&g);
    sl_figure_panel(figure, &panel);
    fprintf(figure->csv, "place,row,true,other\n");
    for (size_t at = 0; at < n; at++)
        place(&g, at, rows[at], others[at], pitch);
    return end_figure(&g, &panel) ? sl_fail_memory(err) : SL_OK;
}

static int draw_rows(const struct sl_errors *e, const char *what, const size_t *rows, size_t n,
                     struct sl_figure *figure, struct sl_error *err)
{
    int others[MOST];
    for (size_t at = 0; at < n && at < MOST; at++)
        others[at] = e->scored->predicted[rows[at]];
    return draw_list(e, what, "true class, below it what was predicted, with their probabilities", rows,
                     others, n, figure, err);
}

int sl_plot_sure(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err)
{
    return draw_rows(e, "Wrong, and sure of it", e->sure, e->n_sure, figure, err);
}

int sl_plot_unsure(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err)
{
    return draw_rows(e, "Nearest to the boundary", e->unsure, e->n_unsure, figure, err);
}

int sl_plot_hardest(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err)
{
    return draw_rows(e, "Wrong by most rows of the study", e->hard, e->n_hard, figure, err);
}

int sl_plot_labels(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err)
{
    size_t rows[MOST], n = 0;
    int others[MOST];
    for (; n < e->suspects.n && n < e->listed && n < MOST; n++) {
        rows[n] = e->suspects.list[n].i;
        others[n] = e->suspects.list[n].likely;
    }
    return draw_list(e, "Labels that may be wrong",
                     "the label, below it what it may be, with their probabilities", rows, others, n, figure,
                     err);
}

/* Clusters ----------------------------------------------------------------------------------------- */

enum { CLASSES_MOST = 20, NAMES = 210 };

static const struct sl_subset *find_subset(const struct sl_errors *e, int class, int which)
{
    for (size_t i = 0; i < e->n_subsets; i++)
        if (e->subsets[i].kind == SL_SUBSET_CLUSTER && e->subsets[i].label == class &&
            e->subsets[i].cluster == which)
            return &e->subsets[i];
    return NULL;
}

/* A line of the first images of a cluster. */
static void place_cluster(struct grid *g, const struct sl_class_clusters *clusters, int which, int line)
{
    const struct sl_scored_rows *s = g->e->scored;
    const struct sl_subset *subset = find_subset(g->e, clusters->label, which);
    const int y = line * (g->height + GAP);
    int shown = 0;
    for (size_t i = 0; i < s->n && shown < ACROSS; i++)
        if (s->truth[i] == clusters->label && g->e->cluster[i] == which) {
            sl_raster_image(&g->raster, shown++ * (g->width + GAP), y, g->times, &g->view, s->row[i], g->low,
                            g->high);
            fprintf(g->figure->csv, "%d,%d,%u\n", clusters->label, which + 1, (unsigned)s->row[i]);
        }
    char *name = subset ? sl_text_fit(subset->name, SL_TEXT, NAMES - 16) : NULL;
    g->failed |= subset && !name; /* a cluster may have no rows */
    if (name)
        sl_figure_text(g->figure, g->left - 12, g->top + y + g->height / 2.0 - 9, SL_RIGHT, SL_TEXT, SL_INK,
                       name);
    if (subset)
        sl_figure_textf(g->figure, g->left - 12, g->top + y + g->height / 2.0 + 9, SL_RIGHT, SL_SMALL,
                        SL_GREY, "%zu of %zu wrong: %.1f %%", subset->wrong, subset->n,
                        100 * (double)subset->wrong / (double)subset->n);
    free(name);
}

int sl_plot_clusters(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err)
{
    struct grid g;
    int lines = 0, classes = 0;
    if (!begin(&g, e, figure))
        return SL_OK;
    for (size_t c = 0; c < e->n_clustered; c++)
        if (e->clustered[c].n && classes < CLASSES_MOST) {
            lines += e->clustered[c].n;
            classes++;
        }
    if (!lines)
        return SL_OK;
    char *title = sl_format("Clusters inside the classes: %s", e->scored->name);
    g.failed =
        !title || begin_figure(&g, title, "the first images of each cluster, the largest cluster first",
                               ACROSS * (g.width + GAP) - GAP, lines * (g.height + GAP) - GAP, NAMES);
    free(title);
    if (g.failed) {
        free(g.raster.rgb);
        return sl_fail_memory(err);
    }
    const struct sl_panel panel = panel_of(&g);
    sl_figure_panel(figure, &panel);
    fprintf(figure->csv, "class,cluster,row\n");
    for (size_t c = 0, line = 0; c < e->n_clustered && (int)line < lines; c++)
        for (int which = 0; which < e->clustered[c].n; which++)
            place_cluster(&g, &e->clustered[c], which, (int)line++);
    return end_figure(&g, &panel) ? sl_fail_memory(err) : SL_OK;
}
