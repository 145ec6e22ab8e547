/* unpack.h - packed files: one codec a format, each by its own library. */
#ifndef SL_DATA_UNPACK_H
#define SL_DATA_UNPACK_H

#include <stddef.h>
#include <stdint.h>

/* What is to be unpacked, and room for what comes of it; both move on. */
struct sl_span {
    const unsigned char *in;
    unsigned char *out;
    size_t n_in, n_out;
};

enum sl_unpacked {
    SL_UNPACKED_MORE,   /* takes more input, or has more to give */
    SL_UNPACKED_END,    /* of a member; another one may follow */
    SL_UNPACKED_MEMORY, /* out of memory */
    SL_UNPACKED_BROKEN, /* *why says so */
};

struct sl_codec {
    const char *name;
    const char *ending; /* of file names, with the point */
    unsigned char magic[6];
    size_t n_magic;
    uint64_t most;       /* bytes that one packed byte can become */
    void *(*open)(void); /* the state of one member; NULL when out of memory */
    enum sl_unpacked (*unpack)(void *state, struct sl_span *span, const char **why);
    void (*close)(void *state);
};

/* The codec of a file that begins with head (n), or NULL: it is not packed, or in a way that is not read. */
const struct sl_codec *sl_codec_find(const unsigned char *head, size_t n);
/* The codecs, in a row; NULL past the last. */
const struct sl_codec *sl_codec_at(size_t i);

/* Bytes of a name without the ending of a packed file, ".gz" and the like. */
size_t sl_unpacked_length(const char *name);

#endif
