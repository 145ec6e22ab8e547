/* test_shapley.c - linear, tree and kernel SHAP of every classifier that they explain, on scaled data,
 * against Shapley values by the definition.  The game knows nothing of a model but its scores: features of a
 * coalition are the row's, the others those of a background row, and the mean over the background is what it
 * comes to. */
#include "brute.h"
#include "explain_fixture.h"

enum { D = 5, N = 240, BEHIND = 7, ROWS = 6 };

struct game {
    double value[1 << D]; /* of each coalition */
};

static double value_of(const void *arg, unsigned set)
{
    return ((const struct game *)arg)->value[set];
}

/* The scores of all coalitions of a row against all background rows, in one go. */
static void play(const struct scene *s, size_t row, int32_t class, struct game *game)
{
    enum { MIXED = BEHIND << D };
    const size_t k = (size_t)s->rows.k;
    const float *own = (const float *)s->rows.x + row * D, *other = s->behind.x;
    float *x = malloc(MIXED * D * sizeof *x), *scores = malloc(MIXED * k * sizeof *scores);
    struct sl_scorer scorer;
    for (size_t i = 0; i < MIXED; i++)
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = (i / BEHIND) >> j & 1 ? own[j] : other[i % BEHIND * D + j];
    struct sl_view mixed = s->rows;
    mixed.n = MIXED;
    mixed.x = x;
    assert_int_equal(sl_scorer_init(&scorer, s->model, 1, NULL), SL_OK);
    assert_int_equal(sl_scorer_raw_scores(&scorer, &mixed, scores, NULL), SL_OK);
    sl_scorer_release(&scorer);
    memset(game, 0, sizeof *game);
    for (size_t i = 0; i < MIXED; i++)
        game->value[i / BEHIND] += (double)scores[i * k + (size_t) class] / BEHIND;
    free(x);
    free(scores);
}

/* Scores are floats: a value is compared to some roundings of the largest of them. */
static void compare(const char *classifier, const char *settings, const char *method, int k)
{
    struct scene s;
    struct game game;
    scene_table(&s, classifier, settings, N, D, k, BEHIND);
    struct sl_explained out = scene_explain(&s, (struct sl_explain_options){.method = method}, ROWS, 2);
    double moving = 0;
    for (size_t p = 0; p < ROWS * 2; p++) {
        double phi[D], most = 1e-3;
        play(&s, p / 2, (int32_t)((p / 2 + p % 2) % (size_t)k), &game);
        brute_shapley(D, value_of, &game, phi);
        for (size_t set = 0; set < 1 << D; set++)
            most = fmax(most, fabs(game.value[set]));
        for (size_t j = 0; j < D; j++) {
            const double is = (double)out.values[p * D + j];
            moving = fmax(moving, fabs(is) / most);
            if (!(fabs(is - phi[j]) <= 2e-6 * most))
                fail_msg("%s of %s, %d classes, %zu, %zu: %.9g, expected %.9g", method, classifier, k, p, j,
                         is, phi[j]);
        }
    }
    if (!(moving > 1e-2))
        fail_msg("%s of %s: all values are about 0", method, classifier);
    scene_forget(&out);
    scene_release(&s);
}

static void linear_shap_equals_brute_force(void **state)
{
    static const char *const linear[] = {"logreg", "sgd", "linear_svm", "perceptron", "passive_aggressive",
                                         "lda"};
    (void)state;
    for (size_t c = 0; c < sizeof linear / sizeof *linear; c++)
        for (int k = 2; k <= 3; k++)
            compare(linear[c], "", "linear-shap", k);
}

static void interventional_tree_shap_equals_brute_force(void **state)
{
    static const char *const trees[][2] = {{"tree", "max_depth=6"},
                                           {"forest", "n_estimators=6; max_depth=6"},
                                           {"extra_trees", "n_estimators=6; max_depth=6"},
                                           {"boosting", "max_iter=8; min_samples_leaf=5"}};
    (void)state;
    for (size_t c = 0; c < sizeof trees / sizeof *trees; c++)
        for (int k = 2; k <= 3; k++)
            compare(trees[c][0], trees[c][1], "tree-shap-interventional", k);
}

/* Five columns have 30 coalitions, all of which are taken. */
static void kernel_shap_of_few_columns_equals_brute_force(void **state)
{
    static const char *const any[][2] = {{"logreg", ""},         {"knn", ""}, {"forest", "n_estimators=6"},
                                         {"mlp", "max_iter=20"}, {"qda", ""}, {"svm", ""},
                                         {"naive_bayes", ""}};
    (void)state;
    for (size_t c = 0; c < sizeof any / sizeof *any; c++)
        compare(any[c][0], any[c][1], "kernel-shap", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_shap_equals_brute_force),
        cmocka_unit_test(interventional_tree_shap_equals_brute_force),
        cmocka_unit_test(kernel_shap_of_few_columns_equals_brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
