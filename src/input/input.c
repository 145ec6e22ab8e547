/* input.c - a stream of bytes from a file, plain or packed (unpack.c, zip.c), and of its text.
 *
 * The libraries' own readers of files are not used: zlib's takes a file that stops early, or that has junk
 * behind it, for a good one in some cases.  Here each of those is an error.  Members that stand one behind
 * the other are one stream.  Cost: O(bytes), a buffer of 128 KiB. */
#include "input/input.h"
#include "core/file.h"
#include "core/memory.h"
#include "input/unpack.h"
#include "input/utf16.h"
#include "input/zip.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 17, RAW = SL_INPUT_PEEK };

/* Text in UTF-16 on its way to UTF-8. */
struct decoder {
    enum sl_utf16_order order;
    unsigned char raw[RAW], text[2 * RAW]; /* a unit of 2 bytes becomes 3 at most */
    size_t n_raw, at, end;
    int ended;
};

struct sl_input {
    char *path;
    int file;
    uint64_t most;
    unsigned char *buffer;
    size_t at, end; /* of what the buffer holds */
    int file_ended;
    const struct sl_codec *codec; /* NULL: as it is */
    void *state;                  /* of a member that has begun and not ended */
    struct sl_zip *zip;
    int owns_zip, inside_zip;            /* the stream is a file of the archive */
    struct decoder *decoder;             /* NULL: no UTF-16 */
    unsigned char peeked[SL_INPUT_PEEK]; /* bytes that were looked at and not yet taken */
    size_t peek_at, peek_end;
};

void sl_input_close(struct sl_input *in)
{
    if (!in)
        return;
    if (in->state)
        in->codec->close(in->state);
    if (in->owns_zip)
        sl_zip_close(in->zip);
    if (in->file >= 0)
        close(in->file);
    free(in->decoder);
    free(in->buffer);
    free(in->path);
    free(in);
}

const char *sl_input_path(const struct sl_input *in)
{
    return in->path;
}

struct sl_zip *sl_input_zip(struct sl_input *in)
{
    return in->inside_zip ? NULL : in->zip;
}

uint64_t sl_input_most(const struct sl_input *in)
{
    return in->most;
}

/* Opening -------------------------------------------------------------------------------------------*/

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

static int enter(struct sl_input *in, size_t i, struct sl_error *err)
{
    in->inside_zip = 1;
    in->most = sl_zip_most(in->zip, i);
    return sl_zip_enter(in->zip, i, err);
}

/* An archive of one file is that file; arrays of NumPy are read as an archive whatever their number. */
static int open_zip(struct sl_input *in, struct sl_error *err)
{
    int file = dup(in->file);
    if (file < 0)
        return sl_fail(err, SL_EIO, "%s: %s", in->path, strerror(errno));
    int code = sl_zip_open(file, in->path, &in->zip, err);
    in->owns_zip = !code;
    in->file_ended = 1; /* the two share their place in the file */
    if (code || sl_zip_count(in->zip) != 1)
        return code;
    const char *name = sl_zip_name(in->zip, 0);
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".npy") == 0 ? SL_OK : enter(in, 0, err);
}

static int open_file(struct sl_input *in, struct sl_error *err)
{
    int code = sl_file_open(in->path, &in->file, &in->most, err);
    if (!code)
        code = refill(in, err);
    if (code)
        return code;
    if (sl_zip_is(in->buffer, in->end))
        return open_zip(in, err);
    in->codec = sl_codec_find(in->buffer, in->end);
    if (!in->codec)
        return SL_OK;
    if (__builtin_mul_overflow(in->most, in->codec->most, &in->most))
        in->most = UINT64_MAX;
    in->state = in->codec->open();
    return in->state ? SL_OK : sl_fail_memory(err);
}

static int make(const char *path, struct sl_input **out, struct sl_error *err)
{
    struct sl_input *in = *out = sl_alloc_zero(1, sizeof *in);
    if (!in)
        return sl_fail_memory(err);
    in->file = -1;
    in->path = sl_strdup(path);
    return in->path ? SL_OK : sl_fail_memory(err);
}

static int keep(int code, struct sl_input **in)
{
    if (code) {
        sl_input_close(*in);
        *in = NULL;
    }
    return code;
}

int sl_input_open(const char *path, struct sl_input **out, struct sl_error *err)
{
    int code = make(path, out, err);
    if (!code) {
        (*out)->buffer = sl_alloc(BUFFER, 1);
        code = (*out)->buffer ? open_file(*out, err) : sl_fail_memory(err);
    }
    return keep(code, out);
}

int sl_input_open_entry(struct sl_zip *zip, const char *path, size_t i, struct sl_input **out,
                        struct sl_error *err)
{
    int code = make(path, out, err);
    if (!code) {
        (*out)->zip = zip;
        code = enter(*out, i, err);
    }
    return keep(code, out);
}

/* Bytes ---------------------------------------------------------------------------------------------*/

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

/* Between two members: either the file ends, or another one begins. */
static int next_member(struct sl_input *in, struct sl_error *err)
{
    const char *name = in->codec->name;
    if (in->buffer[in->at] != in->codec->magic[0])
        return sl_fail(err, SL_EDATA, "%s: bytes that are not %s behind the %s data", in->path, name, name);
    in->state = in->codec->open();
    return in->state ? SL_OK : sl_fail_memory(err);
}

static int unpack(struct sl_input *in, unsigned char *bytes, size_t n, size_t *got, struct sl_error *err)
{
    struct sl_span span = {in->buffer + in->at, bytes + *got, in->end - in->at, n - *got};
    const char *name = in->codec->name, *why = NULL;
    enum sl_unpacked status = in->codec->unpack(in->state, &span, &why);
    int moved = span.n_in < in->end - in->at || span.n_out < n - *got;
    in->at = in->end - span.n_in;
    *got = n - span.n_out;
    switch (status) {
    case SL_UNPACKED_MEMORY:
        return sl_fail_memory(err);
    case SL_UNPACKED_BROKEN:
        return sl_fail(err, SL_EDATA, "%s: broken %s data: %s", in->path, name, why);
    case SL_UNPACKED_END:
        in->codec->close(in->state);
        in->state = NULL;
        return SL_OK;
    default: /* what a codec has in hand comes without more input */
        if (moved)
            return SL_OK;
        return sl_fail(err, SL_EDATA, in->end ? "%s: broken %s data" : "%s: the %s data is cut off", in->path,
                       name);
    }
}

static int read_packed(struct sl_input *in, unsigned char *bytes, size_t n, size_t *got, struct sl_error *err)
{
    while (*got < n) {
        int code = in->at == in->end ? refill(in, err) : SL_OK;
        if (!code && in->at == in->end && !in->state)
            return SL_OK;
        if (!code && !in->state)
            code = next_member(in, err);
        if (!code)
            code = unpack(in, bytes, n, got, err);
        if (code)
            return code;
    }
    return SL_OK;
}

/* From *got on. */
static int read_bytes(struct sl_input *in, unsigned char *bytes, size_t n, size_t *got, struct sl_error *err)
{
    size_t more = 0;
    if (!in->inside_zip)
        return in->codec ? read_packed(in, bytes, n, got, err) : read_plain(in, bytes, n, got, err);
    int code = sl_zip_read(in->zip, bytes + *got, n - *got, &more, err);
    *got += more;
    return code;
}

/* Text ----------------------------------------------------------------------------------------------*/

static int decode_more(struct sl_input *in, struct decoder *d, struct sl_error *err)
{
    size_t had = d->n_raw;
    int code = d->ended ? SL_OK : read_bytes(in, d->raw, RAW, &d->n_raw, err);
    if (code)
        return code;
    d->ended = d->n_raw < RAW;
    struct sl_span span = {d->raw, d->text, d->n_raw, sizeof d->text};
    if (sl_utf16_decode(d->order, &span))
        return sl_fail(err, SL_EDATA, "%s: half a character: broken UTF-16 text", in->path);
    if (d->ended && span.n_in && span.n_in == had)
        return sl_fail(err, SL_EDATA, "%s: the UTF-16 text is cut off within a character", in->path);
    memmove(d->raw, span.in, span.n_in);
    d->n_raw = span.n_in;
    d->at = 0;
    d->end = sizeof d->text - span.n_out;
    return SL_OK;
}

static int read_text(struct sl_input *in, unsigned char *bytes, size_t n, size_t *got, struct sl_error *err)
{
    struct decoder *d = in->decoder;
    while (*got < n) {
        if (d->at == d->end) {
            int code = d->ended && !d->n_raw ? SL_OK : decode_more(in, d, err);
            if (code)
                return code;
            if (d->at == d->end && d->ended && !d->n_raw)
                return SL_OK;
        }
        size_t part = d->end - d->at < n - *got ? d->end - d->at : n - *got;
        memcpy(bytes + *got, d->text + d->at, part);
        d->at += part;
        *got += part;
    }
    return SL_OK;
}

int sl_input_read(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err)
{
    *got = in->peek_end - in->peek_at < n ? in->peek_end - in->peek_at : n;
    memcpy(bytes, in->peeked + in->peek_at, *got);
    in->peek_at += *got;
    return in->decoder ? read_text(in, bytes, n, got, err) : read_bytes(in, bytes, n, got, err);
}

int sl_input_peek(struct sl_input *in, void *bytes, size_t n, size_t *got, struct sl_error *err)
{
    int code = SL_OK;
    n = n < SL_INPUT_PEEK ? n : SL_INPUT_PEEK;
    if (in->peek_end < n && in->decoder)
        code = read_text(in, in->peeked, n, &in->peek_end, err);
    else if (in->peek_end < n)
        code = read_bytes(in, in->peeked, n, &in->peek_end, err);
    *got = in->peek_end < n ? in->peek_end : n;
    memcpy(bytes, in->peeked, *got);
    return code;
}

int sl_input_as_text(struct sl_input *in, struct sl_error *err)
{
    unsigned char head[4];
    size_t n;
    int code = sl_input_peek(in, head, sizeof head, &n, err);
    if (code)
        return code;
    if (n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
        in->peek_end -= 3;
        memmove(in->peeked, in->peeked + 3, in->peek_end);
    }
    enum sl_utf16_order order = in->decoder ? SL_UTF16_NO : sl_utf16_find(head, n);
    if (order == SL_UTF16_NO)
        return SL_OK;
    in->decoder = sl_alloc_zero(1, sizeof *in->decoder);
    if (!in->decoder)
        return sl_fail_memory(err);
    in->decoder->order = order;
    in->decoder->n_raw = in->peek_end;
    memcpy(in->decoder->raw, in->peeked, in->peek_end);
    in->peek_end = 0;
    return SL_OK;
}

int sl_input_was_utf16(const struct sl_input *in)
{
    return in->decoder != NULL;
}
