/* files_fixture.h - a temporary folder for a test program's files, and writers for it. */
#ifndef FILES_FIXTURE_H
#define FILES_FIXTURE_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* Needs the headers above. */
#include <cmocka.h>

static char test_folder[64];

static inline int make_folder(void **state)
{
    (void)state;
    strcpy(test_folder, "/tmp/shortlist-test-XXXXXX");
    return mkdtemp(test_folder) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int remove_folder(void **state)
{
    (void)state;
    return nftw(test_folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in the folder; valid until the eighth later call. */
static inline const char *path_of(const char *name)
{
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", test_folder, name);
    return path;
}

static inline const char *write_file(const char *name, const void *bytes, size_t n)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *write_text(const char *name, const char *text)
{
    return write_file(name, text, strlen(text));
}

/* One gzip member in fresh memory. */
static inline unsigned char *gzip_bytes(const void *bytes, size_t n, size_t *size)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&stream, n) + 64;
    unsigned char *out = malloc(room);
    assert_non_null(out);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (uInt)n;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *size = room - stream.avail_out;
    deflateEnd(&stream);
    return out;
}

static inline const char *write_gzip(const char *name, const void *bytes, size_t n)
{
    size_t size;
    unsigned char *packed = gzip_bytes(bytes, n, &size);
    const char *path = write_file(name, packed, size);
    free(packed);
    return path;
}

#endif
