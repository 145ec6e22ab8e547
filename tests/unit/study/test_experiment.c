/* test_experiment.c - experiment files, good and bad, and what the command line does to experiments.
 *
 * Every bad file must give one line that opens with file, line and column and holds the words that help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/experiment.h"
#include <shortlist/dataset.h>
#include <shortlist/experiment.h>
#include <shortlist/scaling.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A classifier with a hyperparameter of every type. */
struct config {
    double c;
    int n, kernel;
    struct sl_ints layers;
    char net[SL_TEXT_MAX];
};

static const struct sl_word kernels[] = {{"linear", 0}, {"rbf", 1}, {"no", 2}, {NULL, 0}};
static const struct sl_word gammas[] = {{"none", -1}, {NULL, 0}};
static const struct sl_param params[] = {
    {"C", SL_PARAM_REAL, offsetof(struct config, c), "1", 0, 1e9, SL_LOG | SL_OPEN_MIN, NULL, "0.1,1",
     "penalty"},
    {"depth", SL_PARAM_INT, offsetof(struct config, n), "none", 1, 100, 0, gammas, NULL, "depth"},
    {"kernel", SL_PARAM_CHOICE, offsetof(struct config, kernel), "rbf", 0, 0, 0, kernels, NULL, "kernel"},
    {"layers", SL_PARAM_INTS, offsetof(struct config, layers), "100", 1, 10000, 0, NULL, NULL, "widths"},
    {"net", SL_PARAM_TEXT, offsetof(struct config, net), "", 0, 0, 0, NULL, NULL, "layers"},
    {0},
};

static int fit(const struct sl_fit *f, void **model, struct sl_error *err)
{
    (void)f;
    *model = NULL;
    return sl_fail(err, SL_EINTERNAL, "not for fitting");
}
static int predict(const void *m, const struct sl_view *x, int threads, int32_t *labels, struct sl_error *err)
{
    (void)m, (void)x, (void)threads, (void)labels;
    return sl_fail(err, SL_EINTERNAL, "not for predicting");
}
static void save(const void *m, struct sl_writer *w)
{
    (void)m, (void)w;
}
static int load(struct sl_reader *r, const struct sl_view *like, const void *c, void **m,
                struct sl_error *err)
{
    (void)r, (void)like, (void)c;
    *m = NULL;
    return sl_fail(err, SL_EDATA, "not for loading");
}

static const struct sl_classifier_type toy = {
    .name = "toy",
    .title = "Toy",
    .reference = "-",
    .config_size = sizeof(struct config),
    .params = params,
    .fit = fit,
    .predict = predict,
    .save = save,
    .load = load,
    .free = free,
};

/* ------------------------------------------------------------------------------------------------- */

static char folder[] = "experiment-XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/x.yaml", folder);
    return sl_classifier_register(&toy, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_bytes(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static struct sl_experiment *open_good(const char *text)
{
    struct sl_experiment *e;
    struct sl_error err = {0};
    write_bytes(text, strlen(text));
    if (sl_experiment_open(path, &e, &err))
        fail_msg("%s", err.text);
    return e;
}

static void check_bad(const char *bytes, size_t n, int line, int column, const char *const *words)
{
    struct sl_experiment *e;
    struct sl_error err = {0};
    char place[96];
    write_bytes(bytes, n);
    assert_int_not_equal(sl_experiment_open(path, &e, &err), SL_OK);
    assert_null(e);
    assert_null(strchr(err.text, '\n'));
    snprintf(place, sizeof place, "%s:%d:%d: ", path, line, column);
    if (line && strncmp(err.text, place, strlen(place)) != 0)
        fail_msg("'%s' does not begin with %s", err.text, place);
    for (; *words; words++)
        if (!strstr(err.text, *words))
            fail_msg("'%s' does not say '%s'", err.text, *words);
}
#define BAD(text, line, column, ...)                                                                         \
    check_bad(text, strlen(text), line, column, (const char *const[]){__VA_ARGS__, NULL})

/* Good files -------------------------------------------------------------------------------------- */

static void reads_everything(void **state)
{
    (void)state;
    struct sl_experiment *e =
        open_good("# a comment\n"
                  "title: A title\n"
                  "data: synthetic:200\n"
                  "train: all\nvalidation: 50\nseed: 7\nfolds: 5\nrepeats: 3\nfinal: false\n"
                  "scale: standard\nlabel: -1\nheader: yes\nname: my-study\n"
                  "rows:\n"
                  "  - toy: {C: 0.5, kernel: no, depth: none, layers: [16, 32], net: 'a, b: c'}\n"
                  "    name: \"a toy\"\n"
                  "    scale: none\n"
                  "    published: {accuracy: 0.8302, fit_time: 16.5}\n"
                  "  - majority\n"
                  "  - majority: {}\n"
                  "  - toy: {C: [0.1, 1:100:log3], layers: [[16], 8, [512, 512]]}\n");
    assert_string_equal(sl_experiment_title(e), "A title");
    assert_string_equal(sl_experiment_name(e), "my-study");
    assert_int_equal(e->settings.train, 0);
    assert_int_equal(e->settings.folds, 5);
    assert_int_equal(e->settings.header, 1);
    assert_int_equal(e->settings.scale, SL_SCALE_STANDARD);
    assert_string_equal(e->settings.label, "-1");
    assert_int_equal(e->n_rows, 4);
    const struct sl_row_spec *row = &e->rows[0];
    assert_string_equal(row->name, "a toy");
    assert_int_equal(row->scale, SL_SCALE_NONE);
    assert_string_equal(row->published, "{\"accuracy\": 0.8302, \"fit_time\": 16.5}");
    assert_string_equal(row->values[2].text[0], "no"); /* not a boolean */
    assert_int_equal(row->values[3].n, 1);
    assert_string_equal(row->values[3].text[0], "16,32");
    assert_string_equal(row->values[4].text[0], "a, b: c");
    row = &e->rows[3];
    assert_int_equal(sl_row_spec_count(row), 12);
    assert_string_equal(row->values[0].text[3], "100");
    assert_string_equal(row->values[3].text[1], "8");
    assert_string_equal(row->values[3].text[2], "512,512");
    sl_experiment_free(e);
}

static void aliases_stand_for_what_they_name(void **state)
{
    (void)state;
    struct sl_experiment *e = open_good("rows:\n  - toy: &a {C: [1, 2]}\n  - toy: *a\n    name: again\n");
    assert_int_equal(e->n_rows, 2);
    assert_int_equal(sl_row_spec_count(&e->rows[1]), 2);
    assert_string_equal(sl_experiment_name(e), "x");
    assert_string_equal(e->settings.data, "fashion-mnist");
    sl_experiment_free(e);
}

/* Bad files --------------------------------------------------------------------------------------- */

static void names_unknown_keys(void **state)
{
    (void)state;
    BAD("titel: x\nrows: [majority: ]\n", 1, 1, "'titel'", "did you mean title?");
    BAD("rows:\n  - majorty: {}\n", 2, 5, "'majorty'", "did you mean majority?");
    BAD("rows:\n  - majority: {}\n    publishd: {}\n", 3, 5, "'publishd'", "did you mean published?");
    BAD("rows:\n  - toy: {kernl: rbf}\n", 2, 11, "'kernl'", "did you mean kernel?", "toy");
    BAD("rows:\n  - majority: {C: 1}\n", 2, 16, "majority", "there are none");
    BAD("rows:\n  - majority: {}\n    published: {acuracy: 1}\n", 3, 17, "did you mean accuracy?");
}

static void names_values_out_of_bounds(void **state)
{
    (void)state;
    BAD("rows:\n  - toy: {C: 0}\n", 2, 14, "C: '0' is not allowed", "> 0");
    BAD("rows:\n  - toy: {C: [1, -3]}\n", 2, 18, "'-3'");
    BAD("rows:\n  - toy: {C: 1e999}\n", 2, 14, "C:");
    BAD("rows:\n  - toy: {C: .nan}\n", 2, 14, "C:");
    BAD("rows:\n  - toy: {depth: 2.5}\n", 2, 18, "depth:", "whole number", "none");
    BAD("rows:\n  - toy: {depth: }\n", 2, 18, "depth:");
    BAD("rows:\n  - toy: {kernel: lineer}\n", 2, 19, "did you mean linear?");
    BAD("rows:\n  - toy: {kernel: [rbf, true]}\n", 2, 25, "'true'");
    BAD("rows:\n  - toy: {layers: [[16], [0]]}\n", 2, 26, "layers");
    BAD("rows:\n  - toy: {C: 2:1}\n", 2, 14, "smaller end last");
    BAD("rows:\n  - toy: [{C: 1}, {C: -1}]\n", 2, 23, "'-1'");
    BAD("rows:\n  - toy: []\n", 2, 10, "empty list of alternatives");
    BAD("rows:\n  - toy: [1]\n", 2, 11, "mapping");
    BAD("search: halfing\nrows:\n  - majority:\n", 1, 9, "did you mean halving?");
    BAD("train_sizes: 100:200\nrows:\n  - majority:\n", 1, 14, "no steps");
    BAD("rows:\n  - toy: {C: -1:10:log3}\n", 2, 14, "logarithmic");
    BAD("rows:\n  - toy: {C: []}\n", 2, 14, "empty");
    BAD("rows:\n  - toy: {C: {a: 1}}\n", 2, 14, "takes a value");
    BAD("rows:\n  - toy: {C: [[1, 2]]}\n", 2, 15, "takes a value");
    BAD("train: many\nrows:\n  - majority:\n", 1, 8, "'many'", "all");
    BAD("train: 0\nrows:\n  - majority:\n", 1, 8, "'0'");
    BAD("seed: -1\nrows:\n  - majority:\n", 1, 7, "'-1'");
    BAD("folds: 1\nrows:\n  - majority:\n", 1, 8, "'1'");
    BAD("final: yes\nrows:\n  - majority:\n", 1, 8, "'yes'", "true");
    BAD("scale: minimax\nrows:\n  - majority:\n", 1, 8, "did you mean minmax?");
    BAD("name: ../up\nrows:\n  - majority:\n", 1, 7, "'../up'");
    BAD("name: .hidden\nrows:\n  - majority:\n", 1, 7, "name:");
    BAD("title: [a, b]\nrows:\n  - majority:\n", 1, 8, "one value");
    BAD("rows:\n  - majority:\n    published: {accuracy: good}\n", 3, 27, "number");
    BAD("rows:\n  - majority:\n    published: {accuracy: 83.0}\n", 3, 27, "fraction from 0 to 1");
    BAD("rows:\n  - majority:\n    name: ''\n", 3, 11, "name takes");
    BAD("rows:\n  - majority:\n    name: \"a\\nb\"\n", 3, 11, "name takes");
    BAD("rows:\n  - majority:\n    scale: big\n", 3, 12, "'big'", "standard");
}

static void names_wrong_shapes(void **state)
{
    (void)state;
    BAD("", 1, 1, "empty");
    BAD("# nothing\n", 1, 1, "empty");
    BAD("just words\n", 1, 1, "mapping");
    BAD("- a\n- b\n", 1, 1, "mapping");
    BAD("title: x\n", 1, 1, "no rows");
    BAD("rows: []\n", 1, 1, "no rows");
    BAD("rows: 3\n", 1, 7, "list");
    BAD("rows:\n  majority: {}\n", 2, 3, "list");
    BAD("rows:\n  - [majority]\n", 2, 5, "a row is a mapping");
    BAD("rows:\n  - majorty\n", 2, 5, "did you mean majority?");
    BAD("rows:\n  - name: x\n", 2, 5, "needs a classifier");
    BAD("rows:\n  - majority: 3\n", 2, 15, "mapping of hyperparameters");
    BAD("rows:\n  - majority: {}\n    toy: {}\n", 3, 5, "one classifier", "majority");
    BAD("rows:\n  - toy: {C: [1, 2]}\n    published: {accuracy: 1}\n", 2, 5, "one row");
    BAD("rows:\n  - majority:\n    published: 3\n", 3, 16, "mapping of numbers");
    BAD("? [a]\n: b\n", 1, 3, "key");
}

static void names_broken_yaml(void **state)
{
    (void)state;
    BAD("title: a\ntitle: b\nrows:\n  - majority:\n", 2, 1, "'title'", "second time");
    BAD("rows:\n  - toy: {C: 1, C: 2}\n", 2, 17, "'C'", "second time");
    BAD("title: 'x\nrows: [", 2, 8, "not YAML");
    BAD("rows:\n\t- majority:\n", 2, 1, "not YAML");
    BAD("rows: [majority: {}\n", 2, 1, "not YAML");
    BAD("rows: *nobody\n", 1, 7, "alias");
    BAD("title: a\n---\ntitle: b\n", 3, 1, "second document");
    BAD("rows:\n - \x01\x02\n", 2, 4, "not YAML");
    BAD("ti\xfftle", 1, 3, "not YAML");
    BAD("rows:\n - majority:\n   name: \"a\\0b\"\n", 3, 10, "NUL");
}

static void bounds_aliases_depth_and_size(void **state)
{
    (void)state;
    BAD("rows: &a [*a]\n", 1, 7, "inside of");
    BAD("rows: &a [majority: , *a]\n", 1, 7, "inside of");
    /* Nine levels of ten aliases: 10^9 values in 400 bytes. */
    char text[4096];
    int n = snprintf(text, sizeof text, "a0: &a0 [x]\n");
    for (int i = 1; i < 10; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            n += snprintf(text + n, sizeof text - (size_t)n, "*a%d,", i - 1);
        n += snprintf(text + n, sizeof text - (size_t)n, "]\n");
    }
    BAD(text, 6, 5, "aliases written out");
    memset(text, '[', 40);
    memset(text + 40, ']', 40);
    text[80] = 0;
    BAD(text, 1, 17, "nested more than 16");
    /* A flat file that is too large, and one so deep that the parser must stop by itself. */
    size_t size = 300000;
    char *large = malloc(size);
    assert_non_null(large);
    memset(large, '#', size);
    check_bad(large, size, 0, 0, (const char *const[]){"larger than 256 KiB", NULL});
    memset(large, '[', 100000);
    check_bad(large, 100000, 1, 257, (const char *const[]){"open brackets", NULL});
    free(large);
}

/* A file of many lists is refused at the first value too many, not after all of them were made. */
static void bounds_what_a_file_asks_for(void **state)
{
    (void)state;
    static char text[200000];
    char *end = text + sprintf(text, "rows:\n");
    for (int i = 0; i < 5; i++)
        end += sprintf(end, "  - toy: {C: '1:%d:1'}\n", 2500);
    BAD(text, 6, 14, "the values make more than 10000 rows");
    end = text + sprintf(text, "rows:\n");
    for (int i = 0; i < 5000; i++) /* each makes one value, but asks for 9999 */
        end += sprintf(end, "  - toy: {C: '5:5:lin9999'}\n");
    BAD(text, 12, 14, "the file asks for more than 100000 values");
    end = text + sprintf(text, "rows:\n");
    for (int i = 0; i < 10001; i++)
        end += sprintf(end, "  - toy: {}\n");
    BAD(text, 10002, 5, "the values make more than 10000 rows");
    end = text + sprintf(text, "rows:\n  - toy: {C: [");
    for (int i = 0; i < 1000; i++)
        end += sprintf(end, "'1:9999:1', ");
    sprintf(end, "1]}\n");
    BAD(text, 2, 27, "'1:9999:1' asks for 9999 values after 9999 others: 1 to 10000 are allowed");
}

/* No cut of a good file, and no changed byte, may do more than give an error. */
static void survives_damage(void **state)
{
    (void)state;
    static const char good[] =
        "title: &t x\nseed: 7\nrows:\n  - toy: {C: [0.1, 1:100:log3], layers: [[16], [5, 5]]}\n"
        "    name: *t\n    published: {accuracy: .8}\n";
    struct sl_error err;
    for (size_t i = 0; i < sizeof good - 1; i++) {
        static const char other[] = {0, '\n', '\t', '{', ']', '&', '*', ':', '"', '-', (char)0xc3};
        char copy[sizeof good];
        for (size_t j = 0; j <= sizeof other; j++) {
            struct sl_experiment *e;
            memcpy(copy, good, sizeof good);
            if (j < sizeof other)
                copy[i] = other[j];
            write_bytes(copy, j < sizeof other ? sizeof good - 1 : i);
            if (sl_experiment_open(path, &e, &err)) {
                assert_null(e);
                assert_null(strchr(err.text, '\n'));
            }
            sl_experiment_free(e);
        }
    }
}

static void names_missing_files(void **state)
{
    (void)state;
    struct sl_experiment *e;
    struct sl_error err;
    assert_int_equal(sl_experiment_open("shortlst", &e, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean shortlist?"));
    assert_int_equal(sl_experiment_open("no/such.yaml", &e, &err), SL_EIO); /* a path, not a name */
    assert_non_null(strstr(err.text, "no/such.yaml: No such file"));
    assert_int_equal(sl_experiment_open("such.yaml", &e, &err), SL_EIO);
    char loop[64];
    snprintf(loop, sizeof loop, "%s/loop", folder);
    assert_int_equal(symlink("loop", loop), 0);
    assert_int_equal(sl_experiment_open(loop, &e, &err), SL_EIO);
    assert_non_null(strstr(err.text, "symbolic links"));
    unlink(loop);
}

/* From the command line --------------------------------------------------------------------------- */

static void overridden_choices_drop_names(void **state)
{
    (void)state;
    struct sl_experiment *e =
        open_good("rows:\n  - toy: {kernel: linear}\n    name: straight\n  - toy: {kernel: rbf}\n"
                  "    name: round\n  - toy: {kernel: rbf, C: 7}\n  - majority:\n");
    assert_int_equal(sl_experiment_override(e, "toy.C=2,3", NULL), SL_OK);
    assert_int_equal(e->n_rows, 4);
    assert_string_equal(e->rows[0].name, "straight"); /* still true */
    assert_int_equal(sl_experiment_override(e, "toy.kernel=linear,rbf", NULL), SL_OK);
    assert_int_equal(e->n_rows, 2); /* all rows of toy ask for the same now */
    assert_null(e->rows[0].name);
    assert_int_equal(sl_row_spec_count(&e->rows[0]), 4);
    assert_string_equal(e->rows[1].type->name, "majority");
    sl_experiment_free(e);
}

static void overrides_and_keeps(void **state)
{
    (void)state;
    struct sl_error err;
    struct sl_experiment *e = open_good(
        "rows:\n  - toy: {C: 3}\n    published: {accuracy: .5}\n  - majority:\n  - toy: {kernel: linear}\n");
    assert_int_equal(sl_experiment_override(e, "toy.C=0.1,1,10", &err), SL_OK);
    assert_int_equal(e->rows[0].values[0].n, 3);
    assert_int_equal(e->rows[2].values[0].n, 3);
    assert_int_equal(e->rows[2].values[2].n, 1); /* the others stay */
    assert_null(e->rows[0].published);           /* it belonged to C = 3 */
    assert_int_equal(sl_experiment_override(e, "toy.C=-1", &err), SL_EUSAGE);
    assert_int_equal(e->rows[0].values[0].n, 3); /* a refused value changes nothing */
    assert_int_equal(sl_experiment_override(e, "toy.D=1", &err), SL_EUSAGE);
    assert_int_equal(sl_experiment_override(e, "tiy.C=1", &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean toy?"));
    assert_int_equal(sl_experiment_override(e, "toy=1", &err), SL_EUSAGE);
    assert_int_equal(sl_experiment_override(e, "C=0.1", &err), SL_EUSAGE);
    assert_int_equal(sl_experiment_keep(e, "toy", &err), SL_OK);
    assert_int_equal(e->n_rows, 2);
    assert_int_equal(sl_experiment_override(e, "majority.x=1", &err), SL_EUSAGE);
    assert_int_equal(sl_experiment_keep(e, "majority, toy", &err), SL_OK);
    assert_int_equal(e->n_rows, 3);
    assert_int_equal(sl_experiment_keep(e, "nothing", &err), SL_EUSAGE);
    assert_int_equal(sl_experiment_keep(e, "majority,,toy", &err), SL_EUSAGE);
    assert_int_equal(e->n_rows, 3);
    assert_int_equal(sl_experiment_set(e, "sed", "1", &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean seed?"));
    sl_experiment_free(e);
}

/* Published numbers stay while the protocol does, and no longer. */
static void published_numbers_go_with_the_protocol(void **state)
{
    (void)state;
    static const char text[] = "rows:\n  - toy:\n    published: {accuracy: .5}\ntrain: 100\n";
    struct sl_experiment *e = open_good(text);
    assert_non_null(e->rows[0].published);
    assert_int_equal(sl_experiment_set(e, "seed", "1", NULL), SL_OK);
    assert_int_equal(sl_experiment_set(e, "train", "100", NULL), SL_OK);
    assert_non_null(e->rows[0].published);
    assert_int_equal(sl_experiment_set(e, "train", "101", NULL), SL_OK);
    assert_null(e->rows[0].published);
    sl_experiment_free(e);
}

static void has_a_quick_setting(void **state)
{
    (void)state;
    struct sl_error err;
    struct sl_experiment *e =
        open_good("title: T\nquick: {train: 20, C: 2, repeats: 1}\nrepeats: 5\nrows:\n"
                  "  - toy: {C: [3, 4]}\n  - toy: {C: 9}\n    published: {accuracy: .5}\n"
                  "  - majority:\n");
    assert_int_equal(e->settings.repeats, 5); /* as written, until it is asked for */
    assert_int_equal(sl_experiment_quick(e, &err), SL_OK);
    assert_int_equal(e->settings.train, 20);
    assert_int_equal(e->settings.repeats, 1);
    assert_int_equal(e->rows[0].values[0].n, 1);
    assert_string_equal(e->rows[1].values[0].text[0], "2");
    assert_null(e->rows[1].published);
    assert_string_equal(sl_experiment_name(e), "x-quick");
    assert_string_equal(sl_experiment_title(e), "Quick run: T");
    sl_experiment_free(e);
    e = open_good("rows: [majority: ]\n");
    assert_int_equal(sl_experiment_quick(e, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "experiment x has no quick setting"));
    sl_experiment_free(e);
    BAD("quick: 3\nrows: [majority: ]\n", 1, 8, "mapping");
    BAD("quick: {trian: 3}\nrows: [majority: ]\n", 1, 16, "'trian'", "did you mean train?");
    BAD("quick: {train: [1, 2]}\nrows: [majority: ]\n", 1, 16, "one value");
    BAD("quick: {C: '1,2'}\nrows: [toy: ]\n", 1, 12, "C", "one value");
    BAD("quick: {C: x}\nrows: [toy: ]\n", 1, 12, "C");
    BAD("quick: {C: 1}\nrows: [majority: ]\n", 1, 12, "'C'");
    BAD("quick: {train: 0.5}\nrows: [majority: ]\n", 1, 16, "train");
}

static void draws_a_seed(void **state)
{
    (void)state;
    struct sl_experiment *e = open_good("seed: random\nrows: [majority: ]\n");
    int first = e->settings.seed, differs = 0;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(sl_experiment_set(e, "seed", "random", NULL), SL_OK);
        assert_in_range(e->settings.seed, 0, 999999999);
        differs |= e->settings.seed != first;
    }
    assert_true(differs);
    sl_experiment_free(e);
}

static void adds_rows(void **state)
{
    (void)state;
    struct sl_experiment *e;
    struct sl_error err;
    assert_int_equal(sl_experiment_new("Sweep of toy!", &e, &err), SL_OK);
    assert_string_equal(sl_experiment_name(e), "sweep-of-toy");
    const char *const good[] = {"C=0.001:1000:log7", "layers=32,[512,512]", NULL};
    assert_int_equal(sl_experiment_add(e, "toy", good, &err), SL_OK);
    assert_int_equal(sl_row_spec_count(&e->rows[0]), 14);
    const char *const bad[] = {"C=1", "kernel=", NULL};
    assert_int_equal(sl_experiment_add(e, "toy", bad, &err), SL_EUSAGE);
    assert_int_equal(e->n_rows, 1);
    const char *const junk[] = {"C", NULL};
    assert_int_equal(sl_experiment_add(e, "toy", junk, &err), SL_EUSAGE);
    assert_int_equal(sl_experiment_add(e, "majority", NULL, &err), SL_OK);
    sl_experiment_free(e);
}

static void lists_shipped_experiments(void **state)
{
    (void)state;
    char name[64], title[256], before[64] = "";
    size_t n = 0;
    while (sl_experiment_shipped(n, name, title)) {
        assert_true(strcmp(before, name) < 0);
        assert_true(*title);
        strcpy(before, name);
        n++;
    }
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything),
        cmocka_unit_test(aliases_stand_for_what_they_name),
        cmocka_unit_test(names_unknown_keys),
        cmocka_unit_test(names_values_out_of_bounds),
        cmocka_unit_test(names_wrong_shapes),
        cmocka_unit_test(names_broken_yaml),
        cmocka_unit_test(bounds_aliases_depth_and_size),
        cmocka_unit_test(bounds_what_a_file_asks_for),
        cmocka_unit_test(survives_damage),
        cmocka_unit_test(names_missing_files),
        cmocka_unit_test(overrides_and_keeps),
        cmocka_unit_test(overridden_choices_drop_names),
        cmocka_unit_test(published_numbers_go_with_the_protocol),
        cmocka_unit_test(has_a_quick_setting),
        cmocka_unit_test(draws_a_seed),
        cmocka_unit_test(adds_rows),
        cmocka_unit_test(lists_shipped_experiments),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
