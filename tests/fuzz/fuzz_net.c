/* fuzz_net.c - the line that describes a net. */
#include "fuzz.h"
#include <shortlist/network.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *line = strndup((const char *)bytes, n);
    FUZZ_MUST(line);
    struct sl_net_row *rows = NULL;
    size_t n_rows = 0;
    struct sl_error err = {0};
    int code = sl_net_rows(line, 28, 28, 1, 10, &rows, &n_rows, &err);
    FUZZ_MUST(code ? *err.text != 0 : n_rows > 0);
    if (!code)
        free(rows);
    free(line);
    return 0;
}
