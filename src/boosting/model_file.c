/* model_file.c - boosted trees in a model's file.
 *
 * Classes present, baselines, the number of iterations, all trees' nodes; since format 7 the splits' gains,
 * since format 10 behind the node of a split of categories those that go left. */
#include "boosting/model.h"
#include "core/memory.h"

enum { HAS_SET = 2, WORDS = 4 };

static void save_tree(const struct sl_boost_tree *tree, struct sl_writer *w)
{
    sl_put_u64(w, tree->n);
    for (size_t i = 0; i < tree->n; i++) {
        const struct sl_boost_node *node = &tree->nodes[i];
        sl_put_i32(w, node->feature);
        sl_put_f32(w, node->has_set ? 0 : node->value);
        sl_put_i32(w, node->right);
        sl_put_u8(w, node->missing_left | (node->has_set ? HAS_SET : 0));
        sl_put_i32(w, (int32_t)tree->n_rows[i]);
        for (int word = 0; word < WORDS && node->has_set; word++)
            sl_put_u64(w, tree->sets[node->set].bits[word]);
    }
}

/* A byte that tells whether they follow, and those of all nodes: since format 7. */
static void save_gains(const struct sl_boost *boost, struct sl_writer *w)
{
    const size_t n = boost->n_iter * (size_t)boost->n_outputs;
    const int has = n && boost->trees->tree[0].gain;
    sl_put_u8(w, (uint8_t)has);
    for (size_t t = 0; has && t < n; t++)
        sl_put_f32s(w, boost->trees->tree[t].gain, boost->trees->tree[t].n);
}

void sl_boost_save(const void *vboost, struct sl_writer *w)
{
    const struct sl_boost *boost = vboost;
    sl_put_i32(w, boost->n_present);
    for (int c = 0; c < boost->n_present; c++)
        sl_put_i32(w, boost->present[c]);
    sl_put_f32s(w, boost->baseline, (size_t)boost->n_outputs);
    sl_put_u64(w, boost->n_iter);
    for (size_t t = 0; t < boost->n_iter * (size_t)boost->n_outputs; t++)
        save_tree(&boost->trees->tree[t], w);
    save_gains(boost, w);
}

/* Categories of the feature alone; none where only missing values go left. */
static int is_set(const struct sl_boost_set *set, unsigned n_codes, int may_be_empty)
{
    int some = may_be_empty;
    for (unsigned code = 0; code < 256; code++) {
        const int has = sl_boost_has(set, code);
        if (has && code >= n_codes)
            return 0;
        some |= has;
    }
    return some;
}

/* A feature is split by sets where it is a category, and only there. */
static int has_its_kind(const struct sl_boost_tree *tree, const struct sl_boost_node *node,
                        const uint16_t *codes)
{
    const unsigned n_codes = codes ? codes[node->feature] : 0;
    return (n_codes > 0) == node->has_set &&
           (!node->has_set || is_set(&tree->sets[node->set], n_codes, node->missing_left));
}

/* Every row of a node is one of either child's, and every child comes after its parent. */
static int is_node(const struct sl_boost *boost, const struct sl_boost_tree *tree, size_t i,
                   const uint16_t *codes)
{
    const struct sl_boost_node *node = &tree->nodes[i];
    if (tree->n_rows[i] < 1 || tree->n_rows[i] > INT32_MAX || node->missing_left > 1)
        return 0;
    if (node->feature < 0)
        return node->feature == -1 && !node->has_set;
    return (size_t)node->feature < boost->d && node->right > (int64_t)i + 1 &&
           (size_t)node->right < tree->n &&
           tree->n_rows[i] == tree->n_rows[i + 1] + tree->n_rows[node->right] &&
           has_its_kind(tree, node, codes);
}

/* Without codes a tree has no room for sets. */
static int load_node(struct sl_reader *r, struct sl_boost_tree *tree, size_t i)
{
    struct sl_boost_node *node = &tree->nodes[i];
    node->feature = sl_get_i32(r);
    node->value = sl_get_f32(r);
    node->right = sl_get_i32(r);
    const unsigned bits = sl_get_u8(r);
    node->missing_left = (uint8_t)(bits & ~HAS_SET);
    node->has_set = (bits & HAS_SET) != 0;
    tree->n_rows[i] = (uint32_t)sl_get_i32(r);
    if (!node->has_set)
        return 1;
    if (!tree->sets)
        return 0;
    node->set = (int32_t)tree->n_sets++;
    for (int word = 0; word < WORDS; word++)
        tree->sets[node->set].bits[word] = sl_get_u64(r);
    return !r->failed;
}

static int load_tree(struct sl_reader *r, const struct sl_boost *boost, const uint16_t *codes,
                     struct sl_boost_tree *tree)
{
    enum { NODE = 17 }; /* bytes */
    const size_t n = sl_get_count(r, 1, INT32_MAX, NODE);
    if (r->failed)
        return SL_EDATA;
    *tree = (struct sl_boost_tree){
        .n = n, .nodes = sl_alloc(n, sizeof *tree->nodes), .n_rows = sl_alloc(n, sizeof *tree->n_rows)};
    if (codes)
        tree->sets = sl_alloc(n, sizeof *tree->sets);
    if (!tree->nodes || !tree->n_rows || (codes && !tree->sets))
        return SL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (!load_node(r, tree, i))
            return SL_EDATA;
    for (size_t i = 0; i < n && !r->failed; i++)
        if (!is_node(boost, tree, i, codes))
            return SL_EDATA;
    return r->failed ? SL_EDATA : SL_OK;
}

static int load_head(struct sl_reader *r, struct sl_boost *boost)
{
    for (int c = 0; c < boost->n_present; c++) {
        boost->present[c] = sl_get_i32(r);
        if (r->failed || boost->present[c] < (c ? boost->present[c - 1] + 1 : 0) ||
            boost->present[c] >= boost->k)
            return SL_EDATA;
    }
    sl_get_f32s(r, boost->baseline, (size_t)boost->n_outputs);
    return r->failed ? SL_EDATA : SL_OK;
}

static int load_trees(struct sl_reader *r, const uint16_t *codes, struct sl_boost *boost)
{
    const size_t outputs = (size_t)boost->n_outputs;
    int code = load_head(r, boost);
    boost->n_iter = code ? 0 : sl_get_count(r, 0, INT32_MAX, 25 * outputs + !outputs);
    if (code || r->failed || (!outputs && boost->n_iter))
        return SL_EDATA;
    for (size_t t = 0; t < boost->n_iter * outputs && !code; t++) {
        struct sl_boost_tree tree = {0};
        code = load_tree(r, boost, codes, &tree);
        if (code)
            sl_boost_tree_release(&tree);
        else
            code = sl_boost_add(boost, tree);
    }
    return code;
}

static int load_gains(struct sl_reader *r, struct sl_boost *boost)
{
    enum { WITHOUT = 6 };
    const size_t n = boost->n_iter * (size_t)boost->n_outputs;
    const int has = r->format && r->format <= WITHOUT ? 0 : sl_get_u8(r);
    if (r->failed || has > (n > 0))
        return SL_EDATA;
    for (size_t t = 0; has && t < n; t++) {
        struct sl_boost_tree *tree = &boost->trees->tree[t];
        tree->gain = sl_alloc(tree->n, sizeof *tree->gain);
        if (!tree->gain)
            return SL_ENOMEM;
        sl_get_f32s(r, tree->gain, tree->n);
        for (size_t i = 0; i < tree->n && !r->failed; i++)
            if (tree->gain[i] < 0)
                return SL_EDATA;
        if (r->failed)
            return SL_EDATA;
    }
    return SL_OK;
}

int sl_boost_load(struct sl_reader *r, const struct sl_view *like, struct sl_boost **out,
                  struct sl_error *err)
{
    static const char wrong[] = "the record does not hold boosted trees";
    const int32_t n_present = sl_get_i32(r);
    *out = NULL;
    if (r->failed || n_present < 1 || n_present > like->k)
        return sl_fail(err, SL_EDATA, wrong);
    struct sl_boost *boost = sl_boost_new(like, n_present);
    int code = boost ? load_trees(r, like->codes, boost) : SL_ENOMEM;
    if (!code)
        code = load_gains(r, boost);
    if (code) {
        sl_boost_free(boost);
        return code == SL_ENOMEM ? sl_fail_memory(err) : sl_fail(err, SL_EDATA, wrong);
    }
    *out = boost;
    return SL_OK;
}
