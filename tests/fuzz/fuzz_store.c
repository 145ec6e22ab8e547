/* fuzz_store.c - a store that somebody sent: its studies are shown, reported, compared and merged.
 *
 * The mutator (mutate_store.c) changes values in its tables and mends the checksums.  What is dear is done of
 * few inputs each: which, their content says. */
#include "fuzz.h"
#include <fcntl.h>
#include <shortlist/diff.h>
#include <shortlist/report.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char out[96]; /* the store's folder */

static FILE *nowhere(void)
{
    static FILE *to;
    if (!to)
        to = fopen("/dev/null", "w");
    FUZZ_MUST(to);
    return to;
}

static void must_tell(int code, const struct sl_error *err)
{
    FUZZ_MUST(!code || *err->text);
}

static void show(struct sl_table *table, unsigned choice)
{
    struct sl_error err = {0};
    must_tell(sl_table_write(table, (enum sl_output_format)(choice % (SL_FORMAT_CV_RESULTS + 1)), NULL, 0,
                             nowhere(), &err),
              &err);
}

static void show_row(struct sl_table *table, const char *row, unsigned choice)
{
    const struct sl_errors_options how = {.clusters = 1, .listed = 5};
    struct sl_scored_rows scored = {0};
    struct sl_errors *errors = NULL;
    struct sl_error err = {0};
    enum sl_output_format format = (enum sl_output_format)(choice % SL_FORMAT_CV_RESULTS);
    must_tell(sl_row_write(table, row, format, 0, nowhere(), &err), &err);
    must_tell(
        sl_predictions_write(table, row, out, choice % 2 ? SL_FORMAT_CSV : SL_FORMAT_JSON, nowhere(), &err),
        &err);
    int code = sl_scored_rows_of_study(table, row, 1, out, 0, NULL, &scored, &err);
    if (!code)
        code = sl_errors_make(&scored, &how, &errors, &err);
    if (!code)
        code = sl_errors_write(errors, format, 0, nowhere(), &err);
    must_tell(code, &err);
    sl_errors_free(errors);
    sl_scored_rows_release(&scored);
}

static void report(const struct sl_table *table, unsigned choice)
{
    const struct sl_table *tables[] = {table, table};
    struct sl_report_request request = {
        .tables = tables, .n = 1 + choice % 2, .out = out, .format = (enum sl_report_format)(choice / 2 % 3)};
    struct sl_error err = {0};
    must_tell(sl_report_write(&request, fuzz_file("report", "", 0), &err), &err);
}

static void compare(const struct sl_table *table, unsigned choice)
{
    const struct sl_diff_side side = {table, out};
    const struct sl_diff_options options = {.tolerance = 1, .time_tolerance = 2};
    struct sl_diff *diff = NULL;
    struct sl_error err = {0};
    int code = sl_diff_make(&side, &side, &options, &diff, &err);
    if (!code)
        code =
            sl_diff_write(diff, (enum sl_output_format)(choice % SL_FORMAT_CV_RESULTS), 0, nowhere(), &err);
    must_tell(code, &err);
    sl_diff_free(diff);
}

static void look_at_study(const char *name, unsigned choice)
{
    struct sl_study *study = NULL;
    struct sl_table *table = NULL;
    struct sl_error err = {0};
    int code = sl_study_load(out, name, &study, &err);
    if (!code)
        code = sl_table_make(study, &table, &err);
    if (!code && choice % 4 == 0)
        code = sl_table_rank(table, (int)(choice / 4 % SL_N_MEASURES), out, &err);
    must_tell(code, &err);
    if (!code) {
        show(table, choice / 8);
        if (choice % 3 == 0)
            show_row(table, table->n ? table->rows[choice / 3 % table->n].row->name : "none", choice / 8);
        if (choice % 8 == 1)
            report(table, choice / 8);
        if (choice % 8 == 2)
            compare(table, choice / 8);
    }
    sl_table_free(table);
    sl_study_free(study);
}

static void merge(void)
{
    char into[128], store[160];
    const char *from[] = {out};
    struct sl_merged merged;
    struct sl_error err = {0};
    snprintf(into, sizeof into, "%s/merged", fuzz_folder());
    snprintf(store, sizeof store, "%s/shortlist.db", into);
    unlink(store);
    int code = sl_study_merge(into, from, 1, 0, &merged, &err);
    must_tell(code, &err);
    if (!code) { /* what was merged can be merged again, and brings nothing */
        code = sl_study_merge(into, from, 1, 0, &merged, &err);
        fuzz_must_work(code, &err);
        FUZZ_MUST(merged.outcomes == 0);
    }
}

/* SQLite's memory, which it keeps none of when all stores are closed. */
static void must_have_given_back(void)
{
    FUZZ_MUST(sqlite3_memory_used() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct sl_study_summary *list = NULL;
    struct sl_error err = {0};
    size_t n_studies = 0;
    const unsigned choice = (unsigned)crc32_z(0, bytes, n) >> 4;
    if (!*out) {
        snprintf(out, sizeof out, "%s/store", fuzz_folder());
        FUZZ_MUST(!mkdir(out, 0700));
        setenv("PATH", out, 1); /* without gnuplot, which would take most of the time */
    }
    fuzz_file("store/shortlist.db", bytes, n);
    int code = sl_study_list(out, &list, &n_studies, &err);
    must_tell(code, &err);
    for (size_t i = 0; i < n_studies && i < 2; i++)
        look_at_study(list[i].name, choice);
    sl_study_list_free(list, n_studies);
    if (!code && choice % 8 == 3)
        merge();
    must_have_given_back();
    return 0;
}
