/* worker.c - a unit's process as its parent sees it: fork, records, limits, and how it ended. */
#include "study/worker.h"
#include "core/clock.h"
#include "core/memory.h"
#include "study/limits.h"
#include "study/outcome.h"
#include "study/scores.h"
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
        sl_child_run(w->work, parent, ends[1], w->log);
    }
    int reason = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return w->pid > 0 ? SL_OK : sl_fail(err, SL_EIO, "cannot start a process: %s", strerror(reason));
}

static int set_up(struct sl_worker *w, struct sl_work *work, struct sl_error *err)
{
    *w = (struct sl_worker){.work = work,
                            .channel.fd = -1,
                            .log = -1,
                            .grace = work->model_path ? grace_to_save : grace,
                            .resident = -1,
                            .reported = sl_alloc_zero(work->n, 1)};
    sl_outcome_init(&w->outcome);
    return w->reported ? SL_OK : sl_fail_memory(err);
}

static void release(struct sl_worker *w)
{
    if (w->channel.fd >= 0)
        sl_channel_release(&w->channel);
    if (w->log >= 0)
        close(w->log);
    free(w->reported);
    sl_outcome_release(&w->outcome);
    sl_work_free(w->work);
}

int sl_worker_start(struct sl_worker *w, struct sl_work *work, struct sl_error *err)
{
    int ends[2];
    int code = set_up(w, work, err);
    if (!code && pipe2(ends, O_CLOEXEC))
        code = sl_fail(err, SL_EIO, "cannot make a pipe: %s", strerror(errno));
    if (!code) {
        w->log = open_log();
        w->channel = (struct sl_channel){.fd = ends[0]};
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        w->started = w->heard = sl_now();
        code = fork_child(w, ends, err);
        close(ends[1]);
    }
    if (code)
        release(w);
    return code;
}

/* Records -------------------------------------------------------------------------------------------------*/

static int is_group(const struct sl_worker *w)
{
    return w->work->n > 1;
}

static void keep_first(struct sl_worker *w, int code)
{
    w->code = w->code ? w->code : code;
}

static int read_outcome(const struct sl_worker *w, struct sl_reader *body, size_t m,
                        struct sl_outcome *outcome)
{
    return sl_outcome_read(outcome, body, w->work->rows[m]->n_score, sl_dataset_view(w->work->data).k);
}

/* The points that came before a member's outcome are its own. */
static void hand_curve(struct sl_worker *w, struct sl_outcome *member)
{
    member->curve = w->outcome.curve;
    member->n_curve = w->outcome.n_curve;
    w->outcome.curve = NULL;
    w->outcome.n_curve = 0;
}

/* A member of a group is handed on at once; a trial alone when its process has ended. */
static int take_outcome(struct sl_worker *w, struct sl_reader *body, const struct sl_pool_events *events)
{
    struct sl_outcome outcome;
    size_t m = sl_get_count(body, 0, w->work->n - 1, 0);
    int cut = sl_get_u8(body);
    if (body->failed || w->reported[m])
        return -1;
    sl_outcome_init(&outcome);
    int bad = read_outcome(w, body, m, is_group(w) ? &outcome : &w->outcome);
    if (!bad) {
        w->cut = cut;
        w->reported[m] = 1;
        w->n_reported++;
        w->heard = sl_now();
    }
    if (!bad && is_group(w)) {
        hand_curve(w, &outcome);
        keep_first(w, events->outcome(events->arg, w->work, m, &outcome, SL_ENDED));
    }
    sl_outcome_release(&outcome);
    return bad;
}

static int take_epoch(struct sl_worker *w, struct sl_reader *body, const struct sl_pool_events *events)
{
    struct sl_epoch epoch;
    sl_epoch_read(&epoch, body);
    body->no_memory |= !body->failed && sl_outcome_add_epoch(&w->outcome, &epoch);
    if (body->failed || body->no_memory)
        return -1;
    if (!is_group(w)) /* a group's points come when their member has ended */
        events->epoch(events->arg, w->work, &epoch, sl_now() - w->started);
    return 0;
}

static int take_record(struct sl_worker *w, int kind, struct sl_reader *body,
                       const struct sl_pool_events *events)
{
    switch (kind) {
    case SL_RECORD_START:
        w->resident = (int64_t)sl_get_u64(body);
        break;
    case SL_RECORD_EPOCH:
        return take_epoch(w, body, events);
    case SL_RECORD_OUTCOME:
        return take_outcome(w, body, events);
    case SL_RECORD_AGAIN:
        w->heard = sl_now();
        break;
    case SL_RECORD_NO_MEMORY:
        w->no_memory = 1;
        break;
    }
    return body->failed ? -1 : 0;
}

static void end_with(struct sl_worker *w, enum sl_trial_status status, const char *reason)
{
    w->outcome.status = status;
    snprintf(w->outcome.reason, sizeof w->outcome.reason, "%s", reason);
}

/* What the child did is lost; the trial deserves another run. */
static void lose(struct sl_worker *w)
{
    kill(w->pid, SIGKILL);
    w->lost = 1;
    end_with(w, SL_TRIAL_MEMORY, "out of memory: its records could not be read");
}

static void distrust(struct sl_worker *w)
{
    kill(w->pid, SIGKILL);
    end_with(w, SL_TRIAL_CRASHED, "its record was damaged");
}

int sl_worker_pump(struct sl_worker *w, const struct sl_pool_events *events)
{
    struct sl_reader body = {0};
    int open = sl_channel_fill(&w->channel), kind;
    if (open < 0 && errno == ENOMEM) {
        lose(w);
        return 0;
    }
    while ((kind = sl_channel_take(&w->channel, &body)) > 0)
        if (take_record(w, kind, &body, events)) {
            kind = -1;
            break;
        }
    if (kind < 0 && body.no_memory)
        lose(w);
    else if (kind < 0)
        distrust(w);
    return open > 0 && kind == 0 && w->n_reported < w->work->n;
}

/* Limits --------------------------------------------------------------------------------------------------*/

static void kill_for(struct sl_worker *w, enum sl_trial_status status, const char *reason)
{
    kill(w->pid, SIGKILL);
    end_with(w, status, reason);
}

/* Since a group's last outcome: the time of a trial for the next member's own work, and as much again for
 * what the members share, which may come before it. */
static double time_allowed(const struct sl_worker *w)
{
    return is_group(w) ? 2 * w->work->time_limit : w->work->time_limit;
}

void sl_worker_check_limits(struct sl_worker *w)
{
    char reason[128], limit[32];
    const struct sl_work *work = w->work;
    if (w->stopped || w->outcome.status != SL_TRIAL_MISSING)
        return;
    if (work->time_limit > 0 && sl_now() - w->heard > time_allowed(w)) {
        snprintf(reason, sizeof reason, "took longer than the time limit of %g s", work->time_limit);
        kill_for(w, SL_TRIAL_TIMEOUT, reason);
    } else if (work->memory_limit > 0 && w->resident >= 0 &&
               sl_resident(w->pid) - w->resident > work->memory_limit) {
        sl_print_bytes(work->memory_limit, limit, sizeof limit);
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

/* The end -------------------------------------------------------------------------------------------------*/

/* Waits for a child that has closed its end of the pipe; one that does not leave then is killed. */
static int reap(struct sl_worker *w)
{
    int status = 0;
    for (int i = 0; i < 200; i++) {
        pid_t pid = waitpid(w->pid, &status, WNOHANG);
        if (pid == w->pid)
            return status;
        if (w->n_reported == w->work->n || w->outcome.status != SL_TRIAL_MISSING)
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
    if (strstr(said,
               strerror(ENOMEM))) /* a library that says so before it exits, and errno is another one then */
        w->no_memory = 1;
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
    if (o->status != SL_TRIAL_MEMORY || !(w->n_reported || w->no_memory) || w->work->memory_limit <= 0)
        return;
    sl_print_bytes(w->work->memory_limit, limit, sizeof limit);
    snprintf(text, sizeof text, "%.200s (the memory limit is %s)", o->reason, limit);
    memcpy(o->reason, text, sizeof text);
}

/* How a trial alone ended.  unexplained: without an outcome, and not by the parent's hand. */
static enum sl_ending ending_of(const struct sl_worker *w, int unexplained, int status)
{
    if (w->stopped && (!w->n_reported || w->cut))
        return SL_STOPPED;
    int outside = unexplained && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    return outside || w->lost || w->cut || w->outcome.status == SL_TRIAL_INTERRUPTED ? SL_KILLED : SL_ENDED;
}

static void finish_trial(struct sl_worker *w, int status, const struct sl_pool_events *events)
{
    struct sl_outcome *o = &w->outcome;
    int unexplained = o->status == SL_TRIAL_MISSING;
    if (unexplained)
        explain_death(w, status);
    explain_memory(w);
    o->n_train = w->work->rows[0]->n_fit;
    o->n_validation = w->work->rows[0]->n_score;
    if (o->status != SL_TRIAL_OK) {
        free(o->predicted);
        o->predicted = NULL;
        sl_scores_free(&o->scores);
    }
    keep_first(w, events->outcome(events->arg, w->work, 0, o, ending_of(w, unexplained, status)));
}

static void finish_group(struct sl_worker *w, const struct sl_pool_events *events)
{
    for (size_t m = 0; m < w->work->n && !w->stopped; m++)
        if (!w->reported[m])
            keep_first(w, events->lost(events->arg, w->work, m));
}

int sl_worker_finish(struct sl_worker *w, const struct sl_pool_events *events)
{
    int status = reap(w);
    if (is_group(w))
        finish_group(w, events);
    else
        finish_trial(w, status, events);
    int code = w->code;
    release(w);
    return code;
}
