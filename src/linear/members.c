/* members.c - the fits of a group side by side.
 *
 * Where there are fewer members than threads they follow one another, each on all threads.  A fit's result
 * does not depend on that.  Members side by side share the wall clock: each is booked its part of it. */
#include "linear/members.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>

struct members {
    const struct sl_group *group;
    int (*fit)(void *arg, const struct sl_member_fit *fit, struct sl_error *err);
    void *arg;
    struct sl_view *views;      /* (n_parts) */
    struct sl_classes *classes; /* (n_parts) */
    struct sl_spent share;      /* of what comes before the fits */
    int threads, at_once;       /* of a fit; fits side by side */
    _Atomic int code;           /* the first that ends the group */
    struct sl_error *err;
};

struct curve {
    struct sl_epoch *points;
    size_t n;
    int no_memory;
};

static int add_point(void *arg, const struct sl_epoch *point)
{
    struct curve *curve = arg;
    const size_t n = curve->n;
    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4 ... */
        struct sl_epoch *more = sl_realloc(curve->points, n ? 2 * n : 1, sizeof *more);
        if (!more)
            return curve->no_memory = 1;
        curve->points = more;
    }
    curve->points[curve->n++] = *point;
    return 0;
}

/* The labels of a part's rows, and its view. */
static int describe_part(struct members *all, size_t p)
{
    const struct sl_group_part *part = &all->group->parts[p];
    const struct sl_view *rows = all->group->rows;
    int32_t *y = sl_alloc(part->n_fit, sizeof *y);
    if (!y)
        return sl_fail_memory(all->err);
    for (size_t i = 0; i < part->n_fit; i++)
        y[i] = rows->y[part->fit[i]];
    struct sl_view view = *rows;
    view.n = part->n_fit;
    view.y = y;
    int code = sl_classes_find(&view, &all->classes[p], all->err);
    view.y = NULL;
    all->views[p] = view;
    free(y);
    return code;
}

static int is_over(const struct members *all)
{
    return all->code || (all->group->cancel && *all->group->cancel);
}

static void end_with(struct members *all, int code, const struct sl_error *err)
{
#pragma omp critical(sl_members)
    if (!all->code) {
        all->code = code;
        if (all->err && err)
            *all->err = *err;
    }
}

/* Tells of a member, one at a time. */
static void tell(struct members *all, struct sl_member_result *result)
{
#pragma omp critical(sl_members)
    {
        if (!all->code)
            all->code = all->group->done(all->group->arg, result);
        else
            sl_linear_free(result->model);
    }
}

/* Since wall and the thread's CPU time stood so.  Threads of a fit that has them all are not told apart. */
static struct sl_spent spent_since(const struct members *all, double wall, double thread,
                                   struct sl_spent process)
{
    if (all->at_once == 1)
        return sl_spent_since(process);
    return (struct sl_spent){(sl_now() - wall) / all->at_once, sl_thread_time() - thread};
}

static void fit_member(struct members *all, size_t m)
{
    const struct sl_group *group = all->group;
    const size_t p = group->members[m].part;
    const struct sl_spent process = sl_spent_now();
    const double wall = sl_now(), thread = sl_thread_time();
    struct sl_error err = {0};
    struct curve curve = {0};
    struct sl_member_result result = {.member = m,
                                      .report = {.n_iter = -1, .converged = -1, .objective = NAN}};
    const struct sl_member_fit fit = {.number = m,
                                      .part = p,
                                      .train = &all->views[p],
                                      .list = group->parts[p].fit,
                                      .classes = &all->classes[p],
                                      .run = {.threads = all->threads,
                                              .rng = group->members[m].rng,
                                              .cancel = group->cancel,
                                              .on_epoch = add_point,
                                              .arg = &curve},
                                      .model =
                                          sl_linear_new(&all->classes[p], group->rows, SL_LINK_MARGIN, 0),
                                      .report = &result.report};
    int code = fit.model ? SL_OK : sl_fail_memory(&err);
    if (!code && fit.model->vectors > 0)
        code = all->fit(all->arg, &fit, &err);
    if (!code && curve.no_memory)
        code = sl_fail_memory(&err);
    result.model = fit.model;
    result.curve = curve.points;
    result.n_curve = curve.n;
    result.fit = sl_spent_add(spent_since(all, wall, thread, process), all->share, 1);
    if (!code)
        tell(all, &result);
    else
        sl_linear_free(fit.model);
    if (code && code != SL_EDIVERGED)
        end_with(all, code, &err);
    free(curve.points);
}

static void fit_members(struct members *all)
{
    const size_t n = all->group->n_members;
    if (all->at_once == 1) {
        for (size_t m = 0; m < n && !is_over(all); m++)
            fit_member(all, m);
        return;
    }
#pragma omp parallel for num_threads(all->at_once) schedule(dynamic, 1)
    for (size_t m = 0; m < n; m++)
        if (!is_over(all))
            fit_member(all, m);
}

int sl_members_fit(const struct sl_group *group, double operations,
                   int (*fit)(void *arg, const struct sl_member_fit *fit, struct sl_error *err), void *arg,
                   struct sl_error *err)
{
    const struct sl_spent start = sl_spent_now();
    const double n = (double)group->n_members;
    const int together = group->n_members < (size_t)group->threads;
    struct members all = {
        .group = group,
        .fit = fit,
        .arg = arg,
        .views = sl_alloc(group->n_parts, sizeof *all.views),
        .classes = sl_alloc_zero(group->n_parts, sizeof *all.classes),
        .threads = together ? group->threads : 1,
        .at_once = together ? 1 : sl_threads_for(n * operations, group->threads),
        .err = err,
    };
    int code = all.views && all.classes ? SL_OK : sl_fail_memory(err);
    for (size_t p = 0; p < group->n_parts && !code; p++)
        code = describe_part(&all, p);
    all.share = sl_spent_add((struct sl_spent){0}, sl_spent_since(start), n);
    if (!code)
        fit_members(&all);
    if (!code)
        code = all.code;
    if (!code && is_over(&all))
        code = sl_fail(err, SL_ECANCELLED, "cancelled");
    for (size_t p = 0; all.classes && p < group->n_parts; p++)
        sl_classes_release(&all.classes[p]);
    free(all.views);
    free(all.classes);
    return code;
}
