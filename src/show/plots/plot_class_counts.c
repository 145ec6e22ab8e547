/* plot_class_counts.c - rows of each class among those that trained and those that were scored; of more than
 * 40 classes the 40 with the most training rows. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/study_data.h"
#include <math.h>
#include <stdlib.h>

enum { CLASSES_MOST = 40, PITCH = 30, PLOT_WIDTH = 440, NAME_WIDTH = 240 };

struct count {
    int class;
    size_t fitted, scored;
};

static int most_first(const void *a, const void *b)
{
    const struct count *p = a, *q = b;
    if (p->fitted != q->fitted)
        return p->fitted < q->fitted ? 1 : -1;
    return p->class - q->class;
}

static void count_rows(const struct sl_study_data *data, struct count *counts, size_t k)
{
    for (size_t c = 0; c < k; c++)
        counts[c].class = (int)c;
    for (size_t i = 0; i < data->n_fitted; i++)
        counts[data->view.y[data->fitted[i]]].fitted++;
    for (size_t i = 0; i < data->n_scored; i++)
        counts[data->scored.y[data->scored_rows[i]]].scored++;
    qsort(counts, k, sizeof *counts, most_first);
}

static void write_rows(struct sl_picture *picture, const struct count *counts, char **names, size_t n,
                       const struct sl_panel *panel)
{
    struct sl_figure *figure = &picture->figure;
    fprintf(figure->csv, "place,training_rows,scored_rows,class\n");
    for (size_t i = 0; i < n; i++) {
        double y = panel->top + ((double)i + 0.5) * PITCH;
        sl_figure_text(figure, panel->left - 10, y, SL_RIGHT, SL_TEXT, SL_INK, names[counts[i].class]);
        for (int side = 0; side < 2; side++) {
            size_t value = side ? counts[i].scored : counts[i].fitted;
            char text[40];
            sl_print_count(value, text, sizeof text);
            sl_figure_text(figure, sl_axis_at(&panel->x, (double)value, panel->left, panel->right) + 5,
                           y + (side ? 7 : -7), SL_LEFT, SL_SMALL, SL_INK, text);
        }
        fprintf(figure->csv, "%zu,%zu,%zu,", i, counts[i].fitted, counts[i].scored);
        sl_figure_field(figure, picture->table->study->classes[counts[i].class]);
        fputc('\n', figure->csv);
    }
}

static void draw(struct sl_picture *picture, const struct count *counts, char **names, size_t n)
{
    static const struct sl_key keys[] = {{"training rows", SL_BLUE, 5, 0}, {"scored rows", SL_ORANGE, 5, 0}};
    struct sl_figure *figure = &picture->figure;
    double widest = 60, most = 1;
    char rest[100] = "";
    for (size_t i = 0; i < n; i++) {
        widest = fmax(widest, sl_text_pixels(names[counts[i].class], SL_TEXT));
        most =
            fmax(most, (double)(counts[i].fitted > counts[i].scored ? counts[i].fitted : counts[i].scored));
    }
    if (n < (size_t)picture->table->study->k)
        snprintf(rest, sizeof rest, "; the %zu of %d classes with the most training rows", n,
                 picture->table->study->k);
    double left = widest + SL_MARGIN + 12;
    figure->width = (int)fmax(620, left + PLOT_WIDTH + 90);
    double top = sl_picture_titles(picture, "Rows of each class", rest, 0);
    top += sl_figure_key(figure, SL_MARGIN, top, figure->width - SL_MARGIN, keys, 2) + 14;
    struct sl_panel panel = {.left = left,
                             .top = top,
                             .right = left + PLOT_WIDTH,
                             .bottom = top + (double)n * PITCH,
                             .no_grid_y = 1};
    figure->height = (int)panel.bottom + 36;
    sl_axis_linear(&panel.x, 0, most, 0, INFINITY, PLOT_WIDTH, 1);
    sl_axis_whole(&panel.x, PLOT_WIDTH, 1);
    sl_axis_places(&panel.y, n, 1);
    sl_figure_panel(figure, &panel);
    write_rows(picture, counts, names, n, &panel);
    sl_figure_plot(figure,
                   "using (0):1:(0):2:($1 - 0.4):($1 - 0.04) with boxxyerror fillcolor rgb '" SL_BLUE "'");
    sl_figure_plot(figure,
                   "using (0):1:(0):3:($1 + 0.04):($1 + 0.4) with boxxyerror fillcolor rgb '" SL_ORANGE "'");
    sl_figure_panel_end(figure);
}

int sl_plot_class_counts(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_study_data data;
    int code = sl_study_data_open(picture, &data, err);
    size_t k = (size_t)picture->table->study->k;
    if (!code && data.rows && data.n_fitted) {
        struct count *counts = sl_alloc_zero(k, sizeof *counts);
        char **names = sl_alloc_zero(k, sizeof *names);
        char *start = names ? sl_names_fit((const char *const *)picture->table->study->classes, k, SL_TEXT,
                                           NAME_WIDTH, names)
                            : NULL;
        code = counts && start ? sl_picture_begin(picture, 620, 400, err) : sl_fail_memory(err);
        if (!code) {
            count_rows(&data, counts, k);
            draw(picture, counts, names, k < CLASSES_MOST ? k : CLASSES_MOST);
        }
        for (size_t c = 0; c < k && start; c++)
            free(names[c]);
        free(names);
        free(counts);
        free(start);
    }
    sl_study_data_close(&data);
    return code;
}
