/* sweep_remarks.c - what shortlist sweep says below its table: the best row, the simplest that is as good,
 * and what is not told from the best. */
#include "cli.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 12, SCORES_MOST = 50 };

/* "C=1 gamma=scale" of a row called "svm C=1 gamma=scale". */
static const char *values_of(const struct sl_study_row *row)
{
    size_t n = strlen(row->classifier);
    return strncmp(row->name, row->classifier, n) == 0 && row->name[n] == ' ' ? row->name + n + 1 : row->name;
}

static void print_folds(const struct sl_table *table, const struct sl_table_row *best)
{
    size_t folds = (size_t)table->study->folds;
    if (folds < 2 || best->n_scores > SCORES_MOST)
        return;
    for (size_t i = 0; i < best->n_scores; i++)
        printf("%s%.4f", i % folds ? " " : i ? "\n         " : "  folds: ", best->scores[i]);
    printf("\n");
}

static void print_best(const struct sl_table *table)
{
    const struct sl_table_row *best = &table->rows[table->best];
    printf("\n");
    cli_print(stdout, "Best: %s, %s %.4f", values_of(best->row), sl_measure_types[table->metric].name,
              best->score);
    if (!isnan(best->score_std))
        printf(", standard deviation %.4f", best->score_std);
    if (!isnan(best->score_low))
        printf(" (95 %% interval %.4f-%.4f)", best->score_low, best->score_high);
    printf(".\n");
    print_folds(table, best);
}

static void print_simplest(const struct sl_table *table, const struct sl_choice *choice)
{
    const struct sl_table_row *row = &table->rows[choice->simplest];
    if (isnan(choice->standard_error))
        return;
    if (choice->simplest == choice->best)
        printf("No simpler value lies within one standard error (%.4f) of it.\n", choice->standard_error);
    else
        cli_line(stdout, "Simplest within one standard error (%.4f) of it: %s (%.4f).",
                 choice->standard_error, values_of(row->row), row->score);
}

/* Of rows that a test does not tell from the best, the first few. */
static size_t print_tied(const struct sl_table *table, const unsigned char *tied)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++)
        if (tied[i] && n++ < NAMED) {
            cli_print(stdout, "  %s", values_of(table->rows[i].row));
            printf(" (%.4f)\n", table->rows[i].score);
        }
    if (n > NAMED)
        printf("  and %zu more\n", n - NAMED);
    return n;
}

/* Marks the rows that are tied with the best, and counts those that are told from it. */
static size_t mark_tied(const struct sl_table *table, const struct sl_choice *choice, int by_t,
                        unsigned char *tied, size_t *told)
{
    size_t n = 0;
    *told = 0;
    for (size_t i = 0; i < table->n; i++) {
        int known = by_t ? !isnan(choice->p[i]) : table->rows[i].tied_with_best >= 0;
        int is = by_t ? choice->p[i] >= 0.05 : table->rows[i].tied_with_best == 1;
        tied[i] = i != table->best && known && is;
        n += tied[i];
        *told += i != table->best && known && !is;
    }
    return n;
}

/* Over repeated folds the corrected t-test judges.  One round has too few scores for it: the test on the
 * scored rows, that of the table, judges, and what the t-test would say is told. */
static void print_test(const struct sl_table *table, const struct sl_choice *choice, unsigned char *tied,
                       size_t candidates)
{
    const int folds = table->study->folds, by_t = folds > 1 && table->study->repeats > 1;
    size_t told, told_by_t, n_by_t = mark_tied(table, choice, 1, tied, &told_by_t);
    size_t n = mark_tied(table, choice, by_t, tied, &told);
    if (n && by_t)
        printf("Not told apart from it by the corrected resampled t-test over %zu scores (p >= 0.05):\n",
               table->rows[table->best].n_scores);
    else if (n)
        printf("Not told apart from it on these rows (any of them is as good a choice):\n");
    else if (told)
        printf("Every other value does worse, by more than chance explains (p < 0.05).\n");
    print_tied(table, tied);
    if (folds > 1 && !by_t && n_by_t)
        printf("Whether other training rows would turn it round, the corrected resampled t-test can tell of "
               "%zu of "
               "%zu:\none round of %d folds gives it little power, --repeats 5 more.\n",
               told_by_t, told_by_t + n_by_t, folds);
    if (n || told)
        printf("It was chosen among %zu by the rows it is scored on, so its %s is somewhat optimistic:\n"
               "judge it on rows that had no part in the choice (%s).\n",
               candidates, sl_measure_types[table->metric].name,
               folds > 1 ? "--refit --final, or --nested" : "--final");
}

void cli_sweep_remarks(const struct sl_table *table, const struct sl_search_report *found)
{
    struct sl_choice choice;
    struct sl_error err = {0};
    if (table->best == table->n)
        return;
    unsigned char *tied = calloc(table->n, 1);
    if (!tied || sl_choice_make(table, &choice, &err)) {
        cli_miss_text();
        free(tied);
        return;
    }
    print_best(table);
    print_simplest(table, &choice);
    print_test(table, &choice, tied, found->n_rungs ? found->candidates : table->n);
    sl_choice_release(&choice);
    free(tied);
}
