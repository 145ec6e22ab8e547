/* group.c - many fits and their predictions at once, with the checks of a single fit.
 *
 * The rows of all parts are converted and scaled once.  A scaling that depends on the rows is fitted on the
 * rows that its one part fits, as a separate fit does.  What that takes is shared, and booked as fitting. */
#include "core/cores.h"
#include "core/memory.h"
#include "data/dataset.h"
#include "model/encode.h"
#include "model/model.h"
#include "model/weights.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct group {
    const struct sl_classifier_type *type;
    const struct sl_group_part *parts;
    size_t n_parts;
    const struct sl_group_member *members;
    size_t n_members;
    const struct sl_group_options *options;
    int threads;
    struct sl_encoding *encoding; /* NULL: the data are plain numbers; the rows' codes are its */
    struct sl_prepared rows;      /* all, scaled */
    struct sl_spent shared;       /* a member's share of preparing them */
    size_t part;                  /* whose scored rows follow; n_parts: none yet */
    void *scored;                 /* (n_score, d), scaled; owned, as are the next two */
    int32_t *labels;              /* (most n_score) */
    float *scores;                /* (most n_score, k), or NULL */
    struct sl_error *err;
};

static void *gather(const struct sl_view *from, const uint32_t *rows, size_t n)
{
    const size_t size = from->d * sl_dtype_size(from->dtype);
    char *out = sl_alloc(n, size);
    for (size_t i = 0; out && i < n; i++)
        memcpy(out + i * size, (const char *)from->x + rows[i] * size, size);
    return out;
}

/* Preparation ---------------------------------------------------------------------------------------------*/

static int check_parts(struct group *g, const struct sl_dataset *data)
{
    struct sl_view rows = sl_dataset_view(data);
    if (rows.dtype == SL_SPARSE)
        return sl_fail(g->err, SL_EUSAGE, "%s: sparse rows are fitted one trial at a time", g->type->name);
    rows.dtype = sl_model_fitted_dtype(&rows);
    if (g->n_parts > 1 && (data->columns || !sl_scaling_is_fixed(g->options->scaling, &rows)))
        return sl_fail(g->err, SL_EUSAGE,
                       "%s: parts that are encoded or scaled each by itself can not share a fit",
                       g->type->name);
    return SL_OK;
}

static int check_members(struct group *g, const struct sl_view *rows)
{
    int code = SL_OK;
    for (size_t m = 0; m < g->n_members && !code; m++) {
        struct sl_view part = *rows;
        part.n = g->parts[g->members[m].part].n_fit;
        code = sl_model_check_request(g->type, g->members[m].config, &part, g->err);
    }
    return code;
}

/* Encodes all rows, as the rows of the one part that is fitted say. */
static int encode(struct group *g, const struct sl_dataset *data)
{
    struct sl_view fitted = g->rows.view;
    if (!data->columns)
        return SL_OK;
    fitted.n = g->parts[0].n_fit;
    fitted.weight = NULL;
    void *x = gather(&g->rows.view, g->parts[0].fit, fitted.n);
    fitted.x = x;
    int code = x ? sl_model_fit_encoding(g->type, g->members[0].config, g->options->encoding, data, &fitted,
                                         &g->encoding, g->err)
                 : sl_fail_memory(g->err);
    free(x);
    return code ? code : sl_model_encode(g->encoding, &g->rows, g->err);
}

/* From the rows that are fitted; a fixed scaling looks at none. */
static int fit_scaling(struct group *g, struct sl_scaling **scaling)
{
    struct sl_view fitted = g->rows.view;
    if (sl_scaling_is_fixed(g->options->scaling, &fitted))
        return sl_scaling_fit(g->options->scaling, &fitted, scaling, g->err);
    fitted.n = g->parts[0].n_fit;
    fitted.weight = NULL;
    void *x = gather(&g->rows.view, g->parts[0].fit, fitted.n);
    fitted.x = x;
    int code = x ? sl_scaling_fit(g->options->scaling, &fitted, scaling, g->err) : sl_fail_memory(g->err);
    free(x);
    return code;
}

static int prepare(struct group *g, const struct sl_dataset *data)
{
    struct sl_view raw = sl_dataset_view(data);
    struct sl_scaling *scaling = NULL;
    struct sl_spent start = sl_spent_now();
    int code = check_parts(g, data);
    if (!code)
        code = sl_model_convert(&raw, sl_model_fitted_dtype(&raw), &g->rows, g->err);
    if (!code)
        code = encode(g, data);
    if (!code)
        code = check_members(g, &g->rows.view);
    if (!code)
        code = fit_scaling(g, &scaling);
    if (!code) {
        struct sl_view converted = g->rows.view;
        code = sl_scaling_apply(scaling, &converted, &g->rows.view, &g->rows.scaled, g->err);
    }
    sl_scaling_free(scaling);
    g->shared = sl_spent_add((struct sl_spent){0}, sl_spent_since(start), (double)g->n_members);
    return code;
}

static int make_room(struct group *g)
{
    size_t most = 1;
    for (size_t p = 0; p < g->n_parts; p++)
        most = g->parts[p].n_score > most ? g->parts[p].n_score : most;
    g->labels = sl_alloc(most, sizeof *g->labels);
    if (g->type->scores)
        g->scores = sl_alloc(most * (size_t)g->rows.view.k, sizeof *g->scores);
    return g->labels && (g->scores || !g->type->scores) ? SL_OK : sl_fail_memory(g->err);
}

/* Members -------------------------------------------------------------------------------------------------*/

static int take_scored(struct group *g, size_t part, struct sl_view *view)
{
    if (g->part != part) {
        free(g->scored);
        g->scored = gather(&g->rows.view, g->parts[part].score, g->parts[part].n_score);
        g->part = g->scored ? part : g->n_parts;
    }
    *view = g->rows.view;
    view->n = g->parts[part].n_score;
    view->x = g->scored;
    view->y = NULL;
    view->weight = NULL;
    return g->scored ? SL_OK : sl_fail_memory(g->err);
}

static int predict(struct group *g, void *model, struct sl_group_result *result)
{
    struct sl_view rows;
    int code = take_scored(g, g->members[result->member].part, &rows);
    if (code)
        return code;
    struct sl_spent start = sl_spent_now();
    code = g->type->predict(model, &rows, g->threads, g->labels, g->err);
    result->score = sl_spent_since(start);
    if (!code && g->type->scores)
        code = g->type->scores(model, &rows, g->threads, g->scores, g->err);
    result->labels = g->labels;
    result->scores = g->scores;
    return code;
}

/* The model's own errors are its member's. */
static int finish_model(struct group *g, void *model, struct sl_group_result *result)
{
    int code = sl_model_check_numbers(g->type, model, &result->report, &result->model_bytes, g->err);
    if (!code)
        code = predict(g, model, result);
    g->type->free(model);
    return code ? sl_fail_prefix(g->err, "%s", g->type->name) : SL_OK;
}

static int member_done(void *arg, const struct sl_member_result *m)
{
    struct group *g = arg;
    const struct sl_group_part *part = &g->parts[g->members[m->member].part];
    struct sl_group_result result = {.member = m->member,
                                     .labels = m->labels,
                                     .scores = m->scores,
                                     .curve = m->curve,
                                     .n_curve = m->n_curve,
                                     .report = m->report,
                                     .model_bytes = m->model_bytes,
                                     .fit = sl_spent_add(m->fit, g->shared, 1),
                                     .score = m->score};
    int code = m->model ? finish_model(g, m->model, &result) : SL_OK;
    if (!code && result.scores)
        code = sl_model_check_scores(g->type, result.scores, part->n_score, g->rows.view.k, g->err);
    if (code == SL_ENOMEM || code == SL_ECANCELLED) /* of the group, not of the member */
        return code;
    result.code = code;
    result.error = code ? g->err->text : "";
    return g->options->done(g->options->arg, &result);
}

static int fit_members(struct group *g, struct sl_member *members)
{
    int code = SL_OK;
    for (size_t m = 0; m < g->n_members && !code; m++) {
        members[m] = (struct sl_member){g->members[m].config, g->members[m].part,
                                        sl_rng_new(g->members[m].seed, g->members[m].key)};
        code = members[m].rng ? SL_OK : sl_fail_memory(g->err);
    }
    const struct sl_group group = {
        .rows = &g->rows.view,
        .parts = g->parts,
        .n_parts = g->n_parts,
        .members = members,
        .n_members = g->n_members,
        .memory = g->options->memory,
        .threads = g->threads,
        .cancel = g->options->cancel,
        .done = member_done,
        .arg = g,
    };
    return code ? code : g->type->fit_group(&group, g->err);
}

int sl_model_fit_group(const struct sl_classifier_type *type, const struct sl_dataset *data,
                       const struct sl_group_part *parts, size_t n_parts,
                       const struct sl_group_member *members, size_t n_members,
                       const struct sl_group_options *options, struct sl_error *err)
{
    struct sl_error unread;
    struct group g = {.type = type,
                      .parts = parts,
                      .n_parts = n_parts,
                      .members = members,
                      .n_members = n_members,
                      .options = options,
                      .threads = options->threads > 0 ? options->threads : sl_cores(),
                      .part = n_parts,
                      .err = err ? err : &unread};
    if (!type->fit_group)
        return sl_fail(err, SL_EUSAGE, "%s: its fits share no work", type->name);
    struct sl_member *own = sl_alloc_zero(n_members, sizeof *own);
    struct sl_group_part *weighed;
    int before = sl_model_use_threads(g.threads);
    int code = sl_model_weighed_parts(data, parts, n_parts, &weighed, err);
    g.parts = weighed;
    if (!code)
        code = own ? prepare(&g, data) : sl_fail_memory(err);
    if (!code)
        code = make_room(&g);
    if (!code)
        code = fit_members(&g, own);
    sl_model_use_threads(before);
    for (size_t m = 0; own && m < n_members; m++)
        sl_rng_free(own[m].rng);
    free(own);
    sl_model_parts_free(weighed, n_parts);
    free(g.scored);
    free(g.labels);
    free(g.scores);
    sl_model_prepared_release(&g.rows);
    sl_encoding_free(g.encoding);
    return code;
}
