/* plot_costs.c - what rows cost: bars of fit time, time to predict, peak memory and size of the model, each
 * on a logarithmic axis of its own, the rows in the order of the metric. */
#include "core/memory.h"
#include "show/numbers.h"
#include "show/plots/plot.h"
#include "show/plots/rows.h"
#include <math.h>

enum { COSTS = 4, BAR_WIDTH = 170, VALUE_WIDTH = 62, GAP = 14 };

static const struct {
    enum sl_measure_id measure;
    const char *title, *column;
    double unit; /* of the axis, in the measure's */
} costs[COSTS] = {{SL_MEASURE_fit_time, "fit time, s", "fit_time_s", 1},
                  {SL_MEASURE_score_time, "time to predict, s", "score_time_s", 1},
                  {SL_MEASURE_peak_memory, "memory, MiB", "peak_memory_mib", 1048576},
                  {SL_MEASURE_model_bytes, "model, MiB", "model_mib", 1048576}};

static double cost(const struct sl_table_row *row, int which)
{
    return row->measures[costs[which].measure] / costs[which].unit;
}

static int is_measured(const struct sl_rows *rows, int which)
{
    for (size_t i = 0; i < rows->n; i++)
        if (cost(rows->row[i], which) > 0)
            return 1;
    return 0;
}

/* Three digits that mean something. */
static void print_cost(double value, char *buf, size_t size)
{
    if (value < 0.001)
        snprintf(buf, size, "%.1e", value);
    else
        snprintf(buf, size, "%.*f", value >= 99.5 ? 0 : value >= 9.95 ? 1 : value >= 0.995 ? 2 : 3, value);
}

static void draw_cost(struct sl_figure *figure, const struct sl_rows *rows, int which, double left,
                      double top)
{
    double low = INFINITY, high = -INFINITY;
    struct sl_panel panel = {.left = left,
                             .top = top,
                             .right = left + BAR_WIDTH,
                             .bottom = top + (double)rows->n * rows->pitch,
                             .no_grid_y = 1};
    for (size_t i = 0; i < rows->n; i++)
        if (cost(rows->row[i], which) > 0) {
            low = fmin(low, cost(rows->row[i], which));
            high = fmax(high, cost(rows->row[i], which));
        }
    sl_axis_log(&panel.x, low, high, BAR_WIDTH, 1);
    sl_axis_places(&panel.y, rows->n, 1);
    panel.y.title = costs[which].title;
    panel.y.no_texts = 1;
    sl_figure_panel(figure, &panel);
    for (size_t i = 0; i < rows->n; i++) {
        double value = cost(rows->row[i], which), y = top + ((double)i + 0.5) * rows->pitch;
        char text[40];
        if (!(value > 0)) {
            sl_figure_text(figure, left + 6, y, SL_LEFT, SL_SMALL, SL_GREY,
                           isnan(value) ? "not measured" : "0");
            continue;
        }
        print_cost(value, text, sizeof text);
        sl_figure_text(figure, sl_axis_at(&panel.x, value, left, panel.right) + 5, y, SL_LEFT, SL_SMALL,
                       SL_INK, text);
    }
    sl_figure_plot(
        figure,
        "using (%.10g):1:(%.10g):%d:($1 - 0.34):($1 + 0.34) with boxxyerror fillcolor rgb '" SL_BLUE "'",
        panel.x.low, panel.x.low, which + 2);
    sl_figure_panel_end(figure);
}

static void write_data(struct sl_figure *figure, const struct sl_rows *rows)
{
    fprintf(figure->csv, "place");
    for (int c = 0; c < COSTS; c++)
        fprintf(figure->csv, ",%s", costs[c].column);
    fprintf(figure->csv, ",row\n");
    for (size_t i = 0; i < rows->n; i++) {
        fprintf(figure->csv, "%zu", i);
        for (int c = 0; c < COSTS; c++)
            sl_figure_number(figure, cost(rows->row[i], c) > 0 ? cost(rows->row[i], c) : NAN);
        fputc(',', figure->csv);
        sl_figure_field(figure, rows->row[i]->row->name);
        fputc('\n', figure->csv);
    }
}

static void draw(struct sl_picture *picture, const struct sl_rows *rows)
{
    struct sl_figure *figure = &picture->figure;
    char rest[200], count[40];
    int shown = 0;
    for (int c = 0; c < COSTS; c++)
        shown += is_measured(rows, c);
    double names = fmax(rows->width, 60) + SL_MARGIN + 10;
    figure->width = (int)fmax(620, names + shown * (BAR_WIDTH + VALUE_WIDTH + GAP));
    sl_print_count(picture->table->study->n_train, count, sizeof count);
    snprintf(rest, sizeof rest, ", %s training rows; logarithmic scales; the rows stand in the order of %s",
             count, sl_measure_types[picture->table->metric].name);
    sl_picture_absent(picture->table, rest, sizeof rest);
    char *title = sl_format("Costs: %s", sl_picture_study_title(picture));
    double top = sl_picture_titles(picture, title ? title : "", rest, 0) + 38, left = names;
    figure->settings.failed |= !title;
    free(title);
    figure->height = (int)(top + (double)rows->n * rows->pitch + 36);
    write_data(figure, rows);
    sl_rows_write(rows, figure, names, top);
    for (int c = 0; c < COSTS; c++)
        if (is_measured(rows, c)) {
            draw_cost(figure, rows, c, left, top);
            left += BAR_WIDTH + VALUE_WIDTH + GAP;
        }
}

int sl_plot_costs(struct sl_picture *picture, struct sl_error *err)
{
    struct sl_rows rows;
    int code = sl_rows_collect(picture->table, 1, &rows, err), any = 0;
    for (int c = 0; c < COSTS && !code; c++)
        any |= is_measured(&rows, c);
    if (!code && any) {
        code = sl_picture_begin(picture, 620, 400, err);
        if (!code)
            draw(picture, &rows);
    }
    sl_rows_release(&rows);
    return code;
}
