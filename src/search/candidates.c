/* candidates.c - from rows with several values to rows with one each: the whole grid, or draws.
 *
 * A draw takes one of the rows (alternatives weigh the same), then a value of each hyperparameter: one of a
 * list, or any number of a range, evenly on the range's scale and rounded to what is printed.  Draws that
 * come again are drawn anew.  Source: J. Bergstra and Y. Bengio, "Random search for hyper-parameter
 * optimization", 2012. Cost: O(t^2) comparisons of texts for t trials. */
#include "search/candidates.h"
#include "core/memory.h"
#include "core/range.h"
#include "core/text.h"
#include <shortlist/rng.h>
#include <stdio.h>
#include <string.h>

enum { PARAMS_MOST = 64, USUAL_TRIALS = 60, DRAWS_EACH = 200 };

/* One value each; NULL: the default. */
struct texts {
    const char *text[PARAMS_MOST];
    char drawn[PARAMS_MOST][SL_RANGE_TEXT];
};

static int varies(const struct sl_values *values)
{
    return values->n > 1 || values->is_whole;
}

static int add(struct sl_experiment *to, const struct sl_row_spec *from, const struct texts *texts,
               struct sl_error *err)
{
    const struct sl_param *table = from->type->params;
    struct sl_row_spec *row = sl_experiment_row(to, from->type);
    int code = row ? SL_OK : sl_fail_memory(err);
    if (code)
        return code;
    row->scale = from->scale;
    row->named = from->named;
    if (from->name) {
        row->name = sl_strdup(from->name);
        code = row->name ? SL_OK : sl_fail_memory(err);
    }
    for (const struct sl_param *p = table; p->name && !code; p++) {
        const size_t i = (size_t)(p - table);
        if (varies(&from->values[i]))
            row->named |= (uint64_t)1 << i;
        if (texts->text[i])
            code = sl_values_add(p, texts->text[i], &row->values[i], err);
    }
    return code;
}

int sl_candidates_copy(struct sl_experiment *to, const struct sl_row_spec *from, struct sl_error *err)
{
    struct texts texts = {{0}, {{0}}};
    const struct sl_param *table = from->type->params;
    for (const struct sl_param *p = table; p->name && p - table < PARAMS_MOST; p++)
        if (from->values[p - table].n)
            texts.text[p - table] = from->values[p - table].text[0];
    return add(to, from, &texts, err);
}

/* The grid ----------------------------------------------------------------------------------------- */

/* Member i of the row's product, the last hyperparameter varying fastest, as in a plan. */
static void take_member(const struct sl_row_spec *spec, size_t i, struct texts *texts)
{
    const struct sl_param *table = spec->type->params;
    size_t last = 0;
    while (table[last].name)
        last++;
    for (size_t p = last; p-- > 0;) {
        const struct sl_values *values = &spec->values[p];
        texts->text[p] = values->n ? values->text[i % values->n] : NULL;
        i /= values->n ? values->n : 1;
    }
}

static int add_grid(const struct sl_experiment *from, struct sl_experiment *to, struct sl_error *err)
{
    struct texts texts = {{0}, {{0}}};
    int code = SL_OK;
    for (size_t r = 0; r < from->n_rows; r++) {
        size_t n = sl_row_spec_count(&from->rows[r]);
        for (size_t i = 0; i < n && !code; i++) {
            take_member(&from->rows[r], i, &texts);
            code = add(to, &from->rows[r], &texts, err);
        }
    }
    return code;
}

/* Draws -------------------------------------------------------------------------------------------- */

static void draw(struct sl_rng *rng, const struct sl_row_spec *spec, struct texts *texts)
{
    const struct sl_param *table = spec->type->params;
    for (const struct sl_param *p = table; p->name; p++) {
        const size_t i = (size_t)(p - table);
        const struct sl_values *values = &spec->values[i];
        texts->text[i] = NULL;
        if (values->is_whole) {
            sl_range_draw(p, values, sl_rng_uniform(rng), texts->drawn[i]);
            texts->text[i] = texts->drawn[i];
        } else if (values->n)
            texts->text[i] = values->text[sl_rng_below(rng, values->n)];
    }
}

static int same_values(const struct sl_row_spec *a, const struct sl_row_spec *b)
{
    if (a->type != b->type || a->scale != b->scale)
        return 0;
    for (size_t p = 0; a->type->params[p].name; p++) {
        const char *x = a->values[p].n ? a->values[p].text[0] : a->type->params[p].def;
        const char *y = b->values[p].n ? b->values[p].text[0] : b->type->params[p].def;
        if (strcmp(x, y) != 0)
            return 0;
    }
    return 1;
}

/* Takes the last row back where it is there already. */
static void drop_repeated(struct sl_experiment *to)
{
    const struct sl_row_spec *last = &to->rows[to->n_rows - 1];
    for (size_t i = 0; i + 1 < to->n_rows; i++)
        if (same_values(&to->rows[i], last)) {
            sl_experiment_drop_row(to);
            return;
        }
}

static int add_draws(const struct sl_experiment *from, struct sl_experiment *to, size_t n, char *note,
                     struct sl_error *err)
{
    struct texts texts = {{0}, {{0}}};
    struct sl_rng *rng = sl_rng_new((uint64_t)from->settings.seed, "search");
    int code = rng ? SL_OK : sl_fail_memory(err);
    for (size_t t = 0; to->n_rows < n && t < DRAWS_EACH * n && !code; t++) {
        const struct sl_row_spec *spec = &from->rows[sl_rng_below(rng, from->n_rows)];
        draw(rng, spec, &texts);
        code = add(to, spec, &texts, err);
        if (!code)
            drop_repeated(to);
    }
    if (!code && to->n_rows < n)
        snprintf(note, 256, "only %zu different combinations were found, not %zu", to->n_rows, n);
    sl_rng_free(rng);
    return code;
}

/* ---------------------------------------------------------------------------------------------------- */

static int has_ranges(const struct sl_experiment *e)
{
    for (size_t r = 0; r < e->n_rows; r++)
        for (size_t p = 0; e->rows[r].type->params[p].name; p++)
            if (e->rows[r].values[p].is_whole)
                return 1;
    return 0;
}

/* How many are to be drawn; 0: the whole grid. */
static size_t count_draws(const struct sl_experiment *e, char *note)
{
    const struct sl_settings *s = &e->settings;
    const int endless = has_ranges(e);
    size_t n = s->trials ? (size_t)s->trials : endless || s->search == SL_SEARCH_RANDOM ? USUAL_TRIALS : 0;
    size_t all = sl_experiment_count(e);
    if (endless || n < all)
        return n;
    if (s->trials && n > all)
        snprintf(note, 256, "the values make %zu combinations, not %zu: all of them are taken", all, n);
    return 0;
}

int sl_candidates_make(const struct sl_experiment *experiment, struct sl_experiment **out, char note[256],
                       struct sl_error *err)
{
    *note = 0;
    int code = sl_experiment_copy(experiment, out, err);
    size_t n = experiment->settings.search == SL_SEARCH_GRID ? 0 : count_draws(experiment, note);
    for (size_t r = 0; r < experiment->n_rows && !n && !code; r++)
        code = sl_row_spec_check_steps(&experiment->rows[r], err);
    if (!code)
        code = n ? add_draws(experiment, *out, n, note, err) : add_grid(experiment, *out, err);
    if (code) {
        sl_experiment_free(*out);
        *out = NULL;
    }
    return code;
}
