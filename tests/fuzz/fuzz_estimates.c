/* fuzz_estimates.c - a file of estimates, read for three trials, two of which are the same. */
#include "fuzz.h"
#include "study/estimates.h"
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char keys[][33] = {"b", "a", "b"};
    double seconds[3];
    struct sl_error err = {0};
    int code = sl_estimates_seconds(fuzz_file("x.json", bytes, n), keys, 3, seconds, &err);
    FUZZ_MUST(!code || *err.text);
    for (int i = 0; i < 3 && !code; i++)
        FUZZ_MUST(seconds[i] >= 0 && seconds[0] == seconds[2]);
    return 0;
}
