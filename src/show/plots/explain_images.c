/* explain_images.c - explanations of images: values over the image they are of, and means for each class.
 *
 * What speaks for the class is red, what speaks against it blue, the stronger the more of the map's largest
 * value it has; the image below is pale and inverted, so that both are seen. */
#include "core/memory.h"
#include "data/features.h"
#include "kernels/convert.h"
#include "show/plots/explain_plots.h"
#include "show/plots/raster.h"
#include <math.h>

enum {
    SHOWN = 12 /* maps */,
    MAP = 120 /* pixels a side */,
    GAP = 6,
    PITCH_GAP = 26,
    ACROSS = 3,
    TEXT = 66,
    MEANS = 30
};

/* Sizes of one image on the page. */
struct size {
    int times, width, height;
};

static struct size size_of(struct sl_image image)
{
    const int side = image.height > image.width ? image.height : image.width;
    const int times = side < MAP ? MAP / side : 1;
    return (struct size){times, image.width * times, image.height * times};
}

/* Pixels of a map: the sum over the channels of what is at (y, x). */
static double at(const float *values, struct sl_image image, int y, int x)
{
    double sum = 0;
    for (int c = 0; c < image.channels; c++)
        sum += (double)
            values[((size_t)y * (size_t)image.width + (size_t)x) * (size_t)image.channels + (size_t)c];
    return sum;
}

static double largest(const float *values, struct sl_image image)
{
    double most = 0;
    for (int y = 0; y < image.height; y++)
        for (int x = 0; x < image.width; x++)
            most = fmax(most, fabs(at(values, image, y, x)));
    return most;
}

static void paint(struct sl_raster *raster, int x, int y, int times, const double rgb[3])
{
    for (int j = y; j < y + times; j++)
        for (int i = x; i < x + times; i++)
            for (int c = 0; c < 3 && i >= 0 && j >= 0 && i < raster->width && j < raster->height; c++)
                raster->rgb[((size_t)j * (size_t)raster->width + (size_t)i) * 3 + (size_t)c] =
                    (unsigned char)lround(fmin(fmax(rgb[c], 0), 255));
}

/* The map over the grey image (h w), 0 ... 1. */
static void paint_map(struct sl_raster *raster, int x0, int y0, struct size size, struct sl_image image,
                      const float *grey, const float *values)
{
    static const double towards[2][3] = {{0, 90, 156}, {213, 70, 0}};
    const double most = largest(values, image);
    for (int y = 0; y < image.height; y++)
        for (int x = 0; x < image.width; x++) {
            const double v = most > 0 ? at(values, image, y, x) / most : 0, share = .9 * fabs(v);
            const double ground = 255 - 110 * (double)grey[y * image.width + x];
            double rgb[3];
            for (int c = 0; c < 3; c++)
                rgb[c] = ground + share * (towards[v > 0][c] - ground);
            paint(raster, x0 + x * size.times, y0 + y * size.times, size.times, rgb);
        }
}

/* Row's pixels as 0 ... 1, their channels' mean; x (d) is scratch. */
static void grey_of(const struct sl_view *view, size_t row, float *x, float *grey)
{
    const struct sl_image image = view->image;
    const size_t pixels = (size_t)image.height * (size_t)image.width, c = (size_t)image.channels;
    float least = INFINITY, most = -INFINITY;
    sl_convert(view->dtype, (const char *)view->x + row * view->d * sl_dtype_size(view->dtype), view->d,
               SL_F32, x);
    for (size_t i = 0; i < pixels; i++) {
        grey[i] = 0;
        for (size_t j = 0; j < c; j++)
            grey[i] += x[i * c + j] / (float)c;
        least = fminf(least, grey[i]);
        most = fmaxf(most, grey[i]);
    }
    if (view->dtype == SL_U8) {
        least = 0;
        most = 255;
    }
    for (size_t i = 0; i < pixels; i++)
        grey[i] = most > least ? (grey[i] - least) / (most - least) : 0;
}

/* Texts --------------------------------------------------------------------------------------------- */

/* "true Shirt 0.29" at (x, y). */
static void write_class(const struct sl_explanation *x, struct sl_figure *figure, size_t row, int32_t label,
                        const char *what, double left, double top, double width)
{
    const size_t k = (size_t)sl_model_classes(x->model);
    const double score = x->scores && label >= 0 ? (double)x->scores[row * k + (size_t)label] : NAN;
    char number[32] = "";
    if (isfinite(score))
        snprintf(number, sizeof number, " %.3g", score);
    char *name =
        label < 0
            ? sl_strdup("not known")
            : sl_text_fit(sl_model_class(x->model, label), SL_SMALL,
                          width - sl_text_pixels(what, SL_SMALL) - sl_text_pixels(number, SL_SMALL) - 8);
    if (name)
        sl_figure_textf(figure, left, top, SL_LEFT, SL_SMALL, SL_INK, "%s %s%s", what, name, number);
    else
        figure->settings.failed = 1;
    free(name);
}

static void write_score(const struct sl_explanation *x, struct sl_figure *figure, size_t p, double left,
                        double top)
{
    const struct sl_explained_score *s = &x->explained.score[p];
    const double error = sl_explained_error(s);
    if (s->blank)
        sl_figure_textf(figure, left, top, SL_LEFT, SL_SMALL, SL_RED, "score %.3g; nothing positive",
                        s->score);
    else if (isfinite(s->fit))
        sl_figure_textf(figure, left, top, SL_LEFT, SL_SMALL, SL_GREY, "score %.3g; R2 %.2f; error %.2g",
                        s->score, s->fit, error);
    else
        sl_figure_textf(figure, left, top, SL_LEFT, SL_SMALL, SL_GREY, "score %.3g; completeness error %.2g",
                        s->score, error);
}

static void write_texts(const struct sl_explanation *x, struct sl_figure *figure, size_t p, double left,
                        double top, double width)
{
    const size_t row = p / x->m;
    char what[64];
    snprintf(what, sizeof what, "row %llu: true", (unsigned long long)x->ids[row]);
    write_class(x, figure, row, x->truth ? x->truth[row] : -1, what, left, top, width);
    write_class(x, figure, row, x->predicted[row], "predicted", left, top + 15, width);
    char *name = sl_text_fit(sl_model_class(x->model, x->classes[p]), SL_SMALL, width - 70);
    if (name)
        sl_figure_textf(figure, left, top + 30, SL_LEFT, SL_SMALL, SL_INK, "explained: %s", name);
    else
        figure->settings.failed = 1;
    free(name);
    write_score(x, figure, p, left, top + 45);
}

static void write_data(const struct sl_explanation *x, struct sl_figure *figure, size_t shown)
{
    fprintf(figure->csv, "row,explained,score,baseline,completeness_error\n");
    for (size_t p = 0; p < shown; p++) {
        fprintf(figure->csv, "%llu,", (unsigned long long)x->ids[p / x->m]);
        sl_figure_field(figure, sl_model_class(x->model, x->classes[p]));
        sl_figure_number(figure, x->explained.score[p].score);
        sl_figure_number(figure, x->explained.score[p].base);
        sl_figure_number(figure, sl_explained_error(&x->explained.score[p]));
        fputc('\n', figure->csv);
    }
}

/* Pages --------------------------------------------------------------------------------------------- */

/* The raster is the whole page, below its texts. */
static int show_raster(struct sl_figure *figure, struct sl_raster *raster)
{
    const struct sl_panel page = {.right = figure->width,
                                  .bottom = figure->height,
                                  .x = {.high = figure->width},
                                  .y = {.high = figure->height},
                                  .no_frame = 1};
    sl_figure_panel(figure, &page);
    int failed = sl_raster_draw(raster, figure, &page);
    sl_figure_panel_end(figure);
    figure->has_data = 1;
    return failed;
}

static double write_titles(const struct sl_explanation *x, struct sl_figure *figure, const char *what,
                           int width)
{
    char title[200], subtitle[400];
    snprintf(title, sizeof title, "%s: %s", x->method->title, what);
    snprintf(subtitle, sizeof subtitle, "%s, %s; red speaks for the class, blue against it",
             sl_dataset_name(x->data), sl_model_type(x->model)->title);
    return sl_figure_titles(figure, title, subtitle, width);
}

/* Image and map of one pair. */
static int draw_pair(const struct sl_explanation *x, struct sl_raster *raster, size_t p, int left, int top,
                     struct size size)
{
    const struct sl_view view = sl_dataset_view(x->data);
    const struct sl_image image = view.image;
    float *scratch = sl_alloc(view.d, sizeof *scratch), *grey = sl_alloc(view.d, sizeof *grey);
    if (scratch && grey) {
        grey_of(&view, p / x->m, scratch, grey);
        for (int j = 0; j < image.height; j++)
            for (int i = 0; i < image.width; i++) {
                const double g = 255 * (double)grey[j * image.width + i], rgb[3] = {g, g, g};
                paint(raster, left + i * size.times, top + j * size.times, size.times, rgb);
            }
        paint_map(raster, left + size.width + GAP, top, size, image, grey, x->explained.values + p * view.d);
    }
    int failed = !scratch || !grey;
    free(scratch);
    free(grey);
    return failed;
}

int sl_plot_overlays(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(x->data);
    const struct size size = size_of(view.image);
    const size_t pairs = x->n * x->m, shown = pairs < SHOWN ? pairs : SHOWN;
    const int pitch = 2 * size.width + GAP + PITCH_GAP, across = (int)shown < ACROSS ? (int)shown : ACROSS;
    const int down = ((int)shown + across - 1) / across;
    int width = across * pitch - PITCH_GAP + 2 * SL_MARGIN;
    width = width < 480 ? 480 : width;
    if (!view.image.height || view.dtype == SL_SPARSE)
        return SL_OK;
    if (sl_figure_begin(figure, width, 1))
        return sl_fail_memory(err);
    const int top = (int)write_titles(x, figure, "values over the image", width) + 14;
    figure->height = top + down * (TEXT + size.height + 16) + SL_MARGIN / 2;
    write_titles(x, figure, "values over the image", 0);
    struct sl_raster raster;
    int failed = sl_raster_begin(&raster, figure->width, figure->height);
    for (size_t p = 0; p < shown && !failed; p++) {
        const int left = SL_MARGIN + (int)p % across * pitch,
                  y = top + (int)p / across * (TEXT + size.height + 16);
        write_texts(x, figure, p, left, y + 8, 2 * size.width + GAP);
        failed = draw_pair(x, &raster, p, left, y + TEXT, size);
    }
    write_data(x, figure, shown);
    failed = failed || show_raster(figure, &raster);
    snprintf(figure->alt, sizeof figure->alt,
             "%s of %zu images: each beside the same with its values over it", x->method->title, shown);
    return failed ? sl_fail_memory(err) : SL_OK;
}

/* Means for classes ----------------------------------------------------------------------------------- */

static void paint_mean(struct sl_raster *raster, int x0, int y0, struct size size, struct sl_image image,
                       const float *mean)
{
    static const double ground[3] = {255, 255, 255}, full[3] = {11, 79, 138};
    const double most = largest(mean, image);
    for (int y = 0; y < image.height; y++)
        for (int x = 0; x < image.width; x++) {
            const double share = most > 0 ? at(mean, image, y, x) / most : 0;
            double rgb[3];
            for (int c = 0; c < 3; c++)
                rgb[c] = ground[c] + share * (full[c] - ground[c]);
            paint(raster, x0 + x * size.times, y0 + y * size.times, size.times, rgb);
        }
}

static int draw_means(const struct sl_explanation *x, struct sl_figure *figure, const float *means,
                      const size_t *counts, size_t shown, struct sl_error *err)
{
    const struct sl_view like = sl_model_like(x->model);
    const struct size size = size_of(like.image);
    const int pitch = size.width + PITCH_GAP, across = shown < 5 ? (int)shown : 5;
    const int down = ((int)shown + across - 1) / across;
    int width = across * pitch - PITCH_GAP + 2 * SL_MARGIN, done = 0;
    char what[] = "mean |value| for each class, the darker the larger";
    char subtitle[300];
    width = width < 480 ? 480 : width;
    if (sl_figure_begin(figure, width, 1))
        return sl_fail_memory(err);
    snprintf(subtitle, sizeof subtitle, "%s, %s; over the rows that were explained for the class",
             sl_dataset_name(x->data), sl_model_type(x->model)->title);
    char *title = sl_format("%s: %s", x->method->title, what);
    if (!title)
        return sl_fail_memory(err);
    const int top = (int)sl_figure_titles(figure, title, subtitle, width) + 14;
    figure->height = top + down * (40 + size.height + 12) + SL_MARGIN / 2;
    sl_figure_titles(figure, title, subtitle, 0);
    free(title);
    struct sl_raster raster;
    int failed = sl_raster_begin(&raster, figure->width, figure->height);
    fprintf(figure->csv, "class,rows\n");
    for (int c = 0; c < sl_model_classes(x->model) && !failed && done < (int)shown; c++) {
        if (!counts[c])
            continue;
        const int left = SL_MARGIN + done % across * pitch, y = top + done / across * (40 + size.height + 12);
        char *name = sl_text_fit(sl_model_class(x->model, c), SL_TEXT, size.width);
        if (name)
            sl_figure_text(figure, left, y + 8, SL_LEFT, SL_TEXT, SL_INK, name);
        failed = !name;
        free(name);
        sl_figure_textf(figure, left, y + 25, SL_LEFT, SL_SMALL, SL_GREY, "%zu row%s", counts[c],
                        counts[c] == 1 ? "" : "s");
        paint_mean(&raster, left, y + 40, size, like.image, means + (size_t)c * like.d);
        sl_figure_field(figure, sl_model_class(x->model, c));
        fprintf(figure->csv, ",%zu\n", counts[c]);
        done++;
    }
    failed = failed || show_raster(figure, &raster);
    snprintf(figure->alt, sizeof figure->alt, "%s: mean |value| of each pixel for %d classes",
             x->method->title, done);
    return failed ? sl_fail_memory(err) : SL_OK;
}

int sl_plot_mean_maps(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err)
{
    const struct sl_view like = sl_model_like(x->model);
    const size_t k = (size_t)sl_model_classes(x->model);
    double *means = sl_alloc(k, like.d * sizeof *means);
    float *floats = sl_alloc(k, like.d * sizeof *floats);
    size_t *counts = sl_alloc(k, sizeof *counts), classes = 0;
    int code = means && floats && counts ? SL_OK : sl_fail_memory(err);
    if (!code && like.image.height) {
        sl_explanation_means(x, means, counts);
        for (size_t i = 0; i < k * like.d; i++)
            floats[i] = (float)means[i];
        for (size_t c = 0; c < k; c++)
            classes += counts[c] > 0;
        code = draw_means(x, figure, floats, counts, classes < MEANS ? classes : MEANS, err);
    }
    free(means);
    free(floats);
    free(counts);
    return code;
}
