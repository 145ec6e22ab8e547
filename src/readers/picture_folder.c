/* picture_folder.c - a data set from a folder of pictures: one folder a class, all pictures of one size.
 *
 * FOLDER/CLASS/NAME.png (or .pgm, .ppm), or FOLDER/train/CLASS and FOLDER/test/CLASS.  Rows are in the order
 * of the names of classes, and of files in a class.  Cost: O(bytes). */
#include "core/file.h"
#include "core/memory.h"
#include "core/text.h"
#include "readers/label_column.h"
#include "readers/picture.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

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
    static const char *const endings[] = {".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"};
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

/* Files ---------------------------------------------------------------------------------------------*/

struct folder {
    const struct sl_read_options *options;
    struct sl_label_column labels;
    struct sl_view view; /* its x is owned */
    size_t capacity;     /* pictures */
    char *first;         /* the path of the first picture, owned */
    size_t others;       /* files that are no pictures */
    struct sl_notes notes;
};

static int decode_file(const char *path, struct sl_picture *picture, struct sl_error *err)
{
    enum { FILE_MOST = 1 << 27 }; /* bytes: more than a picture may take */
    unsigned char *bytes;
    uint64_t n = 0;
    int file, code = sl_file_open(path, &file, &n, err);
    if (!code && n > FILE_MOST) {
        close(file);
        code = sl_fail(err, SL_EDATA, "%s: larger than %d bytes", path, FILE_MOST);
    } else if (!code)
        code = sl_file_take(file, path, n, &bytes, err);
    if (code)
        return code;
    code = is_pgm_name(path) ? sl_pgm_decode(path, bytes, n, picture, err)
                             : sl_png_decode(path, bytes, n, picture, err);
    free(bytes);
    return code;
}

/* The first picture says what all are like. */
static int begin(struct folder *f, const char *path, const struct sl_picture *picture, struct sl_error *err)
{
    f->view.image = (struct sl_image){picture->height, picture->width, picture->channels};
    f->view.d = (size_t)picture->height * (size_t)picture->width * (size_t)picture->channels;
    f->first = sl_strdup(path);
    if (!f->first)
        return sl_fail_memory(err);
    return f->options->like ? sl_images_check_alike(&f->view, &f->options->like->view, path, err) : SL_OK;
}

static int check_alike(const struct folder *f, const char *path, const struct sl_picture *picture,
                       struct sl_error *err)
{
    const struct sl_image *image = &f->view.image;
    if (picture->height == image->height && picture->width == image->width &&
        picture->channels == image->channels)
        return SL_OK;
    return sl_fail(err, SL_EDATA, "%s: %dx%d pixels%s; the first, %s, has %dx%d%s: all must be of one size",
                   path, picture->height, picture->width, picture->channels == 3 ? " in colour" : "",
                   f->first, image->height, image->width, image->channels == 3 ? " in colour" : "");
}

static int reserve(struct folder *f, struct sl_error *err)
{
    if (f->view.n < f->capacity)
        return SL_OK;
    size_t capacity = f->capacity ? 2 * f->capacity : 64;
    if (f->view.n && f->view.d > SL_TABLE_MOST / f->view.n)
        return sl_fail(err, SL_EDATA, "%s: more than %zu bytes of pictures", f->first, SL_TABLE_MOST);
    void *x = sl_realloc((void *)f->view.x, capacity, f->view.d);
    if (!x)
        return sl_fail_memory(err);
    f->view.x = x;
    f->capacity = capacity;
    return SL_OK;
}

static int add_label(struct folder *f, const char *path, const char *class_name, struct sl_error *err)
{
    int code = class_name ? sl_label_column_add(&f->labels, class_name, err) : SL_OK;
    return code == SL_EDATA ? sl_fail(err, SL_EDATA, "%s: more than %d classes", path, SL_CLASSES_MAX) : code;
}

static int add_picture(struct folder *f, const char *path, const char *class_name, struct sl_error *err)
{
    struct sl_picture picture;
    int code = decode_file(path, &picture, err);
    if (code)
        return code;
    code = f->first ? check_alike(f, path, &picture, err) : begin(f, path, &picture, err);
    if (!code)
        code = reserve(f, err);
    if (!code)
        code = add_label(f, path, class_name, err);
    if (!code)
        memcpy((uint8_t *)f->view.x + f->view.n++ * f->view.d, picture.pixels, f->view.d);
    free(picture.pixels);
    return code;
}

/* The pictures of one folder. */
static int add_folder(struct folder *f, const char *folder, const char *class_name, struct sl_error *err)
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
            code = add_picture(f, path, class_name, err);
        else if (is_other_picture_name(name))
            code = sl_fail(err, SL_EDATA, "%s: of pictures, PNG and PGM are read: convert it", path);
        else
            f->others++;
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

/* *found: is root a folder of pictures? */
static int is_root(const char *root, const struct sl_read_options *options, int *found, struct sl_error *err)
{
    *found = 0;
    if (!is_folder(root))
        return SL_OK;
    int code = for_folders(root, look, found, found, err);
    return code || *found || !options->no_label ? code : has_pictures(root, found, err);
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
    struct folder *f = arg;
    return add_folder(f, path, f->options->no_label ? NULL : name, err);
}

static int add_root(struct folder *f, const char *root, struct sl_error *err)
{
    static const int go_on = 0;
    int code = sl_label_column_begin(&f->labels, f->options, err);
    if (!code && f->options->no_label)
        code = add_folder(f, root, NULL, err);
    if (!code)
        code = for_folders(root, add_class, f, &go_on, err);
    if (!code && !f->view.n)
        code = sl_fail(err, SL_EDATA, "%s: no pictures", root);
    if (!code && f->others)
        sl_notes_add(&f->notes, "left out: %zu entries that are no PNG or PGM pictures", f->others);
    return code;
}

/* Moves the pixels to memory of their exact size. */
static int make(struct folder *f, const char *name, struct sl_dataset **out, struct sl_error *err)
{
    struct sl_view view = f->view;
    int code = sl_label_column_finish(&f->labels, &view, &f->notes, err);
    view.dtype = SL_U8;
    view.x = code ? NULL : sl_alloc(view.n, view.d);
    if (!code && (!view.x || f->notes.failed))
        code = sl_fail_memory(err);
    if (code) {
        free((void *)view.x);
        free((void *)view.y);
        return code;
    }
    memcpy((void *)view.x, f->view.x, view.n * view.d);
    int named = view.y || f->options->like;
    code = sl_dataset_adopt(&view, name, named ? sl_labels_names(f->labels.names) : NULL, NULL, out, err);
    if (!code) {
        (*out)->origin.notes = f->notes;
        f->notes = (struct sl_notes){0};
    }
    return code;
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
    struct folder f = {.options = options, .view = {.k = 1}};
    char *root = NULL;
    *out = NULL;
    int code = find_root(folder, part, options, &root, err);
    if (!code)
        code = add_root(&f, root ? root : folder, err);
    if (!code)
        code = make(&f, folder, out, err);
    free((void *)f.view.x);
    free(f.first);
    free(root);
    sl_label_column_release(&f.labels);
    sl_notes_release(&f.notes);
    return code;
}
