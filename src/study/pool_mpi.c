/* pool_mpi.c - units run at stations: one of this process, and one of each other MPI rank.
 *
 * This process is rank 0: it gives units out and alone writes the store.  A station is given one unit more
 * than it runs at a time, so that it never waits for the next.  A rank that dies ends the job, as MPI has it.
 */
#include "core/memory.h"
#include "study/mpi_rank.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT = 1 /* ms */, AHEAD = 1 };

struct unit {
    uint64_t number;
    int place;
    struct sl_work *work; /* owned */
    size_t left;          /* members that nothing was told of */
};

struct pool {
    const struct sl_mpi_functions *mpi;
    struct sl_station own;
    int begun;          /* MPI has, and the station runs */
    int own_lost;       /* the own station has died */
    int places;         /* ranks */
    int most;           /* units of a place */
    int *load;          /* (places) units that each has */
    struct unit *units; /* (most * places), n of them given out */
    size_t n;
    uint64_t next; /* number of the next unit */
    int busy;      /* records came the last time: there may be more, and nothing is waited for */
    int stopped;
};

static void pool_close(void *vpool)
{
    struct pool *pool = vpool;
    if (!pool)
        return;
    for (size_t u = 0; u < pool->n; u++)
        sl_work_free(pool->units[u].work);
    if (pool->begun) {
        for (int place = 1; place < pool->places; place++) {
            struct sl_writer none = {0};
            struct sl_error unread;
            sl_mpi_send(pool->mpi, place, SL_RECORD_ENDED, &none, &unread);
        }
        sl_station_end(&pool->own);
        pool->mpi->end();
    }
    free(pool->load);
    free(pool->units);
    free(pool);
}

/* The other ranks must see the same work. */
static int take_hello(const struct sl_site *site, int from, struct sl_reader *body, struct sl_error *err)
{
    char *hash = sl_get_text(body), *host = sl_get_text(body), *why = sl_get_text(body);
    int code = hash && host && why ? SL_OK : sl_fail(err, SL_EIO, "rank %d: its greeting is damaged", from);
    if (!code && *why)
        code = sl_fail(err, SL_EDATA, "rank %d on %s: %s", from, host, why);
    else if (!code && strcmp(hash, site->hash) != 0)
        code = sl_fail(err, SL_EDATA,
                       "rank %d on %s has other data or another plan than rank 0: all ranks need the same "
                       "files, and the "
                       "same version of the program",
                       from, host);
    free(hash);
    free(host);
    free(why);
    return code;
}

static void forget(struct pool *pool, struct unit *unit)
{
    sl_work_free(unit->work);
    pool->load[unit->place]--;
    *unit = pool->units[--pool->n];
}

static void forget_all_of(struct pool *pool, int place)
{
    for (size_t u = pool->n; u-- > 0;)
        if (pool->units[u].place == place)
            forget(pool, &pool->units[u]);
}

/* A place that was stopped, or can not go on. */
static int take_ended(struct pool *pool, int place, struct sl_reader *body, struct sl_error *err)
{
    char *why = sl_get_text(body);
    const int code = why && !*why ? SL_OK
                                  : sl_fail(err, SL_EIO, "rank %d can not run trials: %s", place,
                                            why ? why : "its record is damaged");
    forget_all_of(pool, place);
    free(why);
    return code;
}

/* A place that greets may have lost its station already. */
static int greet(struct pool *pool, const struct sl_site *site, struct sl_error *err)
{
    int code = SL_OK;
    for (int heard = 1; heard < pool->places && !code;) {
        struct sl_reader body;
        unsigned char *bytes;
        int from;
        const int kind = sl_mpi_receive(pool->mpi, &from, &bytes, &body, err);
        if (kind < 0)
            code = err->code;
        else if (kind == SL_RECORD_HELLO) {
            code = take_hello(site, from, &body, err);
            heard++;
        } else if (kind == SL_RECORD_ENDED)
            code = take_ended(pool, from, &body, err);
        else
            poll(NULL, 0, WAIT);
        free(bytes);
    }
    return code;
}

static int begin(struct pool *pool, const struct sl_site *site, int slots, struct sl_error *err)
{
    int rank;
    pool->mpi = sl_mpi_load(err);
    if (!pool->mpi)
        return err->code;
    int code = sl_station_start(site, slots, &pool->own, err);
    if (code)
        return code;
    if (pool->mpi->begin(&rank, &pool->places)) {
        sl_station_end(&pool->own);
        return sl_fail(err, SL_EIO, "MPI does not begin");
    }
    pool->begun = 1;
    pool->most = slots + AHEAD;
    pool->load = sl_alloc_zero((size_t)pool->places, sizeof *pool->load);
    pool->units = sl_alloc_zero((size_t)pool->places * (size_t)pool->most, sizeof *pool->units);
    return pool->load && pool->units ? greet(pool, site, err) : sl_fail_memory(err);
}

static int pool_open(const struct sl_site *site, int slots, void **out, struct sl_error *err)
{
    struct sl_error own;
    struct pool *pool = *out = sl_alloc_zero(1, sizeof *pool);
    if (!pool)
        return sl_fail_memory(err);
    int code = begin(pool, site, slots, err ? err : &own);
    if (code) {
        pool_close(pool);
        *out = NULL;
    }
    return code;
}

static int pool_has_room(const void *vpool)
{
    const struct pool *pool = vpool;
    return !pool->stopped && pool->n < (size_t)pool->places * (size_t)pool->most;
}

static int pool_is_idle(const void *vpool)
{
    const struct pool *pool = vpool;
    return pool->n == 0;
}

static int send_to(struct pool *pool, int place, enum sl_record kind, struct sl_writer *w,
                   struct sl_error *err)
{
    if (place > 0)
        return sl_mpi_send(pool->mpi, place, kind, w, err);
    return sl_channel_send(pool->own.to, kind, w)
               ? sl_fail(err, SL_EIO, "rank 0 can not run trials: " SL_STATION_DIED)
               : SL_OK;
}

/* The place with the least to do. */
static int least_loaded(const struct pool *pool)
{
    int best = 0;
    for (int place = 1; place < pool->places; place++)
        if (pool->load[place] < pool->load[best])
            best = place;
    return best;
}

static int pool_start(void *vpool, struct sl_work *work, struct sl_error *err)
{
    struct pool *pool = vpool;
    struct sl_writer w = {0};
    const struct unit unit = {
        .number = pool->next++, .place = least_loaded(pool), .work = work, .left = work->n};
    sl_station_write_unit(&w, unit.number, work);
    const int code = send_to(pool, unit.place, SL_RECORD_UNIT, &w, err);
    if (code) {
        sl_work_free(work);
        return code;
    }
    pool->load[unit.place]++;
    pool->units[pool->n++] = unit;
    return SL_OK;
}

static int take_record(struct pool *pool, int place, int kind, struct sl_reader *body,
                       const struct sl_pool_events *events, struct sl_error *err)
{
    if (kind == SL_RECORD_ENDED)
        return take_ended(pool, place, body, err);
    const uint64_t number = sl_get_u64(body);
    for (size_t u = 0; u < pool->n; u++) {
        struct unit *unit = &pool->units[u];
        int done;
        if (unit->number != number || unit->place != place)
            continue;
        const int code = sl_station_tell(kind, body, unit->work, events, &done, err);
        if (done && --unit->left == 0)
            forget(pool, unit);
        return code;
    }
    return SL_OK; /* of a unit that was stopped */
}

/* Once the station has died, nothing is heard of it, and its units are over: the other ranks' go on. */
static int wait_for_own(struct pool *pool, const struct sl_pool_events *events, struct sl_error *err)
{
    struct sl_reader body = {0};
    int kind, code = SL_OK;
    poll(&(struct pollfd){.fd = pool->own_lost ? -1 : pool->own.from.fd, .events = POLLIN}, 1,
         pool->busy ? 0 : WAIT);
    pool->busy = 0;
    if (pool->own_lost)
        return SL_OK;
    const int open = sl_channel_fill(&pool->own.from);
    while (!code && (kind = sl_channel_take(&pool->own.from, &body)) > 0) {
        code = take_record(pool, 0, kind, &body, events, err);
        pool->busy = 1;
    }
    if (!code && (open <= 0 || kind < 0)) {
        pool->own_lost = 1;
        forget_all_of(pool, 0);
        code = sl_fail(err, SL_EIO, "rank 0 can not run trials: " SL_STATION_DIED);
    }
    return code;
}

/* At most so many messages as there are ranks: the executor has units to give out in between. */
static int wait_for_ranks(struct pool *pool, const struct sl_pool_events *events, struct sl_error *err)
{
    int code = SL_OK, kind = 1;
    for (int left = pool->places; left > 0 && kind > 0 && !code; left--) {
        struct sl_reader body;
        unsigned char *bytes;
        int from;
        kind = sl_mpi_receive(pool->mpi, &from, &bytes, &body, err);
        if (kind) {
            code = kind < 0 ? err->code : take_record(pool, from, kind, &body, events, err);
            pool->busy = 1;
        }
        free(bytes);
    }
    return code;
}

static int pool_wait(void *vpool, const struct sl_pool_events *events, struct sl_error *err)
{
    struct pool *pool = vpool;
    struct sl_error later;
    const int own = wait_for_own(pool, events, err), ranks = wait_for_ranks(pool, events, own ? &later : err);
    return own ? own : ranks;
}

static int pool_width(const void *vpool)
{
    const struct pool *pool = vpool;
    return pool->places * (pool->most - AHEAD);
}

static void pool_stop(void *vpool)
{
    struct pool *pool = vpool;
    if (pool->stopped)
        return;
    pool->stopped = 1;
    for (int place = 0; place < pool->places; place++) {
        struct sl_writer none = {0};
        struct sl_error unread;
        if (pool->load[place] > 0)
            send_to(pool, place, SL_RECORD_STOP, &none, &unread);
    }
}

const struct sl_pool_type sl_pool_mpi = {
    .name = "MPI",
    .open = pool_open,
    .has_room = pool_has_room,
    .is_idle = pool_is_idle,
    .start = pool_start,
    .wait = pool_wait,
    .width = pool_width,
    .stop = pool_stop,
    .close = pool_close,
};
