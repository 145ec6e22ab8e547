/* input.c - a stream of bytes from a file, plain or gzip (RFC 1952, several members too).
 *
 * zlib's own gzread is not used: it takes a file that stops early, or that has junk behind it, for a
 * good one in some cases.  Here each of those is an error.  Cost: O(bytes), a buffer of 128 KiB. */
#include "data/input.h"
#include "core/file.h"
#include "core/memory.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BUFFER = 1 << 17,
    PEEK = 512,           /* a tar header says so at byte 257 */
    DEFLATE_RATIO = 1032, /* 258 bytes from 2 bits: the most that deflate can promise */
};

struct sl_input {
    char *path;
    int file;
    uint64_t file_size;
    unsigned char *buffer;
    size_t at, end; /* of what the buffer holds */
    int file_ended;
    int is_gzip, inside; /* inside: a gzip member has begun and not ended */
    z_stream zlib;
    unsigned char peeked[PEEK]; /* decoded bytes that were looked at and not yet taken */
    size_t peek_at, peek_end;
};

void sl_input_close(struct sl_input *in)
{
    if (!in)
        return;
    if (in->is_gzip)
        inflateEnd(&in->zlib);
    if (in->file >= 0)
        close(in->file);
    free(in->buffer);
    free(in->path);
    free(in);
}

const char *sl_input_path(const struct sl_input *in)
{
    return in->path;
}

/* Fills the empty buffer from the file. */
static int refill(struct sl_input *in, struct sl_error *err)
{
    in->at = in->end = 0;
    while (!in->file_ended && in->end < BUFFER) {
        ssize_t n = read(in->file, in->buffer + in->end, BUFFER - in->end);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_fail(err, SL_EIO, "%s: %s", in->path, strerror(errno));
        in->file_ended = n == 0;
        in->end += (size_t)n;
    }
    return SL_OK;
}

static int open_file(struct sl_input *in, struct sl_error *err)
{
    int code = sl_file_open(in->path, &in->file, &in->file_size, err);
    if (!code)
        code = refill(in, err);
    if (code)
        return code;
    if (in->end >= 2 && in->buffer[0] == 0x1f && in->buffer[1] == 0x8b) {
        if (inflateInit2(&in->zlib, 15 + 16) != Z_OK) /* 16: a gzip header and nothing else */
            return sl_fail_memory(err);
        in->is_gzip = 1;
        in->inside = 1;
    }
    return SL_OK;
}

int sl_input_open(const char *path, struct sl_input **out, struct sl_error *err)
{
    struct sl_input *in = sl_alloc_zero(1, sizeof *in);
    *out = NULL;
    if (!in)
        return sl_fail_memory(err);
    in->file = -1;
    in->path = sl_strdup(path);
    in->buffer = sl_alloc(BUFFER, 1);
    int code = in->path && in->buffer ? open_file(in, err) : sl_fail_memory(err);
    if (code) {
        sl_input_close(in);
        return code;
    }
    *out = in;
    return SL_OK;
}

uint64_t sl_input_most(const struct sl_input *in)
{
    if (!in->is_gzip || in->file_size > UINT64_MAX / DEFLATE_RATIO)
        return in->file_size;
    return in->file_size * DEFLATE_RATIO;
}

static int read_plain(struct sl_input *in, unsigned char *bytes, size_t n, size_t *got, struct sl_error *err)
{
    while (*got < n) {
        if (in->at == in->end) {
            int code = refill(in, err);
            if (code)
                return code;
            if (in->end == 0)
                return SL_OK;
        }
        size_t part = in->end - in->at < n - *got ? in->end - in->at : n - *got;
        memcpy(bytes + *got, in->buffer + in->at, part);
        in->at += part;
        *got += part;
    }
    return SL_OK;
}

static int broken_gzip(const struct sl_input *in, int status, struct sl_error *err)
{
    if (status == Z_MEM_ERROR)
        return sl_fail_memory(err);
    return sl_fail(err, SL_EDATA, "%s: broken gzip data: %s", in->path,
                   in->zlib.msg ? in->zlib.msg : "the compressed bytes make no sense");
}

/* Between two members: either the file ends, or another one begins. */
static int next_member(struct sl_input *in, struct sl_error *err)
{
    if (in->buffer[in->at] != 0x1f)
        return sl_fail(err, SL_EDATA, "%s: bytes that are not gzip behind the gzip data", in->path);
    int status = inflateReset(&in->zlib);
    if (status != Z_OK)
        return broken_gzip(in, status, err);
    in->inside = 1;
    return SL_OK;
}

static int read_gzip(struct sl_input *in, unsigned char *bytes, size_t n, size_t *got, struct sl_error *err)
{
    while (*got < n) {
        int code = in->at == in->end ? refill(in, err) : SL_OK;
        if (code)
            return code;
        if (in->at == in->end && !in->inside)
            return SL_OK;
        if (in->at == in->end)
            return sl_fail(err, SL_EDATA, "%s: the gzip data is cut off", in->path);
        if (!in->inside && (code = next_member(in, err)))
            return code;
        size_t room = n - *got < BUFFER ? n - *got : BUFFER;
        in->zlib.next_in = in->buffer + in->at;
        in->zlib.avail_in = (uInt)(in->end - in->at);
        in->zlib.next_out = bytes + *got;
        in->zlib.avail_out = (uInt)room;
        int status = inflate(&in->zlib, Z_NO_FLUSH);
        in->at = in->end - in->zlib.avail_in;
        *got += room - in->zlib.avail_out;
        if (status == Z_STREAM_END)
            in->inside = 0;
        else if (status != Z_OK && status != Z_BUF_ERROR)
            return broken_gzip(in, status, err);
    }
    return SL_OK;
}

int sl_input_read(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err)
{
    *got = in->peek_end - in->peek_at < n ? in->peek_end - in->peek_at : n;
    memcpy(bytes, in->peeked + in->peek_at, *got);
    in->peek_at += *got;
    return in->is_gzip ? read_gzip(in, bytes, n, got, err) : read_plain(in, bytes, n, got, err);
}

int sl_input_peek(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err)
{
    size_t have;
    int code = sl_input_read(in, in->peeked, n < PEEK ? n : PEEK, &have, err);
    if (code)
        return code;
    in->peek_at = 0;
    in->peek_end = have;
    *got = have;
    memcpy(bytes, in->peeked, have);
    return SL_OK;
}
