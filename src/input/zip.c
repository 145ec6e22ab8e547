/* zip.c - zip archives by libzip, which checks directory, lengths and checksums. */
#include "input/zip.h"
#include "core/memory.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

enum {
    DEFLATE_RATIO = 1032, /* 258 bytes of 2 bits */
    FILES_MOST = 100000,  /* of an archive: more are no data set's */
    NAME_MOST = 200,      /* bytes of a name in a message */
    PART_MOST = 1 << 30,
};

struct entry {
    zip_uint64_t at;  /* in the archive */
    const char *name; /* the archive's */
    uint64_t most;
};

struct sl_zip {
    char *path;
    zip_t *archive;
    zip_file_t *file; /* that is being read, or NULL */
    size_t present;   /* which one */
    struct entry *entries;
    size_t n;
};

int sl_zip_is(const unsigned char *head, size_t n)
{
    return n >= 4 && memcmp(head, "PK\3\4", 4) == 0;
}

void sl_zip_close(struct sl_zip *zip)
{
    if (!zip)
        return;
    if (zip->file)
        zip_fclose(zip->file);
    if (zip->archive)
        zip_discard(zip->archive);
    free(zip->entries);
    free(zip->path);
    free(zip);
}

/* errno was 0 before the call: want of memory has other names within the library. */
static int fail_zip(const char *path, int code, const char *what, struct sl_error *err)
{
    zip_error_t error;
    if (code == ZIP_ER_MEMORY || errno == ENOMEM)
        return sl_fail_memory(err);
    zip_error_init_with_code(&error, code);
    sl_fail(err, SL_EDATA, "%s: %s: %s", path, what, zip_error_strerror(&error));
    zip_error_fini(&error);
    return SL_EDATA;
}

/* The directory's length is believed only where what is packed can hold as much. */
static uint64_t most_of(const zip_stat_t *info)
{
    uint64_t packed = info->comp_size;
    if (info->comp_method == ZIP_CM_STORE)
        return packed < info->size ? packed : info->size;
    if (info->comp_method == ZIP_CM_DEFLATE && packed < UINT64_MAX / DEFLATE_RATIO &&
        packed * DEFLATE_RATIO < info->size)
        return packed * DEFLATE_RATIO;
    return info->size;
}

/* Folders are none, nor is what macOS notes of each file. */
static int is_file(const char *name)
{
    static const char notes[] = "__MACOSX/";
    size_t length = strlen(name);
    return length && name[length - 1] != '/' && strncmp(name, notes, sizeof notes - 1) != 0;
}

static int add_entry(struct sl_zip *zip, zip_uint64_t at, struct sl_error *err)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    zip_stat_t info;
    if (zip_stat_index(zip->archive, at, 0, &info) || (info.valid & needed) != needed)
        return sl_fail(err, SL_EDATA, "%s: a broken zip archive: nothing is known of its file %llu",
                       zip->path, (unsigned long long)at);
    if (is_file(info.name))
        zip->entries[zip->n++] = (struct entry){at, info.name, most_of(&info)};
    return SL_OK;
}

static int list_entries(struct sl_zip *zip, struct sl_error *err)
{
    zip_int64_t n = zip_get_num_entries(zip->archive, 0);
    if (n < 0 || n > FILES_MOST)
        return sl_fail(err, SL_EDATA, "%s: a zip archive of %lld files; at most %d are read", zip->path,
                       (long long)n, FILES_MOST);
    zip->entries = sl_alloc((size_t)n, sizeof *zip->entries);
    int code = zip->entries ? SL_OK : sl_fail_memory(err);
    for (zip_int64_t i = 0; i < n && !code; i++)
        code = add_entry(zip, (zip_uint64_t)i, err);
    return code;
}

int sl_zip_open(int file, const char *path, struct sl_zip **out, struct sl_error *err)
{
    struct sl_zip *zip = sl_alloc_zero(1, sizeof *zip);
    int why = 0;
    *out = NULL;
    if (zip)
        zip->path = sl_strdup(path);
    if (!zip || !zip->path) {
        close(file);
        sl_zip_close(zip);
        return sl_fail_memory(err);
    }
    errno = 0;
    zip->archive = zip_fdopen(file, ZIP_CHECKCONS, &why);
    if (!zip->archive)
        close(file);
    int code = zip->archive ? list_entries(zip, err) : fail_zip(path, why, "a broken zip archive", err);
    if (code) {
        sl_zip_close(zip);
        return code;
    }
    *out = zip;
    return SL_OK;
}

size_t sl_zip_count(const struct sl_zip *zip)
{
    return zip->n;
}

const char *sl_zip_name(const struct sl_zip *zip, size_t i)
{
    return zip->entries[i].name;
}

size_t sl_zip_find(const struct sl_zip *zip, const char *name)
{
    size_t i = 0;
    while (i < zip->n && strcmp(zip->entries[i].name, name) != 0)
        i++;
    return i;
}

uint64_t sl_zip_most(const struct sl_zip *zip, size_t i)
{
    return zip->entries[i].most;
}

int sl_zip_enter(struct sl_zip *zip, size_t i, struct sl_error *err)
{
    if (zip->file)
        zip_fclose(zip->file);
    zip->present = i;
    errno = 0;
    zip->file = zip_fopen_index(zip->archive, zip->entries[i].at, 0);
    if (zip->file)
        return SL_OK;
    char what[NAME_MOST + 64];
    snprintf(what, sizeof what, "%.*s in the zip archive", NAME_MOST, zip->entries[i].name);
    return fail_zip(zip->path, zip_error_code_zip(zip_get_error(zip->archive)), what, err);
}

int sl_zip_read(struct sl_zip *zip, void *bytes, size_t n, size_t *got, struct sl_error *err)
{
    *got = 0;
    while (*got < n) {
        size_t part = n - *got < PART_MOST ? n - *got : PART_MOST;
        errno = 0;
        zip_int64_t done = zip_fread(zip->file, (char *)bytes + *got, part);
        if (done == 0)
            return SL_OK;
        if (done > 0) {
            *got += (size_t)done;
            continue;
        }
        char what[NAME_MOST + 64];
        snprintf(what, sizeof what, "%.*s in the zip archive is broken", NAME_MOST,
                 zip->entries[zip->present].name);
        return fail_zip(zip->path, zip_error_code_zip(zip_file_get_error(zip->file)), what, err);
    }
    return SL_OK;
}
