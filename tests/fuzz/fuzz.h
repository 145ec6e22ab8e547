/* fuzz.h - what the fuzzing targets share.
 *
 * A target is a fuzz_NAME.c with LLVMFuzzerTestOneInput: bytes that a stranger might have sent go in, and
 * whatever they are, one clear error or a right result comes out.  Linked with libFuzzer it looks for bytes
 * that do harm; linked with replay.c it runs what stands in corpus/NAME, as a test. */
#ifndef FUZZ_H
#define FUZZ_H

#include <shortlist/dataset.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Writes the bytes to a file of this name, in a folder of this process's own, and returns its path, which is
 * valid until the next call. */
const char *fuzz_file(const char *name, const void *bytes, size_t n);
/* The folder of fuzz_file. */
const char *fuzz_folder(void);

/* Ends the process where what must hold does not: for the fuzzer a finding, for a test a failure. */
#define FUZZ_MUST(CONDITION) ((CONDITION) ? (void)0 : fuzz_end(#CONDITION, __FILE__, __LINE__))
void fuzz_end(const char *condition, const char *file, int line) __attribute__((noreturn));

/* The same for what must not fail, with the error's text. */
void fuzz_must_work(int code, const struct sl_error *err);

/* Reads the data set, and all that is kept of it: shape, labels, names; audits it.  A failure must have a
 * text. */
void fuzz_open(const char *path, const struct sl_read_options *options);

/* Two files in one input, features and labels, read as this format: two bytes say how long the first is, the
 * second follows. */
void fuzz_open_pair(const uint8_t *bytes, size_t n, const char *format);

/* Options of a reader from the bits of a byte, so that one input says how it is to be read, too. */
struct sl_read_options fuzz_read_options(uint8_t bits);

/* libFuzzer's own; only where that is linked. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most) __attribute__((weak));

/* Changes a record of which 8 bytes at 16 say how long its body is, which begins at 24 and has a CRC-32
 * behind it: mostly the body, and length and checksum are then mended, which a stranger can do as well. */
size_t fuzz_mutate_body(uint8_t *bytes, size_t n, size_t most, unsigned seed);

#endif
