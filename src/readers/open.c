/* open.c - sl_dataset_open: which reader a data set's name, folder or file asks for. */
#include "core/memory.h"
#include "core/text.h"
#include "input/input.h"
#include "input/unpack.h"
#include "readers/findings.h"
#include "readers/formats.h"
#include "readers/picture.h"
#include "readers/readers.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char fashion_name[] = "fashion-mnist";
static const char *const fashion_classes[] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
};
enum { FASHION_CLASSES = sizeof fashion_classes / sizeof *fashion_classes };

/* Folders -------------------------------------------------------------------------------------------*/

/* 1 for "NAMEsuffix" and "NAMEsuffix.gz". */
static int has_suffix(const char *name, const char *suffix)
{
    size_t n = sl_unpacked_length(name), m = strlen(suffix);
    return n >= m && strncasecmp(name + n - m, suffix, m) == 0;
}

static int is_idx_name(const char *name, const char *stem)
{
    return strncasecmp(name, stem, strlen(stem)) == 0 &&
           (has_suffix(name, "ubyte") || has_suffix(name, "idx") || has_suffix(name, stem));
}

/* Does a name without its ending end in stem, as train, fashion-mnist_train and x.train do? */
static int ends_in_stem(const char *name, size_t n, const char *stem)
{
    size_t m = strlen(stem);
    return n >= m && strncasecmp(name + n - m, stem, m) == 0 && (n == m || strchr("_-.", name[n - m - 1]));
}

static int is_csv_name(const char *name, const char *stem)
{
    return has_suffix(name, ".csv") && ends_in_stem(name, sl_unpacked_length(name) - strlen(".csv"), stem);
}

/* train.svm, train.arff, x_train.npy: of any format of which names tell. */
static int is_table_name(const char *name, const char *stem)
{
    const struct sl_format *format;
    size_t n = sl_unpacked_length(name);
    do
        n -= n > 0;
    while (n && name[n] != '.');
    for (size_t i = 0; n && (format = sl_format_at(i)); i++) {
        if (sl_format_has_ending(format, name))
            return ends_in_stem(name, n, stem);
    }
    return 0;
}

/* The path of the first name in the folder, in alphabetical order, that match accepts for stem; *path is
 * NULL when there is none. */
static int find_in(const char *folder, int (*match)(const char *name, const char *stem), const char *stem,
                   char **path, struct sl_error *err)
{
    struct dirent **names;
    *path = NULL;
    int n = scandir(folder, &names, NULL, alphasort);
    if (n < 0)
        return errno == ENOMEM ? sl_fail_memory(err)
                               : sl_fail(err, SL_EIO, "%s: %s", folder, strerror(errno));
    int code = SL_OK;
    for (int i = 0; i < n; i++) {
        if (!*path && !code && match(names[i]->d_name, stem)) {
            *path = sl_format("%s/%s", folder, names[i]->d_name);
            code = *path ? SL_OK : sl_fail_memory(err);
        }
        free(names[i]);
    }
    free(names);
    return code;
}

/* Images and labels of a part; *images is NULL when the folder has none. */
static int find_idx(const char *folder, enum sl_part part, char **images, char **labels, struct sl_error *err)
{
    static const char *const stems[][2] = {
        {"train-images", "train-labels"}, {"t10k-images", "t10k-labels"}, {"test-images", "test-labels"}};
    int first = part == SL_PART_TRAIN ? 0 : 1, last = part == SL_PART_TRAIN ? 0 : 2;
    *images = *labels = NULL;
    int code = SL_OK;
    for (int i = first; i <= last && !code && !*images; i++) {
        code = find_in(folder, is_idx_name, stems[i][0], images, err);
        if (!code && *images)
            code = find_in(folder, is_idx_name, stems[i][1], labels, err);
    }
    return code;
}

/* An option, beside label and drop, that names a column; NULL: none does. */
static const char *column_option(const struct sl_read_options *options)
{
    const char *const named[][2] = {{options->columns, "columns"},
                                    {options->id, "id"},
                                    {options->groups, "groups"},
                                    {options->categorical, "categorical"}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (named[i][0] && *named[i][0])
            return named[i][1];
    }
    return NULL;
}

static int fail_column(const char *name, const char *option, const char *what, struct sl_error *err)
{
    return sl_fail(err, SL_EUSAGE, "%s: %s names a column, and %s none", name, option, what);
}

/* in is at the file's start; its first bytes say what it is. */
static int read_file(struct sl_input *in, const char *name, enum sl_part part,
                     const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    const struct sl_format *format;
    int code = sl_format_find(in, options, &format, err);
    if (code)
        return code;
    if (part == SL_PART_TEST && !format->has_parts)
        return sl_fail(err, SL_ENOPART,
                       "%s: a single file has no test part; a folder with train.csv and test.csv, "
                       "or with IDX files, has one",
                       name);
    code = sl_format_check(format, options, name, err);
    if (code)
        return code;
    code = format->read(in, name, part, options, out, err);
    if (!code && sl_input_was_utf16(in))
        sl_notes_add(&(*out)->origin.notes, "text in UTF-16");
    return !code && (*out)->origin.notes.failed ? sl_fail_memory(err) : code;
}

static int open_file(const char *path, const char *name, enum sl_part part,
                     const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    struct sl_input *in;
    int code = sl_input_open(path, &in, err);
    if (code)
        return code;
    code = read_file(in, name, part, options, out, err);
    sl_input_close(in);
    return code;
}

static int no_part(const char *folder, enum sl_part part, struct sl_error *err)
{
    if (part == SL_PART_TEST)
        return sl_fail(
            err, SL_ENOPART,
            "%s: no test part: expected t10k-images* and t10k-labels* (IDX), or test.csv (.svm, .arff, "
            "x_test.npy)",
            folder);
    return sl_fail(
        err, SL_EDATA,
        "%s: no training part: expected train-images* and train-labels* (IDX), or train.csv (.svm, .arff, "
        "x_train.npy), or a folder of pictures for each class",
        folder);
}

/* What is neither IDX nor a table. */
static int open_pictures(const char *folder, enum sl_part part, const struct sl_read_options *options,
                         struct sl_dataset **out, struct sl_error *err)
{
    int found, code = sl_pictures_find(folder, options, &found, err);
    if (code)
        return code;
    return found ? sl_pictures_read(folder, part, options, out, err) : no_part(folder, part, err);
}

static int open_folder(const char *folder, enum sl_part part, const struct sl_read_options *options,
                       struct sl_dataset **out, struct sl_error *err)
{
    const char *stem = part == SL_PART_TRAIN ? "train" : "test";
    char *images, *labels, *table = NULL;
    int code = find_idx(folder, part, &images, &labels, err);
    if (!code && !images)
        code = find_in(folder, is_csv_name, stem, &table, err);
    if (!code && !images && !table)
        code = find_in(folder, is_table_name, stem, &table, err);
    if (!code && images)
        code = sl_idx_open_pair(images, labels, folder, NULL, 0, options, out, err);
    else if (!code && table)
        code = open_file(table, folder, SL_PART_TRAIN, options, out, err);
    else if (!code)
        code = open_pictures(folder, part, options, out, err);
    free(images);
    free(labels);
    free(table);
    return code;
}

/* Fashion-MNIST -------------------------------------------------------------------------------------*/

/* Where the files can be, in the order in which they are looked for; NULL: that place does not exist, or,
 * with errno ENOMEM, memory ran out. */
static char *fashion_folder(int i)
{
    const char *own = getenv("SHORTLIST_DATA"), *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int has_xdg = xdg && *xdg, has_home = home && *home;
    switch (i) {
    case 0:
        return own && *own ? sl_format("%s/%s", own, fashion_name) : NULL;
    case 1:
        return own && *own ? sl_strdup(own) : NULL;
    case 2:
        return sl_format("/usr/share/datasets/%s", fashion_name);
    case 3:
        return sl_format("/usr/local/share/datasets/%s", fashion_name);
    default:
        if (has_xdg)
            return sl_format("%s/shortlist/%s", xdg, fashion_name);
        return has_home ? sl_format("%s/.local/share/shortlist/%s", home, fashion_name) : NULL;
    }
}

enum { FASHION_FOLDERS = 5 };

static int open_fashion(enum sl_part part, const struct sl_read_options *options, struct sl_dataset **out,
                        struct sl_error *err)
{
    for (int i = 0; i < FASHION_FOLDERS; i++) {
        errno = 0;
        char *folder = fashion_folder(i), *images = NULL, *labels = NULL;
        if (!folder && errno == ENOMEM)
            return sl_fail_memory(err);
        int code = SL_OK, there = folder && access(folder, R_OK) == 0;
        if (there)
            code = find_idx(folder, part, &images, &labels, err);
        int found = images != NULL;
        if (!code && found)
            code = sl_idx_open_pair(images, labels, fashion_name, fashion_classes, FASHION_CLASSES, options,
                                    out, err);
        free(images);
        free(labels);
        free(folder);
        if (code || found)
            return code;
    }
    return sl_fail(
        err, SL_EIO,
        "fashion-mnist is not on this machine: install the Debian package "
        "dataset-fashion-mnist, or run data/fetch, or set SHORTLIST_DATA to the folder that holds it");
}

/* The choice ----------------------------------------------------------------------------------------*/

/* stat failed, errno says why.  A word that is no file's name is taken for a data set's. */
static int unknown(const char *spec, struct sl_error *err)
{
    static const char *const names[] = {fashion_name, "synthetic"};
    int absent = errno == ENOENT || errno == ENOTDIR;
    if (!absent || strchr(spec, '/') || strchr(spec, '.'))
        return sl_fail(err, SL_EIO, "%s: %s", spec, strerror(errno));
    return sl_fail(err, SL_EUSAGE,
                   "unknown data set \"%s\"%s; expected fashion-mnist, synthetic[:N[:SEED]], "
                   "a folder or a file",
                   spec, sl_did_you_mean(spec, names, sizeof names / sizeof *names).text);
}

/* A picture alone, for a model. */
static int open_picture(const char *path, enum sl_part part, const struct sl_read_options *options,
                        struct sl_dataset **out, struct sl_error *err)
{
    return part == SL_PART_TEST ? sl_fail(err, SL_ENOPART, "%s: a single picture has no test part", path)
                                : sl_pictures_read(path, part, options, out, err);
}

static int open_spec(const char *spec, enum sl_part part, const struct sl_read_options *options,
                     struct sl_dataset **out, struct sl_error *err)
{
    struct stat info;
    if (strcmp(spec, fashion_name) == 0)
        return open_fashion(part, options, out, err);
    if (strncmp(spec, "synthetic", 9) == 0 && (spec[9] == 0 || spec[9] == ':'))
        return sl_synthetic_make(spec, part, options->like, out, err);
    if (stat(spec, &info) != 0)
        return unknown(spec, err);
    if (S_ISDIR(info.st_mode))
        return open_folder(spec, part, options, out, err);
    if (options->pictures && sl_picture_is(spec))
        return open_picture(spec, part, options, out, err);
    return open_file(spec, spec, part, options, out, err);
}

/* Options that mean nothing to what was read: no columns, no values that can be missing, no categories. */
static int check_options(const struct sl_dataset *data, const char *spec,
                         const struct sl_read_options *options, struct sl_error *err)
{
    const char *names_column = column_option(options);
    if (options->weights && *options->weights && !options->like && !data->view.weight)
        return fail_column(spec, "weights", "this data set has", err);
    if (data->origin.width)
        return SL_OK;
    if (names_column)
        return fail_column(spec, names_column, "this data set has", err);
    if (options->encoding.missing != SL_MISSING_ERROR && data->view.dtype == SL_U8)
        return sl_fail(err, SL_EUSAGE,
                       "%s: missing has no effect: features are bytes, of which none can be missing", spec);
    if (options->encoding.min_frequency > 0)
        return sl_fail(err, SL_EUSAGE, "%s: min_frequency has no effect: no column is of categories", spec);
    return SL_OK;
}

/* Are a table's columns called what the features of the other are, perhaps by indices? */
static int same_names(const struct sl_dataset *table, const struct sl_dataset *other)
{
    const enum sl_indices indices = other->origin.indices;
    int same = (other->features || indices) && table->view.d == other->view.d;
    for (size_t j = 0; same && j < table->view.d; j++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", sl_feature_number(indices, j));
        same = strcmp(table->features[j], indices ? number : other->features[j]) == 0;
    }
    return same;
}

/* A table beside what numbers its features: names do not tell which are the same. */
static int note_places(struct sl_dataset *data, const struct sl_dataset *like, struct sl_error *err)
{
    struct sl_notes *notes = &data->origin.notes;
    if (!like || like->view.image.height)
        return SL_OK;
    int here = data->origin.width && data->features, there = like->origin.width && like->features;
    if (here == there || (data->origin.width && like->origin.width)) /* the reader of tables has said so */
        return SL_OK;
    if (same_names(here ? data : like, here ? like : data))
        return SL_OK;
    sl_notes_add(notes, "columns are taken by their places: %s names them, %s does not",
                 here ? "this file" : "the training file", here ? "the training file" : "this file");
    return notes->failed ? sl_fail_memory(err) : SL_OK;
}

int sl_dataset_open(const char *spec, enum sl_part part, const struct sl_read_options *options,
                    struct sl_dataset **out, struct sl_error *err)
{
    static const struct sl_read_options find_out;
    *out = NULL;
    if (!options)
        options = &find_out;
    int code = open_spec(spec, part, options, out, err);
    if (!code)
        code = check_options(*out, spec, options, err);
    if (!code)
        code = note_places(*out, options->like, err);
    if (!code && !options->n_features) /* not for a model */
        code = sl_note_findings(*out, options->like, err);
    if (code) {
        sl_dataset_free(*out);
        *out = NULL;
    }
    return code;
}
