/* read_one.c - reads a data set in this process and prints what it took, as one JSON object.
 *
 *     read_one [--threads N] [--storage KIND] FILE
 *
 * The clock runs over sl_dataset_open: parsing, labels, and what is found out about the data.  The file is
 * read through once before, so that it comes from memory in every run. */
#include "core/clock.h"
#include <fcntl.h>
#include <jansson.h>
#include <omp.h>
#include <shortlist/dataset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Bytes of the file, all of them read; -1 where it cannot be. */
static long long warm(const char *path)
{
    static char buffer[1 << 20];
    long long size = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    for (ssize_t n; (n = read(file, buffer, sizeof buffer)) > 0;)
        size += n;
    close(file);
    return size;
}

static int measure(const char *path, const struct sl_read_options *options)
{
    struct sl_dataset *data;
    struct sl_error err = {0};
    long long size = warm(path);
    double start = sl_now();
    if (sl_dataset_open(path, SL_PART_TRAIN, options, &data, &err)) {
        fprintf(stderr, "read_one: %s\n", err.text);
        return 1;
    }
    double seconds = sl_now() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    struct sl_view view = sl_dataset_view(data);
    json_t *out = json_pack("{s:f, s:I, s:I, s:I, s:b, s:s, s:I}", "seconds", seconds, "bytes",
                            (json_int_t)size, "rows", (json_int_t)view.n, "features", (json_int_t)view.d,
                            "sparse", view.dtype == SL_SPARSE, "hash", sl_dataset_hash(data), "peak_memory",
                            (json_int_t)usage.ru_maxrss * 1024);
    json_dumpf(out, stdout, JSON_COMPACT);
    puts("");
    json_decref(out);
    sl_dataset_free(data);
    return 0;
}

int main(int argc, char **argv)
{
    struct sl_read_options options = {0};
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "--threads") == 0)
            omp_set_num_threads(atoi(argv[i + 1]));
        else if (strcmp(argv[i], "--storage") == 0)
            options.storage = argv[i + 1];
        else
            break;
    }
    if (i + 1 != argc) {
        fprintf(stderr, "read_one [--threads N] [--storage KIND] FILE\n");
        return 2;
    }
    return measure(argv[i], &options);
}
