/* file.h - whole files: read at once, written so that a path never holds half of one. */
#ifndef SL_CORE_FILE_H
#define SL_CORE_FILE_H

#include <shortlist/error.h>
#include <stddef.h>

/* The caller frees *bytes.  A NUL follows the last byte, not counted in *size. */
int sl_file_read(const char *path, unsigned char **bytes, size_t *size, struct sl_error *err);

/* Writes all bytes, in as many steps as it takes; -1 with errno. */
int sl_write_all(int fd, const void *bytes, size_t size);

/* Writes PATH.tmp-PID, syncs it and renames it to path. */
int sl_file_write(const char *path, const void *bytes, size_t size, struct sl_error *err);

/* Removes what processes that were killed while they wrote have left in folder: files "...ENDING.tmp-PID"
 * (ending as
 * ".slm") whose process is no more and which nobody writes.  What can not be removed stays. */
void sl_file_clean(const char *folder, const char *ending);

/* mkdir -p. */
int sl_folder_make(const char *path, struct sl_error *err);

#endif
