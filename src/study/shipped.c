/* shipped.c - finding experiments: a path, or the name of one in the experiments folder. */
#include "core/memory.h"
#include "core/names.h"
#include "core/resource.h"
#include "study/experiment.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && dot != entry->d_name && strcmp(dot, ".yaml") == 0;
}

/* The names of the shipped experiments, sorted; *names from scandir, whose length is returned.  -1: memory
 * ran out. */
static int list_shipped(struct dirent ***names)
{
    char *folder = sl_resource_find("experiments");
    int n = folder ? scandir(folder, names, is_yaml, alphasort) : -1, reason = errno;
    free(folder);
    return n >= 0 ? n : reason == ENOMEM ? -1 : 0;
}

static void cut_suffix(char *name)
{
    char *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = 0;
}

/* A word may be a slip in an experiment's name; a path names a file. */
static int fail_name(const char *name, int reason, struct sl_error *err)
{
    int absent = reason == ENOENT || reason == ENOTDIR;
    if (!absent || strpbrk(name, "/."))
        return sl_fail(err, SL_EIO, "%.200s: %s", name, strerror(reason));
    struct dirent **entries = NULL;
    int n = list_shipped(&entries);
    if (n < 0)
        return sl_fail_memory(err);
    const char **names = sl_alloc_zero((size_t)n + 1, sizeof *names);
    int code = names ? SL_OK : sl_fail_memory(err);
    for (int i = 0; names && i < n; i++) {
        cut_suffix(entries[i]->d_name);
        names[i] = entries[i]->d_name;
    }
    if (!code && n)
        code = sl_fail_unknown(err, "experiment (and no such file)", name, names, (size_t)n);
    else if (!code)
        code = sl_fail(err, SL_EUSAGE, "there is no file '%.200s', and no experiment of that name", name);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    free(names);
    return code;
}

/* Sets *path, to NULL where there is none: errno says why.  A bare word is a shipped experiment's name before
 * it is a file's. */
static int find(const char *name, char **path, struct sl_error *err)
{
    int is_file = strpbrk(name, "/.") && access(name, F_OK) == 0;
    *path = NULL;
    if (!is_file && !strchr(name, '/')) {
        char *relative = sl_format("experiments/%s.yaml", name);
        *path = relative ? sl_resource_find(relative) : NULL;
        int no_memory = !relative || (!*path && errno == ENOMEM);
        free(relative);
        if (no_memory)
            return sl_fail_memory(err);
    }
    if (*path || access(name, F_OK) != 0)
        return SL_OK;
    *path = sl_strdup(name);
    return *path ? SL_OK : sl_fail_memory(err);
}

int sl_experiment_open(const char *name, struct sl_experiment **out, struct sl_error *err)
{
    char *path;
    *out = NULL;
    int code = find(name, &path, err);
    if (code)
        return code;
    if (!path)
        return fail_name(name, errno, err);
    const char *slash = strrchr(path, '/');
    char *stem = sl_strdup(slash ? slash + 1 : path);
    if (stem)
        cut_suffix(stem);
    else
        code = sl_fail_memory(err);
    if (!code)
        code = sl_experiment_new(stem, out, err);
    if (!code)
        code = sl_experiment_read(*out, path, err);
    if (code) {
        sl_experiment_free(*out);
        *out = NULL;
    }
    free(stem);
    free(path);
    return code;
}

int sl_experiment_shipped(size_t i, char name[64], char title[256])
{
    struct dirent **entries = NULL;
    int listed = list_shipped(&entries);
    size_t n = listed > 0 ? (size_t)listed : 0;
    int found = listed < 0 ? -1 : i < n;
    struct sl_experiment *experiment = NULL;
    struct sl_error err;
    name[0] = title[0] = 0;
    if (found > 0) {
        cut_suffix(entries[i]->d_name);
        snprintf(name, 64, "%.63s", entries[i]->d_name);
        /* One that can not be read is listed too, with the reason. */
        int code = sl_experiment_open(name, &experiment, &err);
        found = code == SL_ENOMEM ? -1 : 1;
        snprintf(title, 256, "%.255s", code ? err.text : sl_experiment_title(experiment));
    }
    sl_experiment_free(experiment);
    for (size_t j = 0; j < n; j++)
        free(entries[j]);
    free(entries);
    return found;
}
