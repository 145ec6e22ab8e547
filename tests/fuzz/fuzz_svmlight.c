/* fuzz_svmlight.c - an svmlight file.  The first byte says how it is to be read (fuzz_read_options). Millions
 * of features take a thousand times as long as few: of inputs that may have them one in sixteen is read. */
#include "fuzz.h"
#include <ctype.h>
#include <zlib.h>

static int may_be_wide(const uint8_t *bytes, size_t n)
{
    enum { DIGITS = 5 };
    size_t digits = 0;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == ':' && digits >= DIGITS)
            return 1;
        digits = isdigit(bytes[i]) ? digits + 1 : 0;
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0 || (may_be_wide(bytes + 1, n - 1) && crc32_z(0, bytes, n) % 16))
        return 0;
    struct sl_read_options options = fuzz_read_options(*bytes);
    options.format = "svmlight";
    fuzz_open(fuzz_file("x.svm", bytes + 1, n - 1), &options);
    return 0;
}
