/* group_score.c - labels and scores of the rows that a group's parts leave out.
 *
 * A block of one part's scored rows at a time.  Their products with a class's rows are made once for all
 * kernels, the values of a kernel once for all of its members; a member then picks those of its support
 * vectors.  The sums are those of predict.c, in its order. */
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/skinny.h"
#include "svm/group_run.h"
#include "svm/predict.h"
#include <string.h>

enum { ROWS = SL_SVM_ROWS, TILE = SL_SVM_TILE };

/* What a thread has of its own. */
struct desk {
    struct sl_svm_left left;
    void *products;   /* (ROWS, rows of the largest class): int32_t or float */
    float *values;    /* the same */
    float *picked;    /* (ROWS, TILE) */
    float *says;      /* (classes - 1, ROWS) */
    float *decisions; /* (members of a part, pairs, ROWS) */
};

struct scoring {
    struct sl_svm_run *run;
    size_t most_members; /* of a part */
    size_t largest;      /* rows of the largest class */
    size_t pairs;
};

static void desk_release(struct desk *desk)
{
    sl_svm_left_release(&desk->left);
    free(desk->products);
    free(desk->values);
    free(desk->picked);
    free(desk->says);
    free(desk->decisions);
}

static int desk_init(struct desk *desk, const struct scoring *s)
{
    *desk = (struct desk){
        .products = sl_alloc(ROWS * s->largest, sizeof(int32_t)),
        .values = sl_alloc(ROWS * s->largest, sizeof *desk->values),
        .picked = sl_alloc_zero(ROWS * TILE, sizeof *desk->picked),
        .says = sl_alloc((size_t)s->run->all.present * ROWS, sizeof *desk->says),
        .decisions = sl_alloc(s->most_members * s->pairs * ROWS, sizeof *desk->decisions),
    };
    return desk->products && desk->values && desk->picked && desk->says && desk->decisions
               ? sl_svm_left_init(&desk->left, &s->run->rows, ROWS)
               : SL_ENOMEM;
}

/* The values of one kernel between the block's rows and n rows from first on. */
static void make_values(const struct sl_svm_run *run, const struct sl_svm_kernel *kernel, struct desk *desk,
                        size_t first, size_t n)
{
    const struct sl_svm_left *left = &desk->left;
    struct sl_svm_rows rows = run->rows;
    rows.kernel = *kernel;
    if (!rows.bytes)
        memcpy(desk->values, desk->products, left->m * n * sizeof(float));
    for (size_t i = 0; i < left->m; i++)
        if (rows.bytes)
            sl_svm_byte_values(&rows, left->sum[i], left->norm[i], first, n,
                               (const int32_t *)desk->products + i * n, desk->values + i * n);
        else
            sl_svm_float_values(&rows, left->fnorm[i], first, n, desk->values + i * n);
}

/* Adds the terms of the member's class number c, whose values stand in the desk. */
static void add_class(const struct sl_svm_member *member, struct desk *desk, int c, size_t first, size_t n,
                      float *decisions)
{
    const struct sl_svm_model *model = member->model;
    const float *coef = model->coef + sl_svm_coef_at(model, c);
    for (size_t at = model->first[c]; at < model->first[c + 1]; at += TILE) {
        const size_t left = model->first[c + 1] - at, m = left < TILE ? left : TILE, ld = sl_lanes(m);
        const uint32_t *chosen = member->chosen + at;
        for (size_t i = 0; i < desk->left.m; i++)
            for (size_t s = 0; s < m; s++)
                desk->picked[i * ld + s] = desk->values[i * n + chosen[s] - first];
        sl_svm_add_terms(model->present, c, m, coef, desk->picked, desk->left.m, desk->says, decisions);
        coef += (size_t)(model->present - 1) * ld;
    }
}

/* Members with vectors only: a model with weights predicts by itself. */
static int is_asked(const struct sl_svm_member *m)
{
    return m->model && !m->model->weights;
}

/* Class number c of all, for all members from bundle begin to end. */
static int ask_class(const struct scoring *s, struct desk *desk, size_t begin, size_t end, int c)
{
    const struct sl_svm_run *run = s->run;
    const size_t first = run->all.first[c], n = run->all.first[c + 1] - first;
    float *decisions = desk->decisions;
    int code = run->rows.bytes ? sl_svm_byte_products(&run->rows, &desk->left, first, n, desk->products, n)
                               : sl_svm_float_products(&run->rows, &desk->left, first, n, desk->products, n);
    for (size_t b = begin; b < end && !code; b++) {
        const struct sl_svm_bundle *bundle = &run->bundles[b];
        const int own = sl_svm_class_in(&bundle->members[0].dual, run->all.label[c]);
        if (own >= 0)
            make_values(run, &bundle->members[0].options.kernel, desk, first, n);
        for (size_t m = 0; m < bundle->n; m++, decisions += s->pairs * ROWS)
            if (own >= 0 && is_asked(&bundle->members[m]))
                add_class(&bundle->members[m], desk, own, first, n, decisions);
    }
    return code;
}

/* Votes of a block that begins with scored row at.  SL_EDIVERGED where decisions are no floats. */
static int vote(const struct scoring *s, const struct desk *desk, struct sl_svm_member *m, size_t at,
                const float *decisions)
{
    const size_t rows = desk->left.m, pairs = sl_svm_pairs(m->model->present);
    for (size_t i = 0; i < rows; i++)
        if (!sl_svm_all_finite(decisions, i, pairs))
            return SL_EDIVERGED;
    return sl_svm_vote(m->model, decisions, rows, m->labels + at,
                       m->scores + at * (size_t)s->run->group->rows->k);
}

/* The bundles of a part, from *begin on. */
static size_t bundles_of(const struct sl_svm_run *run, size_t part, size_t *begin)
{
    size_t end;
    *begin = 0;
    while (*begin < run->n_bundles && run->bundles[*begin].members[0].part != part)
        ++*begin;
    for (end = *begin; end < run->n_bundles && run->bundles[end].members[0].part == part;)
        end++;
    return end;
}

/* refused (members): set where a member's decisions are no floats. */
static int score_block(const struct scoring *s, struct desk *desk, size_t p, size_t at,
                       unsigned char *refused)
{
    struct sl_svm_run *run = s->run;
    const struct sl_group_part *part = &run->group->parts[p];
    uint32_t index[ROWS];
    size_t begin, end = bundles_of(run, p, &begin), m = part->n_score - at;
    m = m < ROWS ? m : ROWS;
    if (begin == end)
        return SL_OK;
    for (size_t i = 0; i < m; i++)
        index[i] = run->place[part->score[at + i]];
    sl_svm_left_take(&desk->left, &run->rows, index, m);
    memset(desk->decisions, 0, s->most_members * s->pairs * ROWS * sizeof *desk->decisions);
    int code = SL_OK;
    for (int c = 0; c < run->all.present && !code; c++)
        code = ask_class(s, desk, begin, end, c);
    const float *decisions = desk->decisions;
    for (size_t b = begin; b < end && !code; b++)
        for (size_t i = 0; i < run->bundles[b].n && !code; i++, decisions += s->pairs * ROWS) {
            struct sl_svm_member *member = &run->bundles[b].members[i];
            if (!is_asked(member))
                continue;
            code = vote(s, desk, member, at, decisions);
            if (code == SL_EDIVERGED) {
#pragma omp atomic write
                refused[member - run->members] = 1;
                code = SL_OK;
            }
        }
    return code;
}

static int make_room(struct scoring *s)
{
    struct sl_svm_run *run = s->run;
    size_t of_part = 0;
    for (int c = 0; c < run->all.present; c++) {
        const size_t n = run->all.first[c + 1] - run->all.first[c];
        s->largest = n > s->largest ? n : s->largest;
    }
    for (size_t m = 0; m < run->n_members; m++) {
        struct sl_svm_member *member = &run->members[m];
        const size_t n = run->group->parts[member->part].n_score;
        of_part = m && member[-1].part == member->part ? of_part + 1 : 1;
        s->most_members = of_part > s->most_members ? of_part : s->most_members;
        if (!is_asked(member))
            continue;
        member->labels = sl_alloc(n, sizeof *member->labels);
        member->scores = sl_alloc(n * (size_t)run->group->rows->k, sizeof *member->scores);
        if (!member->labels || !member->scores)
            return SL_ENOMEM;
    }
    return SL_OK;
}

/* The blocks of all parts: number t of them is rows at ... of part p. */
static void find_block(const struct sl_group *group, size_t t, size_t *p, size_t *at)
{
    for (*p = 0; t >= (group->parts[*p].n_score + ROWS - 1) / ROWS; ++*p)
        t -= (group->parts[*p].n_score + ROWS - 1) / ROWS;
    *at = t * ROWS;
}

static size_t count_blocks(const struct sl_group *group)
{
    size_t blocks = 0;
    for (size_t p = 0; p < group->n_parts; p++)
        blocks += (group->parts[p].n_score + ROWS - 1) / ROWS;
    return blocks;
}

static int score_blocks(struct scoring *s, unsigned char *refused)
{
    const struct sl_group *group = s->run->group;
    const size_t blocks = count_blocks(group);
    const double work = (double)blocks * ROWS * (double)s->run->rows.n * sl_svm_operations(&s->run->rows);
    const int threads = sl_threads_for(work, group->threads);
    int code = SL_OK;
#pragma omp parallel num_threads(threads) reduction(max : code)
    {
        struct desk desk;
        code = desk_init(&desk, s);
#pragma omp for schedule(dynamic, 1)
        for (size_t t = 0; t < blocks; t++)
            if (!code && !(group->cancel && *group->cancel)) {
                size_t p, at;
                find_block(group, t, &p, &at);
                code = score_block(s, &desk, p, at, refused);
            }
        desk_release(&desk);
    }
    return code;
}

int sl_svm_score_group(struct sl_svm_run *run)
{
    struct scoring s = {.run = run, .pairs = sl_svm_pairs(run->all.present)};
    unsigned char *refused = sl_alloc_zero(run->n_members, 1);
    int code = refused ? make_room(&s) : SL_ENOMEM;
    if (!code)
        code = score_blocks(&s, refused);
    for (size_t m = 0; m < run->n_members && !code; m++)
        if (refused[m]) {
            sl_svm_model_free(run->members[m].model);
            run->members[m].model = NULL;
        }
    free(refused);
    return code;
}
