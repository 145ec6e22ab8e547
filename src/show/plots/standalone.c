/* standalone.c - pictures that are of no study. */
#include "show/plots/standalone.h"
#include "core/file.h"
#include "core/memory.h"

int sl_standalone_begin(struct sl_standalone *drawing, const char *folder,
                        void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    *drawing = (struct sl_standalone){.folder = folder, .made = made, .arg = arg};
    return sl_folder_make(folder, err);
}

int sl_standalone_add(struct sl_standalone *drawing, struct sl_picture *picture, const char *stem,
                      struct sl_error *err)
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
    struct sl_standalone *drawing = arg;
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

static int draw(struct sl_standalone *drawing, struct sl_error *err)
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

int sl_standalone_end(struct sl_standalone *drawing, int code, struct sl_error *err)
{
    if (!code && drawing->n)
        code = draw(drawing, err);
    for (size_t i = 0; i < drawing->n; i++)
        free(drawing->stems[i]);
    return code;
}
