/* shipped.c - finding experiments: a path, or the name of one in the experiments folder. */
#include "core/memory.h"
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

/* The names of the shipped experiments, sorted; *names from scandir, whose length is returned. */
static int list_shipped(struct dirent ***names)
{
    char *folder = sl_resource_find("experiments");
    int n = folder ? scandir(folder, names, is_yaml, alphasort) : 0;
    free(folder);
    return n > 0 ? n : 0;
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

/* The path of the experiment; NULL, and errno says why there is none.  A bare word is a shipped experiment's
 * name before it is a file's. */
static char *find(const char *name)
{
    int is_file = strpbrk(name, "/.") && access(name, F_OK) == 0;
    char *relative = is_file || strchr(name, '/') ? NULL : sl_format("experiments/%s.yaml", name);
    char *path = relative ? sl_resource_find(relative) : NULL;
    free(relative);
    return path ? path : access(name, F_OK) == 0 ? sl_strdup(name) : NULL;
}

int sl_experiment_open(const char *name, struct sl_experiment **out, struct sl_error *err)
{
    *out = NULL;
    char *path = find(name);
    if (!path)
        return fail_name(name, errno, err);
    const char *slash = strrchr(path, '/');
    char *stem = sl_strdup(slash ? slash + 1 : path);
    int code = SL_OK;
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
    size_t n = (size_t)list_shipped(&entries);
    int found = i < n;
    struct sl_experiment *experiment = NULL;
    struct sl_error err;
    name[0] = title[0] = 0;
    if (found) {
        cut_suffix(entries[i]->d_name);
        snprintf(name, 64, "%.63s", entries[i]->d_name);
        /* One that can not be read is listed too, with the reason. */
        int code = sl_experiment_open(name, &experiment, &err);
        snprintf(title, 256, "%.255s", code ? err.text : sl_experiment_title(experiment));
    }
    sl_experiment_free(experiment);
    for (size_t j = 0; j < n; j++)
        free(entries[j]);
    free(entries);
    return found;
}
