/* packed_fixture.h - bytes packed by each of the libraries that unpack them, for tests. */
#ifndef PACKED_FIXTURE_H
#define PACKED_FIXTURE_H

#include "unit/files_fixture.h"
#include <bzlib.h>
#include <lzma.h>
#include <zip.h>
#include <zstd.h>

struct packed {
    unsigned char bytes[1 << 16];
    size_t n;
};

static inline void pack_gzip(const void *bytes, size_t n, struct packed *out)
{
    unsigned char *packed = gzip_bytes(bytes, n, &out->n);
    assert_true(out->n <= sizeof out->bytes);
    memcpy(out->bytes, packed, out->n);
    free(packed);
}

static inline void pack_xz(const void *bytes, size_t n, struct packed *out)
{
    out->n = 0;
    assert_int_equal(
        lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, bytes, n, out->bytes, &out->n, sizeof out->bytes),
        LZMA_OK);
}

static inline void pack_bzip2(const void *bytes, size_t n, struct packed *out)
{
    unsigned size = sizeof out->bytes;
    assert_int_equal(
        BZ2_bzBuffToBuffCompress((char *)out->bytes, &size, (char *)(uintptr_t)bytes, (unsigned)n, 9, 0, 0),
        BZ_OK);
    out->n = size;
}

static inline void pack_zstd(const void *bytes, size_t n, struct packed *out)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    assert_non_null(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    out->n = ZSTD_compress2(context, out->bytes, sizeof out->bytes, bytes, n);
    assert_false(ZSTD_isError(out->n));
    ZSTD_freeCCtx(context);
}

/* An archive of files (n) in the folder; its path. */
struct zipped {
    const char *name;
    const void *bytes;
    size_t size;
};

static inline const char *write_zip(const char *name, const struct zipped *files, size_t n)
{
    const char *path = path_of(name);
    int why = 0;
    zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);
    assert_non_null(archive);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *source = zip_source_buffer(archive, files[i].bytes, files[i].size, 0);
        assert_non_null(source);
        assert_true(zip_file_add(archive, files[i].name, source, 0) >= 0);
    }
    assert_int_equal(zip_close(archive), 0);
    return path;
}

static inline void pack_zip(const void *bytes, size_t n, struct packed *out)
{
    struct zipped file = {"inside", bytes, n};
    FILE *archive = fopen(write_zip("pack.zip", &file, 1), "rb");
    assert_non_null(archive);
    out->n = fread(out->bytes, 1, sizeof out->bytes, archive);
    fclose(archive);
}

#endif
