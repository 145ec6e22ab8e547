/* plot_embedding.c - points of an embedding, by class.
 *
 * Points are pixels, not marks, so that ten thousand of them keep a picture small.  A class's name stands at
 * the median of its points, below another where there is one already.  Rows that a model gets wrong have a
 * dark ring. */
#include "core/memory.h"
#include "core/order.h"
#include "show/plots/embedding_plots.h"
#include "show/plots/raster.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 640, GAP = 32, FINE = 2 /* pixels of the raster a pixel */, NAMED_MOST = 40, NAME_WIDTH = 130 };

/* Of ten classes, of different lightness where hues are close; then again from the first. */
static uint32_t class_colour(int label)
{
    static const uint32_t colours[] = {0x005a9c, 0xe69f00, 0x2e8b57, 0xd55e00, 0x8e6bbf,
                                       0x8c564b, 0xcc79a7, 0x56b4e9, 0x9a9a1e, 0x3d3d3d};
    return colours[(size_t)label % (sizeof colours / sizeof *colours)];
}

/* One embedding in its panel. */
struct scatter {
    const struct sl_embedding *e;
    struct sl_view view;
    struct sl_raster *raster;
    struct sl_panel panel;
    int at; /* its left end in the raster */
    double low[2], range;
    int only; /* the class that is not pale; -1: all are not */
};

static double pixel_of(const struct scatter *s, size_t i, size_t c)
{
    const double value = c < s->e->k ? (double)s->e->at[i * s->e->k + c] : 0;
    const double share = (value - s->low[c]) / s->range;
    return (c ? 1 - share : share) * SIDE * FINE;
}

static int is_inside(const struct scatter *s, size_t i)
{
    const double x = pixel_of(s, i, 0), y = pixel_of(s, i, 1);
    return x >= 0 && y >= 0 && x < SIDE * FINE && y < SIDE * FINE;
}

/* The labels of data and model are told apart by their names. */
static int is_wrong(const struct sl_embedding *e, const struct sl_view *view, size_t i)
{
    return e->predicted && view->y &&
           strcmp(sl_model_class(e->model, e->predicted[i]), sl_dataset_class(e->data, view->y[i])) != 0;
}

static void draw_point(const struct scatter *s, size_t i, double radius, int ring)
{
    const int label = s->view.y ? s->view.y[i] : 0, pale = s->only >= 0 && label != s->only;
    const double x = s->at + pixel_of(s, i, 0), y = pixel_of(s, i, 1);
    if (ring)
        sl_raster_disc(s->raster, x, y, radius + 2.2, 0x000000);
    /* A ring is thin, so that a crowd of them keeps its colours. */
    sl_raster_disc(s->raster, x, y, radius + (ring ? 1.2 : 0), pale ? 0xd8d8d8 : class_colour(label));
}

/* Pale points first, those that are wrong last. */
static void draw_points(const struct scatter *s)
{
    const size_t n = s->view.n;
    const double radius = (s->only < 0 ? 1 : 1.5) * (n > 30000 ? 1.5 : n > 8000 ? 2 : n > 2000 ? 2.8 : 4.2);
    for (int pass = 0; pass < 3; pass++)
        for (size_t i = 0; i < n; i++) {
            const int pale = s->only >= 0 && s->view.y && s->view.y[i] != s->only;
            const int wrong = !pale && is_wrong(s->e, &s->view, i);
            if (is_inside(s, i) && pass == (pale ? 0 : wrong ? 2 : 1))
                draw_point(s, i, radius, wrong);
        }
}

/* A quantile of the pixels of a class's points along one axis; NaN where none is inside.  scratch (n). */
static double middle_of(const struct scatter *s, int label, size_t c, double *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < s->view.n; i++)
        if (s->view.y[i] == label && is_inside(s, i))
            scratch[n++] = pixel_of(s, i, c);
    qsort(scratch, n, sizeof *scratch, sl_by_real);
    return n ? scratch[n / 2] / FINE : NAN;
}

/* A name that stands: its box in the panel's pixels. */
struct name {
    char *text;
    double x, y, width;
    int label;
};

static int overlaps(const struct name *a, const struct name *b)
{
    return fabs(a->x - b->x) < (a->width + b->width) / 2 + 6 && fabs(a->y - b->y) < 20;
}

/* Below the names (n) that stand already. */
static void settle(struct name *name, const struct name *names, size_t n)
{
    name->x = fmin(fmax(name->x, name->width / 2 + 4), SIDE - name->width / 2 - 4);
    for (int step = 0; step < SIDE / 4; step++) {
        size_t i = 0;
        while (i < n && !overlaps(name, &names[i]))
            i++;
        if (i == n)
            return;
        name->y += name->y > SIDE - 24 ? 24 - SIDE : 4;
    }
}

static int find_names(const struct scatter *s, struct name *names, size_t *n)
{
    double *scratch = sl_alloc(s->view.n, sizeof *scratch);
    *n = 0;
    for (int c = 0; scratch && c < s->view.k && *n < NAMED_MOST; c++) {
        struct name *name = &names[*n];
        *name = (struct name){.x = middle_of(s, c, 0, scratch), .y = middle_of(s, c, 1, scratch), .label = c};
        if (isnan(name->x) || (s->only >= 0 && c != s->only))
            continue;
        name->text = sl_text_fit(sl_dataset_class(s->e->data, c), SL_TEXT, NAME_WIDTH);
        if (!name->text) {
            free(scratch);
            return -1;
        }
        name->width = sl_text_pixels(name->text, SL_TEXT);
        settle(name, names, (*n)++);
    }
    free(scratch);
    return scratch ? 0 : -1;
}

static int name_classes(const struct scatter *s, struct sl_figure *figure)
{
    struct name names[NAMED_MOST];
    size_t n = 0;
    char colour[16];
    int failed = s->view.y ? find_names(s, names, &n) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct name *name = &names[i];
        const double half = name->width / 2 + 3;
        sl_raster_pale(s->raster, s->at + (int)(FINE * (name->x - half)), (int)(FINE * (name->y - 10)),
                       s->at + (int)(FINE * (name->x + half)), (int)(FINE * (name->y + 10)));
        snprintf(colour, sizeof colour, "#%06x", class_colour(name->label) >> 1 & 0x7f7f7f);
        sl_figure_text(figure, s->panel.left + name->x, s->panel.top + name->y, SL_CENTRE, SL_TEXT, colour,
                       name->text);
        free(name->text);
    }
    return failed;
}

/* The square around all points, with a little room. */
static void find_range(struct scatter *s)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < s->view.n; i++)
        for (size_t c = 0; c < 2; c++) {
            const double value = c < s->e->k ? (double)s->e->at[i * s->e->k + c] : 0;
            low[c] = fmin(low[c], value);
            high[c] = fmax(high[c], value);
        }
    s->range = 1.04 * fmax(fmax(high[0] - low[0], high[1] - low[1]), 1e-12);
    for (size_t c = 0; c < 2; c++)
        s->low[c] = (low[c] + high[c] - s->range) / 2;
}

/* A square that holds nine tenths of a class's points. */
static int find_zoom(struct scatter *s)
{
    double *values = sl_alloc(s->view.n, sizeof *values), low[2], high[2];
    if (!values)
        return -1;
    for (size_t c = 0; c < 2; c++) {
        size_t n = 0;
        for (size_t i = 0; i < s->view.n; i++)
            if (s->view.y[i] == s->only)
                values[n++] = c < s->e->k ? (double)s->e->at[i * s->e->k + c] : 0;
        qsort(values, n, sizeof *values, sl_by_real);
        low[c] = values[n / 20];
        high[c] = values[n - 1 - n / 20];
    }
    free(values);
    s->range = 1.15 * fmax(fmax(high[0] - low[0], high[1] - low[1]), 1e-12);
    for (size_t c = 0; c < 2; c++)
        s->low[c] = (low[c] + high[c] - s->range) / 2;
    return 0;
}

static struct scatter scatter_of(const struct sl_embedding *e, struct sl_raster *raster, double top,
                                 int place)
{
    const double left = SL_MARGIN + place * (SIDE + GAP);
    struct scatter s = {.e = e,
                        .view = sl_dataset_view(e->data),
                        .raster = raster,
                        .at = place * (SIDE + GAP) * FINE,
                        .only = -1};
    s.panel = (struct sl_panel){
        .left = left, .top = top, .right = left + SIDE, .bottom = top + SIDE, .no_frame = 1};
    find_range(&s);
    return s;
}

/* Draws what is in the raster across the panels. */
static int finish(struct sl_figure *figure, struct sl_raster *raster, double top, int panels)
{
    struct sl_panel whole = {.left = SL_MARGIN, .top = top, .bottom = top + SIDE, .no_frame = 1};
    whole.right = whole.left + panels * SIDE + (panels - 1) * GAP;
    whole.x.high = whole.y.high = 1;
    sl_figure_panel(figure, &whole);
    if (sl_raster_draw(raster, figure, &whole))
        return -1;
    sl_figure_panel_end(figure);
    return 0;
}

static void write_points(struct sl_figure *figure, const struct sl_embedding *e)
{
    const struct sl_view view = sl_dataset_view(e->data);
    fprintf(figure->csv, "class,x,y,wrong\n");
    for (size_t i = 0; i < view.n; i++) {
        sl_figure_field(figure, view.y ? sl_dataset_class(e->data, view.y[i]) : "");
        sl_figure_number(figure, (double)e->at[i * e->k]);
        sl_figure_number(figure, e->k > 1 ? (double)e->at[i * e->k + 1] : 0);
        fprintf(figure->csv, ",%d\n", is_wrong(e, &view, i));
    }
}

static size_t count_wrong(const struct sl_embedding *e, int only)
{
    const struct sl_view view = sl_dataset_view(e->data);
    size_t n = 0;
    for (size_t i = 0; i < view.n; i++)
        n += is_wrong(e, &view, i) && (only < 0 || view.y[i] == only);
    return n;
}

static double titles(struct sl_figure *figure, const struct sl_embedding_pictures *x, int only)
{
    char rest[400], ringed[120] = "", named[80] = "";
    if (x->embedding->predicted)
        snprintf(ringed, sizeof ringed, "; the %zu that the model gets wrong are ringed",
                 count_wrong(x->embedding, only));
    const int k = sl_dataset_view(x->embedding->data).k;
    if (only < 0 && k > NAMED_MOST)
        snprintf(named, sizeof named, "; %d of %d classes are named", NAMED_MOST, k);
    snprintf(rest, sizeof rest, "%.200s%s%s", x->subtitle, ringed, named);
    snprintf(figure->alt, sizeof figure->alt, "%.180s. %.200s", x->title, rest);
    return sl_figure_titles(figure, x->title, rest, 0) + 8;
}

int sl_plot_embedding(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err)
{
    const int panels = x->beside ? 2 : 1, width = panels * SIDE + (panels - 1) * GAP;
    struct sl_raster raster = {0};
    if (sl_figure_begin(figure, width + 2 * SL_MARGIN, 100) ||
        sl_raster_begin(&raster, width * FINE, SIDE * FINE)) {
        return sl_fail_memory(err);
    }
    const double top = titles(figure, x, -1) + (x->beside ? 22 : 0);
    int failed = 0;
    for (int p = 0; p < panels; p++) {
        const struct scatter s = scatter_of(p ? x->beside : x->embedding, &raster, top, p);
        draw_points(&s);
        failed |= name_classes(&s, figure);
        if (x->beside)
            sl_figure_text(figure, s.panel.left, top - 12, SL_LEFT, SL_TEXT, SL_INK, x->names[p]);
    }
    figure->height = (int)top + SIDE + SL_MARGIN;
    figure->has_data = 1;
    write_points(figure, x->embedding);
    failed |= failed ? 1 : finish(figure, &raster, top, panels);
    free(raster.rgb);
    return failed ? sl_fail_memory(err) : SL_OK;
}

int sl_plot_zoom(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err)
{
    struct sl_raster raster = {0};
    struct sl_embedding_pictures zoomed = *x;
    char title[300];
    if (x->zoom < 0 || !sl_dataset_view(x->embedding->data).y)
        return SL_OK;
    if (sl_figure_begin(figure, SIDE + 2 * SL_MARGIN, 100) ||
        sl_raster_begin(&raster, SIDE * FINE, SIDE * FINE))
        return sl_fail_memory(err);
    snprintf(title, sizeof title, "%.100s: %.150s", sl_dataset_class(x->embedding->data, x->zoom), x->title);
    zoomed.title = title;
    const double top = titles(figure, &zoomed, x->zoom);
    struct scatter s = scatter_of(x->embedding, &raster, top, 0);
    s.only = x->zoom;
    int failed = find_zoom(&s);
    draw_points(&s);
    failed |= name_classes(&s, figure);
    figure->height = (int)top + SIDE + SL_MARGIN;
    figure->has_data = 1;
    write_points(figure, x->embedding);
    failed |= failed ? 1 : finish(figure, &raster, top, 1);
    free(raster.rgb);
    return failed ? sl_fail_memory(err) : SL_OK;
}
