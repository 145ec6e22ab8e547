/* model_rows.c - reads a saved model and a user's data for it. */
#include "model_rows.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The names of the model's features; NULL where it has none, or no memory is left. */
static const char **feature_names(const struct sl_model *model, size_t d)
{
    const char **names = sl_model_feature(model, 0) ? malloc(d * sizeof *names) : NULL;
    for (size_t j = 0; names && j < d; j++)
        names[j] = sl_model_feature(model, j);
    return names;
}

/* Images of another shape may have as many pixels as the model's.  A table's columns have names, and its
 * shape is only a guess: it is not compared. */
static int check_shape(const struct cli_model_rows *rows, struct sl_error *err)
{
    struct sl_image own = rows->view.image, model = sl_model_like(rows->model).image;
    if (!own.height || !model.height || sl_dataset_feature(rows->data, 0) ||
        (own.height == model.height && own.width == model.width && own.channels == model.channels))
        return SL_OK;
    return sl_fail(err, SL_EDATA, "%s: images of %dx%dx%d; the model was fitted on %dx%dx%d",
                   sl_dataset_name(rows->data), own.height, own.width, own.channels, model.height,
                   model.width, model.channels);
}

/* What the model's training file called its columns: for those that no option names. */
static void take_names(struct cli_model_rows *rows)
{
    struct sl_model_columns own = sl_model_columns(rows->model);
    rows->read.own_label = own.label;
    rows->read.own_id = own.id;
    rows->read.own_groups = own.groups;
    rows->id = rows->read.id ? rows->read.id : own.id;
}

/* Are the model's classes called by numbers? */
static int is_numbered(const struct sl_model *model)
{
    long number;
    for (int c = 0; c < sl_model_classes(model); c++)
        if (sl_parse_long(sl_model_class(model, c), &number) != 0)
            return 0;
    return 1;
}

/* The model's number of the data set's class: by its name, or, where the model's classes have names and the
 * data set's are numbers (IDX files), by its number. */
static int model_class(const struct cli_model_rows *rows, int label)
{
    const char *name = sl_dataset_class(rows->data, label);
    int k = sl_model_classes(rows->model);
    long number;
    for (int c = 0; c < k; c++)
        if (strcmp(sl_model_class(rows->model, c), name) == 0)
            return c;
    if (sl_parse_long(name, &number) == 0 && number >= 0 && number < k && !is_numbered(rows->model))
        return (int)number;
    return -1;
}

static int take_truth(struct cli_model_rows *rows, struct sl_error *err)
{
    if (!rows->view.y)
        return SL_OK;
    int *to = malloc((size_t)rows->view.k * sizeof *to);
    rows->truth = malloc(rows->view.n * sizeof *rows->truth);
    if (!to || !rows->truth) {
        free(to);
        return sl_fail_memory(err);
    }
    for (int c = 0; c < rows->view.k; c++) {
        to[c] = model_class(rows, c);
        if (c == 0 && to[c] >= 0 &&
            strcmp(sl_model_class(rows->model, to[c]), sl_dataset_class(rows->data, c)) != 0)
            cli_line(stderr,
                     "labels are numbers, the model's classes have names: %s is \"%s\", the first being 0",
                     sl_dataset_class(rows->data, c), sl_model_class(rows->model, to[c]));
    }
    for (size_t i = 0; i < rows->view.n; i++) {
        rows->truth[i] = to[rows->view.y[i]];
        rows->known += rows->truth[i] >= 0;
    }
    free(to);
    return SL_OK;
}

/* Opens a part of the data with the model's columns. */
static int open_part(const struct cli_model_rows *rows, enum sl_part part, struct sl_dataset **data,
                     struct sl_error *err)
{
    struct sl_read_options read = rows->read;
    read.n_features = sl_model_like(rows->model).d;
    const char **names = feature_names(rows->model, read.n_features);
    read.features = names;
    read.indices = sl_model_indices(rows->model);
    read.fitted = sl_model_encoding(rows->model);
    int code = !names && sl_model_feature(rows->model, 0)
                   ? sl_fail_memory(err)
                   : sl_dataset_open(rows->spec, part, &read, data, err);
    free(names);
    return code;
}

/* Pictures --------------------------------------------------------------------------------------------- */

/* --invert and --show-input */
static int choose_pictures(const struct cli_args *args, struct cli_model_rows *rows, struct sl_error *err)
{
    static const char *const names[] = {"auto", "no", "yes"}; /* as enum sl_invert has them */
    const char *invert = cli_value(args, "invert");
    struct sl_picture_fit *fit = &rows->pictures;
    *fit = (struct sl_picture_fit){.image = sl_model_like(rows->model).image,
                                   .framing = sl_model_framing(rows->model)};
    int known = !invert;
    for (int i = 0; invert && i < 3; i++)
        if (strcmp(invert, names[i]) == 0) {
            fit->invert = (enum sl_invert)i;
            known = 1;
        }
    if (!known)
        return sl_fail(err, SL_EUSAGE, "--invert: '%.40s' is not allowed: it takes auto, yes or no", invert);
    if (cli_has(args, "show-input") && !(fit->sheet = sl_picture_sheet_new()))
        return sl_fail_memory(err);
    rows->read.pictures = fit;
    return SL_OK;
}

static int show_pictures(const struct cli_args *args, const struct cli_model_rows *rows, struct sl_error *err)
{
    const char *path = cli_value(args, "show-input");
    if (!path)
        return SL_OK;
    if (!sl_picture_sheet_lines(rows->pictures.sheet))
        return sl_fail(err, SL_EUSAGE, "--show-input is for pictures, and %s holds none", rows->spec);
    int code = sl_picture_sheet_write(rows->pictures.sheet, path, err);
    if (!code)
        cli_line(stderr,
                 "%s: each as it was read, with the model's background, cropped, as the model sees it", path);
    return code;
}

/* Reading ---------------------------------------------------------------------------------------------- */

static int read_data(const struct cli_args *args, struct cli_model_rows *rows, struct sl_error *err)
{
    const char *part = cli_value(args, "part"), *note;
    take_names(rows);
    rows->of_test = !part || strcmp(part, "test") == 0;
    int code = open_part(rows, rows->of_test ? SL_PART_TEST : SL_PART_TRAIN, &rows->data, err);
    if (code == SL_ENOPART && !part) {
        rows->of_test = 0;
        code = open_part(rows, SL_PART_TRAIN, &rows->data, err);
    }
    if (code)
        return code;
    for (size_t i = 0; (note = sl_dataset_note(rows->data, i)); i++)
        cli_line(stderr, "%s", note);
    code = show_pictures(args, rows, err);
    if (code)
        return code;
    if (!rows->id && sl_dataset_row_id(rows->data, 0))
        rows->id = "file";
    rows->view = sl_dataset_view(rows->data);
    code = check_shape(rows, err);
    return code ? code : take_truth(rows, err);
}

int cli_open_training_part(const struct cli_model_rows *rows, struct sl_dataset **data, struct sl_error *err)
{
    *data = NULL;
    return rows->of_test ? open_part(rows, SL_PART_TRAIN, data, err) : SL_OK;
}

int cli_check_part(const struct cli_args *args)
{
    const char *part = cli_value(args, "part");
    if (part && strcmp(part, "train") != 0 && strcmp(part, "test") != 0)
        return cli_usage(args->command, "--part: '%.40s' is not allowed: it takes train or test", part);
    return EXIT_DONE;
}

int cli_check_written(const struct cli_args *args, const char *option, const char *read)
{
    const char *written = cli_value(args, option);
    struct stat a, b;
    if (!written || !read || stat(written, &a) || stat(read, &b) || a.st_dev != b.st_dev ||
        a.st_ino != b.st_ino)
        return EXIT_DONE;
    return cli_usage(args->command, "--%s: '%.80s' is what is read, and would be lost: give another name",
                     option, written);
}

int cli_open_rows_of(const struct cli_args *args, const char *model, const char *spec,
                     struct cli_model_rows *rows, struct sl_error *err)
{
    rows->spec = spec;
    /* The model may have been fitted on doubles, and rounds them where it was not. */
    rows->read.keep_doubles = 1;
    int code = sl_model_load(model, &rows->model, err);
    if (!code)
        code = choose_pictures(args, rows, err);
    return code ? code : read_data(args, rows, err);
}

int cli_open_model_rows(const struct cli_args *args, struct cli_model_rows *rows, struct sl_error *err)
{
    return cli_open_rows_of(args, args->word[0], args->word[1], rows, err);
}

void cli_release_model_rows(struct cli_model_rows *rows)
{
    sl_picture_sheet_free(rows->pictures.sheet);
    sl_model_free(rows->model);
    sl_dataset_free(rows->data);
    free(rows->truth);
}
