/* pool_processes.c - units run in processes of this machine, one each. */
#include "core/memory.h"
#include "study/worker.h"
#include <poll.h>
#include <string.h>

enum { POLL_LIMITED = 20, POLL_IDLE = 100 /* ms */ };

struct pool {
    int slots, n;
    struct sl_worker *workers; /* (slots), n at work */
    struct pollfd *fds;        /* (slots) */
};

static void pool_close(void *vpool)
{
    struct pool *pool = vpool;
    if (!pool)
        return;
    free(pool->workers);
    free(pool->fds);
    free(pool);
}

static int pool_open(const struct sl_site *site, int slots, void **out, struct sl_error *err)
{
    (void)site;
    struct pool *pool = *out = sl_alloc_zero(1, sizeof *pool);
    if (!pool)
        return sl_fail_memory(err);
    pool->slots = slots;
    pool->workers = sl_alloc_zero((size_t)slots, sizeof *pool->workers);
    pool->fds = sl_alloc_zero((size_t)slots, sizeof *pool->fds);
    if (pool->workers && pool->fds)
        return SL_OK;
    pool_close(pool);
    *out = NULL;
    return sl_fail_memory(err);
}

static int pool_has_room(const void *vpool)
{
    const struct pool *pool = vpool;
    return pool->n < pool->slots;
}

static int pool_is_idle(const void *vpool)
{
    const struct pool *pool = vpool;
    return pool->n == 0;
}

static int pool_start(void *vpool, struct sl_work *work, struct sl_error *err)
{
    struct pool *pool = vpool;
    int code = sl_worker_start(&pool->workers[pool->n], work, err);
    pool->n += !code;
    return code;
}

static void wait_for_records(struct pool *pool)
{
    int limited = 0;
    for (int i = 0; i < pool->n; i++) {
        const struct sl_worker *w = &pool->workers[i];
        pool->fds[i] = (struct pollfd){.fd = w->channel.fd, .events = POLLIN};
        limited |= w->work->memory_limit > 0 || w->work->time_limit > 0;
    }
    poll(pool->fds, (nfds_t)pool->n, limited ? POLL_LIMITED : POLL_IDLE);
}

static int pool_wait(void *vpool, const struct sl_pool_events *events, struct sl_error *err)
{
    struct pool *pool = vpool;
    int code = SL_OK;
    (void)err; /* only receivers fail, and theirs is the error */
    wait_for_records(pool);
    for (int i = pool->n - 1; i >= 0; i--) {
        if (sl_worker_pump(&pool->workers[i], events)) {
            sl_worker_check_limits(&pool->workers[i]);
            code = code ? code : pool->workers[i].code;
            continue;
        }
        struct sl_worker ended = pool->workers[i];
        pool->workers[i] = pool->workers[--pool->n];
        int failed = sl_worker_finish(&ended, events);
        code = code ? code : failed;
    }
    return code;
}

static int pool_width(const void *vpool)
{
    return ((const struct pool *)vpool)->slots;
}

static void pool_stop(void *vpool)
{
    struct pool *pool = vpool;
    for (int i = 0; i < pool->n; i++)
        sl_worker_stop(&pool->workers[i]);
}

const struct sl_pool_type sl_pool_processes = {
    .name = "processes",
    .open = pool_open,
    .has_room = pool_has_room,
    .is_idle = pool_is_idle,
    .start = pool_start,
    .wait = pool_wait,
    .width = pool_width,
    .stop = pool_stop,
    .close = pool_close,
};
