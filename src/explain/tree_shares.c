/* tree_shares.c - columns' importance as what trees say of features.  O(features) a tree. */
#include "explain/tree_shares.h"
#include "core/memory.h"
#include "explain/method.h"
#include <math.h>
#include <string.h>

int sl_tree_shares_begin(const struct sl_model *model, size_t width, struct sl_importance *out,
                         struct sl_tree_shares *shares)
{
    *shares = (struct sl_tree_shares){.model = model, .out = out, .width = width};
    shares->own = sl_alloc_zero(width, sizeof *shares->own);
    shares->column = sl_alloc(model->raw.d, sizeof *shares->column);
    for (size_t j = 0; j < model->raw.d; j++)
        out[j] = (struct sl_importance){0, 0};
    return shares->own && shares->column ? SL_OK : SL_ENOMEM;
}

void sl_tree_shares_release(struct sl_tree_shares *shares)
{
    free(shares->own);
    free(shares->column);
}

double sl_tree_shares_total(const struct sl_tree_shares *shares)
{
    double total = 0;
    for (size_t f = 0; f < shares->width; f++)
        total += shares->own[f];
    return total;
}

/* As explain.c's columns of features. */
static size_t column_of(const struct sl_model *model, size_t feature)
{
    const struct sl_encoding *encoding = model->encoding;
    const size_t d = model->raw.d;
    size_t at = 0;
    if (!encoding)
        return feature;
    for (size_t j = 0; j < d; j++)
        if (feature < (at += encoding->code[j].width))
            return j;
    for (size_t j = 0; j < d; j++)
        if (encoding->code[j].lacks && feature < ++at)
            return j;
    return d - 1;
}

/* mean and deviation hold sums of the trees' shares and of their squares until the end. */
void sl_tree_shares_add(struct sl_tree_shares *shares, double weight)
{
    const size_t d = shares->model->raw.d;
    const double total = sl_tree_shares_total(shares);
    memset(shares->column, 0, d * sizeof *shares->column);
    for (size_t f = 0; f < shares->width; f++)
        if (shares->own[f] > 0)
            shares->column[column_of(shares->model, f)] += shares->own[f] / total;
    for (size_t j = 0; j < d; j++) {
        shares->out[j].mean += weight * shares->column[j];
        shares->out[j].deviation += weight * shares->column[j] * shares->column[j];
    }
    shares->weight += weight;
    memset(shares->own, 0, shares->width * sizeof *shares->own);
}

void sl_tree_shares_end(struct sl_tree_shares *shares)
{
    for (size_t j = 0; j < shares->model->raw.d && shares->weight > 0; j++) {
        const double mean = shares->out[j].mean / shares->weight;
        const double spread = shares->out[j].deviation / shares->weight - mean * mean;
        shares->out[j] = (struct sl_importance){mean, spread > 0 ? sqrt(spread) : 0};
    }
}
