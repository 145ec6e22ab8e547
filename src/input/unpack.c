/* unpack.c - gzip (RFC 1952), xz, bzip2 and Zstandard (RFC 8878), by zlib, liblzma, libbz2 and libzstd.
 *
 * The most that a byte can become: 258 bytes of 2 bits in deflate; 273 bytes of 14 decisions of at least
 * 0.022 bits in LZMA; a block of 900,000 bytes, of which five may stand for 259, of some 20 bytes in bzip2; a
 * block of 128 KiB of four bytes in Zstandard.  Decoders are held to a window of 128 MiB (Zstandard's own
 * limit) and to 512 MiB of memory (xz), whatever a header asks for. */
#include "input/unpack.h"
#include "core/memory.h"
#include <bzlib.h>
#include <limits.h>
#include <lzma.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

static const char senseless[] = "the compressed bytes make no sense";

/* Libraries that count in 32 bits. */
static unsigned at_most(size_t n)
{
    return n < INT_MAX ? (unsigned)n : INT_MAX;
}

static void move_on(struct sl_span *span, size_t taken, size_t given)
{
    span->in += taken;
    span->n_in -= taken;
    span->out += given;
    span->n_out -= given;
}

/* gzip ----------------------------------------------------------------------------------------------*/

static void *gzip_open(void)
{
    z_stream *z = sl_alloc_zero(1, sizeof *z);
    if (z && inflateInit2(z, 15 + 16) != Z_OK) { /* 16: a gzip header and nothing else */
        free(z);
        return NULL;
    }
    return z;
}

static enum sl_unpacked gzip_unpack(void *state, struct sl_span *span, const char **why)
{
    z_stream *z = state;
    unsigned n_in = at_most(span->n_in), n_out = at_most(span->n_out);
    z->next_in = (unsigned char *)(uintptr_t)span->in;
    z->avail_in = n_in;
    z->next_out = span->out;
    z->avail_out = n_out;
    int status = inflate(z, Z_NO_FLUSH);
    move_on(span, n_in - z->avail_in, n_out - z->avail_out);
    *why = z->msg ? z->msg : senseless;
    return status == Z_STREAM_END                    ? SL_UNPACKED_END
           : status == Z_OK || status == Z_BUF_ERROR ? SL_UNPACKED_MORE
           : status == Z_MEM_ERROR                   ? SL_UNPACKED_MEMORY
                                                     : SL_UNPACKED_BROKEN;
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

/* xz ------------------------------------------------------------------------------------------------*/

static void *xz_open(void)
{
    const uint64_t most_memory = (uint64_t)512 << 20;
    lzma_stream *xz = sl_alloc_zero(1, sizeof *xz);
    if (xz && lzma_stream_decoder(xz, most_memory, 0) != LZMA_OK) {
        free(xz);
        return NULL;
    }
    return xz;
}

static const char *xz_reason(lzma_ret status)
{
    switch (status) {
    case LZMA_MEMLIMIT_ERROR:
        return "unpacking it takes more than 512 MiB of memory";
    case LZMA_OPTIONS_ERROR:
        return "it asks for what this liblzma does not know";
    default:
        return senseless;
    }
}

static enum sl_unpacked xz_unpack(void *state, struct sl_span *span, const char **why)
{
    lzma_stream *xz = state;
    xz->next_in = span->in;
    xz->avail_in = span->n_in;
    xz->next_out = span->out;
    xz->avail_out = span->n_out;
    lzma_ret status = lzma_code(xz, LZMA_RUN);
    move_on(span, span->n_in - xz->avail_in, span->n_out - xz->avail_out);
    *why = xz_reason(status);
    return status == LZMA_STREAM_END                       ? SL_UNPACKED_END
           : status == LZMA_OK || status == LZMA_BUF_ERROR ? SL_UNPACKED_MORE
           : status == LZMA_MEM_ERROR                      ? SL_UNPACKED_MEMORY
                                                           : SL_UNPACKED_BROKEN;
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

/* bzip2 ---------------------------------------------------------------------------------------------*/

static void *bzip2_open(void)
{
    bz_stream *bz = sl_alloc_zero(1, sizeof *bz);
    if (bz && BZ2_bzDecompressInit(bz, 0, 0) != BZ_OK) {
        free(bz);
        return NULL;
    }
    return bz;
}

static enum sl_unpacked bzip2_unpack(void *state, struct sl_span *span, const char **why)
{
    bz_stream *bz = state;
    unsigned n_in = at_most(span->n_in), n_out = at_most(span->n_out);
    bz->next_in = (char *)(uintptr_t)span->in;
    bz->avail_in = n_in;
    bz->next_out = (char *)span->out;
    bz->avail_out = n_out;
    int status = BZ2_bzDecompress(bz);
    move_on(span, n_in - bz->avail_in, n_out - bz->avail_out);
    *why = senseless;
    return status == BZ_STREAM_END  ? SL_UNPACKED_END
           : status == BZ_OK        ? SL_UNPACKED_MORE
           : status == BZ_MEM_ERROR ? SL_UNPACKED_MEMORY
                                    : SL_UNPACKED_BROKEN;
}

static void bzip2_close(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

/* Zstandard -----------------------------------------------------------------------------------------*/

static void *zstd_open(void)
{
    return ZSTD_createDStream();
}

static const char *zstd_reason(size_t status)
{
    if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge)
        return "unpacking it takes a window of more than 128 MiB: unpack it first with zstd -d --long=31";
    return ZSTD_isError(status) ? ZSTD_getErrorName(status) : "";
}

static enum sl_unpacked zstd_unpack(void *state, struct sl_span *span, const char **why)
{
    ZSTD_inBuffer in = {span->in, span->n_in, 0};
    ZSTD_outBuffer out = {span->out, span->n_out, 0};
    size_t status = ZSTD_decompressStream(state, &out, &in);
    move_on(span, in.pos, out.pos);
    *why = zstd_reason(status);
    if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation)
        return SL_UNPACKED_MEMORY;
    return ZSTD_isError(status) ? SL_UNPACKED_BROKEN : status == 0 ? SL_UNPACKED_END : SL_UNPACKED_MORE;
}

static void zstd_close(void *state)
{
    ZSTD_freeDStream(state);
}

/* All -----------------------------------------------------------------------------------------------*/

static const struct sl_codec codecs[] = {
    {"gzip", ".gz", {0x1f, 0x8b}, 2, 1032, gzip_open, gzip_unpack, gzip_close},
    {"xz", ".xz", {0xfd, '7', 'z', 'X', 'Z', 0}, 6, 7100, xz_open, xz_unpack, xz_close},
    {"bzip2", ".bz2", {'B', 'Z', 'h'}, 3, 2400000, bzip2_open, bzip2_unpack, bzip2_close},
    {"zstd", ".zst", {0x28, 0xb5, 0x2f, 0xfd}, 4, 32768, zstd_open, zstd_unpack, zstd_close},
};

const struct sl_codec *sl_codec_at(size_t i)
{
    return i < sizeof codecs / sizeof *codecs ? &codecs[i] : NULL;
}

const struct sl_codec *sl_codec_find(const unsigned char *head, size_t n)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        if (n >= codecs[i].n_magic && memcmp(head, codecs[i].magic, codecs[i].n_magic) == 0)
            return &codecs[i];
    }
    return NULL;
}

size_t sl_unpacked_length(const char *name)
{
    const struct sl_codec *codec;
    size_t n = strlen(name), m;
    for (size_t i = 0; (codec = sl_codec_at(i)); i++) {
        m = strlen(codec->ending);
        if (n > m && strcasecmp(name + n - m, codec->ending) == 0)
            return n - m;
    }
    return n;
}
