/* file.c - whole files. */
#include "core/file.h"
#include "core/memory.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <shortlist/text.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail_errno(struct sl_error *err, const char *verb, const char *path)
{
    return sl_fail(err, SL_EIO, "cannot %s %s: %s", verb, path, strerror(errno));
}

static int read_all(FILE *file, const char *path, unsigned char **bytes, size_t *size, struct sl_error *err)
{
    size_t n = 0, capacity = 1 << 16;
    unsigned char *buffer = sl_realloc(NULL, capacity, 1);
    while (buffer) {
        size_t got = fread(buffer + n, 1, capacity - n - 1, file);
        n += got;
        if (got == 0)
            break;
        if (capacity - n > 1)
            continue;
        unsigned char *grown = sl_realloc(buffer, capacity * 2, 1);
        if (!grown)
            free(buffer);
        buffer = grown;
        capacity *= 2;
    }
    if (!buffer)
        return sl_fail_memory(err);
    if (ferror(file)) {
        int code = fail_errno(err, "read", path);
        free(buffer);
        return code;
    }
    buffer[n] = 0;
    *bytes = buffer;
    *size = n;
    return SL_OK;
}

int sl_file_read(const char *path, unsigned char **bytes, size_t *size, struct sl_error *err)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fail_errno(err, "open", path);
    int code = read_all(file, path, bytes, size, err);
    fclose(file);
    return code;
}

int sl_write_all(int fd, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    while (size) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

int sl_file_write(const char *path, const void *bytes, size_t size, struct sl_error *err)
{
    char *temporary = sl_format("%s.tmp-%ld", path, (long)getpid());
    if (!temporary)
        return sl_fail_memory(err);
    int code = SL_OK;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        code = fail_errno(err, "write", path);
    else {
        flock(fd, LOCK_EX | LOCK_NB); /* for sl_file_clean; not every file system has locks */
        int bad = sl_write_all(fd, bytes, size) || fsync(fd);
        bad |= close(fd) != 0;
        if (bad || rename(temporary, path)) {
            code = fail_errno(err, "write", path);
            unlink(temporary);
        }
    }
    free(temporary);
    return code;
}

/* The process of a temporary file's name; 0: it is none of ours. */
static pid_t writer_of(const char *name, const char *ending)
{
    const char *at = strrchr(name, '.');
    size_t before = at ? (size_t)(at - name) : 0, n = strlen(ending);
    long pid;
    if (before <= n || strncmp(at - n, ending, n) != 0 || strncmp(at, ".tmp-", 5) != 0 ||
        strspn(at + 5, "0123456789") != strlen(at + 5))
        return 0;
    return sl_parse_long(at + 5, &pid) == 0 && pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

/* A process number says nothing of another machine's or container's processes, so the lock is asked, too. */
static int is_being_written(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return 1;
    int locked = flock(fd, LOCK_EX | LOCK_NB) != 0;
    close(fd);
    return locked;
}

void sl_file_clean(const char *folder, const char *ending)
{
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        pid_t pid = writer_of(entry->d_name, ending);
        if (pid && kill(pid, 0) != 0 && errno == ESRCH && !is_being_written(dirfd(dir), entry->d_name))
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
}

int sl_folder_make(const char *path, struct sl_error *err)
{
    struct stat status;
    if (!*path)
        return sl_fail(err, SL_EUSAGE, "cannot make a folder without a name");
    char *copy = sl_strdup(path);
    if (!copy)
        return sl_fail_memory(err);
    int code = SL_OK;
    for (char *slash = strchr(copy + 1, '/'); !code; slash = slash ? strchr(slash + 1, '/') : NULL) {
        if (slash)
            *slash = 0;
        if (mkdir(copy, 0777) && errno != EEXIST)
            code = fail_errno(err, "make the folder", copy);
        if (!slash)
            break;
        *slash = '/';
    }
    free(copy);
    if (!code && stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
        code = sl_fail(err, SL_EIO, "cannot make the folder %s: there is a file of that name", path);
    return code;
}
