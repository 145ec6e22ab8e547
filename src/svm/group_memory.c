/* group_memory.c - how many fits of a group are made at once, and by how many threads, so that what they take
 * stays below the group's memory.
 *
 * Products of two classes' rows take most of it, (2 n / k)^2 ints a thread; then products of all classes with
 * themselves, which serve every pair and can be made again for each; then the members' solutions, of which
 * fewer can be at work.  None of that changes a result.  What does not fit so is left to separate fits, which
 * hold as many kernel rows as cache_size says.  Sizes are those of large arrays: the rest is small. */
#include "svm/group_memory.h"
#include <math.h>

static double square(double x)
{
    return x * x;
}

/* The rows as they are sorted, and as they were converted for it. */
static double rows_bytes(const struct sl_view *rows)
{
    return 2 * (double)rows->n * (double)rows->d * (double)(rows->dtype == SL_U8 ? 1 : sizeof(float));
}

/* A member's solution, the coefficients of its model, labels and scores. */
static double member_bytes(const struct sl_group *group, size_t m)
{
    const struct sl_group_part *part = &group->parts[group->members[m].part];
    const double k = group->rows->k;
    return (double)part->n_fit * (k * (sizeof(double) + sizeof(float)) + 3 * sizeof(uint32_t)) +
           (double)part->n_score * (k + 1) * sizeof(float);
}

static double gram_bytes(double room)
{
    return square(room) * sizeof(int32_t);
}

/* Kernel rows that a thread holds. */
static double desk_bytes(double room, double cache_size)
{
    return fmin(cache_size * 1048576, square(room) * sizeof(float)) + room * 64;
}

/* An eighth is kept for what is not counted. */
static double limit_of(const struct sl_group *group)
{
    return group->memory ? 0.875 * (double)group->memory : INFINITY;
}

size_t sl_svm_members_at_once(const struct sl_group *group, size_t first, size_t largest_pair,
                              double cache_size)
{
    const double room = (double)largest_pair;
    const double left =
        limit_of(group) - rows_bytes(group->rows) - gram_bytes(room) - desk_bytes(room, cache_size);
    double taken = 0;
    size_t n = 0;
    for (; first + n < group->n_members; n++) {
        taken += member_bytes(group, first + n);
        if (taken > (n ? left / 2 : left))
            break;
    }
    return n;
}

/* Does what these threads take fit, each with products of its own, or all with one pair's? */
static int fits(const struct sl_svm_layout *layout, double left, double room, double within, double desk)
{
    const double grams = layout->together ? 1 : layout->threads;
    return grams * gram_bytes(room) + layout->threads * desk + (layout->within ? within : 0) <= left;
}

struct sl_svm_layout sl_svm_layout_of(const struct sl_svm_run *run, size_t largest_pair, int threads)
{
    const struct sl_svm_dual *all = &run->all;
    const double room = (double)largest_pair, desk = desk_bytes(room, run->members[0].options.cache_size);
    const int few = sl_svm_pairs(all->present) < (size_t)threads;
    double left = limit_of(run->group) - rows_bytes(run->group->rows), within = 0;
    for (size_t m = 0; m < run->n_members; m++)
        left -= member_bytes(run->group, run->members[m].number);
    for (int c = 0; c < all->present; c++)
        within += square((double)(all->first[c + 1] - all->first[c])) * sizeof(int32_t);
    for (; threads > 1; threads--)
        for (int way = few; way < 3; way++) {
            const struct sl_svm_layout layout = {threads, way > 0, way < 2};
            if (fits(&layout, left, room, within, desk))
                return layout;
        }
    const struct sl_svm_layout one = {1, 1, 1}, least = {1, 1, 0};
    return fits(&one, left, room, within, desk) ? one : least;
}
