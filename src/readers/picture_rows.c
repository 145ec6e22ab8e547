/* picture_rows.c - pictures become rows: as they are, all of one size, or each fitted to a model's images.
 * Cost: O(bytes). */
#include "readers/picture_rows.h"
#include "core/memory.h"
#include "readers/picture_fit.h"
#include <string.h>

enum { TOLD = 20 }; /* changed pictures whose steps are told one by one */

/* Pictures as they are ------------------------------------------------------------------------------ */

/* The first picture says what all are like. */
static int begin(struct sl_picture_rows *rows, const char *path, const struct sl_picture *picture,
                 struct sl_error *err)
{
    const struct sl_picture_fit *fit = rows->options->pictures;
    rows->view.image =
        fit ? fit->image : (struct sl_image){picture->height, picture->width, picture->channels};
    const struct sl_image *image = &rows->view.image;
    rows->view.d = (size_t)image->height * (size_t)image->width * (size_t)image->channels;
    rows->first = sl_strdup(path);
    if (!rows->first)
        return sl_fail_memory(err);
    return rows->options->like ? sl_images_check_alike(&rows->view, &rows->options->like->view, path, err)
                               : SL_OK;
}

static int check_alike(const struct sl_picture_rows *rows, const char *path, const struct sl_picture *picture,
                       struct sl_error *err)
{
    const struct sl_image *image = &rows->view.image;
    if (rows->options->pictures || (picture->height == image->height && picture->width == image->width &&
                                    picture->channels == image->channels))
        return SL_OK;
    return sl_fail(err, SL_EDATA, "%s: %dx%d pixels%s; the first, %s, has %dx%d%s: all must be of one size",
                   path, picture->height, picture->width, picture->channels == 3 ? " in colour" : "",
                   rows->first, image->height, image->width, image->channels == 3 ? " in colour" : "");
}

static int reserve(struct sl_picture_rows *rows, struct sl_error *err)
{
    if (rows->view.n < rows->capacity)
        return SL_OK;
    size_t capacity = rows->capacity ? 2 * rows->capacity : 64;
    if (rows->view.n && rows->view.d > SL_TABLE_MOST / rows->view.n)
        return sl_fail(err, SL_EDATA, "%s: more than %zu bytes of pictures", rows->first, SL_TABLE_MOST);
    void *x = sl_realloc((void *)rows->view.x, capacity, rows->view.d);
    if (!x)
        return sl_fail_memory(err);
    rows->view.x = x;
    if (rows->options->pictures) {
        char **ids = sl_realloc(rows->ids, capacity, sizeof *ids);
        if (!ids)
            return sl_fail_memory(err);
        rows->ids = ids;
    }
    rows->capacity = capacity;
    return SL_OK;
}

static int add_label(struct sl_picture_rows *rows, const char *path, const char *class_name,
                     struct sl_error *err)
{
    int code = class_name ? sl_label_column_add(&rows->labels, class_name, err) : SL_OK;
    return code == SL_EDATA ? sl_fail(err, SL_EDATA, "%s: more than %d classes", path, SL_CLASSES_MAX) : code;
}

/* Pictures for a model ------------------------------------------------------------------------------ */

/* A model of a table has no place for a picture, nor has one of images of another number of colours. */
static int check_model(const struct sl_picture_rows *rows, const char *path, struct sl_error *err)
{
    const struct sl_picture_fit *fit = rows->options->pictures;
    if (!fit || fit->image.channels == 1 || fit->image.channels == 3)
        return SL_OK;
    if (!fit->image.height)
        return sl_fail(err, SL_EUSAGE,
                       "%s is a picture, and the model was fitted on no images, but on a table of %zu "
                       "feature%s: it takes rows of these",
                       path, rows->options->n_features, rows->options->n_features == 1 ? "" : "s");
    return sl_fail(err, SL_EUSAGE,
                   "%s is a picture, and the model's images have %d channels: 1 or 3 can be made", path,
                   fit->image.channels);
}

static int tell(struct sl_picture_rows *rows, const char *path, const struct sl_picture *picture,
                const struct sl_picture_steps *steps, struct sl_error *err)
{
    if (steps->as_is && !steps->inverted && !steps->grey)
        return SL_OK;
    if (rows->changed++ >= TOLD)
        return SL_OK;
    char *text = sl_picture_steps_print(picture, rows->options->pictures, steps);
    if (!text)
        return sl_fail_memory(err);
    sl_notes_add(&rows->notes, "%s: %s", path, text);
    free(text);
    return SL_OK;
}

static int fit_picture(struct sl_picture_rows *rows, const char *path, const struct sl_picture *picture,
                       uint8_t *out, struct sl_error *err)
{
    const struct sl_picture_fit *fit = rows->options->pictures;
    const char *slash = strrchr(path, '/');
    struct sl_picture_steps steps;
    int code = sl_picture_fit(picture, fit, out, &steps, err);
    if (!code)
        code = tell(rows, path, picture, &steps, err);
    if (!code && fit->sheet)
        code = sl_picture_sheet_add(fit->sheet, picture, &steps, &fit->image, out, err);
    sl_picture_steps_release(&steps);
    if (code)
        return code;
    rows->ids[rows->view.n] = sl_strdup(slash ? slash + 1 : path);
    return rows->ids[rows->view.n] ? SL_OK : sl_fail_memory(err);
}

/* Both ---------------------------------------------------------------------------------------------- */

static int add_pixels(struct sl_picture_rows *rows, const char *path, const struct sl_picture *picture,
                      struct sl_error *err)
{
    uint8_t *out = (uint8_t *)rows->view.x + rows->view.n * rows->view.d;
    int code = SL_OK;
    if (rows->options->pictures)
        code = fit_picture(rows, path, picture, out, err);
    else
        memcpy(out, picture->pixels, rows->view.d);
    rows->view.n += !code;
    return code;
}

int sl_picture_rows_add(struct sl_picture_rows *rows, const char *path, const char *class_name,
                        struct sl_error *err)
{
    struct sl_picture picture;
    int code = check_model(rows, path, err);
    if (!code)
        code =
            sl_picture_decode(path, rows->options->pictures ? SL_FORMS_ANY : SL_FORMS_EXACT, &picture, err);
    if (code)
        return code;
    code = rows->first ? check_alike(rows, path, &picture, err) : begin(rows, path, &picture, err);
    if (!code)
        code = reserve(rows, err);
    if (!code)
        code = add_pixels(rows, path, &picture, err);
    if (!code)
        code = add_label(rows, path, class_name, err);
    free(picture.pixels);
    return code;
}

/* Moves the pixels to memory of their exact size. */
int sl_picture_rows_make(struct sl_picture_rows *rows, const char *name, struct sl_dataset **out,
                         struct sl_error *err)
{
    struct sl_view view = rows->view;
    if (rows->changed > TOLD)
        sl_notes_add(&rows->notes, "... and %zu more pictures", rows->changed - TOLD);
    if (rows->ids && rows->changed < view.n)
        sl_notes_add(&rows->notes, "taken as they are, as they have the model's size: %zu of %zu pictures",
                     view.n - rows->changed, view.n);
    int code = sl_label_column_finish(&rows->labels, &view, &rows->notes, err);
    view.dtype = SL_U8;
    view.x = code ? NULL : sl_alloc(view.n, view.d);
    if (!code && (!view.x || rows->notes.failed))
        code = sl_fail_memory(err);
    if (code) {
        free((void *)view.x);
        free((void *)view.y);
        return code;
    }
    memcpy((void *)view.x, rows->view.x, view.n * view.d);
    int named = view.y || rows->options->like;
    code = sl_dataset_adopt(&view, name, named ? sl_labels_names(rows->labels.names) : NULL, NULL, out, err);
    if (!code) {
        (*out)->origin.notes = rows->notes;
        (*out)->ids = rows->ids;
        rows->notes = (struct sl_notes){0};
        rows->ids = NULL;
    }
    return code;
}

void sl_picture_rows_release(struct sl_picture_rows *rows)
{
    for (size_t i = 0; rows->ids && i < rows->view.n; i++)
        free(rows->ids[i]);
    free(rows->ids);
    free((void *)rows->view.x);
    free(rows->first);
    sl_label_column_release(&rows->labels);
    sl_notes_release(&rows->notes);
}
