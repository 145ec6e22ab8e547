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
    sl_columns_release(encoding->columns);
    free(encoding);
}

void sl_encoding_set_width(struct sl_encoding *encoding)
{
    encoding->width = 0;
    for (size_t j = 0; j < encoding->columns->d; j++)
        encoding->width += encoding->code[j].width + (size_t)encoding->code[j].lacks;
}
