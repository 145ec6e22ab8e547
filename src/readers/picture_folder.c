/* picture_folder.c - a data set from a folder of pictures: one folder a class, all pictures of one size.
 *
 * FOLDER/CLASS/NAME.png (or .pgm, .ppm), or FOLDER/train/CLASS and FOLDER/test/CLASS.  Rows are in the order
 * of the names of classes, and of files in a class.  Cost: O(bytes). */
#include "core/memory.h"
#include "readers/picture_rows.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Names ---------------------------------------------------------------------------------------------*/

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcasecmp(name + n - m, ending) == 0;
}

static int is_pgm_name(const char *name)
{
    return ends_in(name, ".pgm") || ends_in(name, ".ppm") || ends_in(name, ".pnm");
}

static int is_picture_name(const char *name)
{
    return ends_in(name, ".png") || is_pgm_name(name);
}

/* Pictures that are not read, and must not be missed. */
static int is_other_picture_name(const char *name)
{
    static const char *const endings[] = {".jpg",  ".jpeg", ".gif",  ".bmp", ".tif",
                                          ".tiff", ".webp", ".heic", ".avif"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (ends_in(name, endings[i]))
            return 1;
    }
    return 0;
}

/* What stands in a folder, in the order of names. */
struct entries {
    struct dirent **entry;
    int n;
};

static int list(const char *folder, struct entries *entries, struct sl_error *err)
{
    entries->n = scandir(folder, &entries->entry, is_shown, by_bytes);
    if (entries->n >= 0)
        return SL_OK;
    return errno == ENOMEM ? sl_fail_memory(err) : sl_fail(err, SL_EIO, "%s: %s", folder, strerror(errno));
}

static void entries_release(struct entries *entries)
{
    for (int i = 0; i < entries->n; i++)
        free(entries->entry[i]);
    free(entries->entry);
}

/* The pictures of one folder. */
static int add_folder(struct sl_picture_rows *rows, const char *folder, const char *class_name,
                      struct sl_error *err)
{
    struct entries entries;
    int code = list(folder, &entries, err);
    if (code)
        return code;
    for (int i = 0; i < entries.n && !code; i++) {
        const char *name = entries.entry[i]->d_name;
        char *path = sl_format("%s/%s", folder, name);
        if (!path)
            code = sl_fail_memory(err);
        else if (is_picture_name(name))
            code = sl_picture_rows_add(rows, path, class_name, err);
        else if (is_other_picture_name(name))
            code = sl_fail(err, SL_EDATA, "%s: of pictures, PNG and PGM are read: convert it", path);
        else
            rows->others++;
        free(path);
    }
    entries_release(&entries);
    return code;
}

/* Folders -------------------------------------------------------------------------------------------*/

static int is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Does it hold a picture? */
static int has_pictures(const char *folder, int *found, struct sl_error *err)
{
    struct entries entries;
    int code = list(folder, &entries, err);
    *found = 0;
    if (code)
        return code;
    for (int i = 0; i < entries.n; i++)
        *found |=
            is_picture_name(entries.entry[i]->d_name) || is_other_picture_name(entries.entry[i]->d_name);
    entries_release(&entries);
    return SL_OK;
}

/* Calls visit for each folder in root, in the order of names, until one returns non-zero, or *done. */
typedef int visitor(void *arg, const char *path, const char *name, struct sl_error *err);

static int for_folders(const char *root, visitor *visit, void *arg, const int *done, struct sl_error *err)
{
    struct entries entries;
    int code = list(root, &entries, err);
    if (code)
        return code;
    for (int i = 0; i < entries.n && !code && !*done; i++) {
        char *path = sl_format("%s/%s", root, entries.entry[i]->d_name);
        if (!path)
            code = sl_fail_memory(err);
        else if (is_folder(path))
            code = visit(arg, path, entries.entry[i]->d_name, err);
        free(path);
    }
    entries_release(&entries);
    return code;
}

static int look(void *arg, const char *path, const char *name, struct sl_error *err)
{
    (void)name;
    return has_pictures(path, arg, err);
}

/* Can pictures do without a class? */
static int takes_unlabelled(const struct sl_read_options *options)
{
    return options->no_label || options->pictures;
}

/* *found: is root a folder of pictures? */
static int is_root(const char *root, const struct sl_read_options *options, int *found, struct sl_error *err)
{
    *found = 0;
    if (!is_folder(root))
        return SL_OK;
    int code = for_folders(root, look, found, found, err);
    return code || *found || !takes_unlabelled(options) ? code : has_pictures(root, found, err);
}

static int find_part(const char *folder, const char *part, const struct sl_read_options *options, char **root,
                     struct sl_error *err)
{
    int found = 0;
    *root = sl_format("%s/%s", folder, part);
    int code = *root ? is_root(*root, options, &found, err) : sl_fail_memory(err);
    if (code || !found) {
        free(*root);
        *root = NULL;
    }
    return code;
}

int sl_pictures_find(const char *folder, const struct sl_read_options *options, int *found,
                     struct sl_error *err)
{
    char *train;
    int code = find_part(folder, "train", options, &train, err);
    *found = train != NULL;
    free(train);
    return code || *found ? code : is_root(folder, options, found, err);
}

static int add_class(void *arg, const char *path, const char *name, struct sl_error *err)
{
    struct sl_picture_rows *rows = arg;
    return add_folder(rows, path, rows->options->no_label ? NULL : name, err);
}

/* *own: the root's pictures are rows.  Where labels may be missing, but are not said to, either they have
 * none, or all are in folders of classes. */
static int look_at_root(struct sl_picture_rows *rows, const char *root, int *own, struct sl_error *err)
{
    int in_classes = 0;
    *own = rows->options->no_label;
    if (*own || !takes_unlabelled(rows->options))
        return SL_OK;
    int code = has_pictures(root, own, err);
    if (!code && *own)
        code = for_folders(root, look, &in_classes, &in_classes, err);
    if (!code && in_classes)
        code =
            sl_fail(err, SL_EDATA,
                    "%s: pictures stand in it, and in folders of it: these would be classes; without labels "
                    "(--no-label) all are taken",
                    root);
    if (!code && *own)
        sl_notes_add(&rows->notes, "no labels: the pictures are in no folders of classes");
    return code;
}

static int add_root(struct sl_picture_rows *rows, const char *root, struct sl_error *err)
{
    static const int go_on = 0;
    int own = 0, code = look_at_root(rows, root, &own, err);
    if (!code)
        code = sl_label_column_begin(&rows->labels, rows->options, err);
    if (!code && own)
        code = add_folder(rows, root, NULL, err);
    if (!code && (!own || rows->options->no_label))
        code = for_folders(root, add_class, rows, &go_on, err);
    if (!code && !rows->view.n)
        code = sl_fail(err, SL_EDATA, "%s: no pictures", root);
    if (!code && rows->others)
        sl_notes_add(&rows->notes, "left out: %zu entries that are no PNG or PGM pictures", rows->others);
    return code;
}

static int add_single(struct sl_picture_rows *rows, const char *path, struct sl_error *err)
{
    int code = sl_label_column_begin(&rows->labels, rows->options, err);
    return code ? code : sl_picture_rows_add(rows, path, NULL, err);
}

/* The folder of a part; NULL: the whole is the training part. */
static int find_root(const char *folder, enum sl_part part, const struct sl_read_options *options,
                     char **root, struct sl_error *err)
{
    int code = find_part(folder, part == SL_PART_TEST ? "test" : "train", options, root, err);
    if (!code && !*root && part == SL_PART_TEST)
        code =
            sl_fail(err, SL_ENOPART,
                    "%s: no test part: expected pictures in a folder test beside the folder train", folder);
    return code;
}

int sl_pictures_read(const char *folder, enum sl_part part, const struct sl_read_options *options,
                     struct sl_dataset **out, struct sl_error *err)
{
    struct sl_picture_rows rows = {.options = options, .view = {.k = 1}};
    char *root = NULL;
    *out = NULL;
    int code = is_folder(folder) ? find_root(folder, part, options, &root, err) : SL_OK;
    if (!code)
        code =
            is_folder(folder) ? add_root(&rows, root ? root : folder, err) : add_single(&rows, folder, err);
    if (!code)
        code = sl_picture_rows_make(&rows, folder, out, err);
    free(root);
    sl_picture_rows_release(&rows);
    return code;
}
