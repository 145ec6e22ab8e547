/* embedding_draw.c - the pictures of an embedding. */
#include "show/plots/embedding_plots.h"
#include "show/plots/standalone.h"

int sl_embedding_draw(const struct sl_embedding_pictures *x, const char *folder,
                      void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    static const struct {
        int (*fill)(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err);
        const char *stem;
    } kinds[] = {{sl_plot_embedding, "embedding"},
                 {sl_plot_zoom, "zoom"},
                 {sl_plot_thumbnails, "thumbnails"},
                 {sl_plot_components, "components"}};
    struct sl_standalone drawing;
    int code = sl_standalone_begin(&drawing, folder, made, arg, err);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !code; i++) {
        struct sl_picture picture = {0};
        code = kinds[i].fill(x, &picture.figure, err);
        if (!code && picture.figure.has_data)
            code = sl_standalone_add(&drawing, &picture, kinds[i].stem, err);
        sl_figure_release(&picture.figure);
    }
    return sl_standalone_end(&drawing, code, err);
}
