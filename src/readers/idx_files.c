/* idx_files.c - the two files of an IDX data set: images, and the labels beside them. */
#include "core/memory.h"
#include "input/input.h"
#include "input/unpack.h"
#include "readers/formats.h"
#include "readers/readers.h"
#include <string.h>
#include <unistd.h>

int sl_idx_read_pair(struct sl_input *in, const char *labels, const char *name, const char *const *classes,
                     size_t n_classes, const struct sl_read_options *options, struct sl_dataset **out,
                     struct sl_error *err)
{
    int code = labels || options->no_label ? SL_OK : sl_idx_check(in, err);
    if (code)
        return code;
    if (!labels && !options->no_label)
        return sl_fail(err, SL_EIO,
                       "%s: no labels beside it: expected a file of the same name with labels in "
                       "the place of images",
                       sl_input_path(in));
    return sl_idx_read(in, options->no_label ? NULL : labels, name, classes, n_classes, options->like, out,
                       err);
}

int sl_idx_open_pair(const char *images, const char *labels, const char *name, const char *const *classes,
                     size_t n_classes, const struct sl_read_options *options, struct sl_dataset **out,
                     struct sl_error *err)
{
    struct sl_input *in;
    int code = sl_input_open(images, &in, err);
    if (code)
        return code;
    code = sl_idx_read_pair(in, labels, name, classes, n_classes, options, out, err);
    sl_input_close(in);
    return code;
}

/* The file of this name, plain or packed in any way; *found is NULL when there is none. */
static int find_packed(const char *plain, char **found, struct sl_error *err)
{
    const struct sl_codec *codec = NULL;
    *found = NULL;
    for (size_t i = 0; i == 0 || (codec = sl_codec_at(i - 1)); i++) {
        char *path = sl_format("%s%s", plain, i ? codec->ending : "");
        if (!path)
            return sl_fail_memory(err);
        if (access(path, R_OK) == 0) {
            *found = path;
            return SL_OK;
        }
        free(path);
    }
    return SL_OK;
}

/* The labels of ".../train-images-idx3-ubyte.gz" are in ".../train-labels-idx1-ubyte.gz", or in the same
 * name packed in another way or not at all. */
static int labels_beside(const char *images, char **labels, struct sl_error *err)
{
    const char *slash = strrchr(images, '/'), *base = slash ? slash + 1 : images;
    const char *word = strstr(base, "images");
    *labels = NULL;
    if (!word)
        return SL_OK;
    char *path = sl_format("%.*slabels%s", (int)(word - images), images, word + strlen("images"));
    char *dims = path ? strstr(path + (word - images), "idx3") : NULL;
    if (dims)
        dims[3] = '1';
    if (path)
        path[sl_unpacked_length(path)] = 0;
    int code = path ? find_packed(path, labels, err) : sl_fail_memory(err);
    free(path);
    return code;
}

int sl_idx_read_with_labels(struct sl_input *in, const char *name, enum sl_part part,
                            const struct sl_read_options *options, struct sl_dataset **out,
                            struct sl_error *err)
{
    char *labels = NULL;
    (void)part;
    if (options->labels)
        return sl_idx_read_pair(in, options->labels, name, NULL, 0, options, out, err);
    int code = labels_beside(sl_input_path(in), &labels, err);
    if (!code)
        code = sl_idx_read_pair(in, labels, name, NULL, 0, options, out, err);
    free(labels);
    return code;
}
