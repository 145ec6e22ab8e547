/* plot_images.c - images of the data: samples of each class, and those that a row predicted rightly or
 * wrongly, with the names of true and predicted class.
 *
 * Samples are the first images of each class among the training rows; right and wrong ones come in the order
 * of the scored rows, wrong ones turn by turn from each class.  Of more than 30 classes the first 30. */
#include "core/memory.h"
#include "core/names.h"
#include "show/numbers.h"
#include "show/plots/raster.h"
#include "show/plots/study_data.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 60 /* pixels that an image has at least */,
    PITCH_LEAST = 96,
    GAP = 10,
    ACROSS = 10,
    DOWN = 6,
    CLASSES_MOST = 30,
    NAME_WIDTH = 200,
    LINE = 16
};

struct grid {
    struct sl_picture *picture;
    struct sl_study_data data;
    const struct sl_view *view; /* whose rows are shown */
    double low, high;           /* of the values */
    int times, width, height;   /* pixels of a pixel; of an image */
};

/* 0 where there are no images to show, which the reason says. */
static int begin(struct grid *g, struct sl_picture *picture, struct sl_error *err, int *code)
{
    *g = (struct grid){.picture = picture};
    *code = sl_study_data_open(picture, &g->data, err);
    if (*code || !g->data.rows)
        return 0;
    const struct sl_image *image = &g->data.view.image;
    if (!image->height || g->data.view.dtype == SL_SPARSE) {
        snprintf(picture->reason, sizeof picture->reason, "its data are no images");
        return 0;
    }
    int side = image->height > image->width ? image->height : image->width;
    g->times = side < SHOWN ? (SHOWN + side - 1) / side : 1;
    g->width = image->width * g->times;
    g->height = image->height * g->times;
    return 1;
}

/* Samples ------------------------------------------------------------------------------------------ */

static void place_samples(struct grid *g, struct sl_raster *raster, int classes)
{
    int *shown = sl_alloc_zero((size_t)classes, sizeof *shown);
    fprintf(g->picture->figure.csv, "class,place,row\n");
    for (size_t i = 0; i < g->data.n_fitted && shown; i++) {
        size_t row = g->data.fitted[i];
        int c = g->view->y[row];
        if (c >= classes || shown[c] == ACROSS)
            continue;
        sl_raster_image(raster, shown[c] * (g->width + GAP), c * (g->height + GAP), g->times, g->view, row,
                        g->low, g->high);
        fprintf(g->picture->figure.csv, "%d,%d,%zu\n", c, shown[c]++, row);
    }
    g->picture->figure.settings.failed |= !shown;
    free(shown);
}

static struct sl_panel panel_of(const struct sl_raster *raster, double left, double top)
{
    struct sl_panel panel = {.left = left,
                             .top = top,
                             .right = left + raster->width,
                             .bottom = top + raster->height,
                             .no_frame = 1};
    panel.x.high = raster->width;
    panel.y.high = raster->height;
    return panel;
}

static int draw_samples(struct grid *g, struct sl_error *err)
{
    struct sl_picture *picture = g->picture;
    const struct sl_study *study = picture->table->study;
    struct sl_raster raster;
    int classes = g->view->k < CLASSES_MOST ? g->view->k : CLASSES_MOST;
    char *names[CLASSES_MOST] = {0}, rest[120] = "; the first training rows of each class";
    char *start =
        sl_names_fit((const char *const *)study->classes, (size_t)classes, SL_TEXT, NAME_WIDTH, names);
    free(start);
    if (!start ||
        sl_raster_begin(&raster, ACROSS * (g->width + GAP) - GAP, classes * (g->height + GAP) - GAP))
        return sl_fail_memory(err);
    double widest = 0;
    for (int c = 0; c < classes; c++)
        widest = fmax(widest, sl_text_pixels(names[c], SL_TEXT));
    if (classes < g->view->k)
        snprintf(rest, sizeof rest, "; the first training rows of each of the first %d classes", classes);
    int code = sl_picture_begin(picture, (int)(SL_MARGIN + widest + 16 + raster.width + SL_MARGIN), 400, err);
    char *title = sl_format("Samples: %s", study->name);
    double top = title && !code ? sl_picture_titles(picture, title, rest, 0) + 12 : 0,
           left = SL_MARGIN + widest + 16;
    free(title);
    struct sl_figure *figure = &picture->figure;
    struct sl_panel panel = panel_of(&raster, left, top);
    figure->height = (int)panel.bottom + SL_MARGIN;
    if (!code) {
        sl_figure_panel(figure, &panel);
        place_samples(g, &raster, classes);
        for (int c = 0; c < classes; c++)
            sl_figure_text(figure, left - 12, top + c * (g->height + GAP) + g->height / 2.0, SL_RIGHT,
                           SL_TEXT, SL_INK, names[c]);
        code = sl_raster_draw(&raster, figure, &panel) ? sl_fail_memory(err) : SL_OK;
        sl_figure_panel_end(figure);
    }
    for (int c = 0; c < classes; c++)
        free(names[c]);
    free(raster.rgb);
    return code;
}

int sl_plot_samples(struct sl_picture *picture, struct sl_error *err)
{
    struct grid g;
    int code;
    if (begin(&g, picture, err, &code)) {
        g.view = &g.data.view;
        sl_raster_range(g.view, &g.low, &g.high);
        code = draw_samples(&g, err);
    }
    sl_study_data_close(&g.data);
    return code;
}

/* Right and wrong ---------------------------------------------------------------------------------- */

static int find_class(const struct sl_study *study, const char *name, int *class, struct sl_error *err)
{
    *class = -1;
    for (int c = 0; name && c < study->k; c++)
        if (strcmp(study->classes[c], name) == 0)
            *class = c;
    if (name && *class < 0)
        return sl_fail_unknown(err, "class", name, (const char *const *)study->classes, (size_t)study->k);
    return SL_OK;
}

/* Which scored rows: right or wrong ones, of a true and of a predicted class; -1: of any. */
struct filter {
    int right, truth, predicted;
};

static int is_wanted(const struct sl_outcome *outcome, const struct filter *filter, size_t i)
{
    int t = outcome->truth[i], p = outcome->predicted[i];
    return (t == p) == filter->right && (filter->truth < 0 || filter->truth == t) &&
           (filter->predicted < 0 || filter->predicted == p);
}

static size_t count_wanted(const struct sl_outcome *outcome, const struct filter *filter)
{
    size_t n = 0;
    for (size_t i = 0; i < outcome->n_validation; i++)
        n += (size_t)is_wanted(outcome, filter, i);
    return n;
}

/* At most ACROSS * DOWN, turn by turn from each true class, so that all are seen; sorted by class.  next (k):
 * where the search in a class goes on. */
static size_t choose(const struct sl_outcome *outcome, const struct filter *filter, int k, size_t *next,
                     size_t *chosen)
{
    size_t n = 0, before = SIZE_MAX;
    while (n < ACROSS * DOWN && n != before) {
        before = n;
        for (int c = 0; c < k && n < ACROSS * DOWN; c++) {
            size_t i = next[c];
            while (i < outcome->n_validation && (outcome->truth[i] != c || !is_wanted(outcome, filter, i)))
                i++;
            if (i < outcome->n_validation)
                chosen[n++] = i;
            next[c] = i + 1;
        }
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j && outcome->truth[chosen[j - 1]] > outcome->truth[chosen[j]]; j--) {
            size_t swapped = chosen[j];
            chosen[j] = chosen[j - 1];
            chosen[j - 1] = swapped;
        }
    return n;
}

static void write_name(struct grid *g, double x, double y, double room, const char *colour, const char *name)
{
    char *text = sl_text_fit(name, SL_SMALL, room);
    if (text)
        sl_figure_text(&g->picture->figure, x, y, SL_CENTRE, SL_SMALL, colour, text);
    g->picture->figure.settings.failed |= !text;
    free(text);
}

static int draw_grid(struct grid *g, const struct sl_outcome *outcome, int right, const size_t *chosen,
                     size_t n, size_t total, struct sl_error *err)
{
    struct sl_picture *picture = g->picture;
    const struct sl_study *study = picture->table->study;
    struct sl_raster raster;
    int pitch = g->width + GAP > PITCH_LEAST ? g->width + GAP : PITCH_LEAST,
        texts = (right ? 1 : 2) * LINE + 14;
    int across = n < ACROSS ? (int)n : ACROSS, down = ((int)n + ACROSS - 1) / ACROSS,
        row_pitch = g->height + texts;
    if (sl_raster_begin(&raster, across * pitch, down * row_pitch))
        return sl_fail_memory(err);
    char rest[200];
    char *title = sl_format(right ? "Right: %s" : "Wrong: %s", picture->row->row->name);
    snprintf(rest, sizeof rest, "; %zu of the %zu scored rows that are %s%s", n, total,
             right ? "right" : "wrong", right ? "" : "; true class, and below it what was predicted");
    int code = sl_picture_begin(
        picture, raster.width + 2 * SL_MARGIN < 620 ? 620 : raster.width + 2 * SL_MARGIN, 400, err);
    double top = title && !code ? sl_picture_titles(picture, title, rest, 0) + 12 : 0;
    free(title);
    struct sl_panel panel = panel_of(&raster, SL_MARGIN, top);
    picture->figure.height = (int)panel.bottom + 14;
    if (!code) {
        sl_figure_panel(&picture->figure, &panel);
        fprintf(picture->figure.csv, "place,scored_row,row_of_data,true,predicted\n");
        for (size_t i = 0; i < n; i++) {
            int x = (int)(i % ACROSS) * pitch, y = (int)(i / ACROSS) * row_pitch;
            const char *truth = study->classes[outcome->truth[chosen[i]]],
                       *predicted = study->classes[outcome->predicted[chosen[i]]];
            double centre = SL_MARGIN + x + pitch / 2.0, below = top + y + g->height + 10;
            sl_raster_image(&raster, x + (pitch - g->width) / 2, y, g->times, g->view,
                            g->data.scored_rows[chosen[i]], g->low, g->high);
            write_name(g, centre, below, pitch - 8, SL_INK, truth);
            if (!right)
                write_name(g, centre, below + LINE, pitch - 8, "#b34700", predicted);
            fprintf(picture->figure.csv, "%zu,%zu,%" PRIu32 ",", i, chosen[i],
                    g->data.scored_rows[chosen[i]]);
            sl_figure_field(&picture->figure, truth);
            fputc(',', picture->figure.csv);
            sl_figure_field(&picture->figure, predicted);
            fputc('\n', picture->figure.csv);
        }
        code = sl_raster_draw(&raster, &picture->figure, &panel) ? sl_fail_memory(err) : SL_OK;
        sl_figure_panel_end(&picture->figure);
    }
    free(raster.rgb);
    return code;
}

/* Chooses and draws, or says why there is nothing. */
static int show(struct grid *g, const struct filter *filter, struct sl_error *err)
{
    const struct sl_outcome *outcome = g->picture->row->row->outcomes;
    size_t chosen[ACROSS * DOWN], n = 0, k = (size_t)g->picture->table->study->k;
    int known, code = sl_study_data_of(&g->data, outcome, &known, err);
    if (code)
        return code;
    if (!known) {
        snprintf(g->picture->reason, sizeof g->picture->reason,
                 "which rows of its data were scored can not be told");
        return SL_OK;
    }
    size_t *next = sl_alloc_zero(k, sizeof *next);
    if (!next)
        return sl_fail_memory(err);
    n = choose(outcome, filter, (int)k, next, chosen);
    free(next);
    if (!n) {
        snprintf(g->picture->reason, sizeof g->picture->reason, "no scored row is so");
        return SL_OK;
    }
    g->view = &g->data.scored;
    sl_raster_range(g->view, &g->low, &g->high);
    return draw_grid(g, outcome, filter->right, chosen, n, count_wanted(outcome, filter), err);
}

static int fill(struct sl_picture *picture, int right, struct sl_error *err)
{
    struct grid g;
    struct filter filter = {.right = right};
    int code;
    if (!picture->row->n_scores)
        return SL_OK;
    if (find_class(picture->table->study, picture->request->truth, &filter.truth, err) ||
        find_class(picture->table->study, picture->request->predicted, &filter.predicted, err))
        return SL_EUSAGE;
    if (begin(&g, picture, err, &code))
        code = show(&g, &filter, err);
    sl_study_data_close(&g.data);
    return code;
}

int sl_plot_images_right(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, 1, err);
}

int sl_plot_images_wrong(struct sl_picture *picture, struct sl_error *err)
{
    return fill(picture, 0, err);
}
