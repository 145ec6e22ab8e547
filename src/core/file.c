/* file.c - files: what may be read, and whole ones. */
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
    int code = errno == ENOMEM ? SL_ENOMEM : SL_EIO;
    return sl_fail(err, code, "cannot %s %s: %s", verb, path,
                   code == SL_ENOMEM ? "out of memory" : strerror(errno));
}

const char *sl_file_kind(unsigned mode)
{
    return S_ISREG(mode)    ? NULL
           : S_ISDIR(mode)  ? "a folder"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

/* A pipe that nobody writes to would be waited for, and some devices never end: neither is read. */
int sl_file_open(const char *path, int *file, uint64_t *size, struct sl_error *err)
{
    struct stat info;
    *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*file < 0 || fstat(*file, &info)) {
        int code = fail_errno(err, "open", path);
        if (*file >= 0)
            close(*file);
        return code;
    }
    *size = (uint64_t)info.st_size;
    const char *kind = sl_file_kind(info.st_mode);
    if (!kind)
        return SL_OK;
    close(*file);
    return sl_fail(err, SL_EIO, "%s: is %s, not a file%s", path, kind,
                   S_ISDIR(info.st_mode) ? "" : ": write what it holds to a file first");
}

static int read_bytes(int file, const char *path, unsigned char *bytes, size_t size, struct sl_error *err)
{
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(file, bytes + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(err, "read", path);
        if (got == 0)
            return sl_fail(err, SL_EIO, "%s: it became shorter while it was read", path);
        n += (size_t)got;
    }
    return SL_OK;
}

int sl_file_take(int file, const char *path, uint64_t size, unsigned char **bytes, struct sl_error *err)
{
    unsigned char *buffer = size < SIZE_MAX ? sl_realloc(NULL, (size_t)size + 1, 1) : NULL;
    int code = buffer ? read_bytes(file, path, buffer, (size_t)size, err) : sl_fail_memory(err);
    close(file);
    if (code) {
        free(buffer);
        return code;
    }
    buffer[size] = 0;
    *bytes = buffer;
    return SL_OK;
}

int sl_file_read(const char *path, unsigned char **bytes, size_t *size, struct sl_error *err)
{
    int file;
    uint64_t length = 0;
    int code = sl_file_open(path, &file, &length, err);
    if (code)
        return code;
    *size = (size_t)length;
    return sl_file_take(file, path, length, bytes, err);
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

static int write_parts(const char *path, const struct sl_file_part *parts, size_t n, int syncs,
                       struct sl_error *err)
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
        int bad = 0;
        for (size_t i = 0; i < n && !bad; i++)
            bad = sl_write_all(fd, parts[i].bytes, parts[i].size);
        bad = bad || (syncs && fsync(fd));
        bad |= close(fd) != 0;
        if (bad || rename(temporary, path)) {
            code = fail_errno(err, "write", path);
            unlink(temporary);
        }
    }
    free(temporary);
    return code;
}

int sl_file_write_parts(const char *path, const struct sl_file_part *parts, size_t n, struct sl_error *err)
{
    return write_parts(path, parts, n, 1, err);
}

int sl_file_put(const char *path, const struct sl_file_part *parts, size_t n, struct sl_error *err)
{
    return write_parts(path, parts, n, 0, err);
}

int sl_file_write(const char *path, const void *bytes, size_t size, struct sl_error *err)
{
    return sl_file_write_parts(path, &(struct sl_file_part){bytes, size}, 1, err);
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
