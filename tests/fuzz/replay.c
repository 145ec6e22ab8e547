/* replay.c - runs a target once on each of the files, and on all files in the folders, that are named: what a
 * fuzzer kept, as a test.  A file that does harm ends the process. */
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    FUZZ_MUST(file && fstat(fileno(file), &info) == 0);
    size_t n = (size_t)info.st_size;
    uint8_t *bytes = malloc(n + !n);
    FUZZ_MUST(bytes && fread(bytes, 1, n, file) == n);
    fclose(file);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(bytes, n);
    free(bytes);
    return 1;
}

static int replay_folder(const char *path)
{
    struct dirent **names;
    int count = 0, n = scandir(path, &names, NULL, alphasort);
    FUZZ_MUST(n >= 0);
    for (int i = 0; i < n; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (*names[i]->d_name != '.')
            count += replay_file(file);
        free(names[i]);
    }
    free(names);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        FUZZ_MUST(stat(argv[i], &info) == 0);
        count += S_ISDIR(info.st_mode) ? replay_folder(argv[i]) : replay_file(argv[i]);
    }
    FUZZ_MUST(count > 0);
    printf("%d inputs replayed\n", count);
    return 0;
}
