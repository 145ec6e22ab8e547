/* explain_draw.c - the pictures of an explanation: overlays and means of images, bars and a beeswarm of
 * tables. All tables and scripts are written first, then one gnuplot draws them. */
#include "show/plots/explain_plots.h"
#include "show/plots/standalone.h"

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
    struct sl_standalone drawing;
    int code = sl_standalone_begin(&drawing, folder, made, arg, err);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !code; i++) {
        struct sl_picture picture = {0};
        if (kinds[i].of_images != images)
            continue;
        code = kinds[i].fill(x, &picture.figure, err);
        if (!code && picture.figure.has_data)
            code = sl_standalone_add(&drawing, &picture, kinds[i].stem, err);
        sl_figure_release(&picture.figure);
    }
    return sl_standalone_end(&drawing, code, err);
}

int sl_importance_draw(const struct sl_model *model, const struct sl_explain_method *method,
                       const struct sl_importance *importance, size_t n, double accuracy, const char *folder,
                       void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    struct sl_standalone drawing;
    struct sl_picture picture = {0};
    int code = sl_standalone_begin(&drawing, folder, made, arg, err);
    if (!code)
        code = sl_plot_importance(model, method, importance, n, accuracy, &picture.figure, err);
    if (!code)
        code = sl_standalone_add(&drawing, &picture, "bars", err);
    sl_figure_release(&picture.figure);
    return sl_standalone_end(&drawing, code, err);
}
