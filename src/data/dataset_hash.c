/* dataset_hash.c - what a data set holds, as a hash: one pass over the features, O(n d), made when it is
 * first asked for. */
#include "core/hash.h"
#include "data/csr.h"
#include "data/dataset.h"
#include <stdio.h>
#include <string.h>

/* Shape, features, labels and weights. */
static uint64_t nameless_hash(const struct sl_dataset *data, uint64_t seed)
{
    const struct sl_view *view = &data->view;
    uint64_t shape[] = {(uint64_t)view->dtype,
                        view->n,
                        view->d,
                        (uint64_t)view->k,
                        (uint64_t)view->image.height,
                        (uint64_t)view->image.width,
                        (uint64_t)view->image.channels,
                        view->y != NULL};
    uint64_t h = sl_hash64(shape, sizeof shape, seed);
    h = view->dtype == SL_SPARSE ? sl_csr_hash(view, h)
                                 : sl_hash64(view->x, view->n * view->d * sl_dtype_size(view->dtype), h);
    if (data->columns)
        h = sl_columns_hash(data->columns, h);
    if (data->group_of) /* they decide which rows are in which part */
        h = sl_hash64(data->group_of, view->n * sizeof *data->group_of, h);
    if (view->weight)
        h = sl_hash64(view->weight, view->n * sizeof *view->weight, h);
    if (view->y)
        h = sl_hash64(view->y, view->n * sizeof *view->y, h);
    return h;
}

/* Goes on from the nameless hash with the class names, which an outcome is shown with: all that changes an
 * outcome is covered (not the name of the data set, and not where it was read from). */
static uint64_t content_hash(const struct sl_dataset *data, uint64_t h)
{
    for (int c = 0; c < data->view.k; c++)
        h = sl_hash64(data->classes[c], strlen(data->classes[c]), h);
    return h;
}

static void print_hash(const uint64_t half[2], char text[33])
{
    snprintf(text, 33, "%016llx%016llx", (unsigned long long)half[0], (unsigned long long)half[1]);
}

/* A cache, not a change: the data set stays what it was. */
static const struct sl_dataset *hashed(const struct sl_dataset *data)
{
    struct sl_dataset *cache = (struct sl_dataset *)data;
    pthread_mutex_lock(&cache->lock);
    if (!cache->hash[0]) {
        uint64_t half[2] = {nameless_hash(data, 1), nameless_hash(data, 2)};
        print_hash(half, cache->nameless_hash);
        for (int i = 0; i < 2; i++)
            half[i] = content_hash(data, half[i]);
        print_hash(half, cache->hash);
    }
    pthread_mutex_unlock(&cache->lock);
    return data;
}

const char *sl_dataset_hash(const struct sl_dataset *data)
{
    return hashed(data)->hash;
}

const char *sl_dataset_nameless_hash(const struct sl_dataset *data)
{
    return hashed(data)->nameless_hash;
}
