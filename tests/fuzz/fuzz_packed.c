/* fuzz_packed.c - a file in any packing (gzip, xz, bzip2, zstd, zip), or plain, of any format that its
 * content tells. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct sl_read_options options = {0};
    fuzz_open(fuzz_file("x", bytes, n), &options);
    return 0;
}
