/* npy.c - a data set from NumPy's arrays: a file of features with a file of labels, or an archive of both. */
#include "readers/npy.h"
#include "core/memory.h"
#include "core/text.h"
#include "input/input.h"
#include "input/zip.h"
#include "readers/formats.h"
#include "readers/label_column.h"
#include "readers/readers.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct arrays {
    const struct sl_read_options *options;
    struct sl_view view; /* x, y and weight are owned */
    struct sl_label_column labels;
    struct sl_notes notes;
};

static void arrays_release(struct arrays *a)
{
    free((void *)a->view.x);
    free((void *)a->view.y);
    free((void *)a->view.weight);
    sl_label_column_release(&a->labels);
    sl_notes_release(&a->notes);
}

static int take_features(struct arrays *a, struct sl_input *in, struct sl_error *err)
{
    int code = sl_label_column_begin(&a->labels, a->options, err);
    if (!code)
        code = sl_npy_read_features(in, a->options, &a->view, &a->notes, err);
    if (!code && a->options->like)
        code = sl_images_check_alike(&a->view, &a->options->like->view, sl_input_path(in), err);
    return code;
}

static int take_labels(struct arrays *a, struct sl_input *in, struct sl_error *err)
{
    return sl_npy_read_labels(in, a->view.n, &a->labels, err);
}

static int take_weights(struct arrays *a, struct sl_input *in, struct sl_error *err)
{
    return sl_npy_read_weights(in, &a->view, &a->notes, err);
}

/* The arrays become the data set. */
static int make(struct arrays *a, const char *name, struct sl_dataset **out, struct sl_error *err)
{
    struct sl_columns *columns = NULL;
    int code = sl_label_column_finish(&a->labels, &a->view, &a->notes, err);
    if (!code)
        code = sl_npy_take_gaps(a->options, &a->view, &a->notes, &columns, err);
    if (!code && a->notes.failed)
        code = sl_fail_memory(err);
    if (code) {
        sl_columns_release(columns);
        return code;
    }
    int named = a->view.y || a->options->like;
    struct sl_view view = a->view;
    a->view.x = a->view.y = NULL; /* taken over in any case */
    a->view.weight = NULL;
    code = sl_dataset_adopt_table(&view, name, named ? sl_labels_names(a->labels.names) : NULL, NULL, columns,
                                  out, err);
    sl_columns_release(columns);
    if (!code) {
        (*out)->origin.notes = a->notes;
        a->notes = (struct sl_notes){0};
    }
    return code;
}

/* A file and the one of its labels -------------------------------------------------------------------*/

int sl_npy_is(const struct sl_head *head)
{
    return head->n >= 6 && memcmp(head->bytes, "\x93NUMPY", 6) == 0;
}

/* "x_train.npy" and "y_train.npy", "images.npy" and "labels.npy"; *labels is NULL where there is no such
 * file. */
static int labels_beside(const char *path, char **labels, struct sl_error *err)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path,
               *images = strstr(base, "images");
    *labels = NULL;
    if (*base == 'x' || *base == 'X')
        *labels = sl_format("%.*s%c%s", (int)(base - path), path, *base + 1, base + 1);
    else if (images)
        *labels = sl_format("%.*slabels%s", (int)(images - path), path, images + strlen("images"));
    else
        return SL_OK;
    if (!*labels)
        return sl_fail_memory(err);
    if (access(*labels, R_OK) != 0) {
        if (*base == 'X') /* "X.npy" and "y.npy" */
            (*labels)[base - path] = 'y';
        if (*base != 'X' || access(*labels, R_OK) != 0) {
            free(*labels);
            *labels = NULL;
        }
    }
    return SL_OK;
}

static int open_labels(struct arrays *a, const char *path, struct sl_error *err)
{
    struct sl_input *in;
    int code = sl_input_open(path, &in, err);
    if (code)
        return code;
    code = take_labels(a, in, err);
    sl_input_close(in);
    if (!code)
        sl_notes_add(&a->notes, "labels: %s", path);
    return code;
}

static int find_labels(struct arrays *a, const char *path, struct sl_error *err)
{
    char *beside = NULL;
    if (a->options->no_label)
        return SL_OK;
    if (a->options->labels)
        return open_labels(a, a->options->labels, err);
    int code = labels_beside(path, &beside, err);
    if (!code && beside)
        code = open_labels(a, beside, err);
    else if (!code)
        code = sl_fail(err, SL_EIO, "%s: no labels beside it: --labels names the file that holds them", path);
    free(beside);
    return code;
}

int sl_npy_read(struct sl_input *in, const char *name, enum sl_part part,
                const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    struct arrays a = {.options = options};
    (void)part;
    *out = NULL;
    int code = take_features(&a, in, err);
    if (!code)
        code = find_labels(&a, sl_input_path(in), err);
    if (!code)
        code = make(&a, name, out, err);
    arrays_release(&a);
    return code;
}

/* Archives ------------------------------------------------------------------------------------------*/

static int is_array_name(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".npy") == 0;
}

int sl_npz_is(const struct sl_head *head)
{
    size_t arrays = 0, n = head->zip ? sl_zip_count(head->zip) : 0;
    for (size_t i = 0; i < n; i++)
        arrays += (size_t)is_array_name(sl_zip_name(head->zip, i));
    return n > 0 && arrays == n;
}

/* What archives call features and labels. */
static const char *const train_names[][2] = {{"x_train", "y_train"},
                                             {"train_images", "train_labels"},
                                             {"x", "y"},
                                             {"images", "labels"},
                                             {"data", "labels"},
                                             {"data", "target"},
                                             {"arr_0", "arr_1"}};
static const char *const test_names[][2] = {{"x_test", "y_test"}, {"test_images", "test_labels"}};

/* The file of this array; the number of files: there is none. */
static size_t find_array(const struct sl_zip *zip, const char *name)
{
    size_t i = 0, n = strlen(name);
    while (i < sl_zip_count(zip) &&
           (strncasecmp(sl_zip_name(zip, i), name, n) != 0 || strcmp(sl_zip_name(zip, i) + n, ".npy") != 0))
        i++;
    return i;
}

static int fail_names(int code, const char *path, const struct sl_zip *zip, const char *expected,
                      struct sl_error *err)
{
    enum { SHOWN = 6 };
    struct sl_string names = {0};
    for (size_t i = 0; i < sl_zip_count(zip) && i < SHOWN; i++)
        sl_string_add(&names, "%s%s", i ? ", " : "", sl_quote(sl_zip_name(zip, i)).text);
    code = names.failed ? sl_fail_memory(err)
                        : sl_fail(err, code, "%s: the archive holds %s%s; expected %s", path, names.text,
                                  sl_zip_count(zip) > SHOWN ? ", ..." : "", expected);
    sl_string_release(&names);
    return code;
}

/* The files of features and labels of a part; labels may be elsewhere. */
static int find_arrays(const char *path, const struct sl_zip *zip, enum sl_part part, size_t files[2],
                       struct sl_error *err)
{
    const int test = part == SL_PART_TEST;
    const char *const(*names)[2] = test ? test_names : train_names;
    const size_t kinds =
        test ? sizeof test_names / sizeof *test_names : sizeof train_names / sizeof *train_names;
    for (size_t i = 0; i < 2 * kinds; i++) {
        files[0] = find_array(zip, names[i % kinds][0]);
        files[1] = find_array(zip, names[i % kinds][1]);
        if (files[0] < sl_zip_count(zip) && (files[1] < sl_zip_count(zip) || i >= kinds))
            return SL_OK;
    }
    if (test)
        return sl_fail(err, SL_ENOPART, "%s: the archive has no test part, x_test and y_test", path);
    return fail_names(SL_EDATA, path, zip, "X and y, or x_train and y_train (and x_test and y_test)", err);
}

static int read_entry(struct arrays *a, struct sl_zip *zip, const char *path, size_t i,
                      int (*take)(struct arrays *a, struct sl_input *in, struct sl_error *err),
                      struct sl_error *err)
{
    struct sl_input *in = NULL;
    char *place = sl_format("%s(%s)", path, sl_zip_name(zip, i));
    int code = place ? sl_input_open_entry(zip, place, i, &in, err) : sl_fail_memory(err);
    if (!code)
        code = take(a, in, err);
    sl_input_close(in);
    free(place);
    return code;
}

static int read_arrays(struct arrays *a, struct sl_zip *zip, const char *path, const size_t files[2],
                       struct sl_error *err)
{
    int code = read_entry(a, zip, path, files[0], take_features, err);
    if (code || a->options->no_label)
        return code;
    if (a->options->labels)
        return open_labels(a, a->options->labels, err);
    if (files[1] == sl_zip_count(zip))
        return sl_fail(err, SL_EDATA,
                       "%s: no labels beside the array %s: --labels names the file that holds them", path,
                       sl_quote(sl_zip_name(zip, files[0])).text);
    code = read_entry(a, zip, path, files[1], take_labels, err);
    if (!code)
        sl_notes_add(&a->notes, "features: %s, labels: %s", sl_zip_name(zip, files[0]),
                     sl_zip_name(zip, files[1]));
    return code;
}

/* Of the training part: a test part is scored row by row. */
static int read_weights(struct arrays *a, struct sl_zip *zip, const char *path, struct sl_error *err)
{
    const char *name = a->options->weights;
    char expected[100];
    if (!name || !*name || a->options->like)
        return SL_OK;
    size_t file = find_array(zip, name);
    if (file < sl_zip_count(zip))
        return read_entry(a, zip, path, file, take_weights, err);
    snprintf(expected, sizeof expected, "an array %s, the weights", sl_quote(name).text);
    return fail_names(SL_EUSAGE, path, zip, expected, err);
}

int sl_npz_read(struct sl_input *in, const char *name, enum sl_part part,
                const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    struct arrays a = {.options = options};
    struct sl_zip *zip = sl_input_zip(in);
    size_t files[2];
    *out = NULL;
    if (!zip)
        return sl_fail(err, SL_EDATA, "%s: no archive of NumPy arrays (npz)", sl_input_path(in));
    int code = find_arrays(sl_input_path(in), zip, part, files, err);
    if (!code)
        code = read_arrays(&a, zip, sl_input_path(in), files, err);
    if (!code)
        code = read_weights(&a, zip, sl_input_path(in), err);
    if (!code)
        code = make(&a, name, out, err);
    arrays_release(&a);
    return code;
}
