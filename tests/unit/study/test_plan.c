/* test_plan.c - the plan: what rows and trials an experiment makes, and which trials are the same work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/hash.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/dataset.h"
#include "study/rows.h"
#include "study/trial_key.h"
#include <shortlist/plan.h>
#include <stdlib.h>
#include <string.h>

struct config {
    double c;
    int kernel;
};
static const struct sl_word kernels[] = {{"linear", 0}, {"rbf", 1}, {NULL, 0}};
static const struct sl_param params[] = {
    {"C", SL_PARAM_REAL, offsetof(struct config, c), "1", 0, 1e9, SL_LOG | SL_OPEN_MIN, NULL, NULL,
     "penalty"},
    {"kernel", SL_PARAM_CHOICE, offsetof(struct config, kernel), "rbf", 0, 0, 0, kernels, NULL, "kernel"},
    {0},
};

/* C may not be larger than the number of rows. */
static int check(const void *config, const struct sl_view *view, struct sl_error *err)
{
    assert_null(view->x);
    if (((const struct config *)config)->c > (double)view->n)
        return sl_fail(err, SL_EUSAGE, "C: more than the %zu rows", view->n);
    return SL_OK;
}
static int fit(const struct sl_fit *f, void **model, struct sl_error *err)
{
    (void)f, (void)model;
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
    (void)r, (void)like, (void)c, (void)m;
    return sl_fail(err, SL_EDATA, "not for loading");
}
#define TOY(NAME, FLAGS)                                                                                     \
    {                                                                                                        \
        .name = NAME, .title = NAME, .reference = "-", .flags = FLAGS, .config_size = sizeof(struct config), \
        .params = params, .check = check, .fit = fit, .predict = predict, .save = save, .load = load,        \
        .free = free                                                                                         \
    }
static const struct sl_classifier_type toy = TOY("toy", 0), dice = TOY("dice", SL_RANDOM);

static struct sl_dataset *data;

static int set_up(void **state)
{
    (void)state;
    return sl_classifier_register(&toy, NULL) || sl_classifier_register(&dice, NULL) ||
           sl_dataset_open("synthetic:200", SL_PART_TRAIN, NULL, &data, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    sl_dataset_free(data);
    return 0;
}

/* settings: "train=100 validation=50 ..."; rows: "toy C=1,2 kernel=linear; dice". */
static struct sl_experiment *make(const char *settings, const char *rows)
{
    struct sl_experiment *e;
    struct sl_error err = {0};
    char copy[512], *rest = copy, *word;
    assert_int_equal(sl_experiment_new("test", &e, &err), SL_OK);
    strcpy(copy, settings);
    while ((word = strsep(&rest, " "))) {
        char *equals = strchr(word, '=');
        *equals = 0;
        if (sl_experiment_set(e, word, equals + 1, &err))
            fail_msg("%s", err.text);
    }
    strcpy(copy, rows);
    rest = copy;
    while ((word = strsep(&rest, ";"))) {
        const char *parts[8] = {0};
        for (int n = 0; n < 7 && (parts[n] = strsep(&word, " "));)
            n++;
        if (sl_experiment_add(e, parts[0], parts + 1, &err))
            fail_msg("%s", err.text);
    }
    return e;
}

static struct sl_plan *plan(const char *settings, const char *rows)
{
    struct sl_experiment *e = make(settings, rows);
    struct sl_plan *p;
    struct sl_error err = {0};
    if (sl_plan_make(e, data, &p, &err))
        fail_msg("%s", err.text);
    sl_experiment_free(e);
    return p;
}

static void check_refused(const char *settings, const char *rows, const char *words)
{
    struct sl_experiment *e = make(settings, rows);
    struct sl_plan *p;
    struct sl_error err = {0};
    assert_int_equal(sl_plan_make(e, data, &p, &err), SL_EUSAGE);
    assert_null(p);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
    sl_experiment_free(e);
}

static const char small[] = "train=100 validation=50";

static void makes_the_product(void **state)
{
    (void)state;
    struct sl_plan *p = plan(small, "toy C=0.5,1 kernel=linear,rbf;majority;toy C=0.5;majority");
    static const char *const names[] = {"toy C=0.5 kernel=linear",
                                        "toy C=0.5 kernel=rbf",
                                        "toy C=1 kernel=linear",
                                        "toy C=1 kernel=rbf",
                                        "majority",
                                        "toy C=0.5",
                                        "majority (2)"};
    assert_int_equal(p->n_rows, 7);
    assert_int_equal(p->n_trials, 7);
    for (size_t r = 0; r < 7; r++) {
        assert_string_equal(p->rows[r].name, names[r]);
        assert_int_equal(p->trials[r].row, r);
        assert_ptr_equal(p->trials[r].config, p->rows[r].config);
    }
    const struct config *first = p->rows[0].config;
    assert_true(first->c == 0.5 && first->kernel == 0);
    assert_string_equal(p->trials[1].key, p->trials[5].key); /* the same work under two names */
    sl_plan_free(p);
}

static void is_pure(void **state)
{
    (void)state;
    struct sl_plan *a = plan(small, "toy C=1,2,3;dice"), *b = plan(small, "toy C=1,2,3;dice");
    assert_int_equal(a->n_trials, b->n_trials);
    for (size_t i = 0; i < a->n_trials; i++)
        assert_string_equal(a->trials[i].key, b->trials[i].key);
    sl_plan_free(a);
    sl_plan_free(b);
}

static void key_of(const char *settings, const char *row, char key[33])
{
    struct sl_plan *p = plan(settings, row);
    memcpy(key, p->trials[0].key, 33);
    sl_plan_free(p);
}

static void check_same(const char *a, const char *row_a, const char *b, const char *row_b, int same)
{
    char key_a[33], key_b[33];
    key_of(a, row_a, key_a);
    key_of(b, row_b, key_b);
    assert_int_equal(strlen(key_a), 32);
    if ((strcmp(key_a, key_b) == 0) != same)
        fail_msg("%s, %s and %s, %s: the keys are %s", a, row_a, b, row_b, same ? "different" : "the same");
}

static void keys_tell_work_apart(void **state)
{
    (void)state;
    check_same(small, "toy", small, "toy C=1", 1); /* a default written out */
    check_same(small, "toy C=2", small, "majority;toy C=2", 0);
    check_same(small, "toy C=2", "title=another train=100 validation=50 name=n", "toy C=2", 1);
    check_same(small, "dice", "repeats=3 train=100 validation=50", "dice", 1); /* its first repeat */
    check_same(small, "toy", small, "toy C=2", 0);
    check_same(small, "toy", small, "dice", 0);
    check_same(small, "toy", "train=101 validation=50", "toy", 0);
    check_same(small, "toy", "train=100 validation=51", "toy", 0);
    check_same(small, "toy", "train=100 validation=50 seed=1", "toy", 0);
    check_same(small, "toy", "train=100 validation=50 scale=none", "toy", 0);
    check_same(small, "toy", "train=100 validation=50 final=true", "toy", 0);
    check_same("train=100 validation=50 final=true", "toy", "train=100 validation=50 final=train", "toy", 0);
    check_same(small, "toy", "train=100 validation=50 folds=2", "toy", 0);
    check_same("train=150 validation=50", "toy", "train=all validation=50", "toy", 1);
}

/* The data set's rows in k classes. */
static struct sl_dataset *with_classes(int k)
{
    struct sl_view view = sl_dataset_view(data);
    struct sl_dataset *other;
    int32_t *y = malloc(view.n * sizeof *y);
    for (size_t i = 0; i < view.n; i++)
        y[i] = view.y[i] % k;
    view.y = y;
    view.k = k;
    assert_int_equal(sl_dataset_new(&view, "classes", NULL, &other, NULL), SL_OK);
    free(y);
    return other;
}

static struct sl_plan *plan_mlp(const char *output, const struct sl_dataset *rows)
{
    struct sl_experiment *e = make(small, output);
    struct sl_plan *p;
    assert_int_equal(sl_plan_make(e, rows, &p, NULL), SL_OK);
    sl_experiment_free(e);
    return p;
}

static void hash_text(const char *data_hash, const char *config, const char *after, char hash[33])
{
    char *text = sl_format("shortlist 1 data %s train 100 validation 50 seed 42 folds 0 fold 0 final 0 "
                           "classifier mlp {%s} scaling minmax stream 42%s",
                           data_hash, config, after);
    sl_hash_hex(text, strlen(text), hash);
    free(text);
}

/* binary_output was added later: with more classes, or where it says what was done before, keys and random
 * streams are those of the texts of then, which are written out here. */
static void a_later_hyperparameter_leaves_other_keys(void **state)
{
    static const char before[] =
        "hidden_layer_sizes=100 activation=relu solver=adam alpha=0.0001 batch_size=auto "
        "learning_rate=constant "
        "learning_rate_init=0.001 power_t=0.5 max_iter=200 shuffle=true tol=0.0001 momentum=0.9 "
        "nesterovs_momentum=true early_stopping=false validation_fraction=0.1 n_iter_no_change=10 beta_1=0.9 "
        "beta_2=0.999 epsilon=1e-08 dropout=0.5 ";
    (void)state;
    for (int k = 2; k < 4; k++) {
        struct sl_dataset *rows = with_classes(k);
        struct sl_plan *logistic = plan_mlp("mlp dropout=0.5", rows);
        struct sl_plan *softmax = plan_mlp("mlp dropout=0.5 binary_output=softmax", rows);
        char key[33], stream[33];
        hash_text(sl_dataset_hash(rows), before, " stream format 2", key);
        hash_text(sl_dataset_nameless_hash(rows), "dropout=0.5", "", stream);
        assert_string_equal(softmax->trials[0].key, key);
        assert_string_equal(softmax->trials[0].stream, stream);
        assert_string_equal(logistic->trials[0].stream, stream);
        assert_int_equal(strcmp(logistic->trials[0].key, key) == 0, k > 2);
        sl_plan_free(logistic);
        sl_plan_free(softmax);
        sl_dataset_free(rows);
    }
}

static void keys_depend_on_the_data(void **state)
{
    (void)state;
    struct sl_dataset *other;
    struct sl_experiment *e = make(small, "toy");
    struct sl_plan *a, *b;
    assert_int_equal(sl_dataset_open("synthetic:200:7", SL_PART_TRAIN, NULL, &other, NULL), SL_OK);
    assert_int_equal(sl_plan_make(e, data, &a, NULL), SL_OK);
    assert_int_equal(sl_plan_make(e, other, &b, NULL), SL_OK);
    assert_string_not_equal(a->trials[0].key, b->trials[0].key);
    char with_test[33], with_other[33];
    sl_trial_store_key(&a->trials[0], NULL, with_test);
    assert_string_equal(with_test, a->trials[0].key);
    sl_trial_store_key(&a->trials[0], "one", with_test);
    sl_trial_store_key(&a->trials[0], "other", with_other);
    assert_string_not_equal(with_test, with_other);
    sl_plan_free(a);
    sl_plan_free(b);
    sl_experiment_free(e);
    sl_dataset_free(other);
}

/* Which rows the three kinds of a final run fit, score and watch. */
static void final_runs_take_their_rows(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        size_t n_fit, n_score, n_watch;
    } cases[] = {{"train=100 validation=50", 100, 50, 0},
                 {"train=100 validation=50 final=true", 150, 40, 0},
                 {"train=100 validation=50 final=train", 100, 40, 50}};
    struct sl_dataset *test;
    assert_int_equal(sl_dataset_open("synthetic:200", SL_PART_TEST, NULL, &test, NULL), SL_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_plan *p = plan(cases[i].settings, "toy");
        struct sl_partition *partition;
        struct sl_rows *rows;
        assert_int_equal(sl_partition_make(p, data, i ? test : NULL, &partition, NULL), SL_OK);
        assert_int_equal(sl_rows_make(partition, &p->trials[0], &rows, NULL), SL_OK);
        assert_int_equal(rows->n_fit, cases[i].n_fit);
        assert_int_equal(rows->n_score, cases[i].n_score);
        assert_int_equal(rows->n_watch, cases[i].n_watch);
        assert_int_equal(rows->score == NULL, i > 0);
        assert_int_equal(rows->watch != NULL, cases[i].n_watch > 0);
        for (size_t w = 0; w < rows->n_watch; w++)
            for (size_t f = 0; f < rows->n_fit; f++)
                assert_int_not_equal(rows->watch[w], rows->fit[f]);
        sl_rows_free(rows);
        sl_partition_free(partition);
        sl_plan_free(p);
    }
    sl_dataset_free(test);
}

/* Every shipped experiment plans, whole and quick, on images of Fashion-MNIST's number and size. */
static void shipped_experiments_plan(void **state)
{
    (void)state;
    struct sl_dataset *images;
    char name[64], title[256];
    struct sl_error err;
    assert_int_equal(sl_dataset_open("synthetic:60000", SL_PART_TRAIN, NULL, &images, NULL), SL_OK);
    for (size_t i = 0; sl_experiment_shipped(i, name, title); i++) {
        struct sl_experiment *e;
        struct sl_plan *whole = NULL, *quick = NULL;
        if (sl_experiment_open(name, &e, &err) || sl_plan_make(e, images, &whole, &err) ||
            sl_experiment_quick(e, &err) || sl_plan_make(e, images, &quick, &err))
            fail_msg("%s: %s", name, err.text);
        assert_null(whole->left_out);
        assert_true(quick->n_trials <= whole->n_trials);
        assert_true(quick->trials[0].n_train < whole->trials[0].n_train || quick->n_trials < whole->n_trials);
        sl_plan_free(whole);
        sl_plan_free(quick);
        sl_experiment_free(e);
    }
    sl_dataset_free(images);
}

/* On one split a classifier without randomness would only repeat itself; other folds are another question. */
static void repeats_and_folds(void **state)
{
    (void)state;
    struct sl_plan *p = plan("train=100 validation=50 folds=4 repeats=3 seed=9", "toy;dice");
    assert_int_equal(p->n_trials, 12 + 12);
    for (size_t i = 0; i < p->n_trials; i++) {
        const struct sl_trial *t = &p->trials[i];
        int j = (int)(i % 12);
        assert_int_equal(t->row, i / 12);
        assert_int_equal(t->repeat, j / 4);
        assert_int_equal(t->fold, j % 4);
        assert_int_equal(t->split_seed, 9);
        assert_int_equal(t->seed, 9 + j / 4);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(t->key, p->trials[k].key);
    }
    sl_plan_free(p);
    p = plan("train=100 validation=50 repeats=3 seed=9", "toy;dice");
    assert_int_equal(p->n_trials, 1 + 3);
    sl_plan_free(p);
}

/* An mlp's stream does not know max_iter, so that one training serves its values; the keys of those that have
 * other random numbers for it say so. */
static void epochs_of_one_training_have_one_stream(void **state)
{
    (void)state;
    struct sl_dataset *rows = with_classes(3);
    struct sl_plan *p = plan_mlp("mlp dropout=0.5;mlp dropout=0.5 max_iter=27;mlp max_iter=27", rows);
    char stream[33], key[33];
    hash_text(sl_dataset_nameless_hash(rows), "dropout=0.5", "", stream);
    assert_string_equal(p->trials[0].stream, stream);
    assert_string_equal(p->trials[1].stream, stream);
    assert_string_not_equal(p->trials[2].stream, stream);
    hash_text(sl_dataset_hash(rows),
              "hidden_layer_sizes=100 activation=relu solver=adam alpha=0.0001 batch_size=auto "
              "learning_rate=constant learning_rate_init=0.001 power_t=0.5 max_iter=27 shuffle=true "
              "tol=0.0001 momentum=0.9 nesterovs_momentum=true early_stopping=false validation_fraction=0.1 "
              "n_iter_no_change=10 beta_1=0.9 beta_2=0.999 epsilon=1e-08 dropout=0 ",
              " stream format 2 shared 1", key);
    assert_string_equal(p->trials[2].key, key);
    sl_plan_free(p);
    sl_dataset_free(rows);
}

/* Nor does a cnn's stream know epochs, but where the learning rate depends on how many there will be. */
static void epochs_that_the_rate_depends_on_have_streams(void **state)
{
    (void)state;
    struct sl_plan *p = plan(small, "cnn;cnn epochs=7;cnn learning_rate=step;cnn learning_rate=step epochs=7;"
                                    "cnn learning_rate=cosine;cnn learning_rate=cosine epochs=7;"
                                    "cnn learning_rate=one_cycle;cnn learning_rate=one_cycle epochs=7");
    char stream[33];
    hash_text(sl_dataset_nameless_hash(data), "", "", stream);
    for (size_t i = 0; i < 8; i += 2) {
        const int same = strcmp(p->trials[i].stream, p->trials[i + 1].stream) == 0;
        assert_int_equal(same, i < 4);
    }
    sl_plan_free(p);
}

static void check_key(const struct sl_plan *p, size_t i, const char *key)
{
    assert_string_equal(p->trials[i].key, key);
}

/* Outcomes in the stores of users are found by these keys.  They change only with TRIAL_FORMAT, those of
 * random classifiers with STREAM_FORMAT, too. */
static void keys_stay(void **state)
{
    (void)state;
    struct sl_plan *p = plan(small, "toy;dice");
    check_key(p, 0, "1aa5af9a62940a4d5360d143eef723ed");
    check_key(p, 1, "7f3e005c627b51b7882e141881d9afd6");
    sl_plan_free(p);
    p = plan("train=100 validation=50 folds=2 repeats=2", "toy");
    check_key(p, 0, "7ab010b03b4967f9268e48091069c1bd");
    check_key(p, 1, "92cb4f7ad4044f7b735d0f43b4b4e6ea");
    check_key(p, 2, "4aa2ec1e25ac6a23a8ebd9935f99313e");
    check_key(p, 3, "e092aed6e3718ceb9336b259a2ad72f8");
    sl_plan_free(p);
}

/* How the labels are written is no part of a trial's random stream; the key tells them apart all the same. */
static void class_names_change_no_stream(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    struct sl_dataset *other;
    struct sl_view view = sl_dataset_view(data);
    struct sl_experiment *e = make(small, "dice");
    struct sl_plan *a, *b;
    assert_int_equal(sl_dataset_new(&view, "words", words, &other, NULL), SL_OK);
    assert_int_equal(sl_plan_make(e, data, &a, NULL), SL_OK);
    assert_int_equal(sl_plan_make(e, other, &b, NULL), SL_OK);
    assert_string_equal(a->trials[0].stream, b->trials[0].stream);
    assert_string_not_equal(a->trials[0].key, b->trials[0].key);
    sl_plan_free(a);
    sl_plan_free(b);
    sl_dataset_free(other);
    int32_t *y = malloc(view.n * sizeof *y);
    memcpy(y, view.y, view.n * sizeof *y);
    y[7] = (y[7] + 1) % view.k;
    view.y = y;
    assert_int_equal(sl_dataset_new(&view, "relabelled", NULL, &other, NULL), SL_OK);
    assert_int_equal(sl_plan_make(e, data, &a, NULL), SL_OK);
    assert_int_equal(sl_plan_make(e, other, &b, NULL), SL_OK);
    assert_string_not_equal(a->trials[0].stream, b->trials[0].stream);
    sl_plan_free(a);
    sl_plan_free(b);
    sl_experiment_free(e);
    sl_dataset_free(other);
    free(y);
}

static void refuses_the_impossible(void **state)
{
    (void)state;
    check_refused("train=100 validation=101", "toy", "only 200 rows");
    check_refused("train=all validation=200", "toy", "only 200 rows");
    check_refused("train=100 validation=0 folds=2 final=true", "toy", "exclude each other");
    check_refused("train=10 validation=0 folds=11", "toy", "folds: 11");
    check_refused(small, "majority;toy C=100,101", "row 'toy C=101': toy: C: more than the 100 rows");
    check_refused("train=100 validation=50 folds=10", "toy C=91", "more than the 90 rows");
    struct sl_experiment *e = make(small, "toy C=0.001:1:lin5000 kernel=linear,rbf");
    struct sl_plan *p;
    struct sl_error err = {0};
    assert_int_equal(sl_experiment_add(e, "toy", NULL, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "more than 10000 rows"));
    assert_int_equal(sl_experiment_override(e, "toy.C=0.001:1:lin5001", &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "more than 10000 rows"));
    sl_experiment_free(e);
    e = make(small, "toy C=0.001:1:lin5000 kernel=linear,rbf");
    assert_int_equal(sl_experiment_keep(e, "toy,dice", &err), SL_OK);
    assert_int_equal(sl_plan_make(e, data, &p, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "more than 10000 rows"));
    sl_experiment_free(e);
}

/* The default sizes fit the data set: 200 rows here. */
static void sizes_by_default(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        size_t n_train, n_validation;
    } cases[] = {{"seed=1", 150, 50},
                 {"train=20", 20, 50},
                 {"validation=20", 180, 20},
                 {"folds=4", 200, 0},
                 {"train=all validation=0", 200, 0},
                 {"train=30 validation=20 data=other", 150, 50}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_plan *p = plan(cases[i].settings, "toy");
        assert_int_equal(p->trials[0].n_train, cases[i].n_train);
        assert_int_equal(p->trials[0].n_validation, cases[i].n_validation);
        sl_plan_free(p);
    }
}

/* fold_of[i]: the fold that scores row i, -1 for rows that are left alone.  Checks that each fold fits the
 * rows that it does not score. */
static void take_folds(const char *settings, int repeat, int fold_of[200], char key[33])
{
    struct sl_plan *p = plan(settings, "toy");
    struct sl_view view = sl_dataset_view(data);
    struct sl_partition *partition;
    for (int i = 0; i < 200; i++)
        fold_of[i] = -1;
    assert_int_equal(sl_partition_make(p, data, NULL, &partition, NULL), SL_OK);
    for (size_t f = 0; f < 3; f++) {
        const struct sl_trial *t = &p->trials[3 * (size_t)repeat + f];
        struct sl_rows *rows;
        int fitted[200] = {0};
        assert_int_equal(t->repeat, repeat);
        assert_int_equal(sl_rows_make(partition, t, &rows, NULL), SL_OK);
        assert_int_equal(rows->n_fit + rows->n_score, 100);
        for (size_t i = 0; i < rows->n_fit; i++)
            fitted[rows->fit[i]]++;
        for (size_t i = 0; i < rows->n_score; i++) {
            assert_int_equal(fold_of[rows->score[i]], -1);
            assert_int_equal(fitted[rows->score[i]], 0);
            assert_int_equal(rows->truth[i], view.y[rows->score[i]]);
            fold_of[rows->score[i]] = (int)f;
        }
        if (f == 0)
            strcpy(key, rows->key);
        else
            assert_string_not_equal(key, rows->key);
        sl_rows_free(rows);
    }
    sl_partition_free(partition);
    sl_plan_free(p);
}

/* Folds part the training rows; validation rows stay apart. */
static void rows_of_folds(void **state)
{
    (void)state;
    struct sl_plan *q = plan(small, "toy");
    struct sl_partition *partition;
    struct sl_rows *whole;
    char key[33];
    int fold_of[200];
    take_folds("train=100 validation=50 folds=3", 0, fold_of, key);
    assert_int_equal(sl_partition_make(q, data, NULL, &partition, NULL), SL_OK);
    assert_int_equal(sl_rows_make(partition, &q->trials[0], &whole, NULL), SL_OK);
    for (size_t i = 0; i < whole->n_fit; i++)
        assert_true(fold_of[whole->fit[i]] >= 0);
    for (size_t i = 0; i < whole->n_score; i++)
        assert_int_equal(fold_of[whole->score[i]], -1);
    sl_rows_free(whole);
    sl_partition_free(partition);
    sl_plan_free(q);
}

/* Each repeat cuts the same training rows into other folds, stratified again; the first one's are those of a
 * run without repeats. */
static void repeats_draw_new_folds(void **state)
{
    (void)state;
    static const char settings[] = "train=100 validation=50 folds=3 repeats=3";
    struct sl_view view = sl_dataset_view(data);
    int alone[200], fold_of[3][200];
    char key[33], keys[3][33];
    take_folds("train=100 validation=50 folds=3", 0, alone, key);
    for (int r = 0; r < 3; r++)
        take_folds(settings, r, fold_of[r], keys[r]);
    assert_memory_equal(alone, fold_of[0], sizeof alone);
    assert_string_equal(key, keys[0]);
    for (int r = 1; r < 3; r++) {
        int moved = 0, count[3][10] = {{0}};
        for (int i = 0; i < 200; i++) {
            assert_int_equal(fold_of[r][i] < 0, alone[i] < 0);
            moved += fold_of[r][i] != fold_of[r - 1][i];
            if (fold_of[r][i] >= 0)
                count[fold_of[r][i]][view.y[i]]++;
        }
        assert_true(moved > 40); /* two thirds of 100 are expected */
        assert_string_not_equal(keys[r], keys[r - 1]);
        for (int f = 0; f < 3; f++)
            for (int c = 0; c < 10; c++)
                assert_in_range(count[f][c], 3, 4); /* 10 rows of each class */
    }
}

static void slugs_are_safe(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"SVM (linear kernel)", "svm-linear-kernel"},
                                           {"svm C=0.1", "svm-c-0.1"},
                                           {"../../etc", "etc"},
                                           {"", "x"},
                                           {"...", "x"},
                                           {"\xc3\xa9t\xc3\xa9", "t"}};
    char slug[64];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        sl_slug(pairs[i][0], slug, sizeof slug);
        assert_string_equal(slug, pairs[i][1]);
    }
    sl_slug("abcdef", slug, 4);
    assert_string_equal(slug, "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_product),
        cmocka_unit_test(is_pure),
        cmocka_unit_test(keys_tell_work_apart),
        cmocka_unit_test(keys_depend_on_the_data),
        cmocka_unit_test(a_later_hyperparameter_leaves_other_keys),
        cmocka_unit_test(epochs_of_one_training_have_one_stream),
        cmocka_unit_test(epochs_that_the_rate_depends_on_have_streams),
        cmocka_unit_test(final_runs_take_their_rows),
        cmocka_unit_test(shipped_experiments_plan),
        cmocka_unit_test(repeats_and_folds),
        cmocka_unit_test(refuses_the_impossible),
        cmocka_unit_test(keys_stay),
        cmocka_unit_test(class_names_change_no_stream),
        cmocka_unit_test(repeats_draw_new_folds),
        cmocka_unit_test(sizes_by_default),
        cmocka_unit_test(rows_of_folds),
        cmocka_unit_test(slugs_are_safe),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
