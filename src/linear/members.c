/* members.c - the fits of a group side by side.
 *
 * Where there are fewer members than threads they follow one another, each on all threads.  A fit's result
 * does not depend on that.  Members side by side share the wall clock: each is booked its part of it. */
#include "linear/members.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>

enum { EACH = 8 }; /* members of a thread before they are told of */

struct curve {
    struct sl_epoch *points;
    size_t n;
    int no_memory;
};

struct fitted {
    struct sl_member_result result;
    struct curve curve;
};

struct members {
    const struct sl_group *group;
    int (*fit)(void *arg, const struct sl_member_fit *fit, struct sl_error *err);
    void *arg;
    struct sl_view *views;      /* (n_parts) */
    struct sl_classes *classes; /* (n_parts) */
    struct fitted *fitted;      /* (EACH at_once) */
    struct sl_spent share;      /* of what comes before the fits */
    int threads, at_once;       /* of a fit; fits side by side */
    _Atomic int code;           /* the first that ends the group */
    struct sl_error *err;
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

/* A part's view, whose features are looked up by its list of rows, and its classes. */
static int describe_part(struct members *all, size_t p)
{
    const struct sl_group_part *part = &all->group->parts[p];
    const struct sl_view *rows = all->group->rows;
    all->views[p] = *rows;
    all->views[p].n = part->n_fit;
    all->views[p].y = NULL;
    return sl_classes_find_in(rows, part->fit, part->n_fit, &all->classes[p], all->err);
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
        if (all->err)
            *all->err = *err;
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

static void fit_member(struct members *all, struct fitted *f)
{
    const struct sl_group *group = all->group;
    const size_t m = f->result.member, p = group->members[m].part;
    const struct sl_spent process = sl_spent_now();
    const double wall = sl_now(), thread = sl_thread_time();
    struct sl_error err = {0};
    struct sl_linear *model = sl_linear_new(&all->classes[p], group->rows, SL_LINK_MARGIN, 0);
    const struct sl_member_fit fit = {.number = m,
                                      .part = p,
                                      .train = &all->views[p],
                                      .list = group->parts[p].fit,
                                      .classes = &all->classes[p],
                                      .run = {.threads = all->threads,
                                              .rng = group->members[m].rng,
                                              .cancel = group->cancel,
                                              .on_epoch = add_point,
                                              .arg = &f->curve},
                                      .model = model,
                                      .report = &f->result.report};
    int code = model ? SL_OK : sl_fail_memory(&err);
    if (!code && model->vectors > 0)
        code = all->fit(all->arg, &fit, &err);
    if (!code && f->curve.no_memory)
        code = sl_fail_memory(&err);
    f->result.fit = sl_spent_add(spent_since(all, wall, thread, process), all->share, 1);
    f->result.model = model;
    if (!code)
        return;
    sl_linear_free(model);
    f->result.model = NULL;
    if (code != SL_EDIVERGED)
        end_with(all, code, &err);
}

/* Tells of the members that have a model, and frees what is left. */
static void tell(struct members *all, struct fitted *fitted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sl_member_result *result = &fitted[i].result;
        result->curve = fitted[i].curve.points;
        result->n_curve = fitted[i].curve.n;
        if (result->model && !is_over(all))
            all->code = all->group->done(all->group->arg, result);
        else
            sl_linear_free(result->model);
        free(fitted[i].curve.points);
    }
}

/* The members from first on, a few for each thread; then the calling thread tells of them. */
static size_t fit_some(struct members *all, size_t first)
{
    struct fitted *fitted = all->fitted;
    const size_t left = all->group->n_members - first, most = EACH * (size_t)all->at_once;
    const size_t n = left < most ? left : most;
    for (size_t i = 0; i < n; i++)
        fitted[i] = (struct fitted){.result = {.member = first + i, .report = SL_NO_REPORT}};
    if (all->at_once == 1) {
        for (size_t i = 0; i < n && !is_over(all); i++)
            fit_member(all, &fitted[i]);
    } else {
#pragma omp parallel for num_threads(all->at_once) schedule(dynamic, 1)
        for (size_t i = 0; i < n; i++)
            if (!is_over(all))
                fit_member(all, &fitted[i]);
    }
    tell(all, fitted, n);
    return first + n;
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
    all.fitted = sl_alloc(EACH * (size_t)all.at_once, sizeof *all.fitted);
    int code = all.views && all.classes && all.fitted ? SL_OK : sl_fail_memory(err);
    for (size_t p = 0; p < group->n_parts && !code; p++)
        code = describe_part(&all, p);
    all.share = sl_spent_add((struct sl_spent){0}, sl_spent_since(start), n);
    for (size_t first = 0; first < group->n_members && !code && !is_over(&all);)
        first = fit_some(&all, first);
    code = code ? code : all.code;
    if (!code && is_over(&all))
        code = sl_fail(err, SL_ECANCELLED, "cancelled");
    for (size_t p = 0; all.classes && p < group->n_parts; p++)
        sl_classes_release(&all.classes[p]);
    free(all.fitted);
    free(all.views);
    free(all.classes);
    return code;
}
