/* fuzz_state.c - what a network's training left for one of more epochs.  The first byte says which net
 * (small_rows.h).  A fit that takes it goes on to its end. */
#include "fuzz.h"
#include "small_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct sl_error err = {0};
    if (n < 2)
        return 0;
    const struct sl_fit_state state = {.bytes = bytes + 1, .size = n - 1};
    int code = small_net_fit(*bytes % SMALL_NETS, "3", &state, &err);
    FUZZ_MUST(!code || *err.text);
    return 0;
}
