/* gnuplot.c - runs gnuplot on pictures' scripts, as a child without a shell, and checks what it drew.
 *
 * One process draws all, as its start takes most of the time that a picture does; after a picture that fails
 * another one goes on behind it.  gnuplot writes to temporary names.  It ends with status 0 on a full disk,
 * too: a picture gets its name only when its last bytes are there.  One that hangs is ended at a limit. */
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

static int read_limit(double *limit, struct sl_error *err)
{
    const char *text = getenv("SHORTLIST_PLOT_LIMIT");
    *limit = LIMIT;
    if (text && *text && (sl_parse_real(text, limit) || !(*limit > 0)))
        return sl_fail(err, SL_EUSAGE,
                       "SHORTLIST_PLOT_LIMIT is '%.40s': it takes a number of seconds above 0", text);
    return SL_OK;
}

/* A run of gnuplot ---------------------------------------------------------------------------------- */

struct run {
    pid_t pid;
    int from;            /* what it says: stdout and stderr */
    char output[OUTPUT]; /* the beginning of that */
    size_t used;
    double begin; /* of the picture at work */
    int status, hung;
};

/* Lines "drawn NAME" tell that the next picture begins; they are taken out of the output. */
static void see_progress(struct run *run)
{
    static const char word[] = "drawn ";
    run->output[run->used] = 0;
    for (char *line = run->output, *end; (end = strchr(line, '\n'));) {
        if (strncmp(line, word, sizeof word - 1) != 0) {
            line = end + 1;
            continue;
        }
        memmove(line, end + 1, (size_t)(run->output + run->used - end));
        run->used -= (size_t)(end + 1 - line);
        run->begin = sl_now();
    }
}

/* Starts gnuplot in folder, its output and errors going to the write end of a pipe. */
static int start(const char *folder, char **argv, int to, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
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
    see_progress(run);
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
    int is_open = 1;
    run->begin = sl_now();
    while (!has_ended(run)) {
        if (sl_now() - run->begin > limit) {
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

static int fail_run(struct run *run, double limit, const char *folder, const char *stem, struct sl_error *err)
{
    const char *said = complaint(run->output);
    if (run->hung)
        return sl_fail(
            err, SL_EIO,
            "gnuplot did not end within %g s on %s/%s.gp and was ended (SHORTLIST_PLOT_LIMIT sets the "
            "limit)%s%.300s",
            limit, folder, stem, *said ? ": " : "", said);
    if (WIFSIGNALED(run->status) && (WTERMSIG(run->status) == SIGINT || WTERMSIG(run->status) == SIGTERM))
        return sl_fail(err, SL_ECANCELLED, "drawing was interrupted");
    if (WIFSIGNALED(run->status))
        return sl_fail(err, SL_EIO, "gnuplot failed on %s/%s.gp: signal %d (%s)", folder, stem,
                       WTERMSIG(run->status), strsignal(WTERMSIG(run->status)));
    if (*said)
        return sl_fail(err, SL_EIO, "gnuplot failed on %s/%s.gp: %.300s", folder, stem, said);
    return sl_fail(err, SL_EIO, "gnuplot failed on %s/%s.gp: exit status %d", folder, stem,
                   WEXITSTATUS(run->status));
}

/* 0, or why it could not be started, as errno. */
static int run_gnuplot(const char *folder, char **argv, double limit, struct run *run)
{
    int ends[2];
    *run = (struct run){0};
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    int failed = start(folder, argv, ends[1], &run->pid);
    close(ends[1]);
    run->from = ends[0];
    if (!failed)
        attend(run, limit);
    close(ends[0]);
    return failed;
}

/* What it drew -------------------------------------------------------------------------------------- */

static const char png_end[] = "\0\0\0\0IEND\xae\x42\x60\x82", svg_end[] = "</svg>", pdf_end[] = "%%EOF";

static const struct {
    const char *name, *end; /* the last bytes, but for blanks and newlines behind those of text */
    size_t size;
    int is_text;
} formats[] = {{"svg", svg_end, sizeof svg_end - 1, 1},
               {"png", png_end, sizeof png_end - 1, 0},
               {"pdf", pdf_end, sizeof pdf_end - 1, 1}};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static int is_whole(const char *path, int format)
{
    char tail[64];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    off_t size = lseek(file, 0, SEEK_END), from = size > (off_t)sizeof tail ? size - (off_t)sizeof tail : 0;
    ssize_t got = size > 0 ? pread(file, tail, sizeof tail, from) : 0;
    size_t n = got > 0 ? (size_t)got : 0;
    close(file);
    while (formats[format].is_text && n && strchr(" \r\n", tail[n - 1]))
        n--;
    return n >= formats[format].size &&
           memcmp(tail + n - formats[format].size, formats[format].end, formats[format].size) == 0;
}

struct files {
    char *temporary[N_FORMATS], *path[N_FORMATS];
    int n;
};

static int name_files(const struct sl_gnuplot *gnuplot, size_t i, struct files *files)
{
    int failed = 0;
    *files = (struct files){.n = gnuplot->svg_only ? 1 : N_FORMATS};
    for (int f = 0; f < files->n; f++) {
        files->path[f] = sl_format("%s/%s.%s", gnuplot->folder, gnuplot->stems[i], formats[f].name);
        files->temporary[f] = files->path[f] ? sl_format("%s.tmp-%ld", files->path[f], (long)getpid()) : NULL;
        failed |= !files->temporary[f];
    }
    return failed;
}

static void remove_files(struct files *files)
{
    for (int i = 0; i < files->n; i++) {
        if (files->temporary[i])
            unlink(files->temporary[i]);
        free(files->temporary[i]);
        free(files->path[i]);
    }
}

/* Gives a picture its names, or, where one of its files is cut, none. */
static int keep(const struct sl_gnuplot *gnuplot, size_t i, struct sl_error *err)
{
    struct files files;
    int code = name_files(gnuplot, i, &files) ? sl_fail_memory(err) : SL_OK;
    for (int f = 0; f < files.n && !code; f++)
        if (!is_whole(files.temporary[f], f))
            code = sl_fail(err, SL_EIO, "gnuplot did not write all of %s (is the disk full?)", files.path[f]);
    for (int f = 0; f < files.n && !code; f++)
        if (rename(files.temporary[f], files.path[f]))
            code = sl_fail(err, SL_EIO, "cannot write %s: %s", files.path[f], strerror(errno));
    remove_files(&files);
    return code;
}

static int fail_start(int cause, struct sl_error *err)
{
    return cause == ENOMEM ? sl_fail_memory(err)
                           : sl_fail(err, SL_EIO, "gnuplot could not be started: %s", strerror(cause));
}

/* Drawing ------------------------------------------------------------------------------------------- */

struct batch {
    struct sl_gnuplot *gnuplot;
    double limit;
    int hung;
    char settings[96];
    char **argv, **scripts; /* (n + 5), (n) */
};

static int tell(const struct batch *batch, size_t i, const struct sl_error *reason)
{
    return batch->gnuplot->done(batch->gnuplot->arg, i, reason);
}

/* Draws pictures from *next on by one process, up to the first that fails; *next is then the one behind it.
 */
static int draw_some(struct batch *batch, size_t *next, struct sl_error *err)
{
    struct sl_gnuplot *gnuplot = batch->gnuplot;
    struct run run;
    size_t argc = 4, i = *next;
    for (size_t s = i; s < gnuplot->n; s++)
        batch->argv[argc++] = batch->scripts[s];
    batch->argv[argc] = NULL;
    int cause = run_gnuplot(gnuplot->folder, batch->argv, batch->limit, &run), code = SL_OK;
    int is_well = !cause && !run.hung && WIFEXITED(run.status) && WEXITSTATUS(run.status) == 0;
    gnuplot->missing |= cause == ENOENT;
    batch->hung += run.hung;
    for (int failed = 0; i < gnuplot->n && !failed && !code; i++) {
        struct sl_error reason = {0};
        int missed = cause ? fail_start(cause, &reason) : keep(gnuplot, i, &reason);
        if (!cause && missed && missed != SL_ENOMEM && !is_well)
            missed = fail_run(&run, batch->limit, gnuplot->folder, gnuplot->stems[i], &reason);
        failed = missed && !cause && !is_well;
        code = missed == SL_ENOMEM || missed == SL_ECANCELLED ? sl_fail(err, missed, "%s", reason.text)
                                                              : tell(batch, i, missed ? &reason : NULL);
    }
    *next = i;
    return code;
}

/* Pictures behind the ones that hung are not tried. */
static int leave_rest(struct batch *batch, size_t next)
{
    int code = SL_OK;
    for (size_t i = next; i < batch->gnuplot->n && !code; i++) {
        struct sl_error reason = {0};
        sl_fail(&reason, SL_EIO, "%s/%s was not drawn", batch->gnuplot->folder, batch->gnuplot->stems[i]);
        code = tell(batch, i, &reason);
    }
    return code;
}

/* What killed processes left, too: their names are of other processes. */
static void remove_temporary(const struct sl_gnuplot *gnuplot)
{
    for (size_t i = 0; i < gnuplot->n; i++) {
        struct files files;
        name_files(gnuplot, i, &files);
        remove_files(&files);
    }
}

int sl_gnuplot_draw(struct sl_gnuplot *gnuplot, struct sl_error *err)
{
    struct batch batch = {.gnuplot = gnuplot};
    int code = read_limit(&batch.limit, err);
    if (code || !gnuplot->n)
        return code;
    snprintf(batch.settings, sizeof batch.settings, "suffix = '.tmp-%ld'; formats = '%s'", (long)getpid(),
             gnuplot->svg_only ? "svg" : "svg png pdf");
    batch.argv = sl_alloc_zero(gnuplot->n + 5, sizeof *batch.argv);
    batch.scripts = sl_alloc_zero(gnuplot->n, sizeof *batch.scripts);
    int failed = !batch.argv || !batch.scripts;
    for (size_t i = 0; i < gnuplot->n && !failed; i++)
        failed |= !(batch.scripts[i] = sl_format("%s.gp", gnuplot->stems[i]));
    code = failed ? sl_fail_memory(err) : SL_OK;
    if (!code) /* -d: without the user's own settings */
        memcpy(batch.argv, ((char *[]){"gnuplot", "-d", "-e", batch.settings}), 4 * sizeof *batch.argv);
    size_t next = 0;
    while (next < gnuplot->n && !code && batch.hung < HUNG_MOST)
        code = draw_some(&batch, &next, err);
    if (!code)
        code = leave_rest(&batch, next);
    remove_temporary(gnuplot);
    for (size_t i = 0; i < gnuplot->n && batch.scripts; i++)
        free(batch.scripts[i]);
    free(batch.scripts);
    free(batch.argv);
    return code;
}
