/* lines.h - a stream of text as lines, however long; of readers that look at a line as a whole. */
#ifndef SL_DATA_LINES_H
#define SL_DATA_LINES_H

#include <shortlist/error.h>
#include <stddef.h>

struct sl_input;

/* The caller sets in, and releases it; zeroed otherwise. */
struct sl_lines {
    struct sl_input *in;
    char *chunk; /* what was read and not yet taken: chunk[at] ... chunk[end - 1] */
    size_t at, end, capacity;
    int ended;
    size_t number; /* of the present line, from 1 */
};

/* The next line, *length bytes and a NUL in the place of its end (LF or CR LF); NULL where the file ends,
 * with *code SL_OK, and on failure.  It lasts until the next call.  SL_EDATA: longer than 16 MiB, or with a
 * NUL in it. */
char *sl_lines_next(struct sl_lines *lines, size_t *length, int *code, struct sl_error *err);
void sl_lines_release(struct sl_lines *lines);

/* SL_EDATA with "path:line: " before the text. */
int sl_lines_fail(const struct sl_lines *lines, struct sl_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
