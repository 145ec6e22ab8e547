/* checkpoints.c - fits of a net that differ in their number of epochs, by one training each part.
 *
 * Where the learning rate does not depend on how many epochs there will be, a fit of e epochs is the first e
 * of a longer one from the same stream: the longest is trained, and its weights are copied on the way.  An
 * epoch's time is shared by the members that need it.  Cost: the longest fit of each part, whose rows are
 * copied.  Leaves out nets side by side: a part has all threads. */
#include "nn/train/checkpoints.h"
#include "core/memory.h"
#include "data/dataset.h"
#include <math.h>
#include <string.h>

struct rows {
    struct sl_view view; /* x, y and weight are owned */
};

/* The training of one part. */
struct course {
    const struct sl_group *group;
    const struct sl_network_kind *kind;
    size_t part;
    size_t *members; /* (n) of the part, by epochs */
    int *epochs;     /* (n) theirs */
    size_t n, n_curve;
    struct sl_epoch *curve; /* (most epochs that were room for) */
    struct sl_network *network;
    struct sl_fit_report report;
    struct sl_spent since, share; /* since: when the latest checkpoint was done with */
    struct sl_spent aside;        /* of the report, then */
    struct sl_error *err;
};

/* Rows ---------------------------------------------------------------------------------------------*/

static int take(const struct sl_view *from, const uint32_t *list, size_t n, int weighed, struct rows *out)
{
    const size_t size = from->d * sl_dtype_size(from->dtype);
    char *x = sl_alloc(n, size);
    int32_t *y = sl_alloc(n, sizeof *y);
    double *weight = weighed && from->weight ? sl_alloc(n, sizeof *weight) : NULL;
    out->view = *from;
    out->view.n = n;
    out->view.x = x;
    out->view.y = y;
    out->view.weight = weight;
    if (!x || !y || (weighed && from->weight && !weight))
        return SL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        memcpy(x + i * size, (const char *)from->x + list[i] * size, size);
        y[i] = from->y[list[i]];
        if (weight)
            weight[i] = from->weight[list[i]];
    }
    return SL_OK;
}

static void release(struct rows *rows)
{
    free((void *)rows->view.x);
    free((void *)rows->view.y);
    free((void *)rows->view.weight);
}

/* Checkpoints --------------------------------------------------------------------------------------*/

static int add_point(void *arg, const struct sl_epoch *point)
{
    struct course *c = arg;
    const size_t n = c->n_curve;
    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4 ... */
        struct sl_epoch *more = sl_realloc(c->curve, n ? 2 * n : 1, sizeof *more);
        if (!more)
            return 1;
        c->curve = more;
    }
    c->curve[c->n_curve++] = *point;
    return 0;
}

/* A network of its own with these parameters; SL_EDIVERGED as a fit. */
static int copy_network(const struct course *c, const void *config, const float *params,
                        struct sl_network **out)
{
    const struct sl_view *rows = c->group->rows;
    int code = c->kind->make(config, rows, out, c->err);
    if (code)
        return code;
    const size_t n = (*out)->net->n_params;
    memcpy((*out)->params, params, n * sizeof *params);
    memcpy((*out)->present, c->network->present, (size_t)rows->k);
    for (size_t i = 0; i < n && !code; i++)
        if (!isfinite(params[i]))
            code = SL_EDIVERGED;
    if (!code)
        code = sl_network_check(*out, rows, c->err);
    if (code) {
        sl_network_free(*out);
        *out = NULL;
    }
    return code;
}

/* What has been spent since the latest checkpoint, without measuring the curve, is for those who wait. */
static void share_time(struct course *c, const struct sl_fit_report *report, size_t waiting)
{
    struct sl_spent spent = sl_spent_since(c->since);
    spent.seconds = fmax(0, spent.seconds - (report->aside - c->aside.seconds));
    spent.cpu = fmax(0, spent.cpu - (report->aside_cpu - c->aside.cpu));
    c->share = sl_spent_add(c->share, spent, (double)waiting);
    c->aside = (struct sl_spent){report->aside, report->aside_cpu};
}

static int reached(void *arg, size_t i, const float *params, const struct sl_fit_report *report)
{
    struct course *c = arg;
    const size_t m = c->members[i];
    share_time(c, report, c->n - i);
    struct sl_spent own = sl_spent_now();
    struct sl_member_result result = {.member = m, .report = *report, .n_curve = c->n_curve};
    struct sl_network *network;
    if (c->n_curve != (size_t)report->n_iter)
        return sl_fail_memory(c->err);
    int code = copy_network(c, c->group->members[m].config, params, &network);
    result.fit = sl_spent_add(sl_spent_since(own), c->share, 1);
    for (size_t e = 0; e < c->n_curve; e++)
        c->curve[e].epochs = c->epochs[i];
    result.curve = c->curve;
    result.model = network;
    if (!code)
        code = c->group->done(c->group->arg, &result);
    c->since = sl_spent_now();
    return code == SL_EDIVERGED ? SL_OK : code;
}

/* Parts --------------------------------------------------------------------------------------------*/

/* The part's members, those of few epochs first. */
static int list_members(struct course *c)
{
    const struct sl_group *group = c->group;
    c->members = sl_alloc(group->n_members, sizeof *c->members);
    c->epochs = sl_alloc(group->n_members, sizeof *c->epochs);
    if (!c->members || !c->epochs)
        return SL_ENOMEM;
    for (size_t m = 0; m < group->n_members; m++) {
        if (group->members[m].part != c->part)
            continue;
        const int epochs = c->kind->options(group->members[m].config).epochs;
        size_t at = c->n++;
        for (; at > 0 && c->epochs[at - 1] > epochs; at--) {
            c->epochs[at] = c->epochs[at - 1];
            c->members[at] = c->members[at - 1];
        }
        c->epochs[at] = epochs;
        c->members[at] = m;
    }
    return SL_OK;
}

static int train(struct course *c, const struct sl_view *rows, const struct sl_view *scored)
{
    const struct sl_group *group = c->group;
    const struct sl_member *longest = &group->members[c->members[c->n - 1]];
    const struct sl_train_options options = c->kind->options(longest->config);
    const struct sl_checkpoints checkpoints = {c->epochs, c->n, reached, c};
    const struct sl_fit fit = {.train = rows,
                               .validation = scored,
                               .config = longest->config,
                               .rng = longest->rng,
                               .threads = group->threads,
                               .cancel = group->cancel,
                               .on_epoch = add_point,
                               .arg = c,
                               .report = &c->report};
    int code = c->kind->make(longest->config, rows, &c->network, c->err);
    if (!code)
        code = sl_network_train_by(c->network, &fit, &options, &checkpoints, c->err);
    if (group->cancel && *group->cancel)
        code = sl_fail(c->err, SL_ECANCELLED, "cancelled");
    /* What a fit of its own is refused for, it is told there. */
    return code == SL_EDIVERGED || code == SL_EUSAGE ? SL_OK : code;
}

static int train_part(const struct sl_group *group, const struct sl_network_kind *kind, size_t part,
                      struct sl_error *err)
{
    const struct sl_group_part *list = &group->parts[part];
    struct course c = {.group = group, .kind = kind, .part = part, .since = sl_spent_now(), .err = err};
    struct rows fitted = {0}, scored = {0};
    c.report = SL_NO_REPORT;
    int code = list_members(&c);
    if (!code)
        code = take(group->rows, list->fit, list->n_fit, 1, &fitted);
    if (!code)
        code = take(group->rows, list->score, list->n_score, 0, &scored);
    if (code)
        sl_fail_memory(err);
    else if (c.n)
        code = train(&c, &fitted.view, &scored.view);
    sl_network_free(c.network);
    release(&fitted);
    release(&scored);
    free(c.members);
    free(c.epochs);
    free(c.curve);
    return code;
}

int sl_network_train_group(const struct sl_group *group, const struct sl_network_kind *kind,
                           struct sl_error *err)
{
    int code = SL_OK;
    for (size_t p = 0; p < group->n_parts && !code; p++)
        code = train_part(group, kind, p, err);
    return code;
}
