/* diff_table.c - the comparison of two studies for people: a row a line, what changed in words at its end,
 * and below it what counts as a change. */
#include "core/text.h"
#include "show/diff.h"
#include "show/numbers.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *metric_of(const struct sl_diff *diff)
{
    return sl_measure_types[diff->after.table->metric].name;
}

/* As many digits as two scores need to be told apart, in a table of so many scored rows. */
static int digits_of(const struct sl_diff *diff)
{
    const enum sl_measure_unit unit = sl_measure_types[diff->after.table->metric].unit;
    size_t most = 0;
    for (size_t i = 0; i < diff->n; i++)
        if (diff->rows[i].after && diff->rows[i].after->n_validation > most)
            most = diff->rows[i].after->n_validation;
    return unit == SL_MEASURED_LOSS || most >= 1000 ? 4 : 3;
}

/* Above ---------------------------------------------------------------------------------------------- */

static void add_side(const struct sl_diff_side *side, const char *what, struct sl_grid *grid)
{
    const struct sl_study *study = side->table->study;
    sl_grid_above(grid, "%s: study %s (%s), of %s%s%.10s", what, study->name, side->out, study->data,
                  study->created && *study->created ? ", " : "", study->created ? study->created : "");
}

static void add_heading(const struct sl_diff *diff, struct sl_grid *grid)
{
    size_t held = 0;
    add_side(&diff->before, "Before", grid);
    add_side(&diff->after, "After", grid);
    for (size_t i = 0; i < diff->n_settings; i++)
        sl_grid_above(grid, "%s", diff->settings[i]);
    if (!diff->n_settings)
        sl_grid_above(grid, "Data, settings, program and machine are the same.");
    for (size_t i = 0; i < diff->n; i++)
        held += (size_t)diff->rows[i].same_outcome;
    if (held)
        sl_grid_above(
            grid,
            "%zu row%s fitted once, and the outcome stands on both sides: a run takes what its store "
            "holds.  In a store of its own (--out) everything is fitted again.",
            held, held == 1 ? " was" : "s were");
}

/* Rows ----------------------------------------------------------------------------------------------- */

static void add_columns(const struct sl_diff *diff, struct sl_grid *grid)
{
    sl_grid_column(grid, "row", 0, 0);
    sl_grid_column(grid, metric_of(diff), 1, 0);
    sl_grid_column(grid, "change", 1, 0);
    sl_grid_column(grid, "p", 1, 3);
    sl_grid_column(grid, "fit s", 1, 5);
    sl_grid_column(grid, "fit", 1, 1);
    sl_grid_column(grid, "score s", 1, 7);
    sl_grid_column(grid, "score", 1, 2);
    sl_grid_column(grid, "memory", 1, 4);
    sl_grid_column(grid, "model", 1, 6);
    sl_grid_column(grid, "beyond noise", 0, 0);
}

static void print_score(const struct sl_table_row *row, int digits, char *buf, size_t size)
{
    if (row->status != SL_TRIAL_OK)
        snprintf(buf, size, "%s", sl_trial_status_name(row->status));
    else if (isnan(row->score))
        snprintf(buf, size, "n/a");
    else
        snprintf(buf, size, "%.*f", digits, row->score);
}

static void add_scores(const struct sl_diff_row *row, int digits, struct sl_grid *grid)
{
    char before[40], after[40];
    print_score(row->before, digits, before, sizeof before);
    print_score(row->after, digits, after, sizeof after);
    sl_grid_add(grid, strcmp(before, after) == 0 ? "%s" : "%s -> %s", before, after);
    if (isnan(row->change))
        sl_grid_add(grid, "%s", "");
    else
        sl_grid_add(grid, "%+.*f", digits, row->change == 0 ? 0.0 : row->change);
    if (isnan(row->p))
        sl_grid_add(grid, "%s", isnan(row->change) ? "" : "n/a");
    else if (row->p < 0.001)
        sl_grid_add(grid, "<0.001");
    else
        sl_grid_add(grid, "%.3f", row->p);
}

static void add_seconds(const struct sl_diff_cost *cost, struct sl_grid *grid)
{
    char before[40], after[40];
    sl_print_seconds(cost->before, before, sizeof before);
    sl_print_seconds(cost->after, after, sizeof after);
    sl_grid_add(grid, strcmp(before, after) == 0 ? "%s" : "%s -> %s", before, after);
}

static void add_ratio(const struct sl_diff_cost *cost, struct sl_grid *grid)
{
    if (isnan(cost->ratio))
        sl_grid_add(grid, "%s", "");
    else
        sl_grid_add(grid, cost->ratio < 9.995 ? "x%.2f" : "x%.0f", cost->ratio);
}

static void add_part(struct sl_string *s, const char *text)
{
    sl_string_add(s, "%s%s", s->size ? ", " : "", text);
}

/* "accuracy worse, fits slower" */
static void add_verdict(const struct sl_diff *diff, const struct sl_diff_row *row, struct sl_grid *grid)
{
    struct sl_string s = {0};
    int was = row->before->status == SL_TRIAL_OK, is = row->after->status == SL_TRIAL_OK;
    if (was != is)
        add_part(&s, is ? "now ok" : "no longer ok");
    if (row->score == SL_CHANGE_BETTER || row->score == SL_CHANGE_WORSE) {
        add_part(&s, metric_of(diff));
        sl_string_add(&s, " %s", sl_change_name(row->score));
    }
    for (int id = 0; id < SL_N_COSTS; id++) {
        if (row->costs[id].change == SL_CHANGE_BETTER)
            add_part(&s, sl_costs[id].better);
        if (row->costs[id].change == SL_CHANGE_WORSE)
            add_part(&s, sl_costs[id].worse);
    }
    sl_grid_add(grid, "%s", s.size ? s.text : "-");
    grid->failed |= s.failed;
    sl_string_release(&s);
}

static void add_row(const struct sl_diff *diff, const struct sl_diff_row *row, int digits,
                    struct sl_grid *grid)
{
    sl_grid_add(grid, "%s%s", row->after->row->name, row->score_regressed || row->time_regressed ? " !" : "");
    add_scores(row, digits, grid);
    add_seconds(&row->costs[SL_COST_FIT_TIME], grid);
    add_ratio(&row->costs[SL_COST_FIT_TIME], grid);
    add_seconds(&row->costs[SL_COST_SCORE_TIME], grid);
    add_ratio(&row->costs[SL_COST_SCORE_TIME], grid);
    add_ratio(&row->costs[SL_COST_MEMORY], grid);
    add_ratio(&row->costs[SL_COST_MODEL], grid);
    add_verdict(diff, row, grid);
}

/* Below ---------------------------------------------------------------------------------------------- */

static void note_scores(const struct sl_diff *diff, struct sl_grid *grid)
{
    size_t paired = 0, unpaired = 0, untold = 0;
    for (size_t i = 0; i < diff->n; i++) {
        const struct sl_diff_row *row = &diff->rows[i];
        paired += !isnan(row->p) && row->paired;
        unpaired += !isnan(row->p) && !row->paired;
        untold += isnan(row->p) && !isnan(row->change);
    }
    const char *test =
        strcmp(metric_of(diff), "accuracy") == 0 ? "McNemar's test" : "the paired bootstrap, 1,000 samples";
    if (paired)
        sl_grid_below(grid,
                      "%s beyond noise: p < 0.05 by %s on the same scored rows, Holm's correction for %zu "
                      "comparison%s.",
                      metric_of(diff), test, diff->n_compared, diff->n_compared == 1 ? "" : "s");
    if (unpaired)
        sl_grid_below(grid,
                      "%zu row%s scored on other rows on the two sides: p is by the two 95 %% intervals%s.",
                      unpaired, unpaired == 1 ? " was" : "s were",
                      paired ? "" : ", with Holm's correction; p < 0.05 is beyond noise");
    if (untold)
        sl_grid_below(grid, "p n/a: neither the same scored rows with the scores that the test needs, nor "
                            "intervals.");
}

static void note_costs(const struct sl_diff *diff, struct sl_grid *grid)
{
    const struct sl_cost *fit = &sl_costs[SL_COST_FIT_TIME], *memory = &sl_costs[SL_COST_MEMORY];
    const char *rest = "memory and model sizes beyond noise: factors of";
    if (diff->times_compare)
        sl_grid_below(
            grid,
            "Times beyond noise: a factor of %g for a single time, which counts as %g ms where it is less; "
            "of several timing runs two standard errors of the ratio, at least a factor of %g.",
            fit->noise, 1000 * fit->least, sl_runs_noise);
    else
        sl_grid_below(grid, "Times were not measured alike: their ratios are shown, and not judged.");
    sl_grid_below(grid, "Ratios are after / before; %s %g and %g.", rest, memory->noise,
                  sl_costs[SL_COST_MODEL].noise);
}

static void note_settings(const struct sl_diff *diff, struct sl_grid *grid)
{
    for (size_t i = 0; i < diff->n; i++)
        if (*diff->rows[i].settings)
            sl_grid_below(grid, "%s: other settings: %s.", diff->rows[i].after->row->name,
                          diff->rows[i].settings);
}

/* "Only before: A, B." */
static void note_only(const struct sl_diff *diff, int before, struct sl_grid *grid)
{
    struct sl_string s = {0};
    for (size_t i = 0; i < diff->n; i++) {
        const struct sl_diff_row *row = &diff->rows[i];
        if (before ? !row->after : !row->before)
            add_part(&s, before ? row->before->row->name : row->after->row->name);
    }
    if (s.size)
        sl_grid_below(grid, "Only %s: %s.", before ? "before" : "after", s.text);
    grid->failed |= s.failed;
    sl_string_release(&s);
}

/* What a regression is stands with it, so that a log tells by which rule it failed. */
static void note_regressions(const struct sl_diff *diff, struct sl_grid *grid)
{
    struct sl_string s = {0}, rule = {0};
    const struct sl_diff_options *options = &diff->options;
    for (size_t i = 0; i < diff->n; i++) {
        const struct sl_diff_row *row = &diff->rows[i];
        if (!row->score_regressed && !row->time_regressed)
            continue;
        add_part(&s, row->after->row->name);
        sl_string_add(&s, " (%s)",
                      row->score_regressed && row->time_regressed ? "score, time"
                      : row->time_regressed                       ? "time"
                      : row->after->status != SL_TRIAL_OK         ? sl_trial_status_name(row->after->status)
                                                                  : "score");
    }
    if (isnan(options->tolerance))
        sl_string_add(&rule, "%s worse beyond noise", metric_of(diff));
    else
        sl_string_add(&rule, "%s worse by more than %g point%s", metric_of(diff), options->tolerance,
                      options->tolerance == 1 ? "" : "s");
    sl_string_add(&rule, ", or no longer ok");
    if (!isnan(options->time_tolerance))
        sl_string_add(&rule, ", or slower by more than a factor of %g", options->time_tolerance);
    if (s.size)
        sl_grid_below(grid, "! regressions (%s): %s.", rule.text ? rule.text : "", s.text);
    else
        sl_grid_below(grid, "No regression (%s).", rule.text ? rule.text : "");
    grid->failed |= s.failed || rule.failed;
    sl_string_release(&s);
    sl_string_release(&rule);
}

void sl_diff_grid(const struct sl_diff *diff, struct sl_grid *grid)
{
    const int digits = digits_of(diff);
    add_heading(diff, grid);
    add_columns(diff, grid);
    for (size_t i = 0; i < diff->n; i++)
        if (diff->rows[i].before && diff->rows[i].after)
            add_row(diff, &diff->rows[i], digits, grid);
    note_scores(diff, grid);
    note_costs(diff, grid);
    note_settings(diff, grid);
    note_only(diff, 1, grid);
    note_only(diff, 0, grid);
    note_regressions(diff, grid);
}
