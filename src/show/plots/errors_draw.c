/* errors_draw.c - the pictures of an error analysis. */
#include "show/plots/errors_plots.h"
#include "show/plots/standalone.h"

int sl_errors_draw(const struct sl_errors *e, const char *folder, void (*made)(void *arg, const char *path),
                   void *arg, struct sl_error *err)
{
    static const struct {
        int (*fill)(const struct sl_errors *e, struct sl_figure *figure, struct sl_error *err);
        const char *stem;
    } kinds[] = {{sl_plot_margins, "margins"},  {sl_plot_subsets, "subsets"}, {sl_plot_sure, "sure"},
                 {sl_plot_unsure, "unsure"},    {sl_plot_hardest, "hardest"}, {sl_plot_labels, "labels"},
                 {sl_plot_clusters, "clusters"}};
    struct sl_standalone drawing;
    int code = sl_standalone_begin(&drawing, folder, made, arg, err);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !code; i++) {
        struct sl_picture picture = {0};
        code = kinds[i].fill(e, &picture.figure, err);
        if (!code && picture.figure.has_data)
            code = sl_standalone_add(&drawing, &picture, kinds[i].stem, err);
        sl_figure_release(&picture.figure);
    }
    return sl_standalone_end(&drawing, code, err);
}
