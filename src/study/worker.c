/* worker.c - a trial's process as its parent sees it: fork, records, limits, and how it ended. */
#include "study/worker.h"
#include "core/clock.h"
#include "study/limits.h"
#include "study/outcome.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Seconds between asking and killing: a trial that saves a model may have a large one to write. */
static const double grace = 2, grace_to_save = 30;
enum { LOG_SIZE = 1 << 14 };

/* A file in memory that takes the first 16 KiB of what the child writes to standard error: a dying library
 * often says why there.  It can not grow, so an endless stream of warnings costs nothing. */
static int open_log(void)
{
    int fd = memfd_create("trial", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && (ftruncate(fd, LOG_SIZE) || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* The first line with something in it; "" where there is none. */
static void read_log(int fd, char *line, size_t size)
{
    char text[2048];
    line[0] = 0;
    ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return;
    text[n] = 0;
    const char *start = text + strspn(text, " \t\r\n=");
    snprintf(line, size, "%.*s", (int)strcspn(start, "\r\n"), start);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20)
            *c = ' ';
}

/* ------------------------------------------------------------------------------------------------- */

static int fork_child(struct sl_worker *w, int ends[2], struct sl_error *err)
{
    sigset_t all, before;
    pid_t parent = getpid();
    sigfillset(&all); /* until the child has its own handlers */
    sigprocmask(SIG_BLOCK, &all, &before);
    w->pid = fork();
    if (w->pid == 0) {
        close(ends[0]);
        sl_child_run(&w->job, parent, ends[1], w->log);
    }
    int reason = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return w->pid > 0 ? SL_OK : sl_fail(err, SL_EIO, "cannot start a process: %s", strerror(reason));
}

int sl_worker_start(struct sl_worker *w, struct sl_error *err)
{
    int ends[2];
    sl_outcome_init(&w->outcome);
    w->stopped = 0;
    w->grace = w->job.model_path ? grace_to_save : grace;
    w->resident = -1;
    w->reported = w->cut = w->no_memory = w->lost = 0;
    if (pipe2(ends, O_CLOEXEC))
        return sl_fail(err, SL_EIO, "cannot make a pipe: %s", strerror(errno));
    w->log = open_log();
    w->channel = (struct sl_channel){.fd = ends[0]};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    w->started = sl_now();
    int code = fork_child(w, ends, err);
    close(ends[1]);
    if (code) {
        sl_channel_release(&w->channel);
        if (w->log >= 0)
            close(w->log);
    }
    return code;
}

static int take_record(struct sl_worker *w, int kind, struct sl_reader *body)
{
    struct sl_epoch epoch;
    size_t n = w->job.rows->n_score;
    switch (kind) {
    case SL_RECORD_START:
        w->resident = (int64_t)sl_get_u64(body);
        break;
    case SL_RECORD_EPOCH:
        sl_epoch_read(&epoch, body);
        body->no_memory |= !body->failed && sl_outcome_add_epoch(&w->outcome, &epoch);
        return body->failed || body->no_memory ? -1 : 0;
    case SL_RECORD_OUTCOME:
        w->cut = sl_get_u8(body);
        if (w->reported || sl_outcome_read(&w->outcome, body, n, sl_dataset_view(w->job.data).k))
            return -1;
        w->reported = 1;
        break;
    case SL_RECORD_NO_MEMORY:
        w->no_memory = 1;
        break;
    }
    return body->failed ? -1 : 0;
}

/* What the child did is lost; the trial deserves another run. */
static void lose(struct sl_worker *w)
{
    kill(w->pid, SIGKILL);
    w->reported = 0;
    w->lost = 1;
    w->outcome.status = SL_TRIAL_MEMORY;
    snprintf(w->outcome.reason, sizeof w->outcome.reason, "out of memory: its records could not be read");
}

int sl_worker_pump(struct sl_worker *w, void (*on_epoch)(void *arg, const struct sl_worker *worker),
                   void *arg)
{
    struct sl_reader body = {0};
    int open = sl_channel_fill(&w->channel), kind;
    if (open < 0 && errno == ENOMEM) {
        lose(w);
        return 0;
    }
    while ((kind = sl_channel_take(&w->channel, &body)) > 0) {
        if (take_record(w, kind, &body))
            kind = -1;
        else if (kind == SL_RECORD_EPOCH && on_epoch)
            on_epoch(arg, w);
        if (kind < 0)
            break;
    }
    if (kind < 0 && body.no_memory)
        lose(w);
    else if (kind < 0) {
        w->reported = 0;
        w->outcome.status = SL_TRIAL_CRASHED;
        snprintf(w->outcome.reason, sizeof w->outcome.reason, "its record was damaged");
    }
    return open > 0 && kind == 0 && !w->reported;
}

static void kill_for(struct sl_worker *w, enum sl_trial_status status, const char *reason)
{
    kill(w->pid, SIGKILL);
    w->outcome.status = status;
    snprintf(w->outcome.reason, sizeof w->outcome.reason, "%s", reason);
}

void sl_worker_check_limits(struct sl_worker *w)
{
    char reason[128], limit[32];
    if (w->stopped || w->outcome.status != SL_TRIAL_MISSING)
        return;
    if (w->time_limit > 0 && sl_now() - w->started > w->time_limit) {
        snprintf(reason, sizeof reason, "took longer than the time limit of %g s", w->time_limit);
        kill_for(w, SL_TRIAL_TIMEOUT, reason);
    } else if (w->job.memory_limit > 0 && w->resident >= 0 &&
               sl_resident(w->pid) - w->resident > w->job.memory_limit) {
        sl_print_bytes(w->job.memory_limit, limit, sizeof limit);
        snprintf(reason, sizeof reason, "used more than the memory limit of %s", limit);
        kill_for(w, SL_TRIAL_MEMORY, reason);
    }
}

void sl_worker_stop(struct sl_worker *w)
{
    if (!w->stopped) {
        w->stopped = sl_now();
        kill(w->pid, SIGTERM);
    } else if (sl_now() - w->stopped > w->grace)
        kill(w->pid, SIGKILL);
}

/* ------------------------------------------------------------------------------------------------- */

/* Waits for a child that has closed its end of the pipe; one that does not leave then is killed. */
static int reap(struct sl_worker *w)
{
    int status = 0;
    for (int i = 0; i < 200; i++) {
        pid_t pid = waitpid(w->pid, &status, WNOHANG);
        if (pid == w->pid)
            return status;
        if (w->reported || w->outcome.status != SL_TRIAL_MISSING)
            break;
        usleep(5000);
    }
    kill(w->pid, SIGKILL);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/* The child ended without a record, and not by the parent's hand. */
static void explain_death(struct sl_worker *w, int status)
{
    struct sl_outcome *o = &w->outcome;
    char said[160], how[96];
    read_log(w->log, said, sizeof said);
    o->status = w->no_memory ? SL_TRIAL_MEMORY : WIFSIGNALED(status) ? SL_TRIAL_CRASHED : SL_TRIAL_FAILED;
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);
        snprintf(how, sizeof how, "killed by signal %d (%s)%s", number, strsignal(number),
                 number == SIGKILL ? ", perhaps by the system for want of memory" : "");
    } else {
        snprintf(how, sizeof how, "its process exited with status %d before it was done",
                 WEXITSTATUS(status));
    }
    const char *memory = w->no_memory ? "out of memory: " : "";
    if (w->no_memory && WIFEXITED(status) && WEXITSTATUS(status) == 0) /* its outcome could not be sent */
        snprintf(o->reason, sizeof o->reason, "out of memory");
    else
        snprintf(o->reason, sizeof o->reason, "%s%.95s%s%.140s", memory, how, *said ? ": " : "", said);
}

/* An allocation failed: was it the limit? */
static void explain_memory(struct sl_worker *w)
{
    struct sl_outcome *o = &w->outcome;
    char limit[32], text[sizeof o->reason];
    if (o->status != SL_TRIAL_MEMORY || !(w->reported || w->no_memory) || w->job.memory_limit <= 0)
        return;
    sl_print_bytes(w->job.memory_limit, limit, sizeof limit);
    snprintf(text, sizeof text, "%.200s (the memory limit is %s)", o->reason, limit);
    memcpy(o->reason, text, sizeof text);
}

enum sl_ending sl_worker_finish(struct sl_worker *w, struct sl_outcome *outcome)
{
    int unexplained = w->outcome.status == SL_TRIAL_MISSING;
    int status = reap(w);
    if (unexplained)
        explain_death(w, status);
    explain_memory(w);
    w->outcome.n_train = w->job.rows->n_fit;
    w->outcome.n_validation = w->job.rows->n_score;
    sl_channel_release(&w->channel);
    if (w->log >= 0)
        close(w->log);
    if (w->outcome.status != SL_TRIAL_OK) {
        free(w->outcome.predicted);
        w->outcome.predicted = NULL;
        sl_scores_free(&w->outcome.scores);
    }
    *outcome = w->outcome;
    if (w->stopped && (!w->reported || w->cut))
        return SL_STOPPED;
    /* Or a SIGTERM or SIGKILL that the parent did not send. */
    int outside = unexplained && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    return outside || w->lost || w->cut || outcome->status == SL_TRIAL_INTERRUPTED ? SL_KILLED : SL_ENDED;
}
