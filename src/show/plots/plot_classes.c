/* plot_classes.c - precision, recall and F1 of each class of one row, the classes with the lowest F1 first;
 * of more than 40 classes the 40 worst. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/report.h"
#include <math.h>
#include <stdlib.h>

enum { CLASSES_MOST = 40, PITCH = 24, PLOT_WIDTH = 460, NAME_WIDTH = 240, SUPPORT_WIDTH = 90 };

static const struct {
    const char *name, *colour;
    int point;
} scores[3] = {{"precision", SL_BLUE, 7}, {"recall", SL_ORANGE, 5}, {"F1", SL_INK, 13}};

struct place {
    int class;
    double f1;
};

static int worst_first(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->f1 != q->f1)
        return p->f1 < q->f1 ? -1 : 1;
    return p->class - q->class;
}

static double titles(struct sl_picture *picture, const struct sl_class_report *report, size_t n)
{
    char rest[300], more[80] = "";
    struct sl_key keys[3];
    char *title = sl_format("Classes: %s", picture->row->row->name);
    if (n < (size_t)report->k)
        snprintf(more, sizeof more, "; the %zu of %d classes with the lowest F1", n, report->k);
    snprintf(rest, sizeof rest, "; macro F1 %.4f, precision %.4f, recall %.4f%s", report->metrics.f1_macro,
             report->metrics.precision_macro, report->metrics.recall_macro, more);
    picture->figure.settings.failed |= !title;
    double top = title ? sl_picture_titles(picture, title, rest, 0) : 0;
    free(title);
    for (int i = 0; i < 3; i++)
        keys[i] = (struct sl_key){scores[i].name, scores[i].colour, scores[i].point, 0};
    return top + sl_figure_key(&picture->figure, SL_MARGIN, top, picture->figure.width - SL_MARGIN, keys, 3);
}

static void write_rows(struct sl_picture *picture, const struct sl_class_report *report,
                       const struct place *places, char **names, size_t n, const struct sl_panel *panel)
{
    struct sl_figure *figure = &picture->figure;
    fprintf(figure->csv, "place,precision,recall,f1,rows,class\n");
    sl_figure_text(figure, panel->right + 70, panel->top - 14, SL_RIGHT, SL_SMALL, SL_GREY, "rows");
    for (size_t i = 0; i < n; i++) {
        const struct sl_class_scores *s = &report->classes[places[i].class];
        double y = panel->top + ((double)i + 0.5) * PITCH;
        char count[40];
        sl_print_count(s->support, count, sizeof count);
        sl_figure_text(figure, panel->left - 10, y, SL_RIGHT, SL_TEXT, SL_INK, names[places[i].class]);
        sl_figure_text(figure, panel->right + 70, y, SL_RIGHT, SL_TEXT, SL_GREY, count);
        fprintf(figure->csv, "%zu,%.6f,%.6f,%.6f,%llu,", i, s->precision, s->recall, s->f1,
                (unsigned long long)s->support);
        sl_figure_field(figure, picture->table->study->classes[places[i].class]);
        fputc('\n', figure->csv);
    }
}

static void draw(struct sl_picture *picture, const struct sl_class_report *report, const struct place *places,
                 char **names, size_t n)
{
    struct sl_figure *figure = &picture->figure;
    double low = 1, widest = 60;
    for (size_t i = 0; i < n; i++) {
        const struct sl_class_scores *s = &report->classes[places[i].class];
        low = fmin(low, fmin(s->precision, s->recall));
        widest = fmax(widest, sl_text_pixels(names[places[i].class], SL_TEXT));
    }
    double left = widest + SL_MARGIN + 12;
    figure->width = (int)(left + PLOT_WIDTH + SUPPORT_WIDTH);
    double top = titles(picture, report, n) + 34;
    struct sl_panel panel = {
        .left = left, .top = top, .right = left + PLOT_WIDTH, .bottom = top + (double)n * PITCH};
    figure->height = (int)panel.bottom + 36;
    sl_axis_linear(&panel.x, low, 1, 0, 1, PLOT_WIDTH, 1);
    sl_axis_places(&panel.y, n, 1);
    sl_figure_panel(figure, &panel);
    write_rows(picture, report, places, names, n, &panel);
    sl_figure_plot(figure, "using ($2 < $3 ? $2 : $3):1:(abs($2 - $3)):(0) with vectors nohead linewidth 2 "
                           "linecolor rgb '#c5ced6'");
    for (int i = 0; i < 3; i++)
        sl_figure_plot(figure, "using %d:1 with points pointtype %d pointsize 1.2 * size linecolor rgb '%s'",
                       i + 2, scores[i].point, scores[i].colour);
    sl_figure_panel_end(figure);
}

int sl_plot_classes(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_class_report report;
    if (!picture->row->n_scores)
        return SL_OK;
    int code = sl_class_report_make(picture->table, picture->row, &report, err);
    if (code)
        return code;
    size_t n = 0, k = (size_t)report.k;
    struct place *places = sl_alloc_zero(k, sizeof *places);
    char **names = sl_alloc_zero(k, sizeof *names);
    char *start = names ? sl_names_fit((const char *const *)picture->table->study->classes, k, SL_TEXT,
                                       NAME_WIDTH, names)
                        : NULL;
    for (int c = 0; c < report.k && places; c++)
        if (report.classes[c].support) /* a class without rows has no recall */
            places[n++] = (struct place){c, report.classes[c].f1};
    code = places && start ? sl_picture_begin(picture, 620, 400, err) : sl_fail_memory(err);
    if (!code) {
        qsort(places, n, sizeof *places, worst_first);
        draw(picture, &report, places, names, n < CLASSES_MOST ? n : CLASSES_MOST);
    }
    for (size_t c = 0; c < k && start; c++)
        free(names[c]);
    free(names);
    free(places);
    free(start);
    sl_class_report_free(&report);
    return code;
}
