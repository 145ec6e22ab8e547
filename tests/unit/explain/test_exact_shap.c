/* test_exact_shap.c - linear and tree SHAP against Shapley values by the definition: to 1e-9, rounded to the
 * floats that explainers give; sums, forests, encoded columns, threads and refusals. */
#include "brute.h"
#include "explain_fixture.h"

#include "trees/forest.h"
#include "trees/shap.h"

enum { D = 6, N = 300, K = 3 };

struct game {
    const struct sl_tree_sum *trees;
    struct sl_view x, background; /* one row; the background's */
    size_t row;
    int32_t class;
};

/* Trees ---------------------------------------------------------------------------------------------- */

/* A leaf's share where features of the set are known, the others go down both ways. */
static double expected_below(const struct game *g, size_t t, size_t at, unsigned set)
{
    const struct sl_tree_model *tree = g->trees->tree[t];
    const struct sl_tree_inner *node = &tree->nodes[at];
    if (node->feature < 0)
        return (double)tree->share[(size_t)node->right * (size_t)tree->k + (size_t)g->class];
    const size_t right = (size_t)node->right;
    if (set >> node->feature & 1)
        return expected_below(g, t, sl_tree_goes_left(g->trees, t, at, &g->x, g->row) ? at + 1 : right, set);
    return (tree->n_rows[at + 1] * expected_below(g, t, at + 1, set) +
            tree->n_rows[right] * expected_below(g, t, right, set)) /
           tree->n_rows[at];
}

static double path_game(const void *arg, unsigned set)
{
    const struct game *g = arg;
    double sum = 0;
    for (size_t t = 0; t < g->trees->n; t++)
        sum += g->trees->factor * expected_below(g, t, 0, set);
    return sum;
}

static double leaf_of_mix(const struct game *g, size_t t, size_t other, unsigned set)
{
    const struct sl_tree_model *tree = g->trees->tree[t];
    size_t at = 0;
    while (tree->nodes[at].feature >= 0) {
        const struct sl_tree_inner *node = &tree->nodes[at];
        const int own = set >> node->feature & 1;
        at = sl_tree_goes_left(g->trees, t, at, own ? &g->x : &g->background, own ? g->row : other)
                 ? at + 1
                 : (size_t)node->right;
    }
    return (double)tree->share[(size_t)tree->nodes[at].right * (size_t)tree->k + (size_t)g->class];
}

static double mix_game(const void *arg, unsigned set)
{
    const struct game *g = arg;
    double sum = 0;
    for (size_t t = 0; t < g->trees->n; t++)
        for (size_t other = 0; other < g->background.n; other++)
            sum += g->trees->factor * leaf_of_mix(g, t, other, set) / (double)g->background.n;
    return sum;
}

/* Both kinds of the first rows of a scene whose rows are not scaled. */
static void compare_trees(const struct scene *s, const struct sl_tree_sum *trees)
{
    struct game g = {.trees = trees, .x = s->rows, .background = s->behind};
    int32_t classes[20];
    double path[20 * D], against[20 * D], phi[D];
    g.x.n = 10;
    for (size_t p = 0; p < 20; p++)
        classes[p] = (int32_t)((p / 2 + p % 2) % K);
    assert_int_equal(sl_tree_shap(trees, &g.x, classes, 2, 2, path, NULL), SL_OK);
    assert_int_equal(sl_tree_shap_against(trees, &s->behind, &g.x, classes, 2, 2, against, NULL), SL_OK);
    for (size_t p = 0; p < 20; p++) {
        g.row = p / 2;
        g.class = classes[p];
        brute_shapley(D, path_game, &g, phi);
        for (size_t j = 0; j < D; j++)
            assert_true(fabs(phi[j] - path[p * D + j]) < 1e-12);
        brute_shapley(D, mix_game, &g, phi);
        for (size_t j = 0; j < D; j++)
            assert_true(fabs(phi[j] - against[p * D + j]) < 1e-12);
    }
    assert_true(fabs(sl_tree_expectation(trees, g.class) - path_game(&g, 0)) < 1e-12);
}

static void unscale(struct scene *s, const char *classifier, const char *settings)
{
    sl_model_free(s->model);
    s->model = scene_fit(classifier, settings, s->data, SL_SCALE_NONE);
}

/* Depths at which 4, 8 and more points are needed, and features come again. */
static void trees_equal_brute_force(void **state)
{
    static const char *const settings[] = {"max_depth=1", "max_depth=3", "max_depth=8", "max_depth=none",
                                           "max_depth=none; min_samples_leaf=20"};
    (void)state;
    struct scene s;
    scene_table(&s, "tree", "", N, D, K, 7);
    for (size_t i = 0; i < 5; i++) {
        unscale(&s, "tree", settings[i]);
        const struct sl_tree_model *tree = sl_model_payload(s.model);
        const struct sl_tree_sum trees = {.tree = &tree, .n = 1, .factor = 1};
        compare_trees(&s, &trees);
    }
    scene_release(&s);
}

/* The trees of fitted forests: what the engine adds up, and what the explainer gives of it as floats. */
static void forests_equal_brute_force(void **state)
{
    static const char *const forests[] = {"forest", "extra_trees"};
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        struct scene s;
        scene_table(&s, forests[f], "n_estimators=5; max_depth=5", N, D, K, 5);
        unscale(&s, forests[f], "n_estimators=5; max_depth=5");
        const struct sl_forest *forest = sl_model_payload(s.model);
        const struct sl_tree_model *each[5];
        assert_int_equal(forest->n, 5);
        for (size_t t = 0; t < 5; t++)
            each[t] = forest->trees->tree[t];
        const struct sl_tree_sum trees = {.tree = each, .n = 5, .factor = 1. / 5};
        compare_trees(&s, &trees);
        struct sl_explained out =
            scene_explain(&s, (struct sl_explain_options){.method = "tree-shap"}, 10, 2);
        struct game g = {.trees = &trees, .x = s.rows};
        for (size_t p = 0; p < 20; p++) {
            double phi[D];
            g.row = p / 2;
            g.class = (int32_t)((p / 2 + p % 2) % K);
            brute_shapley(D, path_game, &g, phi);
            for (size_t j = 0; j < D; j++)
                assert_true(fabs(phi[j] - (double)out.values[p * D + j]) <= 1e-9 + 6.1e-8 * fabs(phi[j]));
        }
        scene_forget(&out);
        scene_release(&s);
    }
}

static void several_trees_are_summed(void **state)
{
    (void)state;
    struct scene s;
    scene_table(&s, "tree", "", N, D, K, 5);
    struct sl_model *other = scene_fit("tree", "max_depth=4; criterion=entropy", s.data, SL_SCALE_NONE);
    unscale(&s, "tree", "max_depth=6");
    const struct sl_tree_model *const trees[] = {sl_model_payload(s.model), sl_model_payload(other)};
    compare_trees(&s, &(struct sl_tree_sum){.tree = trees, .n = 2, .factor = .5});
    sl_model_free(other);
    scene_release(&s);
}

/* More different features on a path than 16, for which the loops are compiled apart: sums alone. */
static void long_paths_add_up(void **state)
{
    (void)state;
    struct scene s;
    scene_table(&s, "tree", "splitter=random", 2000, 60, K, 3);
    struct sl_explained out = scene_explain(&s, (struct sl_explain_options){.method = "tree-shap"}, 50, K);
    for (size_t p = 0; p < 50 * K; p++)
        assert_true(fabs(out.score[p].sum - (out.score[p].score - out.score[p].base)) < 1e-6);
    scene_forget(&out);
    scene_release(&s);
}

/* Linear models -------------------------------------------------------------------------------------- */

struct linear_game {
    const struct sl_linear *model;
    const struct sl_view *x, *background;
    size_t row;
    int32_t class;
};

static double linear_game(const void *arg, unsigned set)
{
    const struct linear_game *g = arg;
    const size_t d = g->x->d;
    const int one = g->model->vectors == 1, at = one ? 0 : g->class;
    double sum = 0;
    for (size_t other = 0; other < g->background->n; other++) {
        double z = (double)g->model->b[at];
        for (size_t j = 0; j < d; j++)
            z += (double)g->model->W[(size_t)at * g->model->ld + j] *
                 (double)((const float *)(set >> j & 1 ? g->x : g->background)
                              ->x)[(set >> j & 1 ? g->row : other) * d + j];
        sum += z / (double)g->background->n;
    }
    return one && g->class == 0 ? -sum : sum;
}

static void linear_models_equal_brute_force(void **state)
{
    (void)state;
    for (int k = 2; k <= 3; k++) {
        struct scene s;
        scene_table(&s, "logreg", "", N, D, k, 7);
        unscale(&s, "logreg", "");
        struct sl_explained out =
            scene_explain(&s, (struct sl_explain_options){.method = "linear-shap"}, 10, 2);
        struct linear_game g = {sl_model_payload(s.model), &s.rows, &s.behind, 0, 0};
        for (size_t p = 0; p < 20; p++) {
            double phi[D];
            g.row = p / 2;
            g.class = (int32_t)((p / 2 + p % 2) % (size_t)k);
            brute_shapley(D, linear_game, &g, phi);
            for (size_t j = 0; j < D; j++) {
                /* Rounded to a float, of which 1e-9 is left beside. */
                const double step = (double)nextafterf(fabsf(out.values[p * D + j]), INFINITY) -
                                    fabs((double)out.values[p * D + j]);
                if (!(fabs(phi[j] - (double)out.values[p * D + j]) < 1e-9 + step / 2))
                    fail_msg("%d classes, %zu, %zu: %.12g, expected %.12g", k, p, j,
                             (double)out.values[p * D + j], phi[j]);
            }
            const struct sl_explained_score *t = &out.score[p];
            assert_true(fabs(t->sum - (t->score - t->base)) < 1e-6 * (fabs(t->score) + fabs(t->base)));
        }
        scene_forget(&out);
        scene_release(&s);
    }
}

/* Explainers ----------------------------------------------------------------------------------------- */

static void exact_values_are_complete(void **state)
{
    static const struct {
        const char *classifier, *settings, *method;
    } cases[] = {
        {"tree", "", "tree-shap"},
        {"tree", "", "tree-shap-interventional"},
        {"forest", "n_estimators=7", "tree-shap"},
        {"forest", "n_estimators=7", "tree-shap-interventional"},
        {"boosting", "max_iter=7", "tree-shap"},
        {"boosting", "max_iter=7", "tree-shap-interventional"},
        {"logreg", "", "linear-shap"},
        {"linear_svm", "", "linear-shap"},
        {"sgd", "", "linear-shap"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int images = 0; images < 2; images++) {
            struct scene s;
            struct sl_explain_options options = {.method = cases[i].method, .threads = 1};
            if (images)
                scene_images(&s, cases[i].classifier, cases[i].settings, 9);
            else
                scene_table(&s, cases[i].classifier, cases[i].settings, N, D, K, 9);
            struct sl_explained out = scene_explain(&s, options, 12, 2);
            options.threads = 3;
            struct sl_explained again = scene_explain(&s, options, 12, 2);
            assert_memory_equal(out.values, again.values, 12 * 2 * s.rows.d * sizeof(float));
            for (size_t p = 0; p < 24; p++) {
                const struct sl_explained_score *score = &out.score[p];
                const double off = fabs(score->sum - (score->score - score->base));
                if (!(off <= 1e-6 * fmax(1, fmax(fabs(score->score), fabs(score->base)))))
                    fail_msg("%s of %s: %g off", cases[i].method, cases[i].classifier, off);
            }
            scene_forget(&out);
            scene_forget(&again);
            scene_release(&s);
        }
}

static void other_models_are_refused(void **state)
{
    static const char *const methods[] = {"tree-shap", "tree-shap-interventional", "linear-shap"};
    (void)state;
    struct scene s;
    scene_table(&s, "mlp", "max_iter=3", 60, 4, 2, 0);
    for (size_t i = 0; i < 3; i++) {
        struct sl_explained out;
        struct sl_error err = {0};
        assert_int_equal(scene_try(&s, (struct sl_explain_options){.method = methods[i]}, 1, 1, &out, &err),
                         SL_EUSAGE);
        assert_holds(err.text, "mlp is none");
        scene_forget(&out);
    }
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_equal_brute_force),         cmocka_unit_test(forests_equal_brute_force),
        cmocka_unit_test(several_trees_are_summed),        cmocka_unit_test(long_paths_add_up),
        cmocka_unit_test(linear_models_equal_brute_force), cmocka_unit_test(exact_values_are_complete),
        cmocka_unit_test(other_models_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
