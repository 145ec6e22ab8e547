/* fuzz.c - files for the targets, and the look at a data set that was read. */
#include "fuzz.h"
#include <fcntl.h>
#include <math.h>
#include <shortlist/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

void fuzz_end(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

void fuzz_must_work(int code, const struct sl_error *err)
{
    if (code)
        fprintf(stderr, "must work: %s\n", err->text);
    FUZZ_MUST(!code);
}

/* Files -------------------------------------------------------------------------------------------*/

static char folder[64];

static void remove_folder(void)
{
    char command[sizeof folder + 16];
    snprintf(command, sizeof command, "/bin/rm -rf '%s'", folder);
    FUZZ_MUST(system(command) == 0);
}

const char *fuzz_folder(void)
{
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
        FUZZ_MUST(mkdtemp(folder));
        atexit(remove_folder);
    }
    return folder;
}

const char *fuzz_file(const char *name, const void *bytes, size_t n)
{
    static char path[sizeof folder + 64];
    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_MUST(file >= 0);
    FUZZ_MUST(n == 0 || write(file, bytes, n) == (ssize_t)n);
    close(file);
    return path;
}

/* Data sets ---------------------------------------------------------------------------------------*/

struct sl_read_options fuzz_read_options(uint8_t bits)
{
    struct sl_read_options options = {.any_cells = bits & 1,
                                      .no_label = bits >> 1 & 1,
                                      .label_numeric = bits >> 2 & 1,
                                      .keep_doubles = bits >> 3 & 1};
    if (bits & 0x10)
        options.encoding.missing = bits & 1 ? SL_MISSING_DROP : SL_MISSING_MEDIAN;
    if (bits & 0x20)
        options.encoding.categories = bits & 1 ? SL_CATEGORIES_DROP : SL_CATEGORIES_ONEHOT;
    options.header = (bits & 0xc0) == 0x40 ? 1 : (bits & 0xc0) == 0x80 ? -1 : 0;
    return options;
}

/* Every byte that the data set promises is read, so that the sanitizers see what is not there. */
static double sum_of(const struct sl_view *view)
{
    double sum = 0;
    if (view->dtype == SL_SPARSE) {
        const struct sl_csr *csr = view->x;
        for (size_t e = csr->start[0]; e < csr->start[view->n]; e++) {
            FUZZ_MUST(csr->column[e] < view->d);
            sum += csr->value[e];
        }
        return sum;
    }
    for (size_t i = 0; i < view->n * view->d; i++)
        sum += view->dtype == SL_U8    ? ((const uint8_t *)view->x)[i]
               : view->dtype == SL_F32 ? (double)((const float *)view->x)[i]
                                       : ((const double *)view->x)[i];
    return sum;
}

static void look_at(const struct sl_dataset *data, int may_lack)
{
    struct sl_view view = sl_dataset_view(data);
    FUZZ_MUST(view.n > 0 && view.d > 0 && view.k > 0);
    FUZZ_MUST(may_lack || !isnan(sum_of(&view)));
    for (size_t i = 0; i < view.n && view.y; i++)
        FUZZ_MUST(view.y[i] >= 0 && view.y[i] < view.k);
    for (size_t i = 0; i < view.n && view.weight; i++)
        FUZZ_MUST(view.weight[i] >= 0 && isfinite(view.weight[i]));
    for (int c = 0; c < view.k; c++)
        FUZZ_MUST(strlen(sl_dataset_class(data, c)) < SIZE_MAX);
    for (size_t j = 0; j < view.d && sl_dataset_feature(data, j); j++)
        FUZZ_MUST(strlen(sl_dataset_feature(data, j)) < SIZE_MAX);
    for (size_t i = 0; sl_dataset_note(data, i); i++)
        FUZZ_MUST(*sl_dataset_note(data, i));
    FUZZ_MUST(strlen(sl_dataset_hash(data)) == 32);
}

void fuzz_open(const char *path, const struct sl_read_options *options)
{
    struct sl_error err = {0};
    struct sl_dataset *data = NULL;
    int code = sl_dataset_open(path, SL_PART_TRAIN, options, &data, &err);
    FUZZ_MUST(!code == (data != NULL));
    FUZZ_MUST(!code || *err.text);
    if (code)
        return;
    look_at(data, options->any_cells || options->encoding.missing != SL_MISSING_ERROR);
    struct sl_audit audit;
    if (!options->no_label && !sl_audit(data, NULL, &audit, &err))
        sl_audit_release(&audit);
    sl_dataset_free(data);
}

void fuzz_open_pair(const uint8_t *bytes, size_t n, const char *format)
{
    uint16_t first;
    if (n < sizeof first)
        return;
    memcpy(&first, bytes, sizeof first);
    bytes += sizeof first;
    n -= sizeof first;
    const size_t n_features = first < n ? first : n;
    char labels[128];
    snprintf(labels, sizeof labels, "%s", fuzz_file("labels", bytes + n_features, n - n_features));
    const struct sl_read_options options = {.labels = labels, .format = format};
    fuzz_open(fuzz_file("features", bytes, n_features), &options);
}

/* Records ----------------------------------------------------------------------------------------- */

size_t fuzz_mutate_body(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    enum { HEADER = 24, LENGTH_AT = 16 };
    if (n < HEADER + 4 || seed % 64 == 0)
        return LLVMFuzzerMutate(bytes, n, most);
    uint64_t body = LLVMFuzzerMutate(bytes + HEADER, n - HEADER - 4, most - HEADER - 4);
    uint32_t sum = (uint32_t)crc32_z(0, bytes + HEADER, body);
    memcpy(bytes + LENGTH_AT, &body, sizeof body);
    memcpy(bytes + HEADER + body, &sum, sizeof sum);
    return HEADER + body + 4;
}
