/* bits.c - the search of columns of two values.  Cost: O(rows) for up to SL_KEYS_BITS of one word. */
#include "trees/bits.h"
#include "kernels/keys.h"

size_t sl_tree_bits_together(const struct sl_tree_search *s, const uint32_t *features, size_t n)
{
    const struct sl_tree_codes *codes = s->g->codes;
    const uint64_t *word = NULL;
    size_t together = 0;
    int shift;
    if (!s->space->narrow || s->g->weight)
        return 0;
    while (together < n && together < SL_KEYS_BITS && sl_tree_is_bit(codes, features[together])) {
        const uint64_t *own = sl_tree_bit_word(codes, features[together], &shift);
        if (word && own != word)
            break;
        word = own;
        together++;
    }
    return together;
}

void sl_tree_count_bits(const struct sl_tree_search *s, const uint32_t *features, size_t n,
                        uint32_t (*left)[SL_KEYS_BITS])
{
    const struct sl_tree_codes *codes = s->g->codes;
    const uint64_t *word = NULL;
    uint64_t mask[SL_KEYS_BITS] = {0};
    int shift;
    for (size_t l = 0; l < n; l++) {
        word = sl_tree_bit_word(codes, features[l], &shift);
        mask[l] = (uint64_t)1 << shift;
    }
    sl_keys_count_bits(word, codes->words, s->sight->rows, s->seen->held, s->sight->k, mask, left);
    for (int c = 0; c < s->sight->k; c++)
        for (size_t l = 0; l < n; l++)
            left[c][l] = s->seen->total[c] - left[c][l];
}

/* Of rows of each class left[c * SL_KEYS_BITS] have the bit 0.  Returns 0 where none or all have. */
static int take_bit(struct sl_tree_search *s, uint32_t feature, const uint32_t *left)
{
    const struct sl_tree_content node = sl_tree_content_of(s->g, s->sight, s->seen);
    const size_t n = s->sight->n, least = (size_t)s->g->options.min_samples_leaf;
    struct sl_tree_split split = {.feature = feature};
    for (int c = 0; c < node.k; c++)
        split.n_left += left[c * SL_KEYS_BITS];
    if (split.n_left == 0 || split.n_left == n)
        return 0;
    if (split.n_left < least || n - split.n_left < least)
        return 1;
    split.score = sl_tree_split_score(&s->g->rule, &node, left, SL_KEYS_BITS, split.n_left, n);
    if (sl_tree_take(&s->best, &split))
        s->next = 1;
    return 1;
}

int sl_tree_search_bits(struct sl_tree_search *s, const uint32_t *features, size_t n)
{
    uint32_t(*left)[SL_KEYS_BITS] = s->space->bits_left;
    int useful = 0;
    sl_tree_count_bits(s, features, n, left);
    for (size_t l = 0; l < n; l++)
        useful += take_bit(s, features[l], &left[0][l]);
    return useful;
}
