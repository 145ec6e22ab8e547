/* plot_calibration.c - a reliability diagram before and after a temperature. */
#include "core/memory.h"
#include "show/plots/standalone.h"

enum { SIDE = 420, LEFT = 84, WIDTH = LEFT + SIDE + 60 };

static void write_data(const struct sl_calibration *c, struct sl_figure *figure)
{
    fprintf(figure->csv, "after,probability,share_right,low,high,rows\n");
    for (int after = 0; after < 2; after++) {
        const struct sl_reliability *r = after ? &c->after : &c->before;
        for (int b = 0; b < r->n_bins; b++)
            fprintf(figure->csv, "%d,%.6f,%.6f,%.6f,%.6f,%zu\n", after, r->bin[b].confidence,
                    r->bin[b].accuracy, r->bin[b].low, r->bin[b].high, r->bin[b].n);
    }
}

static int draw(const struct sl_calibration *c, const char *data, struct sl_figure *figure,
                struct sl_error *err)
{
    char subtitle[400], keys_text[2][80];
    if (sl_figure_begin(figure, WIDTH, 100))
        return sl_fail_memory(err);
    snprintf(subtitle, sizeof subtitle,
             "%.100s, %zu rows in bins of equal counts; after: each half by the temperature of the other; "
             "bars: 95 %% "
             "intervals",
             data, c->n);
    snprintf(keys_text[0], sizeof keys_text[0], "before, ECE %.4f", c->before.ece);
    snprintf(keys_text[1], sizeof keys_text[1], "after, T = %.3f, ECE %.4f", c->temperature, c->after.ece);
    struct sl_key keys[2];
    for (size_t i = 0; i < 2; i++)
        keys[i] = (struct sl_key){keys_text[i], sl_series_colour(i), sl_series_point(i), sl_series_dash(i)};
    double top = sl_figure_titles(figure, "Reliability before and after calibration", subtitle, 0);
    top += sl_figure_key(figure, SL_MARGIN, top, WIDTH - SL_MARGIN, keys, 2) + 34;
    struct sl_panel panel = {.left = LEFT, .top = top, .right = LEFT + SIDE, .bottom = top + SIDE};
    figure->height = (int)panel.bottom + 60;
    write_data(c, figure);
    sl_axis_linear(&panel.x, 0, 1, 0, 1, SIDE, 1);
    sl_axis_linear(&panel.y, 0, 1, 0, 1, SIDE, 0);
    panel.x.title = "probability of the predicted class";
    panel.y.title = "share that is right";
    sl_figure_panel(figure, &panel);
    sl_figure_line(figure, panel.left, panel.bottom, panel.right, panel.top, "#9a9a9a", 1, 3);
    for (size_t i = 0; i < 2; i++) {
        sl_figure_plot(figure,
                       "using ($1 == %zu ? $2 : NaN):3:4:5 with yerrorbars pointtype %d pointsize 1.1 * size "
                       "linewidth 1.2 linecolor rgb '%s'",
                       i, sl_series_point(i), sl_series_colour(i));
        sl_figure_plot(
            figure,
            "using ($1 == %zu ? $2 : NaN):3 with lines linewidth 1.6 * wide dashtype %d linecolor rgb '%s'",
            i, sl_series_dash(i), sl_series_colour(i));
    }
    sl_figure_panel_end(figure);
    snprintf(figure->alt, sizeof figure->alt,
             "Share of right predictions against their probability: ECE %.4f before, %.4f after.",
             c->before.ece, c->after.ece);
    figure->has_data = 1;
    return SL_OK;
}

int sl_calibration_draw(const struct sl_calibration *calibration, const char *data, const char *folder,
                        void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    struct sl_standalone drawing;
    struct sl_picture picture = {0};
    int code = sl_standalone_begin(&drawing, folder, made, arg, err);
    if (!code)
        code = draw(calibration, data, &picture.figure, err);
    if (!code)
        code = sl_standalone_add(&drawing, &picture, "reliability", err);
    sl_figure_release(&picture.figure);
    return sl_standalone_end(&drawing, code, err);
}
