/* station.c - a process that runs units for a pool elsewhere. */
#include "study/station.h"
#include "core/clock.h"
#include "core/memory.h"
#include "study/outcome.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Points of curves are for the eye, and come with their outcome again: rank 0 reads them from a thousand
 * stations. */
static const double tell_every = 0.5; /* seconds */

/* Records -------------------------------------------------------------------------------------------------*/

void sl_station_write_unit(struct sl_writer *w, uint64_t unit, const struct sl_work *work)
{
    sl_put_u64(w, unit);
    sl_put_u64(w, work->n);
    for (size_t m = 0; m < work->n; m++)
        sl_put_u64(w, work->numbers[m]);
    sl_put_text(w, work->model_path ? work->model_path : "");
}

static int damaged(struct sl_error *err)
{
    return sl_fail(err, SL_EIO, "a record of another process is damaged");
}

static int tell_outcome(struct sl_reader *body, const struct sl_work *work,
                        const struct sl_pool_events *events, struct sl_error *err)
{
    struct sl_outcome outcome;
    const size_t m = sl_get_count(body, 0, work->n - 1, 0);
    const enum sl_ending ending = sl_get_u8(body);
    if (body->failed || ending > SL_STOPPED)
        return damaged(err);
    sl_outcome_init(&outcome);
    int bad = 0;
    for (size_t left = sl_get_count(body, 0, SIZE_MAX, 1); left > 0 && !bad; left--) {
        struct sl_epoch epoch;
        sl_epoch_read(&epoch, body);
        bad = body->failed || sl_outcome_add_epoch(&outcome, &epoch);
    }
    bad = bad || sl_outcome_read(&outcome, body, work->rows[m]->n_score, sl_dataset_view(work->data).k);
    int code = bad ? damaged(err) : events->outcome(events->arg, work, m, &outcome, ending);
    sl_outcome_release(&outcome);
    return code;
}

int sl_station_tell(int kind, struct sl_reader *body, const struct sl_work *work,
                    const struct sl_pool_events *events, int *done, struct sl_error *err)
{
    *done = kind != SL_RECORD_PROGRESS;
    if (kind == SL_RECORD_MEMBER)
        return tell_outcome(body, work, events, err);
    if (kind == SL_RECORD_LOST) {
        const size_t m = sl_get_count(body, 0, work->n - 1, 0);
        return body->failed ? damaged(err) : events->lost(events->arg, work, m);
    }
    if (kind != SL_RECORD_PROGRESS)
        return damaged(err);
    struct sl_epoch epoch;
    const double since_start = sl_get_f64(body);
    sl_epoch_read(&epoch, body);
    if (body->failed)
        return damaged(err);
    events->epoch(events->arg, work, &epoch, since_start);
    return SL_OK;
}

/* The station's own process
 * ---------------------------------------------------------------------------------*/

struct unit {
    uint64_t number;
    struct sl_work *work; /* the pool's, once it is begun */
    size_t left;          /* members that nothing was told of */
    int begun;
};

struct office {
    const struct sl_site *site;
    struct sl_channel from;
    int to;
    const struct sl_pool_type *pool_type;
    void *pool;
    struct unit *units; /* (n) that wait or run */
    size_t n, room;
    int stopping;
    double told; /* when a point of a curve was last sent */
};

static struct unit *find_unit(struct office *office, const struct sl_work *work)
{
    for (size_t u = 0; u < office->n; u++)
        if (office->units[u].begun && office->units[u].work == work)
            return &office->units[u];
    return NULL;
}

static void forget(struct office *office, struct unit *unit)
{
    *unit = office->units[--office->n];
}

/* A receiver that has gone ends this process, too. */
static void post(struct office *office, enum sl_record kind, struct sl_writer *w)
{
    if (sl_channel_send(office->to, kind, w))
        _exit(1);
}

static void post_ended(struct office *office, const char *why)
{
    struct sl_writer w = {0};
    sl_put_text(&w, why);
    post(office, SL_RECORD_ENDED, &w);
}

static void count_member(struct office *office, struct unit *unit)
{
    if (--unit->left == 0)
        forget(office, unit);
}

static void post_epoch(void *arg, const struct sl_work *work, const struct sl_epoch *epoch,
                       double since_start)
{
    struct office *office = arg;
    struct sl_writer w = {0};
    if (sl_now() - office->told < tell_every)
        return;
    office->told = sl_now();
    sl_put_u64(&w, find_unit(office, work)->number);
    sl_put_f64(&w, since_start);
    sl_epoch_write(epoch, &w);
    post(office, SL_RECORD_PROGRESS, &w);
}

static int post_outcome(void *arg, const struct sl_work *work, size_t member, struct sl_outcome *outcome,
                        enum sl_ending ending)
{
    struct office *office = arg;
    struct unit *unit = find_unit(office, work);
    struct sl_writer w = {0};
    sl_put_u64(&w, unit->number);
    sl_put_u64(&w, member);
    sl_put_u8(&w, (uint8_t)ending);
    sl_put_u64(&w, outcome->n_curve);
    for (size_t e = 0; e < outcome->n_curve; e++)
        sl_epoch_write(&outcome->curve[e], &w);
    sl_outcome_write(outcome, &w);
    post(office, SL_RECORD_MEMBER, &w);
    count_member(office, unit);
    return SL_OK;
}

static int post_lost(void *arg, const struct sl_work *work, size_t member)
{
    struct office *office = arg;
    struct unit *unit = find_unit(office, work);
    struct sl_writer w = {0};
    sl_put_u64(&w, unit->number);
    sl_put_u64(&w, member);
    post(office, SL_RECORD_LOST, &w);
    count_member(office, unit);
    return SL_OK;
}

/* The trials of a unit, which must be in the plan. */
static size_t *read_trials(const struct office *office, struct sl_reader *body, size_t *n)
{
    *n = sl_get_count(body, 1, office->site->plan->n_trials, sizeof(uint64_t));
    size_t *trials = sl_alloc(*n, sizeof *trials);
    for (size_t m = 0; trials && m < *n; m++)
        trials[m] = sl_get_count(body, 0, office->site->plan->n_trials - 1, 0);
    return trials;
}

static int add_unit(struct office *office, struct sl_reader *body, struct sl_error *err)
{
    struct unit unit = {.number = sl_get_u64(body)};
    size_t *trials = read_trials(office, body, &unit.left);
    char *path = trials ? sl_get_text(body) : NULL;
    int code = body->failed ? damaged(err) : !trials || !path ? sl_fail_memory(err) : SL_OK;
    if (!code && office->n == office->room) {
        const size_t room = office->room ? 2 * office->room : 8;
        struct unit *grown = sl_realloc(office->units, room, sizeof *grown);
        if (grown) {
            office->units = grown;
            office->room = room;
        } else
            code = sl_fail_memory(err);
    }
    if (!code)
        code = sl_work_make(office->site, &(struct sl_unit){unit.left, trials}, &unit.work, err);
    if (!code) {
        if (*path) {
            unit.work->model_path = path;
            path = NULL;
        }
        office->units[office->n++] = unit;
    }
    free(trials);
    free(path);
    return code;
}

/* Starts units in the order in which they came. */
static int start_units(struct office *office, struct sl_error *err)
{
    int code = SL_OK;
    for (size_t u = 0; u < office->n && !code && office->pool_type->has_room(office->pool); u++)
        if (!office->units[u].begun) {
            office->units[u].begun = 1;
            code = office->pool_type->start(office->pool, office->units[u].work, err);
        }
    return code;
}

/* 1 more may come, 0 the other side has gone. */
static int read_records(struct office *office, struct sl_error *err)
{
    struct sl_reader body = {0};
    const int open = sl_channel_fill(&office->from);
    int kind, code = SL_OK;
    while (!code && (kind = sl_channel_take(&office->from, &body)) > 0) {
        office->stopping |= kind == SL_RECORD_STOP;
        if (kind == SL_RECORD_UNIT)
            code = add_unit(office, &body, err);
    }
    if (code)
        post_ended(office, err->text);
    return open > 0 && !code;
}

/* Units that were stopped: those that had not begun, and groups, of which nobody tells. */
static void drop_units(struct office *office)
{
    for (size_t u = 0; u < office->n; u++)
        if (!office->units[u].begun)
            sl_work_free(office->units[u].work);
    office->n = 0;
    office->stopping = 0;
    post_ended(office, "");
}

static _Noreturn void serve(const struct sl_site *site, int slots, int from, int to)
{
    struct office office = {.site = site, .from.fd = from, .to = to, .pool_type = &sl_pool_processes};
    const struct sl_pool_events events = {
        .arg = &office, .epoch = post_epoch, .outcome = post_outcome, .lost = post_lost};
    struct sl_error err = {0};
    int code = office.pool_type->open(site, slots, &office.pool, &err);
    while (!code) {
        const int idle = office.pool_type->is_idle(office.pool);
        if (idle && office.stopping)
            drop_units(&office);
        if (office.n == 0)
            poll(&(struct pollfd){.fd = from, .events = POLLIN}, 1, -1);
        if (!read_records(&office, &err))
            _exit(1);
        if (office.stopping)
            office.pool_type->stop(office.pool);
        else
            code = start_units(&office, &err);
        if (!code && !office.pool_type->is_idle(office.pool))
            code = office.pool_type->wait(office.pool, &events, &err);
    }
    post_ended(&office, err.text);
    _exit(1);
}

/* The caller's side
 * -----------------------------------------------------------------------------------------*/

static void begin_process(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN); /* the caller says when to stop */
    signal(SIGTERM, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

/* A pipe whose reading end does not wait. */
static int make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20); /* the smaller one does, too */
    return 0;
}

static void close_pipe(int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

int sl_station_start(const struct sl_site *site, int slots, struct sl_station *station, struct sl_error *err)
{
    int down[2], up[2];
    const pid_t parent = getpid();
    if (make_pipe(down))
        return sl_fail(err, SL_EIO, "cannot make a pipe: %s", strerror(errno));
    if (make_pipe(up)) {
        const int reason = errno;
        close_pipe(down);
        return sl_fail(err, SL_EIO, "cannot make a pipe: %s", strerror(reason));
    }
    *station = (struct sl_station){.pid = fork(), .from.fd = up[0], .to = down[1]};
    if (station->pid == 0) {
        begin_process(parent);
        close(down[1]);
        close(up[0]);
        serve(site, slots, down[0], up[1]);
    }
    const int reason = errno;
    close(down[0]);
    close(up[1]);
    if (station->pid > 0) {
        station->at_pipe = signal(SIGPIPE, SIG_IGN);
        return SL_OK;
    }
    close(up[0]);
    close(down[1]);
    return sl_fail(err, SL_EIO, "cannot start a process: %s", strerror(reason));
}

void sl_station_end(struct sl_station *station)
{
    close(station->to);
    sl_channel_release(&station->from); /* a station that is writing must not wait for a reader */
    while (waitpid(station->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    signal(SIGPIPE, station->at_pipe);
}
