/* measures.c - the table of measures, and the functions of those that are computed from an outcome. */
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

/* The curve's last point, which was measured during the epoch: while weights changed, and with dropout. */
static double train_accuracy(const struct sl_scored *s)
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
#define X(id, of, folded, from, column_name, heading, importance, text)                                      \
    {.name = #id,                                                                                            \
     .unit = SL_MEASURED_##of,                                                                               \
     .over = SL_OVER_##folded,                                                                               \
     from(id).column = column_name,                                                                          \
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
    case SL_MEASURED_LOSS:
        return value >= 0;
    case SL_MEASURED_SECONDS:
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
