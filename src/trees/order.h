/* order.h - a node's rows in the order of one feature: keys of code and class, sorted. */
#ifndef SL_TREES_ORDER_H
#define SL_TREES_ORDER_H

#include <stddef.h>
#include <stdint.h>

enum {
    SL_ORDER_CLASS_BITS = 7, /* of a key, the lowest; above them stands the code */
    SL_ORDER_CLASSES = 1 << SL_ORDER_CLASS_BITS,
    SL_ORDER_CODES = 1 << (32 - SL_ORDER_CLASS_BITS),
    SL_ORDER_BUCKETS = 8192,
    SL_ORDER_CLASSES_REPEATED = 32, /* with rows that count more than once, less 1, above the class */
    SL_ORDER_TIMES_SHIFT = 5,
};

/* Sorts n keys, none of which is outside of low ... high.  The result is in *keys, and *spare (n) the other
 * array; count (SL_ORDER_BUCKETS + 1) is scratch. */
void sl_order_keys(uint32_t **keys, uint32_t **spare, uint32_t *count, size_t n, uint32_t low, uint32_t high);

#endif
