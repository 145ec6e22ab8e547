/* state.c - a net's training between two epochs, as a record.
 *
 * Parameters, the optimiser's moments, the order of the rows and its random stream, what the stopping rules
 * have seen, and the curve: a training that goes on from them is, to the last bit, one that was never
 * interrupted.  What follows from the fit's own stream (initial weights, held-out rows, the keys of dropout
 * and augmentation) is made again.  Cost: O(parameters + rows).  Leaves out the options: the caller gives a
 * state to a fit of the same rows, stream and configuration, but for the number of epochs. */
#include "nn/train/state.h"
#include "core/memory.h"
#include <math.h>
#include <string.h>

enum { STATE = 1 }; /* changed with the record, or with what a training does */

/* The curve ----------------------------------------------------------------------------------------*/

static double *const *numbers(struct sl_epoch *e, double *list[6])
{
    list[0] = &e->train_loss;
    list[1] = &e->train_accuracy;
    list[2] = &e->validation_loss;
    list[3] = &e->validation_accuracy;
    list[4] = &e->learning_rate;
    list[5] = &e->seconds;
    return list;
}

static void put_curve(const struct sl_trainer *t, struct sl_writer *w)
{
    double *list[6];
    sl_put_u64(w, t->n_curve);
    for (size_t i = 0; i < t->n_curve; i++) {
        struct sl_epoch point = t->curve[i];
        sl_put_i32(w, point.epoch);
        for (size_t j = 0; j < 6; j++)
            sl_put_f64(w, *numbers(&point, list)[j]);
    }
}

/* Each point as the fit that made it has told of it, but for the number of epochs to come. */
static int get_curve(struct sl_trainer *t, struct sl_reader *r, struct sl_error *err)
{
    double *list[6];
    const size_t n = sl_get_count(r, 0, (size_t)t->o->epochs, 4 + 6 * 8);
    for (size_t i = 0; i < n && !r->failed; i++) {
        struct sl_epoch point = {.epoch = sl_get_i32(r), .epochs = t->o->epochs};
        for (size_t j = 0; j < 6; j++)
            *numbers(&point, list)[j] = sl_get_any_f64(r);
        if (r->failed)
            break;
        if (sl_trainer_keep_point(t, &point))
            return sl_fail_memory(err);
        t->earlier = point.seconds;
        if (t->fit->on_epoch && t->fit->on_epoch(t->fit->arg, &point))
            t->ended = 1;
    }
    return SL_OK;
}

/* The rest -----------------------------------------------------------------------------------------*/

/* The arrays of a float for each parameter that this training has. */
static size_t arrays(const struct sl_trainer *t, float *list[5])
{
    float *const all[] = {t->network->params, t->optimiser.m, t->optimiser.v, t->average,
                          t->o->early_stopping ? t->kept : NULL};
    size_t n = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i])
            list[n++] = all[i];
    return n;
}

void sl_trainer_put_state(const struct sl_trainer *t, struct sl_writer *w)
{
    const struct sl_fit_report *report = t->fit->report;
    float *list[5];
    uint64_t order[4];
    const size_t n = arrays(t, list);
    sl_writer_reserve(w, 256 + 4 * (n * t->network->net->n_params + t->n) + (4 + 6 * 8) * t->n_curve);
    sl_put_u8(w, STATE);
    sl_put_i32(w, report->n_iter);
    sl_put_i32(w, report->converged);
    sl_put_u8(w, (uint8_t)t->ended);
    sl_put_f64(w, report->objective);
    sl_put_f64(w, t->slower);
    sl_put_f64(w, t->best);
    sl_put_i32(w, t->no_change);
    sl_put_u64(w, (uint64_t)t->optimiser.step);
    sl_put_u64(w, t->n);
    sl_put_u64(w, t->network->net->n_params);
    sl_put_u64(w, n);
    for (size_t i = 0; i < n; i++)
        sl_put_f32s(w, list[i], t->network->net->n_params);
    for (size_t i = 0; i < t->n; i++)
        sl_put_i32(w, (int32_t)t->rows[i]);
    sl_rng_state(t->order, order);
    for (size_t i = 0; i < 4; i++)
        sl_put_u64(w, order[i]);
    put_curve(t, w);
}

static void get_rows(struct sl_trainer *t, struct sl_reader *r)
{
    uint64_t order[4];
    for (size_t i = 0; i < t->n; i++) {
        const int32_t row = sl_get_i32(r);
        if (row < 0 || (size_t)row >= t->fit->train->n)
            r->failed = 1;
        else
            t->rows[i] = (uint32_t)row;
    }
    for (size_t i = 0; i < 4; i++)
        order[i] = sl_get_u64(r);
    if (!r->failed)
        sl_rng_set_state(t->order, order);
}

static void get_numbers(struct sl_trainer *t, struct sl_reader *r)
{
    struct sl_fit_report *report = t->fit->report;
    if (sl_get_u8(r) != STATE)
        r->failed = 1;
    report->n_iter = sl_get_i32(r);
    report->converged = sl_get_i32(r);
    t->ended = sl_get_u8(r);
    report->objective = sl_get_any_f64(r);
    t->slower = sl_get_f64(r);
    t->best = sl_get_any_f64(r);
    t->no_change = sl_get_i32(r);
    t->optimiser.step = (long)sl_get_u64(r);
    t->epoch = (size_t)report->n_iter;
    if (report->n_iter < 1 || report->n_iter > t->o->epochs)
        r->failed = 1;
}

int sl_trainer_get_state(struct sl_trainer *t, const unsigned char *bytes, size_t size, struct sl_error *err)
{
    struct sl_reader r = {.bytes = bytes, .size = size};
    const size_t n_params = t->network->net->n_params;
    float *list[5];
    const size_t n = arrays(t, list);
    int code = SL_OK;
    get_numbers(t, &r);
    if (sl_get_u64(&r) != t->n || sl_get_u64(&r) != n_params || sl_get_u64(&r) != n)
        r.failed = 1;
    for (size_t i = 0; i < n; i++)
        sl_get_f32s(&r, list[i], n_params);
    get_rows(t, &r);
    if (!r.failed)
        code = get_curve(t, &r, err);
    if (!code && (r.failed || r.at != r.size))
        code = sl_fail(err, SL_EDATA, "the state of an earlier fit is of another training");
    if (!code && t->kept && !t->o->early_stopping)
        memcpy(t->kept, t->average ? t->average : t->network->params, n_params * sizeof *t->kept);
    t->any_kept = t->kept != NULL;
    return code;
}
