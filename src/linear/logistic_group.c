/* logistic_group.c - many fits of logistic regression at once: the members, their descents, their models.
 *
 * A member has one problem, or one for each class against the rest; each has a descent of its own (lbfgs.c),
 * with its own line search and its own end.  In a round all that are under way get their objectives from one
 * pass over the rows (logistic_columns.c), and go a step further; those that have ended leave the matrices.
 * What a round takes is booked by the columns that a member has in it.  Members that memory has no room for
 * side by side follow one another in batches. */
#include "linear/logistic_group.h"
#include "core/memory.h"
#include "kernels/gemm.h"
#include "linear/logistic_columns.h"
#include "linear/logistic_member.h"
#include "linear/part.h"
#include <math.h>
#include <string.h>

enum {
    BATCH_BYTES = 1 << 29,
    IDLE_SHARE = 16 /* columns are laid out anew when this share of them has ended */
};

struct group {
    const struct sl_group *group;
    struct sl_logistic_member *members; /* (group->n_members) by part */
    struct sl_classes *classes;         /* (group->n_parts) */
    struct sl_logistic_columns columns;
};

struct batch {
    const struct sl_group *group;
    struct sl_logistic_member *members;
    size_t n_members, n_told;
    struct sl_logistic_columns *columns;
    struct sl_logistic_problem **problems; /* (n_problems) in the matrices, by part */
    struct sl_logistic_descent **descents; /* (n_problems) theirs */
    size_t n_problems;
    _Atomic size_t next; /* descent of this round */
    int code;
};

/* Tells of a member whose problems have all ended, unless its own fit would refuse it. */
static int finish(struct batch *b, struct sl_logistic_member *m)
{
    struct sl_member_result result = {.member = m->number, .fit = m->spent};
    result.report = SL_NO_REPORT;
    if (m->n_descents)
        result.report = (struct sl_fit_report){.converged = 1};
    m->told = 1;
    b->n_told++;
    int code = SL_OK;
    if (!sl_logistic_set_model(m, &result.report)) {
        struct sl_epoch *curve = sl_logistic_join_curves(m, &result.n_curve);
        result.curve = curve;
        result.model = m->model;
        m->model = NULL;
        code = result.n_curve && !curve ? SL_ENOMEM : SL_OK;
        if (!code)
            code = b->group->done(b->group->arg, &result);
        else
            sl_linear_free(result.model);
        free(curve);
    }
    sl_logistic_member_release(m);
    return code;
}

/* Rounds
 * -----------------------------------------------------------------------------------------------------*/

static int is_cancelled(const struct batch *b)
{
    return b->group->cancel && *b->group->cancel;
}

static void step_descents(void *arg, int thread)
{
    struct batch *b = arg;
    size_t k;
    (void)thread;
    while ((k = atomic_fetch_add(&b->next, 1)) < b->n_problems) {
        struct sl_logistic_descent *t = b->descents[k];
        if (t->running)
            t->running = sl_descent_next(t->descent, t->problem.f);
    }
}

static size_t vectors_under_way(const struct batch *b)
{
    size_t vectors = 0;
    for (size_t k = 0; k < b->n_problems; k++)
        if (b->descents[k]->under_way)
            vectors += (size_t)b->descents[k]->problem.vectors;
    return vectors;
}

/* After a round of which `shared` is each column's part. */
static void end_round(struct batch *b, size_t k, struct sl_spent shared)
{
    struct sl_logistic_descent *t = b->descents[k];
    const double vectors = t->problem.vectors;
    t->member->spent.seconds += shared.seconds * vectors;
    t->member->spent.cpu += shared.cpu * vectors;
    if (!sl_logistic_note_iteration(t))
        b->code = SL_ENOMEM;
    t->under_way = t->running;
    t->member->n_running -= (size_t)!t->running;
}

/* One evaluation of all problems at hand, and a step of each. */
static void run_round(struct batch *b, struct sl_team *team)
{
    const struct sl_spent start = sl_spent_now();
    const size_t vectors = vectors_under_way(b);
    b->code = sl_logistic_columns_evaluate(b->columns, team);
    if (b->code)
        return;
    atomic_store(&b->next, 0);
    sl_team_all(team, step_descents, b);
    const struct sl_spent shared = sl_spent_add((struct sl_spent){0}, sl_spent_since(start), (double)vectors);
    for (size_t k = 0; k < b->n_problems; k++)
        if (b->descents[k]->under_way)
            end_round(b, k, shared);
}

/* Has a member ended, or so much of the columns that they are to be laid out anew? */
static int has_ended(const struct batch *b)
{
    const size_t left = vectors_under_way(b);
    for (size_t m = 0; m < b->n_members; m++)
        if (!b->members[m].told && b->members[m].n_running == 0)
            return 1;
    return (b->columns->columns - left) * IDLE_SHARE > b->columns->columns;
}

static void run_rounds(struct sl_team *team, void *arg)
{
    struct batch *b = arg;
    do
        run_round(b, team);
    while (!b->code && !is_cancelled(b) && !has_ended(b));
}

/* Batches
 * ----------------------------------------------------------------------------------------------------*/

static void list_problems(struct batch *b)
{
    b->n_problems = 0;
    for (size_t m = 0; m < b->n_members; m++)
        for (size_t v = 0; b->members[m].descents && v < b->members[m].n_descents; v++) {
            struct sl_logistic_descent *t = &b->members[m].descents[v];
            if (!t->under_way)
                continue;
            b->descents[b->n_problems] = t;
            b->problems[b->n_problems++] = &t->problem;
        }
}

static int tell_ended(struct batch *b)
{
    int code = SL_OK;
    for (size_t m = 0; m < b->n_members && !code; m++)
        if (!b->members[m].told && b->members[m].n_running == 0)
            code = finish(b, &b->members[m]);
    return code;
}

/* Until every member has been told of. */
static int run_batch(struct batch *b)
{
    int code = tell_ended(b); /* those of one class */
    while (!code && b->n_told < b->n_members) {
        list_problems(b);
        code = sl_logistic_columns_set(b->columns, b->problems, b->n_problems, b->group->threads);
        if (!code)
            sl_team_lead(b->columns->threads, run_rounds, b);
        code = code ? code : b->code;
        if (!code && is_cancelled(b))
            code = SL_ECANCELLED;
        if (!code)
            code = tell_ended(b);
    }
    return code;
}

static int init_batch(struct batch *b, struct sl_spent *share)
{
    const struct sl_spent start = sl_spent_now();
    size_t problems = 0;
    int code = SL_OK;
    for (size_t m = 0; m < b->n_members && !code; m++) {
        code = sl_logistic_member_init(&b->members[m], b->group->rows);
        problems += b->members[m].n_descents;
    }
    b->problems = sl_alloc(problems, sizeof *b->problems);
    b->descents = sl_alloc(problems, sizeof *b->descents);
    const struct sl_spent spent = sl_spent_since(start);
    for (size_t m = 0; m < b->n_members; m++)
        b->members[m].spent = sl_spent_add(*share, spent, (double)b->n_members);
    return b->problems && b->descents ? code : SL_ENOMEM;
}

/* As many members as there is room for, from the first on; at least one. */
static size_t count_batch(const struct group *g, size_t first)
{
    const double each = sl_logistic_member_bytes(g->group->rows->d, g->group->rows->k);
    const double most = BATCH_BYTES / each;
    const size_t left = g->group->n_members - first;
    return most < 1 ? 1 : most < (double)left ? (size_t)most : left;
}

static int run_batches(struct group *g, struct sl_spent share)
{
    int code = SL_OK;
    for (size_t first = 0, n; first < g->group->n_members && !code; first += n) {
        n = count_batch(g, first);
        struct batch b = {
            .group = g->group, .members = g->members + first, .n_members = n, .columns = &g->columns};
        code = init_batch(&b, &share);
        if (!code)
            code = run_batch(&b);
        for (size_t m = 0; m < n; m++)
            sl_logistic_member_release(&b.members[m]);
        free(b.problems);
        free(b.descents);
    }
    return code;
}

/* Groups
 * -----------------------------------------------------------------------------------------------------*/

static int by_part(const void *va, const void *vb)
{
    const struct sl_logistic_member *a = va, *b = vb;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int group_init(struct group *g, const struct sl_logistic_options *options, struct sl_error *err)
{
    const struct sl_group *group = g->group;
    int code = SL_OK;
    g->members = sl_alloc_zero(group->n_members, sizeof *g->members);
    g->classes = sl_alloc_zero(group->n_parts, sizeof *g->classes);
    if (!g->members || !g->classes)
        return sl_fail_memory(err);
    for (size_t p = 0; p < group->n_parts && !code; p++)
        code = sl_part_classes(group->rows, &group->parts[p], &g->classes[p], err);
    for (size_t m = 0; m < group->n_members; m++)
        g->members[m] = (struct sl_logistic_member){.number = m,
                                                    .part = group->members[m].part,
                                                    .options = &options[m],
                                                    .classes = &g->classes[group->members[m].part]};
    qsort(g->members, group->n_members, sizeof *g->members, by_part);
    if (!code && sl_logistic_columns_init(&g->columns, group->rows, group->parts, group->n_parts))
        code = sl_fail_memory(err);
    return code;
}

static void group_release(struct group *g)
{
    sl_logistic_columns_release(&g->columns);
    for (size_t p = 0; g->classes && p < g->group->n_parts; p++)
        sl_classes_release(&g->classes[p]);
    free(g->classes);
    free(g->members);
}

int sl_logistic_fit_group(const struct sl_group *group, const struct sl_logistic_options *options,
                          struct sl_error *err)
{
    struct group g = {.group = group};
    const struct sl_spent start = sl_spent_now();
    int code = group_init(&g, options, err);
    if (!code) {
        code = run_batches(
            &g, sl_spent_add((struct sl_spent){0}, sl_spent_since(start), (double)group->n_members));
        if (code == SL_ENOMEM || code == SL_EINTERNAL)
            sl_product_fail(code, err);
        if (code == SL_ECANCELLED)
            sl_fail(err, code, "cancelled");
    }
    group_release(&g);
    return code;
}
