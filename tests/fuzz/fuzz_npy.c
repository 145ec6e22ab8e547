/* fuzz_npy.c - NPY arrays of features and of labels, as fuzz_open_pair takes them. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_open_pair(bytes, n, "npy");
    return 0;
}
