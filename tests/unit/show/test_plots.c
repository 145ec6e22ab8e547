/* test_plots.c - every kind of plot of a study made by hand: the pictures are there, of the right size,
 * and can be drawn again from the script and data beside them; names that look like markup or code are
 * drawn as they are; labels keep apart.  Skipped, loudly, where gnuplot is not installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/file.h"
#include "core/json_text.h"
#include "show/plots/curve.h"
#include "show/plots/fonts.h"
#include "show/plots/plot.h"
#include "unit/study_fixture.h"
#include <sys/stat.h>
#include <unistd.h>

enum { N = 200, K = 3 };

static char folder[64];
static int drawn;

static int has_gnuplot(void)
{
    return system("gnuplot --version >/dev/null 2>&1") == 0;
}

static void count(void *arg, const struct sl_plot_made *made)
{
    static const char *const endings[] = {"svg", "png", "pdf"};
    struct stat info;
    (void)arg;
    assert_true(strlen(made->alt) > 10);
    for (int i = 0; i < 3; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s.%s", made->path, endings[i]);
        if (stat(path, &info) || info.st_size < 500)
            fail_msg("%s is missing or all but empty", path);
    }
    drawn++;
}

static int draw(const struct sl_table *table, const char *kind, const char *row, const char *dir,
                struct sl_error *err)
{
    const struct sl_plot_request request = {
        .table = table, .kind = kind ? sl_plot_find(kind, err) : NULL, .row = row, .dir = dir, .made = count};
    return sl_plot_draw(&request, err);
}

static int set_up(void **state)
{
    strcpy(folder, "/tmp/test-plots-XXXXXX");
    *state = fixture_truth(N, K);
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[100];
    free(*state);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void add_curve(struct sl_outcome *o, size_t n)
{
    o->curve = calloc(n, sizeof *o->curve);
    o->n_curve = n;
    for (size_t i = 0; i < n; i++) {
        double t = (double)(i + 1);
        o->curve[i] = (struct sl_epoch){.epoch = (int)i + 1,
                                        .train_loss = 1 / t,
                                        .train_accuracy = 1 - 0.5 / t,
                                        .validation_loss = 1.2 / t,
                                        .validation_accuracy = NAN,
                                        .learning_rate = 0.1,
                                        .seconds = t};
    }
}

/* Seven values of C over two folds, and one more with a word for a value; a plain row; a failed row. */
static struct sl_study *make_study(const int32_t *truth)
{
    struct sl_study *study = fixture_study("plots", 10, K);
    fixture_text(&study->title, "It's `a` \"test\" {of} 100% @titles_\\n");
    fixture_text(&study->classes[2], "c_{2} `x` \\n 'y'");
    study->n_train = 800;
    study->folds = 2;
    for (size_t r = 0; r < 8; r++) {
        char json[100];
        snprintf(json, sizeof json,
                 r < 7 ? "{\"C\": %g, \"kernel\": \"rbf\"}" : "{\"C\": \"auto\", \"kernel\": \"rbf\"}",
                 0.001 * (double)(1 << (2 * r)));
        study->rows[r] = fixture_row(r == 3 ? "svm C_{3} `touch pwned` 'x'" : "svm same name", "svm", 2);
        fixture_text(&study->rows[r].params_json, json);
        for (int fold = 0; fold < 2; fold++) {
            fixture_score(&study->rows[r].outcomes[fold], truth, N, K, 0,
                          20 + (r > 3 ? r : 6 - r) * 4 + (size_t)fold, 0.01 * (double)(r + 1));
            study->rows[r].outcomes[fold].fold = fold;
        }
    }
    study->rows[8] = fixture_row("network", "mlp", 2);
    for (int fold = 0; fold < 2; fold++) {
        fixture_score(&study->rows[8].outcomes[fold], truth, N, K, 0, 40, 0);
        add_curve(&study->rows[8].outcomes[fold], 5);
    }
    study->rows[9] = fixture_row("failed", "tree", 2);
    return study;
}

static struct sl_table *make_table(const struct sl_study *study)
{
    struct sl_table *table;
    struct sl_error err = {0};
    if (sl_table_make(study, &table, &err))
        fail_msg("%s", err.text);
    return table;
}

static void check_png(const char *name, unsigned width, unsigned height)
{
    char path[200];
    unsigned char head[24];
    snprintf(path, sizeof path, "%s/%s.png", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, 24, file), 24);
    fclose(file);
    assert_memory_equal(head, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(head[18] << 8 | head[19], width);
    assert_int_equal(head[22] << 8 | head[23], height);
}

/* The picture as SVG holds the text, in XML's spelling (in which > may stand for itself). */
static int svg_holds(const char *name, const char *text)
{
    char path[400], spelled[4000] = "";
    unsigned char *svg;
    size_t size;
    struct sl_error err = {0};
    for (const char *c = text; *c; c++) {
        const char plain[] = {*c, 0};
        strcat(spelled, *c == '&' ? "&amp;" : *c == '<' ? "&lt;" : plain);
    }
    snprintf(path, sizeof path, "%s/%s.svg", folder, name);
    if (sl_file_read(path, &svg, &size, &err))
        fail_msg("%s", err.text);
    int holds = strstr((const char *)svg, spelled) != NULL;
    free(svg);
    return holds;
}

static void test_all_kinds(void **state)
{
    struct sl_study *study = make_study(*state);
    struct sl_table *table = make_table(study);
    struct sl_error err = {0};
    if (!has_gnuplot()) {
        print_message("gnuplot is not installed: nothing is drawn\n");
        skip();
    }
    drawn = 0;
    if (draw(table, NULL, NULL, folder, &err))
        fail_msg("%s", err.text);
    assert_true(drawn >= 4); /* of the rows the best one's */
    if (draw(table, "curves", NULL, folder, &err) || draw(table, "confusion", NULL, folder, &err))
        fail_msg("%s", err.text);
    check_png("curves-network", 960, 470);
    assert_true(svg_holds("accuracy-time", "`a` \"test\" {of} 100% @titles_"));
    assert_true(svg_holds("accuracy-time", "C_{3} `touch pwned`"));
    assert_true(svg_holds("confusion-svm-same-name-2", "c_{2} `x`"));
    assert_true(svg_holds("sweep", "C=auto"));
    assert_int_not_equal(access("pwned", F_OK), 0);
    sl_table_free(table);
    fixture_free(study);
}

/* Rows with curves side by side, one of them shorter. */
static void test_curves_together(void **state)
{
    struct sl_study *study = make_study(*state);
    struct sl_error err = {0};
    if (!has_gnuplot())
        skip();
    for (size_t r = 0; r < 6; r++)
        add_curve(&study->rows[r].outcomes[0], 3 + r);
    struct sl_table *table = make_table(study);
    if (draw(table, "curves", NULL, folder, &err))
        fail_msg("%s", err.text);
    check_png("curves", 1184, 978); /* seven rows: two bands; no accuracies of most */
    assert_true(svg_holds("curves", "C_{3} `touch pwned`"));
    assert_int_not_equal(access("pwned", F_OK), 0);
    sl_table_free(table);
    fixture_free(study);
}

/* Names that break what does not quote them. */
static const char *const hard[] = {
    "'s-Gravenhage",
    "it's",
    "''",
    "'",
    "\"",
    "6\" pipe",
    "50%",
    "%s %d %n %%",
    "100% #1",
    "#comment",
    "{x",
    "y}",
    "{/Symbol a}",
    "a_b",
    "c^d",
    "\\alpha",
    "a\\b",
    "c\\n",
    "ends in \\",
    "\\\\",
    "$x",
    "$1",
    "`date`",
    "`touch pwned`",
    "@home",
    "@title",
    "~x",
    "R&D",
    "&amp;",
    "<b>bold</b>",
    "a\nb",
    "tab\there",
    "\x1b[31mred",
    "latin \xe9",
    "\xe2\x80\xae"
    "rtl",
    "S\xc3\xa3o \xe6\x9d\xb1\xe4\xba\xac",
    "-",
    ".",
    "--version",
    "nan",
    "NaN",
    "?",
    "=1+1",
    "0x10",
    "12e3",
    "a, b; c # d ! e | f",
    "] [",
    ") (",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "x",
};
enum { N_HARD = sizeof hard / sizeof *hard, BATCH = 10, HARD_ROWS = 200 };

/* Ten rows and ten classes of hard names; the rows differ in a word (words), or are ten lines of two values.
 */
static struct sl_study *make_hard(size_t first, int words, const int32_t *truth)
{
    struct sl_study *study = fixture_study("hard", words ? BATCH : 2 * BATCH, BATCH);
    fixture_text(&study->title, hard[first]);
    fixture_text(&study->data, hard[first + 1]);
    for (size_t c = 0; c < BATCH; c++)
        fixture_text(&study->classes[c], hard[first + c]);
    for (size_t r = 0; r < study->n_rows; r++) {
        const char *name = hard[first + r % BATCH];
        char *params =
            sl_json_print(json_pack("{s:i, s:o}", "C", r < BATCH ? 1 : 10, "word", sl_json_string(name)));
        study->rows[r] = fixture_row(name, "svm", 1);
        fixture_text(&study->rows[r].params_json, params);
        free(params);
        fixture_score(study->rows[r].outcomes, truth, HARD_ROWS, BATCH, 0, 15 * (r % BATCH),
                      pow(10, (double)(r % BATCH) / 2 - 3));
        if (words)
            add_curve(study->rows[r].outcomes, 3);
    }
    return study;
}

static void draw_hard(const struct sl_study *study, const char *kind, const char *row)
{
    struct sl_table *table = make_table(study);
    struct sl_error err = {0};
    if (draw(table, kind, row, folder, &err))
        fail_msg("%s of %s: %s", kind, study->rows[0].name, err.text);
    sl_table_free(table);
}

/* Names that have room are shown whole. */
static void check_shown(const char *picture, const char *text, double pixels)
{
    char *shown = sl_visible(text);
    if (sl_text_pixels(shown, SL_TEXT) <= pixels && !svg_holds(picture, shown))
        fail_msg("%s does not show '%s'", picture, shown);
    free(shown);
}

/* JSON, from which sweeps come, holds no stray byte. */
static const char *in_json(const char *name)
{
    return strcmp(name, "latin \xe9") == 0 ? "latin \xef\xbf\xbd" : name;
}

static void test_hard_names(void **state)
{
    int32_t *truth = fixture_truth(HARD_ROWS, BATCH);
    (void)state;
    if (!has_gnuplot())
        skip();
    assert_int_equal(N_HARD % BATCH, 0);
    for (size_t first = 0; first < N_HARD; first += BATCH) {
        struct sl_study *study = make_hard(first, 1, truth);
        draw_hard(study, "accuracy-time", NULL);
        draw_hard(study, "sweep", NULL);
        draw_hard(study, "curves", NULL);
        draw_hard(study, "confusion", hard[first]);
        char confusion[300], slug[96];
        sl_slug(hard[first], slug, sizeof slug);
        snprintf(confusion, sizeof confusion, "confusion-%s", slug);
        check_shown("accuracy-time", hard[first], 400);
        check_shown("accuracy-time", hard[first + 1], 200); /* the data set's name */
        for (size_t i = first; i < first + BATCH; i++) {
            check_shown("accuracy-time", hard[i], 260);
            check_shown("sweep", in_json(hard[i]), 70);
            check_shown("curves", hard[i], 240);
            check_shown(confusion, hard[i], 170);
        }
        fixture_free(study);
        study = make_hard(first, 0, truth);
        draw_hard(study, "sweep", NULL);
        for (size_t i = first; i < first + BATCH; i++) {
            char series[400];
            snprintf(series, sizeof series, "word=%s", in_json(hard[i]));
            check_shown("sweep", series, 700);
        }
        fixture_free(study);
    }
    assert_int_not_equal(access("pwned", F_OK), 0);
    char pwned[100];
    snprintf(pwned, sizeof pwned, "%s/pwned", folder);
    assert_int_not_equal(access(pwned, F_OK), 0);
    free(truth);
}

static void test_redraws(void **state)
{
    char command[400];
    (void)state;
    if (!has_gnuplot())
        skip();
    snprintf(command, sizeof command,
             "cd %s && for p in accuracy-time sweep curves-network confusion-network; do rm $p.svg $p.png "
             "$p.pdf && "
             "gnuplot -d $p.gp 2>$p.log && test ! -s $p.log && test -s $p.svg && test -s $p.png && test -s "
             "$p.pdf || exit 1; done",
             folder);
    assert_int_equal(system(command), 0);
}

static void test_errors(void **state)
{
    struct sl_study *study = make_study(*state);
    struct sl_table *table = make_table(study);
    struct sl_error err = {0};
    assert_null(sl_plot_find("confusoin", &err));
    assert_non_null(strstr(err.text, "did you mean confusion?"));
    assert_int_equal(draw(table, "curves", "failed", folder, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "epochs"));
    assert_int_equal(draw(table, "sweep", "network", folder, &err), SL_EUSAGE);
    assert_int_equal(draw(table, NULL, "netwrok", folder, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean network?"));
    sl_table_free(table);
    fixture_free(study);
}

/* Without gnuplot: the error says what to install, and data and script are kept. */
static void test_no_gnuplot(void **state)
{
    struct sl_study *study = make_study(*state);
    struct sl_table *table = make_table(study);
    struct sl_error err = {0};
    char *path = strdup(getenv("PATH")), script[200], into[100];
    snprintf(into, sizeof into, "%s/without", folder);
    setenv("PATH", "/nowhere", 1);
    int code = draw(table, "accuracy-time", NULL, into, &err);
    setenv("PATH", path, 1);
    free(path);
    assert_int_equal(code, SL_EIO);
    assert_non_null(strstr(err.text, "apt install gnuplot"));
    snprintf(script, sizeof script, "%s/accuracy-time.gp", into);
    assert_int_equal(access(script, R_OK), 0);
    sl_table_free(table);
    fixture_free(study);
}

/* Ten points in a row, close together: no two labels that are shown overlap by more than a sliver. */
static void test_labels_keep_apart(void **state)
{
    struct sl_label labels[10];
    (void)state;
    for (int i = 0; i < 10; i++)
        labels[i] = (struct sl_label){.text = "name of it",
                                      .x = 300 + 12 * i,
                                      .y = 200 + 7 * (i % 3),
                                      .low = 190,
                                      .high = 220,
                                      .shown = 1};
    sl_labels_place(labels, 10, NULL, 0, 800, 450);
    int shown = 0;
    for (int i = 0; i < 10; i++) {
        shown += labels[i].shown;
        for (int j = 0; j < i; j++) {
            double w = sl_text_pixels("name of it", SL_TEXT),
                   x0 = labels[i].at_x - (labels[i].side < 0    ? w
                                          : labels[i].side == 0 ? w / 2
                                                                : 0);
            double x1 = labels[j].at_x - (labels[j].side < 0 ? w : labels[j].side == 0 ? w / 2 : 0);
            double dx = w - fabs(x0 - x1), dy = 15 - fabs(labels[i].at_y - labels[j].at_y);
            if (labels[i].shown && labels[j].shown && dx > 0 && dy > 0 && dx * dy > 0.1 * w * 15)
                fail_msg("labels %d and %d overlap", i, j);
        }
    }
    assert_true(shown >= 4);
}

/* Ranges of losses are shared by rows whose losses compare, and by them alone. */
static void test_same_loss(void **state)
{
    struct sl_study *study = make_study(*state);
    struct sl_curve a, b, c;
    add_curve(&study->rows[0].outcomes[0], 40);
    add_curve(&study->rows[1].outcomes[0], 30);
    study->rows[0].outcomes[0].curve[0].train_loss = 500;
    sl_curve_look(&study->rows[0], &a);
    sl_curve_look(&study->rows[1], &b);
    sl_curve_look(&study->rows[8], &c);
    assert_int_equal(a.epochs, 40);
    assert_int_equal(a.n, 1);
    assert_true(a.high[SL_TRAIN_LOSS] == 500);
    assert_true(!a.measured[SL_VALIDATION_ACCURACY] && a.measured[SL_TRAIN_ACCURACY]);
    assert_false(sl_curve_same_loss(&a, &b)); /* another C weighs another penalty */
    assert_false(sl_curve_same_loss(&a, &c)); /* another classifier */
    fixture_text(&study->rows[1].params_json, study->rows[0].params_json);
    assert_true(sl_curve_same_loss(&a, &b));
    fixture_free(study);
}

/* scipy 1.10.1: wilcoxon(d).pvalue of these, exact; and of 30 by the normal approximation with
 * correction=False. */
static void test_wilcoxon(void **state)
{
    double all_above[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6},
           mixed_signs[] = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};
    double none[] = {0, 0}, large[30];
    (void)state;
    for (int i = 0; i < 30; i++)
        large[i] = (i % 3 ? 1.0 : -1.0) * (i + 1);
    assert_true(fabs(sl_wilcoxon(all_above, 6) - 0.03125) <= 1e-12);
    assert_true(fabs(sl_wilcoxon(mixed_signs, 15) - 0.041259765625) <= 1e-12);
    assert_true(fabs(sl_wilcoxon(none, 2) - 1) <= 0);
    assert_true(fabs(sl_wilcoxon(large, 30) - 0.07190333008390941) <= 1e-9);
}

/* With no room at its sides a label stands beyond its error bar, never on it. */
static void test_labels_keep_off_bars(void **state)
{
    struct sl_box beside[] = {{0, 150, 398, 250}, {402, 150, 800, 250}};
    struct sl_label label = {.text = "its name", .x = 400, .y = 200, .low = 150, .high = 250, .shown = 1};
    (void)state;
    sl_labels_place(&label, 1, beside, 2, 800, 450);
    assert_true(label.shown);
    assert_true(label.at_y > 250 + 7 || label.at_y < 150 - 7);
}

/* Of few counts no ticks lie between whole numbers. */
static void test_whole_ticks(void **state)
{
    struct sl_axis axis;
    (void)state;
    for (double most = 1; most < 40; most *= 1.7) {
        sl_axis_linear(&axis, 0, floor(most), 0, INFINITY, 400, 1);
        sl_axis_whole(&axis, 400, 1);
        assert_true(axis.n >= 1);
        for (int i = 0; i < axis.n; i++)
            assert_true(axis.at[i] == floor(axis.at[i]) && !strchr(axis.text[i], '.'));
    }
}

/* Characters for private use, of which no font here has those of the last planes, become squares; others
 * stay. */
static void test_characters_without_font(void **state)
{
    int failed = 0;
    (void)state;
    assert_null(sl_fonts_replace("", &failed));
    assert_null(sl_fonts_replace("plain, G\u00f6\u00dfe, \u0416, \u2026 \u2265 \u25a1", &failed));
    char *text = sl_fonts_replace("a\U0010fffdb \U000ffff0", &failed);
    assert_string_equal(text, "a\u25a1b \u25a1");
    assert_false(failed);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_ticks),     cmocka_unit_test(test_characters_without_font),
        cmocka_unit_test(test_all_kinds),       cmocka_unit_test(test_labels_keep_off_bars),
        cmocka_unit_test(test_same_loss),       cmocka_unit_test(test_wilcoxon),
        cmocka_unit_test(test_curves_together), cmocka_unit_test(test_redraws),
        cmocka_unit_test(test_hard_names),      cmocka_unit_test(test_errors),
        cmocka_unit_test(test_no_gnuplot),      cmocka_unit_test(test_labels_keep_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
