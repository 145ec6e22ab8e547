/* encoding_codes.c - the parts of a fitted encoding. */
#include "data/encoding_codes.h"
#include "core/memory.h"

struct sl_encoding *sl_encoding_new(const struct sl_encoding_options *options, struct sl_columns *columns)
{
    struct sl_encoding *encoding = sl_alloc_zero(1, sizeof *encoding);
    if (!encoding)
        return NULL;
    encoding->options = *options;
    encoding->columns = sl_columns_share(columns);
    encoding->code = sl_alloc_zero(columns->d, sizeof *encoding->code);
    if (!encoding->code) {
        sl_encoding_free(encoding);
        return NULL;
    }
    return encoding;
}

void sl_encoding_free(struct sl_encoding *encoding)
{
    if (!encoding)
        return;
    for (size_t j = 0; encoding->code && j < encoding->columns->d; j++)
        free(encoding->code[j].place);
    free(encoding->code);
    free(encoding->codes);
    sl_columns_release(encoding->columns);
    free(encoding);
}

int sl_encoding_set_width(struct sl_encoding *encoding)
{
    const size_t d = encoding->columns->d;
    size_t at = 0;
    int some = 0;
    encoding->width = 0;
    for (size_t j = 0; j < d; j++) {
        encoding->width += encoding->code[j].width + (size_t)encoding->code[j].lacks;
        some |= encoding->code[j].codes > 0;
    }
    if (!some)
        return SL_OK;
    encoding->codes = sl_alloc_zero(encoding->width, sizeof *encoding->codes);
    for (size_t j = 0; encoding->codes && j < d; j++) {
        if (encoding->code[j].codes)
            encoding->codes[at] = encoding->code[j].codes;
        at += encoding->code[j].width;
    }
    return encoding->codes ? SL_OK : SL_ENOMEM;
}
