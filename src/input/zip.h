/* zip.h - the files within a zip archive, to be read one after the other. */
#ifndef SL_DATA_ZIP_H
#define SL_DATA_ZIP_H

#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

struct sl_zip;

/* 1 where a file that begins with head (n) is an archive. */
int sl_zip_is(const unsigned char *head, size_t n);

/* file is an open one, and is taken over in any case.  SL_EDATA where its directory is broken. */
int sl_zip_open(int file, const char *path, struct sl_zip **out, struct sl_error *err);
void sl_zip_close(struct sl_zip *zip);

size_t sl_zip_count(const struct sl_zip *zip);               /* without folders */
const char *sl_zip_name(const struct sl_zip *zip, size_t i); /* with the folders that it stands in */
/* The index of the file of this name; sl_zip_count: there is none. */
size_t sl_zip_find(const struct sl_zip *zip, const char *name);
/* The bytes of file i at most: what the directory says, where what is packed can hold as much. */
uint64_t sl_zip_most(const struct sl_zip *zip, size_t i);

/* Goes to the start of file i; what was read before is left.  SL_EDATA: it has a password, or is packed in
 * a way that is not read. */
int sl_zip_enter(struct sl_zip *zip, size_t i, struct sl_error *err);
/* Reads n bytes of it, or fewer at its end only; *got says how many.  At the end its checksum and length are
 * compared: SL_EDATA. */
int sl_zip_read(struct sl_zip *zip, void *bytes, size_t n, size_t *got, struct sl_error *err);

#endif
