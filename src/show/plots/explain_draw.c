/* explain_draw.c - the pictures of an explanation: overlays and means of images, bars and a beeswarm of
 * tables. All tables and scripts are written first, then one gnuplot draws them. */
#include "core/file.h"
#include "core/memory.h"
#include "show/plots/explain_plots.h"
#include "show/plots/plot.h"
#include <string.h>

enum { PICTURES = 2 };

/* Pictures at work. */
struct drawing {
    const char *folder;
    char *stems[PICTURES];
    size_t n;
    void (*made)(void *arg, const char *path);
    void *arg;
    struct sl_error failed; /* why the first of those that could not be drawn was not */
};

static int add(struct drawing *drawing, struct sl_picture *picture, const char *stem, struct sl_error *err)
{
    int code = sl_figure_end(&picture->figure) ? sl_fail_memory(err) : SL_OK;
    if (!code)
        code = sl_picture_write(picture, drawing->folder, stem, err);
    if (!code && !(drawing->stems[drawing->n] = sl_strdup(stem)))
        code = sl_fail_memory(err);
    drawing->n += !code;
    return code;
}

static int tell(void *arg, size_t i, const struct sl_error *reason)
{
    static const char *const endings[] = {"svg", "png", "pdf"};
    struct drawing *drawing = arg;
    if (reason && !drawing->failed.code)
        drawing->failed = *reason;
    for (size_t e = 0; !reason && e < 3 && drawing->made; e++) {
        char *path = sl_format("%s/%s.%s", drawing->folder, drawing->stems[i], endings[e]);
        if (!path)
            return SL_ENOMEM;
        drawing->made(drawing->arg, path);
        free(path);
    }
    return SL_OK;
}

static int draw(struct drawing *drawing, struct sl_error *err)
{
    struct sl_gnuplot gnuplot = {
        .folder = drawing->folder, .stems = drawing->stems, .n = drawing->n, .done = tell, .arg = drawing};
    int code = sl_gnuplot_draw(&gnuplot, err);
    if (!code && gnuplot.missing)
        return sl_fail(
            err, SL_EIO,
            "gnuplot is not installed (Debian: apt install gnuplot-nox): no picture is drawn; data and "
            "scripts are in %s",
            drawing->folder);
    return code || !drawing->failed.code ? code
                                         : sl_fail(err, drawing->failed.code, "%s", drawing->failed.text);
}

static void release(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->n; i++)
        free(drawing->stems[i]);
}

int sl_explanation_draw(const struct sl_explanation *x, const char *folder,
                        void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    static const struct {
        int (*fill)(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err);
        const char *stem;
        int of_images;
    } kinds[] = {{sl_plot_overlays, "overlays", 1},
                 {sl_plot_mean_maps, "means", 1},
                 {sl_plot_bars, "bars", 0},
                 {sl_plot_beeswarm, "beeswarm", 0}};
    const int images = sl_dataset_view(x->data).image.height > 0;
    struct drawing drawing = {.folder = folder, .made = made, .arg = arg};
    int code = sl_folder_make(folder, err);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !code; i++) {
        struct sl_picture picture = {0};
        if (kinds[i].of_images != images)
            continue;
        code = kinds[i].fill(x, &picture.figure, err);
        if (!code && picture.figure.has_data)
            code = add(&drawing, &picture, kinds[i].stem, err);
        sl_figure_release(&picture.figure);
    }
    if (!code)
        code = draw(&drawing, err);
    release(&drawing);
    return code;
}

int sl_importance_draw(const struct sl_model *model, const struct sl_importance *importance, size_t n,
                       double accuracy, const char *folder, void (*made)(void *arg, const char *path),
                       void *arg, struct sl_error *err)
{
    struct drawing drawing = {.folder = folder, .made = made, .arg = arg};
    struct sl_picture picture = {0};
    int code = sl_folder_make(folder, err);
    if (!code)
        code = sl_plot_importance(model, importance, n, accuracy, &picture.figure, err);
    if (!code)
        code = add(&drawing, &picture, "importance", err);
    sl_figure_release(&picture.figure);
    if (!code)
        code = draw(&drawing, err);
    release(&drawing);
    return code;
}
