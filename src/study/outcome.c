/* outcome.c - outcomes: their life, and as records on the executor's pipe. */
#include "study/outcome.h"
#include "core/memory.h"
#include "study/scores.h"
#include <endian.h>
#include <math.h>
#include <shortlist/measures.h>
#include <string.h>

static const char *const status_names[] = {
    [SL_TRIAL_OK] = "ok",
    [SL_TRIAL_FAILED] = "failed",
    [SL_TRIAL_CRASHED] = "crashed",
    [SL_TRIAL_TIMEOUT] = "timeout",
    [SL_TRIAL_MEMORY] = "memory",
    [SL_TRIAL_DIVERGED] = "diverged",
    [SL_TRIAL_INTERRUPTED] = "interrupted",
    [SL_TRIAL_MISSING] = "missing",
};
enum { STATUSES = sizeof status_names / sizeof *status_names };

const char *sl_trial_status_name(enum sl_trial_status status)
{
    return (unsigned)status < STATUSES ? status_names[status] : "unknown";
}

int sl_trial_status_parse(const char *name)
{
    for (int i = 0; i < STATUSES; i++)
        if (strcmp(status_names[i], name) == 0)
            return i;
    return -1;
}

enum sl_trial_status sl_status_of(int code)
{
    switch (code) {
    case SL_OK:
        return SL_TRIAL_OK;
    case SL_ENOMEM:
        return SL_TRIAL_MEMORY;
    case SL_EDIVERGED:
        return SL_TRIAL_DIVERGED;
    default:
        return SL_TRIAL_FAILED;
    }
}

void sl_outcome_init(struct sl_outcome *outcome)
{
    *outcome = (struct sl_outcome){.status = SL_TRIAL_MISSING};
    for (int i = 0; i < SL_N_MEASURES; i++)
        sl_measure_set(&sl_measure_types[i], outcome, NAN);
}

void sl_outcome_release(struct sl_outcome *outcome)
{
    free(outcome->predicted);
    free(outcome->curve);
    sl_scores_free(&outcome->scores);
    outcome->predicted = NULL;
    outcome->curve = NULL;
    outcome->n_curve = 0;
}

int sl_outcome_add_epoch(struct sl_outcome *outcome, const struct sl_epoch *epoch)
{
    size_t n = outcome->n_curve;
    if ((n & (n - 1)) == 0) { /* full at every power of two */
        struct sl_epoch *grown = sl_realloc(outcome->curve, n ? 2 * n : 1, sizeof *grown);
        if (!grown)
            return SL_ENOMEM;
        outcome->curve = grown;
    }
    outcome->curve[outcome->n_curve++] = *epoch;
    return SL_OK;
}

void sl_outcome_write(const struct sl_outcome *o, struct sl_writer *w)
{
    sl_put_i32(w, (int32_t)o->status);
    sl_put_text(w, o->reason);
    sl_put_u64(w, o->n_train);
    sl_put_u64(w, o->n_validation);
    for (int i = 0; i < SL_N_MEASURES; i++)
        if (sl_measure_types[i].member)
            sl_put_f64(w, sl_measure_get(&sl_measure_types[i], o));
    sl_put_u64(w, o->predicted ? o->n_validation : 0);
    if (o->predicted)
        sl_put_i32s(w, o->predicted, o->n_validation);
    sl_scores_write(&o->scores, w);
}

static int read_measures(struct sl_outcome *o, struct sl_reader *r)
{
    for (int i = 0; i < SL_N_MEASURES; i++) {
        const struct sl_measure_type *type = &sl_measure_types[i];
        double value = type->member ? sl_get_any_f64(r) : NAN;
        if (!isnan(value) && !sl_measure_allows(type, value))
            return -1;
        sl_measure_set(type, o, value);
    }
    return 0;
}

static int read_predicted(struct sl_outcome *o, struct sl_reader *r, size_t n, int k)
{
    size_t count = sl_get_count(r, 0, n, 4);
    if (r->failed || (count && count != n))
        return -1;
    if (count == 0)
        return 0;
    o->predicted = sl_alloc(n, sizeof *o->predicted);
    if (!o->predicted) {
        r->failed = r->no_memory = 1;
        return -1;
    }
    sl_get_i32s(r, o->predicted, n);
    for (size_t i = 0; i < n; i++)
        if (o->predicted[i] < 0 || o->predicted[i] >= k)
            return -1;
    return 0;
}

int sl_outcome_read(struct sl_outcome *o, struct sl_reader *r, size_t n, int k)
{
    int status = sl_get_i32(r);
    char *reason = sl_get_text(r);
    if (reason)
        strncpy(o->reason, reason, sizeof o->reason - 1);
    free(reason);
    o->n_train = sl_get_u64(r);
    o->n_validation = sl_get_u64(r);
    if (read_measures(o, r) || read_predicted(o, r, n, k) || sl_scores_read(&o->scores, r, n, k) ||
        r->failed || r->at != r->size)
        return -1;
    if (status < 0 || status >= SL_TRIAL_MISSING || (status == SL_TRIAL_OK && n && !o->predicted))
        return -1;
    o->status = (enum sl_trial_status)status;
    return 0;
}

void sl_epoch_write(const struct sl_epoch *e, struct sl_writer *w)
{
    sl_put_i32(w, e->epoch);
    sl_put_i32(w, e->epochs);
    const double values[] = {e->train_loss,          e->train_accuracy, e->validation_loss,
                             e->validation_accuracy, e->learning_rate,  e->seconds};
    sl_put_f64s(w, values, sizeof values / sizeof *values);
}

void sl_epoch_read(struct sl_epoch *e, struct sl_reader *r)
{
    e->epoch = sl_get_i32(r);
    e->epochs = sl_get_i32(r);
    double *const values[] = {&e->train_loss,          &e->train_accuracy, &e->validation_loss,
                              &e->validation_accuracy, &e->learning_rate,  &e->seconds};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        *values[i] = sl_get_any_f64(r);
}

unsigned char *sl_labels_pack(const int32_t *labels, size_t n)
{
    unsigned char *bytes = sl_alloc(n, 2);
    for (size_t i = 0; bytes && i < n; i++) {
        uint16_t label = htole16((uint16_t)labels[i]);
        memcpy(bytes + 2 * i, &label, 2);
    }
    return bytes;
}

size_t sl_labels_narrow(unsigned char *packed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (packed[2 * i + 1])
            return 2 * n;
    for (size_t i = 0; i < n; i++)
        packed[i] = packed[2 * i];
    return n;
}
