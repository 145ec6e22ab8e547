/* bins.h - features as ordered bins, at most 256 a feature: what boosted trees are grown on. */
#ifndef SL_BOOSTING_BINS_H
#define SL_BOOSTING_BINS_H

#include <shortlist/error.h>
#include <shortlist/view.h>

enum {
    SL_BINS_MISSING = 255, /* the bin of a missing value (NaN), in features that have some */
    SL_BINS_LANES = 8,     /* features that are read at a time: rows are padded to a multiple of it */
    SL_BINS_GROUP = 64,    /* features of a group, which stands by itself: a row's are a line of memory */
};

struct sl_bins {
    size_t n, d;
    size_t width;    /* d and padding */
    uint8_t *code;   /* (width, n) numbers: group after group, in each row after row, see sl_bins_column */
    uint8_t *column; /* (d, n): the same feature after feature, for rows that are parted by one */
    float *edge; /* a value is in bin b or a lower one where it is <= edge[f * max_bins + b]; NULL: b + 0.5 */
    size_t max_bins;
    uint8_t *has_missing; /* (width) */
    uint16_t *n_codes;    /* (width): of a category, whose bins are its codes; 0: a number */
    uint16_t *n_bins;     /* (width): bins 0 ... n_bins - 1 are used, and perhaps that of missing values */
};

/* Bins all rows of the view by what n of them hold (rows; NULL: the first n).
 * A feature of at most max_bins (2 ... 255) distinct values has a bin for each, else bins of about as many
 * rows each; of a category (view->codes) each code is a bin, whatever max_bins is.  Bytes are their own bins,
 * all 256, where max_bins is 255; the view must outlive them then.  On error nothing needs to be released.
 * SL_ENOMEM. */
int sl_bins_make(const struct sl_view *view, const uint32_t *rows, size_t n, int max_bins, int threads,
                 struct sl_bins *bins, struct sl_error *err);
void sl_bins_release(struct sl_bins *bins);

static inline float sl_bins_edge(const struct sl_bins *bins, size_t feature, uint8_t bin)
{
    return bins->edge ? bins->edge[feature * bins->max_bins + bin] : (float)bin + 0.5f;
}

/* Bins of eight features from `first` on that may hold rows: all from here on are empty. */
static inline size_t sl_bins_used(const struct sl_bins *bins, size_t first)
{
    size_t used = 1;
    for (size_t f = first; f < first + SL_BINS_LANES; f++) {
        const size_t own = bins->has_missing[f] ? SL_BINS_MISSING + 1 : bins->n_bins[f];
        used = own > used ? own : used;
    }
    return used;
}

/* Whether one of eight features from `first` on is a category. */
static inline int sl_bins_have_categories(const struct sl_bins *bins, size_t first)
{
    unsigned codes = 0;
    for (size_t f = first; f < first + SL_BINS_LANES; f++)
        codes |= bins->n_codes[f];
    return codes != 0;
}

/* Codes of a feature: row i's stands at [i * *stride], and behind it those of the features that follow in the
 * group. */
static inline uint8_t *sl_bins_column(const struct sl_bins *bins, size_t feature, size_t *stride)
{
    const size_t first = feature / SL_BINS_GROUP * SL_BINS_GROUP, left = bins->width - first;
    *stride = left < SL_BINS_GROUP ? left : SL_BINS_GROUP;
    return bins->code + first * bins->n + (feature - first);
}

#endif
