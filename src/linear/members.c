/* members.c - the fits of a group side by side.
 *
 * Where there are fewer calls than threads they follow one another, each on all threads.  A fit's result
 * does not depend on that.  Calls side by side share the wall clock: each is booked its part of it, and each
 * of its members the part of that that was its own. */
#include "linear/members.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/threads.h"
#include "linear/member_calls.h"
#include <math.h>

enum { EACH = 8 }; /* calls of a thread before their members are told of */

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
    const struct sl_members_way *way;
    struct sl_view *views;      /* (n_parts) */
    struct sl_classes *classes; /* (n_parts) */
    struct sl_member_calls calls;
    struct fitted *fitted;      /* (n_members) in the order of the calls */
    struct sl_member_fit *fits; /* (n_members) theirs */
    struct sl_spent share;      /* of what comes before the fits */
    int threads, at_once;       /* of a call; calls side by side */
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

static int describe_fit(struct members *all, size_t i, struct sl_error *err)
{
    const struct sl_group *group = all->group;
    struct fitted *f = &all->fitted[i];
    const size_t m = all->calls.member[i], p = group->members[m].part;
    struct sl_linear *model = sl_linear_new(&all->classes[p], group->rows, SL_LINK_MARGIN, 0);
    f->result = (struct sl_member_result){.member = m, .model = model, .report = SL_NO_REPORT};
    all->fits[i] = (struct sl_member_fit){.number = m,
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
    return model ? SL_OK : sl_fail_memory(err);
}

/* Members first ... end - 1 took so much together; each gets what was its own of it. */
static void book(struct members *all, size_t first, size_t end, struct sl_spent spent)
{
    double seconds = 0;
    for (size_t i = first; i < end; i++)
        seconds += all->fits[i].seconds;
    for (size_t i = first; i < end; i++) {
        const double part = seconds > 0 ? all->fits[i].seconds / seconds : 1 / (double)(end - first);
        const struct sl_spent own = {part * spent.seconds, part * spent.cpu};
        all->fitted[i].result.fit = sl_spent_add(own, all->share, 1);
    }
}

static void drop_model(struct fitted *f)
{
    sl_linear_free(f->result.model);
    f->result.model = NULL;
}

static void run_call(struct members *all, size_t call)
{
    const size_t first = all->calls.first[call], end = all->calls.first[call + 1];
    const struct sl_spent process = sl_spent_now();
    const double wall = sl_now(), thread = sl_thread_time();
    struct sl_error err = {0};
    int code = SL_OK;
    for (size_t i = first; i < end && !code; i++)
        code = describe_fit(all, i, &err);
    if (!code && all->fits[first].model->vectors > 0)
        code = all->way->fit(all->way->arg, all->fits + first, end - first, &err);
    for (size_t i = first; i < end; i++) {
        if (!code && all->fitted[i].curve.no_memory)
            code = sl_fail_memory(&err);
        if (code || all->fits[i].code)
            drop_model(&all->fitted[i]);
    }
    book(all, first, end, spent_since(all, wall, thread, process));
    if (code && code != SL_EDIVERGED)
        end_with(all, code, &err);
}

/* Tells of the members that have a model, and frees what is left. */
static void tell(struct members *all, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        struct fitted *f = &all->fitted[i];
        f->result.curve = f->curve.points;
        f->result.n_curve = f->curve.n;
        if (f->result.model && !is_over(all))
            all->code = all->group->done(all->group->arg, &f->result);
        else
            drop_model(f);
        free(f->curve.points);
    }
}

/* The calls from first on, a few for each thread; then the calling thread tells of their members. */
static size_t run_some(struct members *all, size_t first)
{
    const size_t most = EACH * (size_t)all->at_once, left = all->calls.n - first;
    const size_t end = first + (left < most ? left : most);
    if (all->at_once == 1) {
        for (size_t c = first; c < end && !is_over(all); c++)
            run_call(all, c);
    } else {
#pragma omp parallel for num_threads(all->at_once) schedule(dynamic, 1)
        for (size_t c = first; c < end; c++)
            if (!is_over(all))
                run_call(all, c);
    }
    tell(all, all->calls.first[first], all->calls.first[end]);
    return end;
}

/* Which members go together, and on how many threads. */
static int make_calls(struct members *all)
{
    const struct sl_group *group = all->group;
    const double operations = (double)group->n_members * all->way->operations;
    int at_once = sl_threads_for(operations, group->threads);
    if (group->n_members < (size_t)group->threads)
        at_once = 1;
    if (!sl_member_calls_make(&all->calls, group, all->way, at_once))
        return 0;
    const int together = all->calls.n < (size_t)group->threads;
    all->threads = together ? group->threads : 1;
    all->at_once = together ? 1 : at_once;
    return 1;
}

int sl_members_fit(const struct sl_group *group, const struct sl_members_way *way, struct sl_error *err)
{
    const struct sl_spent start = sl_spent_now();
    struct members all = {
        .group = group,
        .way = way,
        .views = sl_alloc(group->n_parts, sizeof *all.views),
        .classes = sl_alloc_zero(group->n_parts, sizeof *all.classes),
        .fitted = sl_alloc_zero(group->n_members, sizeof *all.fitted),
        .fits = sl_alloc_zero(group->n_members, sizeof *all.fits),
        .err = err,
    };
    const int ok = make_calls(&all) && all.views && all.classes && all.fitted && all.fits;
    int code = ok ? SL_OK : sl_fail_memory(err);
    for (size_t p = 0; p < group->n_parts && !code; p++)
        code = describe_part(&all, p);
    all.share = sl_spent_add((struct sl_spent){0}, sl_spent_since(start), (double)group->n_members);
    for (size_t first = 0; !code && first < all.calls.n && !is_over(&all);)
        first = run_some(&all, first);
    code = code ? code : all.code;
    if (!code && is_over(&all))
        code = sl_fail(err, SL_ECANCELLED, "cancelled");
    for (size_t p = 0; all.classes && p < group->n_parts; p++)
        sl_classes_release(&all.classes[p]);
    sl_member_calls_release(&all.calls);
    free(all.fitted);
    free(all.fits);
    free(all.views);
    free(all.classes);
    return code;
}
