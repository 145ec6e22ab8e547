/* fuzz_arff.c - an ARFF file.  The first byte says how it is to be read (fuzz_read_options). */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0)
        return 0;
    struct sl_read_options options = fuzz_read_options(*bytes);
    options.format = "arff";
    fuzz_open(fuzz_file("x.arff", bytes + 1, n - 1), &options);
    return 0;
}
