/* batch.c - outcomes that wait for their commit. */
#include "study/batch.h"
#include "core/clock.h"
#include "core/memory.h"
#include "study/outcome.h"
#include <string.h>

static const double longest = 0.8, /* seconds; the executor looks ten times a second */
    share = 20;                    /* of the time between two commits one takes a share */
enum { BYTES = 1 << 26 };          /* of what waits */

static size_t bytes_of(const struct sl_outcome *o)
{
    return o->n_curve * sizeof *o->curve + 2 * o->n_validation * sizeof *o->truth +
           2 * o->scores.n * (size_t)o->scores.width * sizeof *o->scores.codes;
}

static int make_room(struct sl_batch *b)
{
    if (b->n < b->room)
        return 0;
    const size_t room = b->room ? 2 * b->room : 16;
    struct sl_pending *grown = sl_realloc(b->pending, room, sizeof *grown);
    if (!grown)
        return -1;
    b->pending = grown;
    b->room = room;
    return 0;
}

int sl_batch_add(struct sl_batch *b, const struct sl_pending *one, struct sl_outcome *outcome,
                 struct sl_error *err)
{
    const size_t n = outcome->n_validation;
    int32_t *truth = NULL;
    if (make_room(b))
        return sl_fail_memory(err);
    if (outcome->truth && !(truth = sl_alloc(n, sizeof *truth)))
        return sl_fail_memory(err);
    if (truth)
        memcpy(truth, outcome->truth, n * sizeof *truth);
    struct sl_pending *p = &b->pending[b->n];
    *p = *one;
    p->truth = truth;
    p->outcome = *outcome;
    p->outcome.truth = truth;
    sl_outcome_init(outcome); /* it owns nothing any more */
    if (b->n++ == 0)
        b->first = sl_now();
    b->bytes += bytes_of(&p->outcome);
    return SL_OK;
}

int sl_batch_has(const struct sl_batch *b, const char *key)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->keys[b->pending[i].trial], key) == 0)
            return 1;
    return 0;
}

int sl_batch_is_due(const struct sl_batch *b)
{
    if (!b->n)
        return 0;
    const double now = sl_now();
    return b->bytes > BYTES || now - b->first >= longest || now - b->last >= share * b->cost;
}

static int put_all(struct sl_batch *b, struct sl_error *err)
{
    int code = sl_db_exec(b->db, "BEGIN IMMEDIATE", err);
    if (code)
        return code;
    for (size_t i = 0; i < b->n && !code; i++) {
        const struct sl_pending *p = &b->pending[i];
        code =
            sl_store_put(b->db, b->keys[p->trial], p->split, &p->outcome, p->again, b->study, p->model, err);
    }
    const double began = sl_now();
    code = sl_db_end(b->db, code, err);
    b->last = sl_now();
    b->cost = b->last - began;
    return code;
}

static void drop_all(struct sl_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        free(b->pending[i].truth);
        sl_outcome_release(&b->pending[i].outcome);
    }
    b->n = b->bytes = 0;
}

int sl_batch_commit(struct sl_batch *b, struct sl_error *err)
{
    const int code = b->n ? put_all(b, err) : SL_OK;
    for (size_t i = 0; i < b->n && !code; i++)
        b->told(b->arg, &b->pending[i]);
    drop_all(b);
    return code;
}

void sl_batch_release(struct sl_batch *b)
{
    drop_all(b);
    free(b->pending);
    *b = (struct sl_batch){0};
}
