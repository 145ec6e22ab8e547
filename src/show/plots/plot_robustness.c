/* plot_robustness.c - accuracy under distortions of five strengths: a panel a distortion, a line a model. */
#include "core/memory.h"
#include "show/plots/standalone.h"
#include <math.h>
#include <string.h>

enum { COLUMNS = 3, PANEL_WIDTH = 250, PANEL_HEIGHT = 150, GAP_X = 62, GAP_Y = 88, LEFT = 70 };
enum { WIDTH = LEFT + COLUMNS * PANEL_WIDTH + (COLUMNS - 1) * GAP_X + SL_MARGIN };

static double accuracy(const struct sl_robustness *r, size_t distortion, int strength)
{
    const size_t right = strength ? r->right[distortion][strength - 1] : r->undisturbed;
    return r->n ? (double)right / (double)r->n : NAN;
}

static void write_data(const struct sl_robustness *results, const char *const *names, size_t n,
                       struct sl_figure *figure)
{
    fprintf(figure->csv, "distortion,model,step,strength,accuracy,distortion_name,model_name\n");
    for (size_t i = 0; i < sl_distortion_count(); i++)
        for (size_t m = 0; m < n; m++)
            for (int s = 0; s <= SL_STRENGTHS; s++) {
                fprintf(figure->csv, "%zu,%zu,%d", i, m, s);
                sl_figure_number(figure, s ? sl_distortion_at(i)->strength[s - 1] : NAN);
                sl_figure_number(figure, accuracy(&results[m], i, s));
                fprintf(figure->csv, ",%s,", sl_distortion_at(i)->name);
                sl_figure_field(figure, names[m]);
                fputc('\n', figure->csv);
            }
}

/* "none" and the five strengths. */
static void set_strengths(struct sl_axis *axis, size_t distortion)
{
    *axis = (struct sl_axis){.low = -.3, .high = SL_STRENGTHS + .3, .n = SL_STRENGTHS + 1};
    for (int s = 0; s <= SL_STRENGTHS; s++) {
        axis->at[s] = s;
        if (s)
            snprintf(axis->text[s], sizeof axis->text[s], "%g",
                     sl_distortion_at(distortion)->strength[s - 1]);
        else
            snprintf(axis->text[s], sizeof axis->text[s], "none");
    }
}

static void draw_panel(const struct sl_axis *y, size_t distortion, size_t n, double top,
                       struct sl_figure *figure)
{
    const double left = LEFT + (double)(distortion % COLUMNS) * (PANEL_WIDTH + GAP_X),
                 down = top + (double)(distortion / COLUMNS) * (PANEL_HEIGHT + GAP_Y);
    struct sl_panel panel = {.left = left,
                             .top = down,
                             .right = left + PANEL_WIDTH,
                             .bottom = down + PANEL_HEIGHT,
                             .y = *y,
                             .no_grid_x = 1};
    set_strengths(&panel.x, distortion);
    panel.x.title = sl_distortion_at(distortion)->unit;
    panel.y.title = sl_distortion_at(distortion)->name;
    sl_figure_panel(figure, &panel);
    for (size_t m = 0; m < n; m++)
        sl_figure_plot(
            figure,
            "using ($1 == %zu && $2 == %zu ? $3 : NaN):5 with linespoints pointtype %d pointsize 0.9 * "
            "size linewidth 1.6 * wide dashtype %d linecolor rgb '%s'",
            distortion, m, sl_series_point(m), sl_series_dash(m), sl_series_colour(m));
    sl_figure_panel_end(figure);
}

static void set_accuracies(const struct sl_robustness *results, size_t n, struct sl_axis *axis)
{
    double low = 1, high = 0;
    for (size_t m = 0; m < n; m++)
        for (size_t i = 0; i < sl_distortion_count(); i++)
            for (int s = 0; s <= SL_STRENGTHS; s++) {
                low = fmin(low, accuracy(&results[m], i, s));
                high = fmax(high, accuracy(&results[m], i, s));
            }
    sl_axis_linear(axis, low, high, 0, 1, PANEL_HEIGHT, 0);
}

static int draw(const struct sl_robustness *results, const char *const *names, char *const *shown, size_t n,
                const char *subtitle, struct sl_figure *figure, struct sl_error *err)
{
    struct sl_axis y = {0};
    struct sl_key *keys = sl_alloc(n, sizeof *keys);
    if (!keys || sl_figure_begin(figure, WIDTH, 100)) {
        free(keys);
        return sl_fail_memory(err);
    }
    for (size_t m = 0; m < n; m++)
        keys[m] = (struct sl_key){shown[m], sl_series_colour(m), sl_series_point(m), sl_series_dash(m)};
    double top = sl_figure_titles(figure, "Robustness: accuracy under distortions", subtitle, 0);
    top += sl_figure_key(figure, SL_MARGIN, top, WIDTH - SL_MARGIN, keys, n) + 34;
    free(keys);
    set_accuracies(results, n, &y);
    write_data(results, names, n, figure);
    const size_t count = sl_distortion_count();
    for (size_t i = 0; i < count; i++)
        draw_panel(&y, i, n, top, figure);
    figure->height = (int)top + (int)((count + COLUMNS - 1) / COLUMNS) * (PANEL_HEIGHT + GAP_Y) - GAP_Y + 62;
    snprintf(figure->alt, sizeof figure->alt,
             "Accuracy of %zu model%s under %zu distortions at five strengths.", n, n == 1 ? "" : "s", count);
    figure->has_data = 1;
    return SL_OK;
}

int sl_robustness_draw(const struct sl_robustness *results, const char *const *names, size_t n,
                       const char *subtitle, const char *folder, void (*made)(void *arg, const char *path),
                       void *arg, struct sl_error *err)
{
    struct sl_standalone drawing;
    struct sl_picture picture = {0};
    char **shown = sl_alloc_zero(n, sizeof *shown), *start = NULL;
    int code = sl_standalone_begin(&drawing, folder, made, arg, err);
    if (!code)
        start = shown ? sl_names_fit(names, n, SL_TEXT, 260, shown) : NULL;
    if (!code)
        code = start ? draw(results, names, shown, n, subtitle, &picture.figure, err) : sl_fail_memory(err);
    if (!code)
        code = sl_standalone_add(&drawing, &picture, "robustness", err);
    sl_figure_release(&picture.figure);
    for (size_t m = 0; m < n && shown; m++)
        free(shown[m]);
    free(shown);
    free(start);
    return sl_standalone_end(&drawing, code, err);
}
