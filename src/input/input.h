/* input.h - a stream of bytes from a file, plain or packed. */
#ifndef SL_DATA_INPUT_H
#define SL_DATA_INPUT_H

#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

struct sl_input;
struct sl_zip;

/* Opens path, a regular file (see sl_file_open).  gzip, xz, bzip2, zstd and zip are told by the first bytes,
 * never by the name; a zip archive of one file is that file.  SL_EIO names the path. */
int sl_input_open(const char *path, struct sl_input **out, struct sl_error *err);
/* Opens file i of an archive, which stays the caller's and is read by nobody else meanwhile. */
int sl_input_open_entry(struct sl_zip *zip, const char *path, size_t i, struct sl_input **out,
                        struct sl_error *err);
void sl_input_close(struct sl_input *in);

/* The archive where path is one of several files (or none): the stream is that of its bytes as they are. Else
 * NULL.  It is in's. */
struct sl_zip *sl_input_zip(struct sl_input *in);

/* Reads n bytes, or fewer at the end of the stream only; *got says how many.  SL_EIO, or SL_EDATA where
 * packed data is broken (checksum, length, cut off, junk behind it). */
int sl_input_read(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err);

/* The bytes that the whole stream can have at most: exact for a plain file, from the best ratio that
 * the format allows for a packed one. */
uint64_t sl_input_most(const struct sl_input *in);

enum { SL_INPUT_PEEK = 4096 };

/* Looks at the first n bytes (at most SL_INPUT_PEEK) of a stream that nothing was read from, without taking
 * them; *got says how many there are. */
int sl_input_peek(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err);

/* What nothing was read from is text from now on: without a byte order mark, and UTF-8 where it was UTF-16.
 */
int sl_input_as_text(struct sl_input *in, struct sl_error *err);
/* Was it? */
int sl_input_was_utf16(const struct sl_input *in);

const char *sl_input_path(const struct sl_input *in);

#endif
