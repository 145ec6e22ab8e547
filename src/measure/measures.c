/* measures.c - the table of measures, and the functions of those that are computed from an outcome. */
#include "core/names.h"
#include <limits.h>
#include <math.h>
#include <shortlist/measures.h>
#include <string.h>

/* Computed ---------------------------------------------------------------------------------------- */

#define OF_METRICS(name)                                                                                     \
    static double name(const struct sl_scored *s)                                                            \
    {                                                                                                        \
        return s->metrics ? s->metrics->name : NAN;                                                          \
    }
OF_METRICS(accuracy)
OF_METRICS(balanced_accuracy)
OF_METRICS(precision_macro)
OF_METRICS(recall_macro)
OF_METRICS(f1_macro)
OF_METRICS(f1_weighted)
OF_METRICS(mcc)
OF_METRICS(kappa)

/* The curve's last point, which was measured during the epoch: while weights changed, and with dropout. */
static double epoch_accuracy(const struct sl_scored *s)
{
    const struct sl_outcome *o = s->outcome;
    return o->n_curve ? o->curve[o->n_curve - 1].train_accuracy : NAN;
}

static double train_loss(const struct sl_scored *s)
{
    const struct sl_outcome *o = s->outcome;
    return o->n_curve ? o->curve[o->n_curve - 1].train_loss : NAN;
}

/* The table --------------------------------------------------------------------------------------- */

#define LETTER(name) _Generic(((struct sl_outcome *)0)->name, double : 'd', int64_t : 'q', int : 'i')
#define MEMBER(name) .offset = offsetof(struct sl_outcome, name), .member = LETTER(name),
#define COMPUTED(name) .compute = name,
#define RANKED(name)
#define X(id, of, folded, from, by, column_name, heading, importance, text)                                  \
    {.name = #id,                                                                                            \
     .unit = SL_MEASURED_##of,                                                                               \
     .over = SL_OVER_##folded,                                                                               \
     from(id).metric = SL_METRIC_##by,                                                                       \
     .column = column_name,                                                                                  \
     .title = heading,                                                                                       \
     .rank = importance,                                                                                     \
     .help = text},
const struct sl_measure_type sl_measure_types[SL_N_MEASURES] = {SL_MEASURES(X)};
#undef X

int sl_measure_find(const char *name)
{
    for (int i = 0; i < SL_N_MEASURES; i++)
        if (strcmp(sl_measure_types[i].name, name) == 0)
            return i;
    return -1;
}

int sl_metric_find(const char *name, int *metric, struct sl_error *err)
{
    const char *names[SL_N_MEASURES + 1];
    size_t n = 0;
    *metric = -1;
    if (strcmp(name, "none") == 0)
        return SL_OK;
    for (int i = 0; i < SL_N_MEASURES; i++) {
        if (sl_measure_types[i].metric == SL_METRIC_NOT)
            continue;
        names[n++] = sl_measure_types[i].name;
        if (strcmp(sl_measure_types[i].name, name) == 0)
            *metric = i;
    }
    names[n++] = "none";
    return *metric >= 0 ? SL_OK : sl_fail_unknown(err, "metric", name, names, n);
}

int sl_metric_rises(enum sl_measure_id metric)
{
    return sl_measure_types[metric].unit != SL_MEASURED_LOSS;
}

double sl_measure_get(const struct sl_measure_type *type, const struct sl_outcome *outcome)
{
    const char *at = (const char *)outcome + type->offset;
    if (type->member == 'd')
        return *(const double *)at;
    if (type->member == 0)
        return NAN;
    int64_t value = type->member == 'i' ? *(const int *)at : *(const int64_t *)at;
    return value < 0 ? NAN : (double)value;
}

void sl_measure_set(const struct sl_measure_type *type, struct sl_outcome *outcome, double value)
{
    char *at = (char *)outcome + type->offset;
    if (type->member == 'd')
        *(double *)at = value;
    else if (type->member == 'i')
        *(int *)at = isnan(value) ? -1 : (int)value;
    else if (type->member == 'q')
        *(int64_t *)at = isnan(value) ? -1 : (int64_t)value;
}

int sl_measure_allows(const struct sl_measure_type *type, double value)
{
    /* A difference of two readings of a clock may come out a little below 0. */
    static const double least_seconds = -1e-3, most_seconds = 1e12, most_bytes = 1 << 30;
    switch (type->unit) {
    case SL_MEASURED_FRACTION:
        return value >= 0 && value <= 1;
    case SL_MEASURED_COEFFICIENT:
        return value >= -1 && value <= 1;
    case SL_MEASURED_LOSS:
        return value >= 0;
    case SL_MEASURED_SECONDS:
    case SL_MEASURED_MOMENT:
        return value >= least_seconds && value <= most_seconds;
    case SL_MEASURED_BYTES:
        return value >= 0 && value <= most_bytes * most_bytes && value == floor(value);
    case SL_MEASURED_COUNT:
        return value >= 0 && value <= INT_MAX && value == floor(value);
    case SL_MEASURED_FLAG:
        return value == 0 || value == 1;
    default:
        return !isnan(value);
    }
}
