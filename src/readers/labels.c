/* labels.c - class names as they turn up in a file: a hash table with open addressing.
 *
 * Cost: O(1) a look-up, O(k log k + n) to sort. */
#include "readers/labels.h"
#include "core/hash.h"
#include "core/memory.h"
#include "core/text.h"
#include "readers/foreign.h"
#include <math.h>
#include <string.h>

struct sl_labels {
    char **names; /* (n), each owned */
    size_t n, capacity;
    int32_t *slots; /* (n_slots): a name's number, or -1; a power of two, less than half full */
    size_t n_slots;
};

void sl_labels_free(struct sl_labels *labels)
{
    if (!labels)
        return;
    for (size_t i = 0; i < labels->n; i++)
        free(labels->names[i]);
    free(labels->names);
    free(labels->slots);
    free(labels);
}

size_t sl_labels_count(const struct sl_labels *labels)
{
    return labels->n;
}

const char *const *sl_labels_names(const struct sl_labels *labels)
{
    return (const char *const *)labels->names;
}

/* The slot that holds name, or the empty one where it belongs. */
static size_t slot_of(const struct sl_labels *labels, const char *name)
{
    size_t mask = labels->n_slots - 1, slot = sl_hash64(name, strlen(name), 0) & mask;
    while (labels->slots[slot] >= 0 && strcmp(labels->names[labels->slots[slot]], name) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

static void fill_slots(struct sl_labels *labels)
{
    memset(labels->slots, 0xff, labels->n_slots * sizeof *labels->slots);
    for (size_t i = 0; i < labels->n; i++)
        labels->slots[slot_of(labels, labels->names[i])] = (int32_t)i;
}

static int grow(struct sl_labels *labels)
{
    size_t capacity = labels->capacity ? labels->capacity * 2 : 16;
    char **names = sl_realloc(labels->names, capacity, sizeof *names);
    int32_t *slots = sl_alloc(capacity * 4, sizeof *slots);
    labels->names = names ? names : labels->names;
    if (!names || !slots) {
        free(slots);
        return -1;
    }
    free(labels->slots);
    labels->capacity = capacity;
    labels->slots = slots;
    labels->n_slots = capacity * 4;
    fill_slots(labels);
    return 0;
}

struct sl_labels *sl_labels_new(void)
{
    struct sl_labels *labels = sl_alloc_zero(1, sizeof *labels);
    if (labels && grow(labels)) {
        sl_labels_free(labels);
        return NULL;
    }
    return labels;
}

int32_t sl_labels_find(const struct sl_labels *labels, const char *name)
{
    return labels->slots[slot_of(labels, name)];
}

int32_t sl_labels_add(struct sl_labels *labels, const char *name)
{
    int32_t found = sl_labels_find(labels, name);
    if (found >= 0)
        return found;
    char *copy = sl_strdup(name);
    if (!copy || (labels->n == labels->capacity && grow(labels))) {
        free(copy);
        return -1;
    }
    labels->slots[slot_of(labels, name)] = (int32_t)labels->n;
    labels->names[labels->n] = copy;
    return (int32_t)labels->n++;
}

/* Order ---------------------------------------------------------------------------------------------*/

struct ranked {
    char *name;
    double value;
    int32_t number;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct ranked *)a)->name, ((const struct ranked *)b)->name);
}

static int by_value(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;
    return x < y ? -1 : x > y ? 1 : by_name(a, b);
}

int sl_labels_sort(struct sl_labels *labels, int32_t *y, size_t n)
{
    struct ranked *order = sl_alloc(labels->n, sizeof *order);
    int32_t *rank = sl_alloc(labels->n, sizeof *rank);
    int numeric = 1, code = order && rank ? 0 : -1;
    for (size_t i = 0; !code && i < labels->n; i++) {
        order[i] = (struct ranked){labels->names[i], 0, (int32_t)i};
        numeric &= sl_parse_real(order[i].name, &order[i].value) == 0;
    }
    if (!code) {
        qsort(order, labels->n, sizeof *order, numeric ? by_value : by_name);
        for (size_t i = 0; i < labels->n; i++) {
            rank[order[i].number] = (int32_t)i;
            labels->names[i] = order[i].name;
        }
        fill_slots(labels);
        for (size_t i = 0; i < n; i++)
            y[i] = rank[y[i]];
    }
    free(order);
    free(rank);
    return code;
}

/* What they look like --------------------------------------------------------------------------------*/

static void tally_value(struct sl_tally *tally, const char *value, size_t times)
{
    double number;
    int fraction;
    tally->distinct++;
    tally->rare += times <= 2;
    if (sl_parse_real(value, &number) == 0)
        tally->fractions |= number != floor(number);
    else if (sl_is_foreign_number(value, &fraction))
        tally->fractions |= fraction;
    else
        tally->numbers = 0;
}

int sl_labels_tally(const struct sl_labels *labels, const int32_t *y, size_t n, struct sl_tally *out)
{
    size_t *times = sl_alloc_zero(labels->n, sizeof *times);
    *out = (struct sl_tally){.n = n, .numbers = 1};
    if (!times)
        return -1;
    for (size_t i = 0; i < n; i++)
        times[y[i]]++;
    for (size_t c = 0; c < labels->n; c++)
        tally_value(out, labels->names[c], times[c]);
    free(times);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct sl_tally sl_values_tally(const char **values, size_t n)
{
    struct sl_tally tally = {.n = n, .numbers = 1};
    qsort(values, n, sizeof *values, by_text);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && strcmp(values[i], values[j]) == 0;)
            j++;
        tally_value(&tally, values[i], j - i);
    }
    return tally;
}

int sl_is_regression_target(const struct sl_tally *tally)
{
    enum { FEW = 20 };
    return tally->numbers &&
           (tally->fractions || (tally->distinct > FEW && 2 * tally->rare > tally->distinct));
}
