/* file.h - files: what may be read, whole ones read at once, written so that a path never holds half of one.
 */
#ifndef SL_CORE_FILE_H
#define SL_CORE_FILE_H

#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

/* Opens a file to be read, and gives its size.  Only regular files are: SL_EIO names what else it is.  Never
 * waits. */
int sl_file_open(const char *path, int *file, uint64_t *size, struct sl_error *err);
/* Reads size bytes from where the file stands, which must be there, and closes it; as sl_file_read. */
int sl_file_take(int file, const char *path, uint64_t size, unsigned char **bytes, struct sl_error *err);
/* "a folder", "a pipe", ... for a mode of struct stat; NULL for a regular file. */
const char *sl_file_kind(unsigned mode);

/* The caller frees *bytes.  A NUL follows the last byte, not counted in *size. */
int sl_file_read(const char *path, unsigned char **bytes, size_t *size, struct sl_error *err);

/* Writes all bytes, in as many steps as it takes; -1 with errno. */
int sl_write_all(int fd, const void *bytes, size_t size);

/* Writes PATH.tmp-PID, syncs it and renames it to path. */
int sl_file_write(const char *path, const void *bytes, size_t size, struct sl_error *err);

/* The same of parts, one behind the other. */
struct sl_file_part {
    const void *bytes;
    size_t size;
};
int sl_file_write_parts(const char *path, const struct sl_file_part *parts, size_t n, struct sl_error *err);
/* Likewise, without waiting for the disk: a machine that fails may leave a damaged file. */
int sl_file_put(const char *path, const struct sl_file_part *parts, size_t n, struct sl_error *err);

/* Removes what processes that were killed while they wrote have left in folder: files "...ENDING.tmp-PID"
 * (ending as
 * ".slm") whose process is no more and which nobody writes.  What can not be removed stays. */
void sl_file_clean(const char *folder, const char *ending);

/* mkdir -p. */
int sl_folder_make(const char *path, struct sl_error *err);

#endif
