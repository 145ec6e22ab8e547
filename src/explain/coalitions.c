/* coalitions.c - coalitions by Shapley's kernel (p - 1) / (choose(p, s) s (p - s)) of their size s.
 *
 * Sizes s and p - s go together.  Those whose coalitions the budget holds are all taken, as long as their
 * share of the weight is worth it (Lundberg and Lee's rule); what weight is left is spread over pairs of a
 * coalition and its complement that are drawn, size by weight, then members. */
#include "explain/coalitions.h"
#include "core/memory.h"
#include <math.h>
#include <shortlist/error.h>
#include <string.h>

void sl_coalitions_release(struct sl_coalitions *c)
{
    free(c->kept);
    free(c->weight);
    *c = (struct sl_coalitions){0};
}

/* One more, and its complement where it is not of half the players. */
static void add(struct sl_coalitions *c, const uint8_t *members, int both, double weight)
{
    memcpy(c->kept + c->n * c->p, members, c->p);
    c->weight[c->n++] = weight;
    for (size_t j = 0; both && j < c->p; j++)
        c->kept[c->n * c->p + j] = !members[j];
    if (both)
        c->weight[c->n++] = weight;
}

/* All of size s, in lexicographic order; at (s) and members (p) are scratch. */
static void add_all(struct sl_coalitions *c, size_t s, int both, double weight, size_t *at, uint8_t *members)
{
    for (size_t i = 0; i < s; i++)
        at[i] = i;
    for (;;) {
        memset(members, 0, c->p);
        for (size_t i = 0; i < s; i++)
            members[at[i]] = 1;
        add(c, members, both, weight);
        size_t i = s;
        while (i > 0 && at[i - 1] == c->p - s + i - 1)
            i--;
        if (i == 0)
            return;
        at[i - 1]++;
        for (; i < s; i++)
            at[i] = at[i - 1] + 1;
    }
}

static double choose(size_t p, size_t s)
{
    double value = 1;
    for (size_t i = 1; i <= s; i++)
        value = value * (double)(p - s + i) / (double)i;
    return round(value);
}

/* Sizes 1 ... half of the p players; both[s]: with its complement. */
struct sizes {
    size_t n;
    double *weight; /* (n): of all coalitions of size i + 1, and their complements' */
};

static int pairs_up(size_t p, size_t s)
{
    return 2 * s != p;
}

static void weigh_sizes(size_t p, struct sizes *sizes)
{
    double all = 0;
    for (size_t i = 0; i < sizes->n; i++) {
        const double s = (double)(i + 1);
        sizes->weight[i] = (double)(p - 1) / (s * ((double)p - s)) * (pairs_up(p, i + 1) ? 2 : 1);
        all += sizes->weight[i];
    }
    for (size_t i = 0; i < sizes->n; i++)
        sizes->weight[i] /= all;
}

/* Draws pairs of sizes from `first` on, until the budget is spent. */
static void draw(struct sl_coalitions *c, const struct sizes *sizes, size_t first, size_t budget,
                 struct sl_rng *rng, uint32_t *order, uint8_t *members)
{
    double left = 0;
    for (size_t i = first; i < sizes->n; i++)
        left += sizes->weight[i];
    const size_t begin = c->n;
    while (c->n + 2 <= budget) {
        double at = sl_rng_uniform(rng) * left;
        size_t i = first;
        while (i + 1 < sizes->n && (at -= sizes->weight[i]) >= 0)
            i++;
        for (size_t j = 0; j < c->p; j++)
            order[j] = (uint32_t)j;
        memset(members, 0, c->p);
        for (size_t j = 0; j <= i; j++) { /* the first i + 1 of a shuffle */
            const size_t other = j + sl_rng_below(rng, c->p - j);
            const uint32_t taken = order[other];
            order[other] = order[j];
            members[taken] = 1;
        }
        add(c, members, 1, 0);
    }
    for (size_t i = begin; i < c->n; i++)
        c->weight[i] = left / (double)(c->n - begin);
}

static void fill(struct sl_coalitions *c, const struct sizes *sizes, size_t budget, struct sl_rng *rng,
                 uint32_t *order, size_t *at, uint8_t *members)
{
    double left = 1;
    size_t i = 0;
    for (; i < sizes->n; i++) {
        const int both = pairs_up(c->p, i + 1);
        const double count = choose(c->p, i + 1) * (both ? 2 : 1);
        if ((double)(budget - c->n) * sizes->weight[i] / left < count * (1 - 1e-8))
            break;
        add_all(c, i + 1, both, sizes->weight[i] / count, at, members);
        left -= sizes->weight[i];
    }
    c->drawn = c->n;
    if (i < sizes->n)
        draw(c, sizes, i, budget, rng, order, members);
}

int sl_coalitions_make(size_t p, size_t budget, struct sl_rng *rng, struct sl_coalitions *out)
{
    struct sizes sizes = {.n = p / 2, .weight = sl_alloc(p / 2, sizeof(double))};
    uint32_t *order = sl_alloc(p, sizeof *order);
    size_t *at = sl_alloc(p, sizeof *at);
    uint8_t *members = sl_alloc(p, 1);
    *out = (struct sl_coalitions){
        .p = p, .kept = sl_alloc(budget, p), .weight = sl_alloc(budget, sizeof *out->weight)};
    int code = sizes.weight && order && at && members && out->kept && out->weight ? SL_OK : SL_ENOMEM;
    if (!code) {
        weigh_sizes(p, &sizes);
        fill(out, &sizes, budget, rng, order, at, members);
    }
    free(sizes.weight);
    free(order);
    free(at);
    free(members);
    return code;
}
