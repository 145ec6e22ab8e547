/* plot_confusion.c - the confusion matrix of one row as a heat map: counts in the cells, colour by the
 * share of the true class, so that classes of different sizes compare. */
#include "core/text.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/report.h"
#include <inttypes.h>
#include <stdlib.h>

enum {
    CELL = 52,
    COUNTS_MOST = 26,
    FEW_PIXELS = 16,
    LETTER = 9,
    TITLE = 92,
    BELOW = 54,
    SCALE = 110,
    NAME_MOST = 36
};

static double share(const struct sl_class_report *report, int t, int p)
{
    uint64_t support = report->classes[t].support;
    return support ? (double)report->counts[t * report->k + p] / (double)support : 0;
}

static size_t longest_name(const struct sl_class_report *report)
{
    size_t longest = 0;
    for (int c = 0; c < report->k; c++) {
        char *visible = sl_visible(report->table->study->classes[c]);
        size_t w = visible ? sl_text_width(visible) : 0;
        free(visible);
        longest = w > longest ? w : longest;
    }
    return longest < NAME_MOST ? longest : NAME_MOST;
}

/* The picture is as large as its cells and names need. */
static void choose_size(struct sl_picture *picture, const struct sl_class_report *report)
{
    int cell = CELL, names = (int)longest_name(report) * LETTER;
    while (cell > FEW_PIXELS && cell * report->k > 700)
        cell--;
    int slanted = names * 7 / 10 + 14; /* names under the matrix stand at 45 degrees */
    int left = names + 56, bottom = slanted + BELOW;
    picture->width = left + cell * report->k + SCALE;
    picture->height = TITLE + cell * report->k + bottom;
    if (picture->width < 560)
        picture->width = 560;
    sl_picture_number(picture, "margin_left", left);
    sl_picture_number(picture, "margin_right", picture->width - left - cell * report->k);
    sl_picture_number(picture, "margin_top", TITLE);
    sl_picture_number(picture, "margin_bottom", bottom);
    sl_picture_number(picture, "cell", cell);
    sl_picture_number(picture, "show_counts", report->k <= COUNTS_MOST);
}

static void write_names(struct sl_picture *picture, const struct sl_class_report *report)
{
    sl_picture_number(picture, "k", report->k);
    for (int c = 0; c < report->k; c++) {
        char name[32];
        snprintf(name, sizeof name, "class_%d", c);
        sl_picture_text(picture, name, report->table->study->classes[c], NAME_MOST);
    }
}

static void write_titles(struct sl_picture *picture, const struct sl_class_report *report)
{
    char title[TITLE_SIZE], rest[200], rows[40];
    sl_print_count(report->weighted.support, rows, sizeof rows);
    snprintf(title, sizeof title, "Confusion matrix: %s", picture->row->row->name);
    snprintf(rest, sizeof rest, ", %s predictions, accuracy %.4f (%.4f-%.4f)", rows, report->metrics.accuracy,
             picture->row->ci_low, picture->row->ci_high);
    sl_picture_titles(picture, title, rest);
}

int sl_plot_confusion(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_class_report report;
    if (!picture->row->n_scores)
        return SL_OK;
    int code = sl_class_report_make(picture->table, picture->row, &report, err);
    if (code)
        return code;
    choose_size(picture, &report);
    write_titles(picture, &report);
    write_names(picture, &report);
    sl_string_add(&picture->data, "# predicted\ttrue\tshare of the true class\tcount\n");
    for (int t = 0; t < report.k; t++)
        for (int p = 0; p < report.k; p++)
            sl_string_add(&picture->data, "%d\t%d\t%.6f\t%" PRIu64 "\n", p, t, share(&report, t, p),
                          report.counts[t * report.k + p]);
    picture->has_data = 1;
    sl_class_report_free(&report);
    return SL_OK;
}
