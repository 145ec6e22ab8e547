/* test_show_limits.c - tables where it is narrow or hostile: names that would act on a terminal, on LaTeX,
 * Markdown or a spreadsheet; narrow terminals and LaTeX's page; chosen columns; confusion matrices of many
 * classes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"
#include <shortlist/text.h>

enum { N = 1200 };

struct made {
    struct sl_study *study;
    struct sl_table *table;
    int32_t *truth;
};

static const char hostile[] = "x\n\\input{/etc/passwd}\x1b[31m\xff\xe2\x80\xae&amp; ~a~ $b$";
static const char hostile_shown[] = "x\\n\\input{/etc/passwd}\\x1b[31m\\xff\\u202e&amp; ~a~ $b$";

/* Two rows of k classes, the first of them called name, with a published number and folds: many columns. */
static struct made make(int k, const char *name)
{
    struct made made = {.study = fixture_study("limits", 3, k), .truth = fixture_truth(N, k)};
    struct sl_study_row *row = made.study->rows;
    struct sl_error err = {0};
    row[0] = fixture_row(name, "logreg", 2);
    row[1] = fixture_row("k-NN", "knn", 2);
    row[2] = fixture_row("crasher", "svm", 2);
    for (int fold = 0; fold < 2; fold++) {
        fixture_score(&row[0].outcomes[fold], made.truth, N, k, 0, 120, 0.0231);
        fixture_score(&row[1].outcomes[fold], made.truth, N, k, 1, 124, 123.4);
        row[2].outcomes[fold].status = SL_TRIAL_CRASHED;
    }
    row[0].published = strdup("{\"accuracy\": 0.8302, \"fit_time\": 28.23, \"train_accuracy\": 0.5}");
    made.study->folds = 2;
    made.study->n_train = 4 * N;
    if (sl_table_make(made.study, &made.table, &err))
        fail_msg("%s", err.text);
    return made;
}

static void release(struct made *made)
{
    sl_table_free(made->table);
    fixture_free(made->study);
    free(made->truth);
}

static char *written(FILE *from)
{
    char *text = NULL;
    size_t size = 0;
    rewind(from);
    if (getdelim(&text, &size, 0, from) < 0)
        fail_msg("nothing was written");
    fclose(from);
    return text;
}

static char *table_text(const struct made *made, enum sl_output_format format, const char *columns, int width)
{
    FILE *to = tmpfile();
    struct sl_error err = {0};
    if (sl_table_write(made->table, format, columns, width, to, &err))
        fail_msg("%s", err.text);
    return written(to);
}

static char *row_text(const struct made *made, const char *row, enum sl_output_format format, int width)
{
    FILE *to = tmpfile();
    struct sl_error err = {0};
    if (sl_row_write(made->table, row, format, width, to, &err))
        fail_msg("%s", err.text);
    return written(to);
}

static void check_clean(const char *text)
{
    for (const char *c = text; *c; c++)
        if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f || *(const unsigned char *)c == 0xff)
            fail_msg("a control character or a stray byte: %.60s", c);
    assert_null(strstr(text, "\xe2\x80\xae"));
}

static void check_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

/* In all formats for people the title, a class and a row of hostile names are shown, and do nothing. */
static void test_hostile_names(void **state)
{
    (void)state;
    struct made made = make(3, hostile);
    fixture_text(&made.study->title, hostile);
    fixture_text(&made.study->classes[0], hostile);
    static const enum sl_output_format people[] = {SL_FORMAT_TEXT, SL_FORMAT_MARKDOWN, SL_FORMAT_LATEX};
    for (int i = 0; i < 3; i++) {
        char *table = table_text(&made, people[i], NULL, 400),
             *row = row_text(&made, hostile, people[i], 400);
        check_clean(table);
        check_clean(row);
        free(table);
        free(row);
    }
    char *text = table_text(&made, SL_FORMAT_TEXT, NULL, 400);
    check_has(text, hostile_shown);
    free(text);
    text = table_text(&made, SL_FORMAT_MARKDOWN, NULL, 0);
    check_has(text, "| x\\\\n\\\\input{/etc/passwd}\\\\x1b\\[31m\\\\xff\\\\u202e\\&amp; \\~a\\~ \\$b\\$ |");
    free(text);
    release(&made);
}

/* No line of LaTeX begins outside of the comment or the table. */
static void test_latex_comment(void **state)
{
    (void)state;
    struct made made = make(3, "k");
    fixture_text(&made.study->title, "x\n\\input{/etc/passwd}");
    char *text = table_text(&made, SL_FORMAT_LATEX, NULL, 0), *rest = text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        assert_int_not_equal(strncmp(line, "\\input", 6), 0);
    free(text);
    release(&made);
}

/* A line at the start of which stands a list's mark is no list. */
static void test_markdown_lines(void **state)
{
    static const struct {
        const char *title, *line;
    } cases[] = {{"1. first", "1\\. first ("},
                 {"- dash", "\\- dash ("},
                 {"+ plus", "\\+ plus ("},
                 {"    code", "code ("}};
    (void)state;
    struct made made = make(3, "k");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture_text(&made.study->title, cases[i].title);
        char *text = table_text(&made, SL_FORMAT_MARKDOWN, NULL, 0);
        assert_memory_equal(text, cases[i].line, strlen(cases[i].line));
        free(text);
    }
    release(&made);
}

/* A spreadsheet gets no formula; everything else is exact. */
static void test_csv_formulas(void **state)
{
    (void)state;
    struct made made = make(3, "=cmd|' /C calc'!A0");
    fixture_text(&made.study->classes[0], "@SUM(1)");
    fixture_text(&made.study->classes[1], "-1.5");
    char *text = table_text(&made, SL_FORMAT_CSV, NULL, 0);
    check_has(text, "\r\n'=cmd|' /C calc'!A0,logreg,");
    free(text);
    text = row_text(&made, "=cmd|' /C calc'!A0", SL_FORMAT_CSV, 0);
    check_has(text, "\r\n'@SUM(1),");
    check_has(text, "\r\n-1.5,");
    check_has(text, "predicted_@SUM(1)");
    free(text);
    text = table_text(&made, SL_FORMAT_JSON, NULL, 0);
    check_has(text, "\"name\": \"=cmd|");
    free(text);
    release(&made);
}

/* From 40 columns up the times of fit and score are there, and no line is too wide; the interval is there
 * from 60. */
static void test_narrow(void **state)
{
    (void)state;
    struct made made =
        make(3, "a network with a rather long name, hidden_layer_sizes=16,16 alpha=0.001 solver=adam seed=1");
    for (int width = 40; width <= 160; width++) {
        char *text = table_text(&made, SL_FORMAT_TEXT, NULL, width), *rest = text;
        char *titles = strstr(text, "\n\n");
        assert_non_null(titles);
        titles = strstr(titles + 2, "\n\n"); /* behind the verdict */
        assert_non_null(titles);
        titles += 2;
        check_has(titles, "fit s  score s");
        if (width >= 60)
            assert_true(strstr(titles, "95 % interval") < strchr(titles, '\n'));
        for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
            if (sl_text_width(line) > (size_t)width)
                fail_msg("width %d: %s", width, line);
        free(text);
    }
    char *text = table_text(&made, SL_FORMAT_TEXT, NULL, 60);
    check_has(text, "..."); /* the name takes three lines, and no more */
    free(text);
    release(&made);
}

static void test_long_words(void **state)
{
    (void)state;
    char name[301], accents[601] = "";
    memset(name, 'n', 300);
    name[300] = 0;
    for (int i = 0; i < 300; i++)
        strcat(accents, "\xc3\xa9");
    struct made made = make(3, name);
    fixture_text(&made.study->title, name);
    fixture_text(&made.study->classes[0], accents);
    for (int width = 40; width <= 140; width += 20)
        for (int of_row = 0; of_row < 2; of_row++) {
            char *text = of_row ? row_text(&made, name, SL_FORMAT_TEXT, width)
                                : table_text(&made, SL_FORMAT_TEXT, NULL, width),
                 *rest = text;
            for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
                if (sl_text_width(line) > (size_t)width)
                    fail_msg("width %d: %s", width, line);
                char *visible = sl_visible(line);
                assert_string_equal(visible, line); /* no letter was cut in two */
                free(visible);
            }
            free(text);
        }
    release(&made);
}

/* The width in points of a table of digits at 10 pt: 5 each, 12 between columns; p{} columns as they say. */
static void test_latex_page(void **state)
{
    (void)state;
    struct made made =
        make(3, "a network with a rather long name, hidden_layer_sizes=16,16 alpha=0.001 solver=adam");
    char *text = table_text(&made, SL_FORMAT_LATEX, NULL, 0);
    check_has(text, "% left out, to fit a page of 345 pt: ");
    check_has(text, "precision");
    check_has(text, "accuracy & ");
    check_has(text, "fit s & score s");
    const char *row = strstr(text, "k-NN & ");
    const char *columns = strstr(text, "\\begin{tabular}{@{}");
    assert_non_null(row);
    assert_non_null(columns);
    int names = 0;
    assert_int_equal(sscanf(columns, "\\begin{tabular}{@{}lp{%dpt}r", &names), 1);
    double points = 5 + 12 + names;
    for (const char *c = strstr(row, "& "); *c && *c != '\\'; c++)
        points += *c == '&' ? 12 : *c == ' ' ? 0 : 5;
    if (points > 345)
        fail_msg("%.0f pt: %.200s", points, row);
    free(text);
    release(&made);
}

static void test_chosen_columns(void **state)
{
    (void)state;
    struct made made = make(3, "first");
    struct sl_error err = {0};
    for (int i = 0; i < 3; i++) {
        static const enum sl_output_format people[] = {SL_FORMAT_TEXT, SL_FORMAT_MARKDOWN, SL_FORMAT_LATEX};
        char *text = table_text(&made, people[i], "score_time,f1,accuracy", 40);
        char *time = strstr(text, "score s"), *f1 = strstr(text, "F1"),
             *accuracy = f1 ? strstr(f1, "accuracy") : NULL;
        assert_true(time && f1 && accuracy && time < f1);
        assert_null(strstr(text, "95 % interval"));
        assert_null(strstr(text, "MiB"));
        free(text);
    }
    assert_int_equal(sl_columns_check("accuracy,fit_tme", SL_FORMAT_LATEX, &err), SL_EUSAGE);
    check_has(err.text, "did you mean fit_time?");
    check_has(err.text, "published_score_time");
    assert_int_equal(sl_columns_check("accuracy,", SL_FORMAT_LATEX, &err), SL_EUSAGE);
    assert_int_equal(sl_columns_check("f1,f1", SL_FORMAT_LATEX, &err), SL_EUSAGE);
    assert_int_equal(sl_columns_check("f1", SL_FORMAT_CSV, &err), SL_EUSAGE);
    assert_int_equal(sl_columns_check(NULL, SL_FORMAT_CSV, &err), SL_OK);
    assert_int_equal(sl_table_write(made.table, SL_FORMAT_JSON, "f1", 0, stdout, &err), SL_EUSAGE);
    release(&made);
}

/* Of 40 classes, class i is taken for i + 1 in the first rows: people get pairs, programs the matrix. */
static void test_many_classes(void **state)
{
    (void)state;
    static const enum sl_output_format people[] = {SL_FORMAT_TEXT, SL_FORMAT_MARKDOWN, SL_FORMAT_LATEX};
    struct made made = make(40, "first");
    for (int i = 0; i < 3; i++) {
        char *text = row_text(&made, "first", people[i], 100);
        assert_null(strstr(text, "Confusion matrix"));
        check_has(text, "Classes that are confused most");
        check_has(text, "Of 240 wrong predictions, 120 are shown here: 20 of 40 pairs of classes.");
        check_has(text, "40 by 40");
        free(text);
    }
    char *text = row_text(&made, "first", SL_FORMAT_TEXT, 100);
    check_has(text, "class_0     class_1             6  10.0 %\n");
    free(text);
    text = row_text(&made, "first", SL_FORMAT_CSV, 100);
    check_has(text, "predicted_class_39");
    free(text);
    text = row_text(&made, "first", SL_FORMAT_JSON, 100);
    check_has(text, "\"confusion\"");
    free(text);
    release(&made);
}

/* A matrix of few classes gives way where the line is too short for it. */
static void test_matrix_fits(void **state)
{
    (void)state;
    struct made made = make(12, "first");
    char *wide = row_text(&made, "first", SL_FORMAT_TEXT, 100),
         *narrow = row_text(&made, "first", SL_FORMAT_TEXT, 50);
    check_has(wide, "Confusion matrix");
    assert_null(strstr(narrow, "Confusion matrix"));
    check_has(narrow, "Classes that are confused most");
    free(wide);
    free(narrow);
    release(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_names),  cmocka_unit_test(test_latex_comment),
        cmocka_unit_test(test_markdown_lines), cmocka_unit_test(test_csv_formulas),
        cmocka_unit_test(test_narrow),         cmocka_unit_test(test_long_words),
        cmocka_unit_test(test_latex_page),     cmocka_unit_test(test_chosen_columns),
        cmocka_unit_test(test_many_classes),   cmocka_unit_test(test_matrix_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
