/* input.h - a stream of bytes from a file, plain or gzip. */
#ifndef SL_DATA_INPUT_H
#define SL_DATA_INPUT_H

#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

struct sl_input;

/* Opens path, a regular file (see sl_file_open); gzip is told by the first two bytes, never by the name.
 * SL_EIO names the path. */
int sl_input_open(const char *path, struct sl_input **out, struct sl_error *err);
void sl_input_close(struct sl_input *in);

/* Reads n bytes, or fewer at the end of the stream only; *got says how many.  SL_EIO, or SL_EDATA where
 * the gzip data is broken (checksum, length, cut off, junk behind it). */
int sl_input_read(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err);

/* The bytes that the whole stream can have at most: exact for a plain file, from the best ratio that
 * the format allows for gzip. */
uint64_t sl_input_most(const struct sl_input *in);

/* Looks at the first n bytes of a freshly opened stream without taking them; returns how many there are. */
int sl_input_peek(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err);

const char *sl_input_path(const struct sl_input *in);

#endif
