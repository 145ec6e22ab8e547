/* resource.c - finding the files that ship with the program. */
#include "core/resource.h"
#include "core/memory.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *readable(char *path)
{
    if (path && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static char *beside_program(const char *name)
{
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n < 0)
        return NULL;
    program[n] = 0;
    for (int up = 0; up < 2; up++) { /* .../bin/shortlist -> ... */
        char *slash = strrchr(program, '/');
        if (!slash)
            return NULL;
        *slash = 0;
    }
    return readable(sl_format("%s/share/shortlist/%s", program, name));
}

/* ENOMEM ends the search: the file might be where memory ran out. */
char *sl_resource_find(const char *name)
{
    const char *home = getenv("SHORTLIST_HOME");
    errno = ENOENT;
    char *path = home && *home ? readable(sl_format("%s/%s", home, name)) : NULL;
    if (!path && errno != ENOMEM)
        path = beside_program(name);
    if (!path && errno != ENOMEM)
        path = readable(sl_format("%s/%s", SL_SOURCE_DIR, name));
    return path;
}
