/* fuzz_picture.c - a folder of pictures, one for each of two classes: the first byte says of which kind the
 * input is (PNG or PGM), the other class has a small PGM.  The mutator mends the checksums of a PNG's chunks.
 */
#include "fuzz.h"
#include <endian.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static void make_folders(char root[static 96])
{
    static const char other[] = "P2 2 2 255 1 0 0 9\n";
    char path[160];
    snprintf(root, 96, "%s/pictures", fuzz_folder());
    if (mkdir(root, 0700))
        return;
    for (const char *class = "ab"; *class; class ++) {
        snprintf(path, sizeof path, "%s/%c", root, *class);
        FUZZ_MUST(!mkdir(path, 0700));
    }
    fuzz_file("pictures/b/1.pgm", other, sizeof other - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const names[] = {"pictures/a/1.png", "pictures/a/1.pgm"};
    char root[96];
    if (n == 0)
        return 0;
    make_folders(root);
    char other[160];
    snprintf(other, sizeof other, "%s/%s", fuzz_folder(), names[!(*bytes & 1)]);
    unlink(other);
    fuzz_file(names[*bytes & 1], bytes + 1, n - 1);
    struct sl_read_options options = {0};
    fuzz_open(root, &options);
    return 0;
}

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed);

/* Behind the 8 bytes of a PNG's magic number: length, kind, body, checksum of kind and body, each chunk. */
static void mend(uint8_t *png, size_t n)
{
    for (size_t at = 8; at + 12 <= n;) {
        uint32_t length, sum;
        memcpy(&length, png + at, sizeof length);
        length = be32toh(length);
        if (length > n - at - 12)
            return;
        sum = htobe32((uint32_t)crc32_z(0, png + at + 4, 4 + (size_t)length));
        memcpy(png + at + 8 + length, &sum, sizeof sum);
        at += 12 + (size_t)length;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    n = LLVMFuzzerMutate(bytes, n, most);
    if (n > 1 && seed % 8)
        mend(bytes + 1, n - 1);
    return n;
}
