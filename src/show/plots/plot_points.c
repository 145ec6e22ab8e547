/* plot_points.c - rows as points of two dimensions, coloured by class, with equal scales on both axes and
 * each class's name at the middle (medians) of its points where it has room.
 *
 * Up to 2,000 points are drawn as points; more as pixels in an image, since as SVG each would take 100 bytes.
 * They come in a mixed order, so that no class hides the others.  Of more than 19 classes the 18 with the
 * most points have colours.  Cost: O(n log n). */
#include "core/file.h"
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/plots/raster.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 640, VECTOR_MOST = 2000, COLOURS = 19, NAME_WIDTH = 220, KEY_LINE = 19 };

static const char *const colours[COLOURS] = {"#005a9c", "#e69f00", "#3d3d3d", "#56b4e9", "#d55e00",
                                             "#cc79a7", "#009e73", "#882255", "#bbaa22", "#332288",
                                             "#88ccee", "#aa4466", "#117733", "#ddbb77", "#7744aa",
                                             "#44aa99", "#996633", "#ee8866", "#b0b8c0"};

struct group {
    int class; /* -1: all others */
    size_t n;
    double x, y; /* medians */
};

/* Of a name in the middle of its points: half its width, too. */
struct middle {
    double x, y, w;
};

struct cloud {
    struct middle placed[COLOURS];
    int n_placed;
    const struct sl_plot_points *points;
    struct sl_picture picture;
    struct sl_panel panel;
    struct group *groups;    /* (k + 1), the most points first; n_groups of them are shown */
    int n_groups, *group_of; /* (k): a class's group */
    char **names;            /* (k) */
};

static int is_drawn(const struct sl_plot_points *p, size_t i)
{
    return isfinite(p->x[i]) && isfinite(p->y[i]);
}

static int class_of(const struct sl_plot_points *p, size_t i)
{
    return p->label ? p->label[i] : 0;
}

static int most_first(const void *a, const void *b)
{
    const struct group *p = a, *q = b;
    if (p->n != q->n)
        return p->n < q->n ? 1 : -1;
    return p->class - q->class;
}

static int by_class(const void *a, const void *b)
{
    return ((const struct group *)a)->class - ((const struct group *)b)->class;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Those with the most points, in the order of their numbers; the others are the last group. */
static void make_groups(struct cloud *c)
{
    const struct sl_plot_points *p = c->points;
    int present = 0;
    for (int k = 0; k < p->k; k++)
        c->groups[k].class = k;
    for (size_t i = 0; i < p->n; i++)
        if (is_drawn(p, i))
            c->groups[class_of(p, i)].n++;
    qsort(c->groups, (size_t)p->k, sizeof *c->groups, most_first);
    while (present < p->k && c->groups[present].n)
        present++;
    c->n_groups = present <= COLOURS ? present : COLOURS;
    int named = present <= COLOURS ? present : COLOURS - 1;
    for (int k = 0; k < p->k; k++)
        c->group_of[k] = COLOURS - 1;
    if (named < present)
        c->groups[named] = (struct group){.class = -1};
    qsort(c->groups, (size_t)named, sizeof *c->groups, by_class);
    for (int g = 0; g < named; g++)
        c->group_of[c->groups[g].class] = g;
}

static double median_of(const struct cloud *c, int group, const double *values, double *sorted)
{
    const struct sl_plot_points *p = c->points;
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (is_drawn(p, i) && c->group_of[class_of(p, i)] == group)
            sorted[n++] = values[i];
    qsort(sorted, n, sizeof *sorted, by_value);
    return n ? sorted[n / 2] : NAN;
}

static int find_middles(struct cloud *c)
{
    double *sorted = sl_alloc(c->points->n, sizeof *sorted);
    for (int g = 0; g < c->n_groups && sorted; g++) {
        c->groups[g].x = median_of(c, g, c->points->x, sorted);
        c->groups[g].y = median_of(c, g, c->points->y, sorted);
    }
    int failed = !sorted;
    free(sorted);
    return failed ? -1 : 0;
}

/* A unit takes as many pixels on both axes. */
static void choose_axes(struct cloud *c)
{
    const struct sl_plot_points *p = c->points;
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < p->n; i++)
        for (int d = 0; d < 2 && is_drawn(p, i); d++) {
            double value = d ? p->y[i] : p->x[i];
            low[d] = fmin(low[d], value);
            high[d] = fmax(high[d], value);
        }
    double span = fmax(high[0] - low[0], high[1] - low[1]);
    for (int d = 0; d < 2; d++) {
        double middle = (low[d] + high[d]) / 2;
        sl_axis_linear(d ? &c->panel.y : &c->panel.x, middle - span / 2, middle + span / 2, -INFINITY,
                       INFINITY, SIDE, !d);
    }
    c->panel.x.title = p->x_title;
    c->panel.y.title = p->y_title;
}

/* Points in a mixed order: steps of a number that has no factor in common with n. */
static size_t mixed(size_t i, size_t n)
{
    size_t step = (size_t)((double)n * 0.6180339887) | 1, a = step, b = n;
    while (b) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a == 1 ? (i * step) % n : i;
}

static int draw_pixels(struct cloud *c)
{
    const struct sl_plot_points *p = c->points;
    struct sl_raster raster;
    if (sl_raster_begin(&raster, SIDE, SIDE))
        return -1;
    double radius = p->n > 20000 ? 1.1 : 1.7;
    for (size_t j = 0; j < p->n; j++) {
        size_t i = mixed(j, p->n);
        if (!is_drawn(p, i))
            continue;
        uint32_t rgb = (uint32_t)strtoul(colours[c->group_of[class_of(p, i)]] + 1, NULL, 16);
        sl_raster_disc(&raster, sl_axis_at(&c->panel.x, p->x[i], 0, SIDE),
                       sl_axis_at(&c->panel.y, p->y[i], SIDE, 0), radius, rgb);
    }
    for (int i = 0; i < c->n_placed; i++)
        sl_raster_pale(&raster, (int)(c->placed[i].x - c->placed[i].w - c->panel.left),
                       (int)(c->placed[i].y - 9 - c->panel.top),
                       (int)(c->placed[i].x + c->placed[i].w - c->panel.left),
                       (int)(c->placed[i].y + 9 - c->panel.top));
    return sl_raster_draw(&raster, &c->picture.figure, &c->panel);
}

static void draw_vectors(struct cloud *c)
{
    static const int shapes[] = {7, 5, 9, 13, 11};
    for (int g = 0; g < c->n_groups; g++)
        sl_figure_plot(&c->picture.figure,
                       "using ($1 == %d ? $2 : NaN):3 with points pointtype %d pointsize 0.75 * size "
                       "linecolor rgb '#40%s'",
                       g, shapes[g % 5], colours[g] + 1);
}

static void write_data(struct cloud *c)
{
    const struct sl_plot_points *p = c->points;
    FILE *csv = c->picture.figure.csv;
    fprintf(csv, "colour,x,y,row,class\n");
    for (size_t i = 0; i < p->n; i++) {
        if (!is_drawn(p, i))
            continue;
        fprintf(csv, "%d,%.7g,%.7g,%zu,", c->group_of[class_of(p, i)], p->x[i], p->y[i], i);
        sl_figure_field(&c->picture.figure, p->class_names ? p->class_names[class_of(p, i)] : "");
        fputc('\n', csv);
    }
}

static void write_key(struct cloud *c)
{
    struct sl_figure *figure = &c->picture.figure;
    double x = c->panel.right + 24, y = c->panel.top + 8;
    for (int g = 0; g < c->n_groups && c->points->class_names; g++, y += KEY_LINE) {
        static const int shapes[] = {7, 5, 9, 13, 11};
        const char *name = c->groups[g].class < 0 ? "other classes" : c->names[c->groups[g].class];
        sl_figure_mark(figure, x, y, c->points->n > VECTOR_MOST ? 7 : shapes[g % 5], 1.2, colours[g]);
        sl_figure_text(figure, x + 12, y, SL_LEFT, SL_TEXT, SL_INK, name);
    }
}

/* Names in the middle of their points, where they are on no other name. */
static void write_middles(struct cloud *c)
{
    struct middle *placed = c->placed;
    int n = 0;
    for (int g = 0; g < c->n_groups && c->n_groups > 1; g++) {
        if (c->groups[g].class < 0)
            continue;
        const char *name = c->names[c->groups[g].class];
        double w = sl_text_pixels(name, SL_TEXT) / 2 + 3,
               x = sl_axis_at(&c->panel.x, c->groups[g].x, c->panel.left, c->panel.right),
               y = sl_axis_at(&c->panel.y, c->groups[g].y, c->panel.bottom, c->panel.top);
        int fits = x - w > c->panel.left && x + w < c->panel.right;
        for (int i = 0; i < n && fits; i++)
            fits = fabs(x - placed[i].x) > w + placed[i].w || fabs(y - placed[i].y) > 18;
        if (!fits)
            continue;
        placed[n].x = x;
        placed[n].y = y;
        placed[n++].w = w;
        sl_figure_text(&c->picture.figure, x, y, SL_CENTRE, SL_TEXT, "#000000", name);
    }
    c->n_placed = n;
}

static int draw(struct cloud *c)
{
    struct sl_figure *figure = &c->picture.figure;
    const struct sl_plot_points *p = c->points;
    double widest = 0;
    for (int g = 0; g < c->n_groups && p->class_names; g++)
        widest = fmax(
            widest,
            sl_text_pixels(c->groups[g].class < 0 ? "other classes" : c->names[c->groups[g].class], SL_TEXT));
    figure->width = (int)(80 + SIDE + 24 + (widest > 0 ? widest + 20 : 0) + SL_MARGIN);
    double top = sl_figure_titles(figure, p->title, p->subtitle ? p->subtitle : "", 0) + 30;
    snprintf(figure->alt, sizeof figure->alt, "%s. %s", p->title, p->subtitle ? p->subtitle : "");
    c->panel = (struct sl_panel){.left = 80, .top = top, .right = 80 + SIDE, .bottom = top + SIDE};
    figure->height = (int)c->panel.bottom + 56;
    choose_axes(c);
    write_data(c);
    sl_figure_panel(figure, &c->panel);
    write_key(c);
    if (p->class_names)
        write_middles(c);
    int failed = 0;
    if (p->n > VECTOR_MOST)
        failed = draw_pixels(c);
    else
        draw_vectors(c);
    sl_figure_panel_end(figure);
    return failed || sl_figure_end(figure) ? -1 : 0;
}

static int point_done(void *arg, size_t i, const struct sl_error *reason)
{
    (void)i;
    if (reason)
        *(struct sl_error *)arg = *reason;
    return SL_OK;
}

static int write_and_draw(struct cloud *c, struct sl_error *err)
{
    struct sl_error reason = {0};
    char *stem = (char *)c->points->stem;
    struct sl_gnuplot gnuplot = {.folder = c->points->dir,
                                 .stems = &stem,
                                 .n = 1,
                                 .svg_only = c->points->svg_only,
                                 .done = point_done,
                                 .arg = &reason};
    int code = sl_folder_make(c->points->dir, err);
    if (!code)
        code = sl_picture_write(&c->picture, c->points->dir, stem, err);
    if (!code)
        code = sl_gnuplot_draw(&gnuplot, err);
    if (!code && gnuplot.missing)
        return sl_fail(err, SL_EIO,
                       "gnuplot is not installed (Debian: apt install gnuplot-nox): %s/%s is not drawn; its "
                       "data and script are there",
                       c->points->dir, stem);
    return code || !reason.code ? code : sl_fail(err, reason.code, "%s", reason.text);
}

static int name_classes(struct cloud *c)
{
    if (!c->points->class_names)
        return 0;
    char *start = sl_names_fit(c->points->class_names, (size_t)c->points->k, SL_TEXT, NAME_WIDTH, c->names);
    free(start);
    return start ? 0 : -1;
}

int sl_plot_points_draw(const struct sl_plot_points *points, struct sl_error *err)
{
    struct sl_plot_points own = *points;
    struct cloud c = {.points = &own};
    size_t drawn = 0;
    own.k = points->label ? points->k : 1;
    own.class_names = points->label ? points->class_names : NULL;
    for (size_t i = 0; i < own.n; i++) {
        drawn += (size_t)is_drawn(&own, i);
        if (class_of(&own, i) < 0 || class_of(&own, i) >= own.k)
            return sl_fail(err, SL_EDATA, "class %d of point %zu is none of %d", class_of(&own, i), i, own.k);
    }
    if (!drawn)
        return sl_fail(err, SL_EDATA, "there is no point to draw");
    c.groups = sl_alloc_zero((size_t)own.k + 1, sizeof *c.groups);
    c.group_of = sl_alloc_zero((size_t)own.k, sizeof *c.group_of);
    c.names = sl_alloc_zero((size_t)own.k, sizeof *c.names);
    int code = c.groups && c.group_of && c.names && !name_classes(&c) &&
                       !sl_figure_begin(&c.picture.figure, SIDE, SIDE)
                   ? SL_OK
                   : sl_fail_memory(err);
    if (!code) {
        make_groups(&c);
        code = find_middles(&c) || draw(&c) ? sl_fail_memory(err) : write_and_draw(&c, err);
    }
    sl_figure_release(&c.picture.figure);
    for (int k = 0; k < own.k && c.names; k++)
        free(c.names[k]);
    free(c.names);
    free(c.groups);
    free(c.group_of);
    return code;
}
