/* errors_text.c - an error analysis for people: a table for each of its parts, and what it comes to in words.
 */
#include "core/memory.h"
#include "core/text.h"
#include "explain/errors/errors.h"
#include "show/errors_write.h"
#include "show/json.h"
#include "show/report.h"
#include <math.h>

enum { HISTOGRAM = 10 /* lines */ };

/* Pairs -------------------------------------------------------------------------------------------- */

static void pairs_grid(const struct sl_errors *e, struct sl_grid *grid)
{
    static const char *const titles[] = {"true class",    "predicted class", ">rows",
                                         ">of the class", ">of the errors",  NULL};
    size_t covered = 0;
    sl_grid_above(grid, "Errors of %s", e->scored->name);
    if (!e->n_pairs) {
        sl_grid_column(grid, "Classes that are confused most", 0, 0);
        sl_grid_add(grid, "none: every row is right");
        return;
    }
    sl_errors_columns(grid, titles);
    for (size_t i = 0; i < e->n_pairs; i++) {
        const struct sl_confused *pair = &e->pairs[i];
        sl_grid_add(grid, "%s", e->scored->classes[pair->truth]);
        sl_grid_add(grid, "%s", e->scored->classes[pair->predicted]);
        sl_grid_add(grid, "%zu", pair->n);
        sl_grid_add(grid, "%.1f %%", sl_per_cent(pair->n, pair->of));
        sl_grid_add(grid, "%.1f %%", sl_per_cent(pair->n, e->wrong));
        covered += pair->n;
    }
    if (e->n_pairs < e->all_pairs)
        sl_grid_below(grid, "%zu of %zu pairs of classes, with %zu of the %zu errors.", e->n_pairs,
                      e->all_pairs, covered, e->wrong);
}

/* Margins ------------------------------------------------------------------------------------------ */

static void margins_below(const struct sl_errors *e, struct sl_grid *grid)
{
    const struct sl_margins *m = e->margins;
    const size_t near = m->near_right + m->near_wrong;
    sl_grid_below(grid, "margin: the largest score less the second%s.",
                  e->scored->probabilities ? "" : "; scores are no probabilities");
    sl_grid_below(
        grid,
        "Near the boundary, with a margin of at most %.4g, lie %zu of the %zu rows (%.1f %%) and %zu of the "
        "%zu errors (%.1f %%).",
        m->near, near, e->scored->n, sl_per_cent(near, e->scored->n), m->near_wrong, e->wrong,
        sl_per_cent(m->near_wrong, e->wrong));
    if (!isnan(m->below))
        sl_grid_below(
            grid,
            "Median margin %.4g of right rows, %.4g of wrong ones; with the chance %.3f a wrong row lies "
            "nearer to the boundary than a right one.",
            m->median_right, m->median_wrong, m->below);
}

static void margins_grid(const struct sl_errors *e, struct sl_grid *grid)
{
    static const char *const titles[] = {"margin", ">right", ">wrong", ">error rate", ">of the errors", NULL};
    const struct sl_margins *m = e->margins;
    const int join = SL_MARGIN_BINS / HISTOGRAM;
    if (!m) {
        sl_grid_above(grid, "How far right and wrong predictions lie from the boundary");
        sl_grid_column(grid, "is not known", 0, 0);
        sl_grid_add(
            grid, "%s",
            e->scored->row && !e->scored->own
                ? "the classifier gives no scores"
                : "the store keeps no scores: the classifier gives none, or the run had --keep-scores none. "
                  "Of a saved model: 'shortlist errors MODEL DATA'");
        return;
    }
    sl_grid_above(grid, "How far right and wrong predictions lie from the boundary");
    sl_errors_columns(grid, titles);
    for (int b = 0; b < HISTOGRAM; b++) {
        size_t right = 0, wrong = 0;
        for (int i = b * join; i < (b + 1) * join; i++) {
            right += m->right[i];
            wrong += m->wrong[i];
        }
        sl_grid_add(grid, "%.4g to %.4g", m->most * b / HISTOGRAM, m->most * (b + 1) / HISTOGRAM);
        sl_grid_add(grid, "%zu", right);
        sl_grid_add(grid, "%zu", wrong);
        if (right + wrong)
            sl_grid_add(grid, "%.1f %%", sl_per_cent(wrong, right + wrong));
        else
            sl_grid_add(grid, "%s", "");
        sl_grid_add(grid, "%.1f %%", sl_per_cent(wrong, e->wrong));
    }
    margins_below(e, grid);
}

/* Subsets ------------------------------------------------------------------------------------------ */

static double rate(const struct sl_subset *subset)
{
    return (double)subset->wrong / (double)subset->n;
}

/* Subsets of its kind with a higher error rate, or the same and before it. */
size_t sl_errors_subset_place(const struct sl_errors *e, size_t i)
{
    size_t before = 0;
    for (size_t j = 0; j < e->n_subsets; j++)
        if (e->subsets[j].kind == e->subsets[i].kind)
            before += rate(&e->subsets[j]) > rate(&e->subsets[i]) ||
                      (j < i && rate(&e->subsets[j]) >= rate(&e->subsets[i]));
    return before;
}

static void subsets_below(const struct sl_errors *e, size_t hidden, struct sl_grid *grid)
{
    size_t without = 0;
    double explained = 0;
    sl_grid_below(grid,
                  "p: Fisher's exact test of the subset against all other rows, of a cluster against the "
                  "others of its class; by Holm over all subsets.");
    if (e->brightness)
        sl_grid_below(
            grid, "brightness: the mean pixel, 0 black, 1 white; size: the share of the pixels that differ "
                  "from the border's by more than a tenth.");
    for (size_t i = 0; i < e->n_clustered; i++) {
        without += e->clustered[i].why != NULL;
        explained += e->clustered[i].explained;
    }
    if (e->n_clustered > without)
        sl_grid_below(
            grid,
            "cluster: k-means in the plane of a class's two leading principal components, of which the "
            "clusters explain %.0f %% of the variance, in the mean.",
            100 * explained / (double)(e->n_clustered - without));
    if (without)
        sl_grid_below(grid, "%zu class%s no clusters: %s.", without, without == 1 ? " has" : "es have",
                      e->clustered[0].why ? e->clustered[0].why : "too few rows, or all equal");
    if (hidden)
        sl_grid_below(grid,
                      "%zu more are left out: of each kind the %d with the highest error rates are shown.",
                      hidden, SL_SUBSETS_SHOWN);
    if (*e->scored->missing)
        sl_grid_below(grid, "Neither clusters nor brightness, size or features: %s.", e->scored->missing);
}

static void subsets_grid(const struct sl_errors *e, struct sl_grid *grid)
{
    static const char *const titles[] = {"by",          "subset",         ">rows", ">wrong",
                                         ">error rate", ">95 % interval", ">p",    NULL};
    size_t hidden = 0;
    sl_grid_above(grid, "Error rates of subsets");
    sl_errors_columns(grid, titles);
    for (size_t i = 0; i < e->n_subsets; i++) {
        const struct sl_subset *subset = &e->subsets[i];
        if (sl_errors_subset_place(e, i) >= SL_SUBSETS_SHOWN) {
            hidden++;
            continue;
        }
        sl_grid_add(grid, "%s", sl_subset_kind_name(subset->kind));
        sl_grid_add(grid, "%s", subset->name);
        sl_grid_add(grid, "%zu", subset->n);
        sl_grid_add(grid, "%zu", subset->wrong);
        sl_grid_add(grid, "%.1f %%", 100 * rate(subset));
        sl_grid_add(grid, "%.1f-%.1f %%", 100 * subset->low, 100 * subset->high);
        sl_grid_add(grid, subset->p < 0.0001 ? "<0.0001" : "%.4f", subset->p);
    }
    subsets_below(e, hidden, grid);
}

/* -------------------------------------------------------------------------------------------------- */

static const struct sl_subset *worst_subset(const struct sl_errors *e)
{
    const struct sl_subset *worst = NULL;
    for (size_t i = 0; i < e->n_subsets; i++)
        if (e->subsets[i].p < 0.05 && (!worst || rate(&e->subsets[i]) > rate(worst)))
            worst = &e->subsets[i];
    return worst && worst->low > (double)e->wrong / (double)e->scored->n ? worst : NULL;
}

/* What other rows of the study get wrong. */
static void add_others(const struct sl_errors *e, struct sl_string *text)
{
    const struct sl_scored_rows *s = e->scored;
    size_t all = 0;
    for (size_t i = 0; i < s->n && s->wrong_by; i++)
        all += s->wrong_by[i] == s->n_rivals + 1;
    if (s->wrong_by)
        sl_string_add(text, " All %zu rows of the study get the same %zu rows wrong.", s->n_rivals + 1, all);
}

/* How lucky this repeat is, and how many of its errors all make. */
static void add_repeats(const struct sl_errors *e, struct sl_string *text)
{
    const struct sl_scored_rows *s = e->scored;
    size_t always = 0;
    if (s->repeats < 2)
        return;
    sl_string_add(text, " This is repeat %d of %d, which get ", s->repeat, s->repeats);
    if (s->least_wrong < s->most_wrong)
        sl_string_add(text, "%.1f to ", 100 * s->least_wrong);
    sl_string_add(text, "%.1f %% wrong", 100 * s->most_wrong);
    for (size_t i = 0; i < s->n && s->wrong_in; i++)
        always += sl_is_wrong(s, i) && s->wrong_in[i] == (uint32_t)s->repeats;
    if (s->wrong_in && e->wrong)
        sl_string_add(text, "; %zu of its %zu errors are made in every repeat", always, e->wrong);
    sl_string_add(text, ".");
}

char *sl_errors_verdict(const struct sl_errors *e)
{
    const struct sl_scored_rows *s = e->scored;
    const struct sl_margins *m = e->margins;
    const struct sl_subset *worst = worst_subset(e);
    struct sl_string text = {0};
    sl_string_add(&text, "%zu of %zu rows are wrong, %.1f %% (95 %% interval %.1f-%.1f %%).", e->wrong, s->n,
                  sl_per_cent(e->wrong, s->n), 100 * e->low, 100 * e->high);
    add_repeats(e, &text);
    if (s->unknown)
        sl_string_add(&text, " %zu rows of classes that the model does not know are left out.", s->unknown);
    if (e->n_pairs)
        sl_string_add(&text, " Most often %s is taken for %s: %zu rows.", s->classes[e->pairs[0].truth],
                      s->classes[e->pairs[0].predicted], e->pairs[0].n);
    if (m && e->wrong && 4 * (m->near_right + m->near_wrong) < s->n)
        sl_string_add(
            &text,
            " Of the errors %.0f %% lie among the %.0f %% of all rows that are nearest to the boundary.",
            sl_per_cent(m->near_wrong, e->wrong), sl_per_cent(m->near_right + m->near_wrong, s->n));
    if (worst)
        sl_string_add(&text, " The highest error rate of a subset: %.1f %% (%s %s).", 100 * rate(worst),
                      sl_subset_kind_name(worst->kind), worst->name);
    add_others(e, &text);
    if (text.failed)
        sl_string_release(&text);
    return text.text;
}

static void write_verdict(const struct sl_errors *e, struct sl_grid *grid)
{
    char *verdict = sl_errors_verdict(e);
    grid->failed |= !verdict;
    if (verdict)
        sl_grid_verdict(grid, verdict);
    free(verdict);
}

void sl_errors_grid(const struct sl_errors *e, int part, struct sl_grid *grid)
{
    const size_t listed = e->listed;
    switch (part) {
    case 0:
        pairs_grid(e, grid);
        write_verdict(e, grid);
        break;
    case 1:
        margins_grid(e, grid);
        break;
    case 2:
        subsets_grid(e, grid);
        break;
    case 3:
        sl_errors_list_grid(e, "Wrong, and sure of it", e->sure, e->n_sure, grid);
        break;
    case 4:
        sl_errors_list_grid(e, "Nearest to the boundary", e->unsure, e->n_unsure, grid);
        break;
    case 5:
        sl_errors_list_grid(e, "Hardest: wrong by most rows of the study", e->hard, e->n_hard, grid);
        break;
    case 6:
        sl_errors_suspects_grid(e, listed, grid);
        break;
    default:
        sl_errors_rivals_grid(e, grid);
    }
}

static void write_for_people(const struct sl_errors *e, enum sl_output_format format, int width, FILE *to,
                             int *failed)
{
    for (int part = 0; part < SL_ERRORS_GRIDS; part++) {
        struct sl_grid grid = {0};
        sl_errors_grid(e, part, &grid);
        if (grid.n_columns) {
            fputs(part ? "\n" : "", to);
            sl_grid_write(&grid, format, width, to);
        }
        *failed |= grid.failed;
        sl_grid_release(&grid);
    }
}

int sl_errors_write(const struct sl_errors *e, enum sl_output_format format, int width, FILE *to,
                    struct sl_error *err)
{
    struct sl_grid grid = {0};
    int failed = 0;
    if (format == SL_FORMAT_CV_RESULTS)
        return sl_fail(err, SL_EUSAGE, "the format cv_results is of whole tables, not of an analysis");
    if (format == SL_FORMAT_JSON)
        return sl_json_write(sl_errors_json(e), to, err);
    if (format == SL_FORMAT_CSV) {
        sl_errors_record_grid(e, &grid);
        sl_grid_write(&grid, format, width, to);
        return sl_grid_finish(&grid, to, SL_OK, err);
    }
    write_for_people(e, format, width, to, &failed);
    if (failed)
        return sl_fail_memory(err);
    return ferror(to) ? sl_fail(err, SL_EIO, "the analysis could not be written") : SL_OK;
}
