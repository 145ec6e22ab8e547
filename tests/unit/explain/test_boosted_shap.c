/* test_boosted_shap.c - tree SHAP of boosted trees against Shapley values by the definition, with missing
 * values and without. */
#include "brute.h"
#include "explain_fixture.h"

#include "boosting/model.h"
#include "data/dataset.h"

enum { D = 6, N = 300 };

struct boost_game {
    const struct sl_boost *boost;
    const struct sl_view *x, *background; /* NULL: path-dependent */
    size_t row;
    int32_t class;
};

/* As the trees take it: rows that lack values are in doubles. */
static float value_of(const struct boost_game *g, int known, size_t f, size_t other)
{
    const struct sl_view *view = known ? g->x : g->background;
    const size_t at = (known ? g->row : other) * D + f;
    return view->dtype == SL_F64 ? (float)((const double *)view->x)[at] : ((const float *)view->x)[at];
}

static double boosted_below(const struct sl_boost_tree *tree, size_t at, const struct boost_game *g,
                            unsigned set, size_t other)
{
    const struct sl_boost_node *node = &tree->nodes[at];
    if (node->feature < 0)
        return (double)node->value;
    const size_t right = (size_t)node->right, f = (size_t)node->feature;
    const int known = set >> f & 1;
    if (!known && !g->background)
        return (tree->n_rows[at + 1] * boosted_below(tree, at + 1, g, set, other) +
                tree->n_rows[right] * boosted_below(tree, right, g, set, other)) /
               tree->n_rows[at];
    const float value = value_of(g, known, f, other);
    const int left = isnan(value)    ? node->missing_left
                     : node->has_set ? (int)(tree->sets[node->set].bits[0] >> (int)value & 1)
                                     : value <= node->value;
    return boosted_below(tree, left ? at + 1 : right, g, set, other);
}

/* The margin of the class, by the model's own nodes. */
static double boost_game(const void *arg, unsigned set)
{
    const struct boost_game *g = arg;
    const size_t outputs = (size_t)g->boost->n_outputs, others = g->background ? g->background->n : 1;
    double sum = 0;
    for (size_t t = 0; t < g->boost->n_iter * outputs; t++)
        for (size_t other = 0; other < others; other++)
            if (outputs == 1 || t % outputs == (size_t)g->class)
                sum += boosted_below(&g->boost->trees->tree[t], 0, g, set, other) / (double)others;
    return outputs == 1 && g->class == 0 ? -sum : sum;
}

static void compare_boosted(const struct scene *s, const char *method, int against)
{
    struct sl_explained out = scene_explain(s, (struct sl_explain_options){.method = method}, 10, 2);
    struct boost_game g = {
        .boost = sl_model_payload(s->model), .x = &s->rows, .background = against ? &s->behind : NULL};
    for (size_t p = 0; p < 20; p++) {
        double phi[D], most = 0;
        g.row = p / 2;
        g.class = (int32_t)((p / 2 + p % 2) % (size_t)s->rows.k);
        brute_shapley(D, boost_game, &g, phi);
        for (size_t j = 0; j < D; j++)
            most = fmax(most, fabs(phi[j]));
        for (size_t j = 0; j < D; j++) /* floats are given out */
            assert_true(fabs(phi[j] - (double)out.values[p * D + j]) <= 1e-9 + 6.1e-8 * most);
        assert_true(fabs(out.score[p].sum - (out.score[p].score - out.score[p].base)) < 1e-5);
    }
    scene_forget(&out);
}

/* Values of every other column are missing, where the class is 0 more often; the last column is a category.
 */
static void make_gaps(struct scene *s, const char *settings)
{
    const struct sl_encoding_options median = {.missing = SL_MISSING_MEDIAN};
    const struct sl_fit_options options = {.encoding = &median, .seed = 1, .key = "test", .threads = 2};
    struct sl_view view = s->rows;
    struct sl_rng *rng = sl_rng_new(3, "gaps");
    double *x = sl_alloc(view.n * view.d, sizeof *x);
    struct sl_columns *columns = sl_columns_new(view.d);
    struct sl_dataset *data;
    for (size_t i = 0; i < view.n * view.d; i++)
        x[i] = i % view.d % 2 == 0 && sl_rng_below(rng, view.y[i / view.d] ? 4 : 2) == 0
                   ? NAN
                   : (double)((const float *)view.x)[i];
    sl_rng_free(rng);
    struct sl_column *last = &columns->column[D - 1];
    last->kind = SL_COLUMN_CATEGORY;
    last->n_levels = 3;
    last->levels = sl_names_copy((const char *const[]){"a", "b", "c"}, 3);
    for (size_t i = 0; i < view.n; i++) { /* by size, in another order */
        double *cell = &x[i * D + D - 1];
        *cell = isnan(*cell) ? NAN : *cell < -3 ? 1 : *cell < 3 ? 2 : 0;
    }
    int32_t *y = malloc(view.n * sizeof *y);
    memcpy(y, view.y, view.n * sizeof *y);
    view.dtype = SL_F64;
    view.x = x;
    view.y = y;
    assert_int_equal(sl_dataset_adopt_table(&view, "gaps", NULL, NULL, columns, &data, NULL), SL_OK);
    sl_columns_release(columns);
    scene_release(s);
    *s = (struct scene){.data = data};
    s->model = scene_fit_with("boosting", settings, data, &options);
    scene_finish(s, 7);
}

static void boosted_trees_equal_brute_force(void **state)
{
    (void)state;
    for (int k = 2; k <= 3; k++) {
        struct scene s;
        scene_table(&s, "boosting", "max_iter=7; min_samples_leaf=5", N, D, k, 7);
        sl_model_free(s.model);
        s.model = scene_fit("boosting", "max_iter=7; min_samples_leaf=5", s.data, SL_SCALE_NONE);
        compare_boosted(&s, "tree-shap", 0);
        compare_boosted(&s, "tree-shap-interventional", 1);
        make_gaps(&s, "max_iter=7; min_samples_leaf=5");
        compare_boosted(&s, "tree-shap", 0);
        compare_boosted(&s, "tree-shap-interventional", 1);
        scene_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boosted_trees_equal_brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
