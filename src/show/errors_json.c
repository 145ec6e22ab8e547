/* errors_json.c - an error analysis for programs: JSON with every number, CSV with a line for each row. */
#include "core/memory.h"
#include "show/errors_write.h"
#include "show/json.h"
#include <math.h>

static json_t *count(size_t n)
{
    return json_integer((json_int_t)n);
}

/* To as many digits as a score that the store keeps has. */
static json_t *real(double value)
{
    return isfinite(value) ? json_real(round(value * 1e6) / 1e6) : json_null();
}

static json_t *class(const struct sl_errors *e, int c)
{
    return sl_json_string(e->scored->classes[c]);
}

static json_t *pairs(const struct sl_errors *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->all_pairs; i++) {
        json_t *o = json_object();
        sl_json_set(&o, "true", class(e, e->pairs[i].truth));
        sl_json_set(&o, "predicted", class(e, e->pairs[i].predicted));
        sl_json_set(&o, "rows", count(e->pairs[i].n));
        sl_json_set(&o, "of", count(e->pairs[i].of));
        sl_json_add(&list, o);
    }
    return list;
}

static json_t *histogram(const size_t *bins)
{
    json_t *list = json_array();
    for (int b = 0; b < SL_MARGIN_BINS; b++)
        sl_json_add(&list, count(bins[b]));
    return list;
}

static json_t *margins(const struct sl_margins *m)
{
    if (!m)
        return json_null();
    json_t *o = json_object();
    sl_json_set(&o, "largest", real(m->most));
    sl_json_set(&o, "right", histogram(m->right));
    sl_json_set(&o, "wrong", histogram(m->wrong));
    sl_json_set(&o, "median_right", real(m->median_right));
    sl_json_set(&o, "median_wrong", real(m->median_wrong));
    sl_json_set(&o, "chance_wrong_nearer", real(m->below));
    sl_json_set(&o, "near", real(m->near));
    sl_json_set(&o, "near_right", count(m->near_right));
    sl_json_set(&o, "near_wrong", count(m->near_wrong));
    return o;
}

static json_t *subsets(const struct sl_errors *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->n_subsets; i++) {
        const struct sl_subset *subset = &e->subsets[i];
        json_t *o = json_object();
        sl_json_set(&o, "by", json_string(sl_subset_kind_name(subset->kind)));
        sl_json_set(&o, "subset", sl_json_string(subset->name));
        sl_json_set(&o, "rows", count(subset->n));
        sl_json_set(&o, "wrong", count(subset->wrong));
        sl_json_set(&o, "error_rate", real((double)subset->wrong / (double)subset->n));
        sl_json_set(&o, "low", real(subset->low));
        sl_json_set(&o, "high", real(subset->high));
        sl_json_set(&o, "p", json_real(subset->p));
        sl_json_add(&list, o);
    }
    return list;
}

static json_t *clusters(const struct sl_errors *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->n_clustered; i++) {
        const struct sl_class_clusters *c = &e->clustered[i];
        json_t *o = json_object();
        sl_json_set(&o, "class", class(e, c->label));
        sl_json_set(&o, "clusters", json_integer(c->n));
        sl_json_set(&o, "explained", c->why ? json_null() : real(c->explained));
        sl_json_set(&o, "reason", c->why ? sl_json_string(c->why) : json_null());
        sl_json_add(&list, o);
    }
    return list;
}

static json_t *rows(const struct sl_errors *e, const size_t *list, size_t n)
{
    const struct sl_scored_rows *s = e->scored;
    json_t *array = json_array();
    for (size_t j = 0; j < n; j++) {
        const size_t i = list[j];
        json_t *o = json_object();
        sl_json_set(&o, "row", count(sl_scored_row(s, i)));
        sl_json_set(&o, "true", class(e, s->truth[i]));
        sl_json_set(&o, "predicted", class(e, s->predicted[i]));
        sl_json_set(&o, "score", real(sl_scored_score(s, i, s->predicted[i])));
        sl_json_set(&o, "score_of_true", real(sl_scored_score(s, i, s->truth[i])));
        sl_json_set(&o, "margin", real(s->margin ? s->margin[i] : NAN));
        if (s->wrong_by)
            sl_json_set(&o, "wrong_by", json_integer(s->wrong_by[i]));
        if (s->wrong_in)
            sl_json_set(&o, "wrong_in", json_integer(s->wrong_in[i]));
        sl_json_add(&array, o);
    }
    return array;
}

static json_t *suspects(const struct sl_errors *e)
{
    const struct sl_suspects *x = &e->suspects;
    json_t *o = json_object(), *list = json_array();
    for (size_t j = 0; j < x->n; j++) {
        json_t *one = json_object();
        sl_json_set(&one, "row", count(sl_scored_row(e->scored, x->list[j].i)));
        sl_json_set(&one, "label", class(e, e->scored->truth[x->list[j].i]));
        sl_json_set(&one, "likely", class(e, x->list[j].likely));
        sl_json_set(&one, "margin", real(x->list[j].margin));
        sl_json_add(&list, one);
    }
    sl_json_set(&o, "reason", x->why ? json_string(x->why) : json_null());
    sl_json_set(&o, "estimated", x->why ? json_null() : real(x->estimated));
    sl_json_set(&o, "known", count(x->known));
    sl_json_set(&o, "known_found", count(x->found));
    sl_json_set(&o, "suspects", list);
    return o;
}

static json_t *rivals(const struct sl_errors *e)
{
    json_t *list = json_array();
    for (size_t r = 0; r < e->scored->n_rivals; r++) {
        const struct sl_rival *rival = &e->scored->rivals[r];
        json_t *o = json_object();
        sl_json_set(&o, "row", sl_json_string(rival->name));
        sl_json_set(&o, "wrong", count(rival->wrong));
        sl_json_set(&o, "both_wrong", count(rival->both));
        sl_json_set(&o, "only_this", count(rival->ours));
        sl_json_add(&list, o);
    }
    return list;
}

json_t *sl_errors_json(const struct sl_errors *e)
{
    const struct sl_scored_rows *s = e->scored;
    json_t *o = json_object();
    sl_json_set(&o, "name", s->name ? sl_json_string(s->name) : json_null());
    sl_json_set(&o, "rows", count(s->n));
    sl_json_set(&o, "wrong", count(e->wrong));
    sl_json_set(&o, "low", real(e->low));
    sl_json_set(&o, "high", real(e->high));
    sl_json_set(&o, "repeat", json_integer(s->repeat));
    sl_json_set(&o, "repeats", json_integer(s->repeats));
    sl_json_set(&o, "missing", *s->missing ? sl_json_string(s->missing) : json_null());
    sl_json_set(&o, "pairs", pairs(e));
    sl_json_set(&o, "margins", margins(e->margins));
    sl_json_set(&o, "subsets", subsets(e));
    sl_json_set(&o, "clusters", clusters(e));
    sl_json_set(&o, "sure", rows(e, e->sure, e->n_sure));
    sl_json_set(&o, "unsure", rows(e, e->unsure, e->n_unsure));
    sl_json_set(&o, "hardest", rows(e, e->hard, e->n_hard));
    sl_json_set(&o, "labels", suspects(e));
    sl_json_set(&o, "others", rivals(e));
    return o;
}

/* CSV ---------------------------------------------------------------------------------------------- */

static void add_real(struct sl_grid *grid, double value)
{
    if (isfinite(value))
        sl_grid_add(grid, "%.6g", value);
    else
        sl_grid_add(grid, "%s", "");
}

/* The class that a row's label may be in the place of what it is; -1: it is not suspected. */
static void find_likely(const struct sl_errors *e, int32_t *likely)
{
    for (size_t i = 0; i < e->scored->n; i++)
        likely[i] = -1;
    for (size_t j = 0; j < e->suspects.n; j++)
        likely[e->suspects.list[j].i] = e->suspects.list[j].likely;
}

/* Nothing, where there are no counts. */
static void add_count(struct sl_grid *grid, const uint32_t *counts, size_t i)
{
    if (counts)
        sl_grid_add(grid, "%u", (unsigned)counts[i]);
    else
        sl_grid_add(grid, "%s", "");
}

static void add_record(const struct sl_errors *e, size_t i, int likely, struct sl_grid *grid)
{
    const struct sl_scored_rows *s = e->scored;
    sl_grid_add(grid, "%zu", sl_scored_row(s, i));
    sl_grid_add(grid, "%s", s->classes[s->truth[i]]);
    sl_grid_add(grid, "%s", s->classes[s->predicted[i]]);
    sl_grid_add(grid, "%d", s->truth[i] != s->predicted[i]);
    add_real(grid, s->margin ? s->margin[i] : NAN);
    add_real(grid, sl_scored_score(s, i, s->predicted[i]));
    add_real(grid, sl_scored_score(s, i, s->truth[i]));
    if (e->cluster && e->cluster[i] >= 0)
        sl_grid_add(grid, "%d", e->cluster[i] + 1);
    else
        sl_grid_add(grid, "%s", "");
    add_real(grid, e->brightness ? (double)e->brightness[i] : NAN);
    add_real(grid, e->size ? (double)e->size[i] : NAN);
    sl_grid_add(grid, "%s", likely >= 0 ? s->classes[likely] : "");
    add_count(grid, s->wrong_by, i);
    add_count(grid, s->wrong_in, i);
}

void sl_errors_record_grid(const struct sl_errors *e, struct sl_grid *grid)
{
    static const char *const titles[] = {"row",          "true",          "predicted", "wrong",      "margin",
                                         "score",        "score_of_true", "cluster",   "brightness", "size",
                                         "likely_label", "wrong_by",      "wrong_in"};
    int32_t *likely = sl_alloc(e->scored->n, sizeof *likely);
    grid->failed |= !likely;
    for (size_t c = 0; c < sizeof titles / sizeof *titles; c++)
        sl_grid_column(grid, titles[c], 0, 0);
    if (likely)
        find_likely(e, likely);
    for (size_t i = 0; i < e->scored->n && !grid->failed; i++)
        add_record(e, i, likely[i], grid);
    free(likely);
}
