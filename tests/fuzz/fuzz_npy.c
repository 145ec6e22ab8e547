/* fuzz_npy.c - NPY arrays of features and of labels: two bytes say how long the first is, the second follows.
 */
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint16_t first;
    if (n < sizeof first)
        return 0;
    memcpy(&first, bytes, sizeof first);
    bytes += sizeof first, n -= sizeof first;
    size_t n_x = first < n ? first : n;
    char labels[128];
    strcpy(labels, fuzz_file("y.npy", bytes + n_x, n - n_x));
    struct sl_read_options options = {.labels = labels, .format = "npy"};
    fuzz_open(fuzz_file("x.npy", bytes, n_x), &options);
    return 0;
}
