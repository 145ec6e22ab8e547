/* gnuplot.c - runs gnuplot on a picture's script, as a child without a shell, and checks what it drew.
 *
 * gnuplot writes to temporary names.  It ends with status 0 on a full disk, too: a picture gets its name only
 * when its last bytes are there.  One that hangs is ended at a limit. */
#include "core/clock.h"
#include "core/memory.h"
#include "show/plots/plot.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 60 /* seconds */, OUTPUT = 4096, HUNG_MOST = 2 /* pictures, then gnuplot is at fault */ };

extern char **environ;

int sl_gnuplot_begin(struct sl_gnuplot *gnuplot, struct sl_error *err)
{
    const char *limit = getenv("SHORTLIST_PLOT_LIMIT");
    *gnuplot = (struct sl_gnuplot){.limit = LIMIT};
    if (limit && *limit && (sl_parse_real(limit, &gnuplot->limit) || !(gnuplot->limit > 0)))
        return sl_fail(err, SL_EUSAGE,
                       "SHORTLIST_PLOT_LIMIT is '%.40s': it takes a number of seconds above 0", limit);
    return SL_OK;
}

/* A run of gnuplot ---------------------------------------------------------------------------------- */

struct run {
    pid_t pid;
    int from;            /* what it says: stdout and stderr */
    char output[OUTPUT]; /* the beginning of that */
    size_t used;
    int status, hung;
};

/* Starts gnuplot in folder, its output and errors going to the write end of a pipe. */
static int start(const char *folder, const char *script, const char *suffix, int to, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    char *argv[] = {
        "gnuplot", "-d" /* without the user's own settings */, "-e", (char *)suffix, (char *)script, NULL};
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDERR_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (!failed)
        failed = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Reads what there is within so many milliseconds; 0 at the end.  What is beyond the buffer is read and
 * dropped, so that gnuplot never blocks. */
static int read_some(struct run *run, int milliseconds)
{
    char dropped[512];
    struct pollfd poll_in = {.fd = run->from, .events = POLLIN};
    if (poll(&poll_in, 1, milliseconds) <= 0)
        return 1;
    size_t room = sizeof run->output - 1 - run->used;
    ssize_t n = read(run->from, room ? run->output + run->used : dropped, room ? room : sizeof dropped);
    if (n > 0 && room)
        run->used += (size_t)n;
    return n > 0 || (n < 0 && errno == EINTR);
}

static int has_ended(struct run *run)
{
    pid_t pid = waitpid(run->pid, &run->status, WNOHANG);
    return pid == run->pid || (pid < 0 && errno != EINTR);
}

/* Until it has ended, or the limit has passed and it was ended. */
static void attend(struct run *run, double limit)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    double begin = sl_now();
    int is_open = 1;
    while (!has_ended(run)) {
        if (sl_now() - begin > limit) {
            kill(run->pid, SIGKILL);
            while (waitpid(run->pid, &run->status, 0) < 0 && errno == EINTR)
                ;
            run->hung = WIFSIGNALED(run->status); /* else it ended just now */
            break;
        }
        if (is_open)
            is_open = read_some(run, 20);
        else
            nanosleep(&pause, NULL);
    }
    for (size_t before = SIZE_MAX; is_open && before != run->used;) {
        before = run->used;
        is_open = read_some(run, 0);
    }
    run->output[run->used] = 0;
}

/* The line that says what was wrong: '"FILE.gp" line 3: ...' if there is one (the script's line is quoted
 * before it), else the first that says something; "" if there is none.  Cuts output into lines. */
static const char *complaint(char *output)
{
    const char *first = "";
    for (char *line = strtok(output, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        line += strspn(line, " \t^");
        if (*line == '"' && strstr(line, "line "))
            return line;
        if (!*first)
            first = line;
    }
    return first;
}

static int fail_run(struct sl_gnuplot *gnuplot, struct run *run, const char *folder, const char *script,
                    struct sl_error *err)
{
    const char *said = complaint(run->output);
    if (run->hung) {
        gnuplot->hung++;
        return sl_fail(
            err, SL_EIO,
            "gnuplot did not end within %g s on %s/%s and was ended (SHORTLIST_PLOT_LIMIT sets the "
            "limit)%s%.300s",
            gnuplot->limit, folder, script, *said ? ": " : "", said);
    }
    if (WIFSIGNALED(run->status) && (WTERMSIG(run->status) == SIGINT || WTERMSIG(run->status) == SIGTERM))
        return sl_fail(err, SL_ECANCELLED, "drawing was interrupted");
    if (WIFSIGNALED(run->status))
        return sl_fail(err, SL_EIO, "gnuplot failed on %s/%s: signal %d (%s)", folder, script,
                       WTERMSIG(run->status), strsignal(WTERMSIG(run->status)));
    if (*said)
        return sl_fail(err, SL_EIO, "gnuplot failed on %s/%s: %.300s", folder, script, said);
    return sl_fail(err, SL_EIO, "gnuplot failed on %s/%s: exit status %d", folder, script,
                   WEXITSTATUS(run->status));
}

static int run_gnuplot(struct sl_gnuplot *gnuplot, const char *folder, const char *script, const char *suffix,
                       struct sl_error *err)
{
    int ends[2];
    struct run run = {0};
    if (pipe2(ends, O_CLOEXEC) < 0)
        return sl_fail(err, SL_EIO, "gnuplot could not be started: %s", strerror(errno));
    int failed = start(folder, script, suffix, ends[1], &run.pid);
    close(ends[1]);
    run.from = ends[0];
    if (!failed)
        attend(&run, gnuplot->limit);
    close(ends[0]);
    gnuplot->missing |= failed == ENOENT;
    if (failed)
        return sl_fail(err, SL_EIO, "gnuplot could not be started: %s", strerror(failed));
    if (run.hung || !WIFEXITED(run.status) || WEXITSTATUS(run.status) != 0)
        return fail_run(gnuplot, &run, folder, script, err);
    return SL_OK;
}

/* What it drew -------------------------------------------------------------------------------------- */

static const char png_end[] = "\0\0\0\0IEND\xae\x42\x60\x82", svg_end[] = "</svg>";

static const struct {
    const char *name, *end; /* the last bytes, but for blanks and newlines behind those of SVG */
    size_t size;
    int is_text;
} kinds[] = {{"svg", svg_end, sizeof svg_end - 1, 1}, {"png", png_end, sizeof png_end - 1, 0}};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static int is_whole(const char *path, int kind)
{
    char tail[64];
    FILE *file = fopen(path, "rbe");
    if (!file)
        return 0;
    long size = fseek(file, 0, SEEK_END) ? 0 : ftell(file);
    long from = size > (long)sizeof tail ? size - (long)sizeof tail : 0;
    size_t n = size > 0 && fseek(file, from, SEEK_SET) == 0 ? fread(tail, 1, sizeof tail, file) : 0;
    fclose(file);
    while (kinds[kind].is_text && n && strchr(" \r\n", tail[n - 1]))
        n--;
    return n >= kinds[kind].size &&
           memcmp(tail + n - kinds[kind].size, kinds[kind].end, kinds[kind].size) == 0;
}

struct files {
    char *temporary[N_KINDS], *path[N_KINDS];
};

static int name_files(const char *folder, const char *stem, long pid, struct files *files)
{
    int failed = 0;
    for (int i = 0; i < N_KINDS; i++) {
        files->path[i] = sl_format("%s/%s.%s", folder, stem, kinds[i].name);
        files->temporary[i] = files->path[i] ? sl_format("%s.tmp-%ld", files->path[i], pid) : NULL;
        failed |= !files->temporary[i];
    }
    return failed;
}

/* Gives both their names, or, where one of them is cut, none. */
static int keep(const struct files *files, struct sl_error *err)
{
    for (int i = 0; i < N_KINDS; i++)
        if (!is_whole(files->temporary[i], i))
            return sl_fail(err, SL_EIO, "gnuplot did not write all of %s (is the disk full?)",
                           files->path[i]);
    for (int i = 0; i < N_KINDS; i++)
        if (rename(files->temporary[i], files->path[i]))
            return sl_fail(err, SL_EIO, "cannot write %s: %s", files->path[i], strerror(errno));
    return SL_OK;
}

static void remove_files(struct files *files)
{
    for (int i = 0; i < N_KINDS; i++) {
        if (files->temporary[i])
            unlink(files->temporary[i]);
        free(files->temporary[i]);
        free(files->path[i]);
    }
}

int sl_picture_draw(struct sl_gnuplot *gnuplot, const char *folder, const char *stem, struct sl_error *err)
{
    char script[256], suffix[64];
    struct files files;
    if (gnuplot->missing || gnuplot->hung >= HUNG_MOST)
        return sl_fail(err, SL_EIO, "%s/%s was not drawn", folder, stem);
    snprintf(script, sizeof script, "%s.gp", stem);
    snprintf(suffix, sizeof suffix, "suffix = '.tmp-%ld'", (long)getpid());
    int code = name_files(folder, stem, (long)getpid(), &files) ? sl_fail_memory(err) : SL_OK;
    if (!code)
        code = run_gnuplot(gnuplot, folder, script, suffix, err);
    if (!code)
        code = keep(&files, err);
    remove_files(&files);
    return code;
}
