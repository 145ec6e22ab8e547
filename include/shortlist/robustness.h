/* robustness.h - how well a model of images predicts rows that are disturbed: noise, blur, other places,
 * sizes and levels, parts hidden. */
#ifndef SHORTLIST_ROBUSTNESS_H
#define SHORTLIST_ROBUSTNESS_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/model.h>
#include <shortlist/view.h>

SL_API_BEGIN

enum { SL_STRENGTHS = 5 };

/* One row of the table of distortions. */
struct sl_distortion {
    const char *name;              /* "noise" */
    const char *unit;              /* what a strength is: "standard deviation, of white" */
    double strength[SL_STRENGTHS]; /* from the weakest on */
};
size_t sl_distortion_count(void);
const struct sl_distortion *sl_distortion_at(size_t i);                    /* NULL past the end */
int sl_distortion_find(const char *name, size_t *i, struct sl_error *err); /* SL_EUSAGE */

/* An image (height, width, channels) of values from 0 to white, disturbed by distortion i.  What is random in
 * it depends on the seed, on the distortion and on id alone, so that a row is moved the same way at every
 * strength. in and out differ.  SL_ENOMEM. */
int sl_distort(size_t i, double strength, const struct sl_image *image, float white, uint64_t seed,
               uint64_t id, const float *in, float *out, struct sl_error *err);

struct sl_robustness_options {
    uint64_t seed;
    int threads; /* 0: all cores */
};

/* How many of the rows (n) are predicted right: as they are, and under distortion i at its j-th strength. */
struct sl_robustness {
    size_t n, undisturbed;
    size_t (*right)[SL_STRENGTHS]; /* (sl_distortion_count()), the caller's */
};

/* Raw rows of images, bytes or floats (of at most 1, or 255), whose classes are truth (n; -1: one that the
 * model does not know, never right).  Bytes stay bytes.  Works in blocks of rows: memory does not grow with
 * n.  The same counts on any number of threads.  SL_EUSAGE where the rows are no images; what
 * sl_model_predict gives; SL_ENOMEM. */
int sl_robustness_measure(const struct sl_model *model, const struct sl_view *rows, const int32_t *truth,
                          const struct sl_robustness_options *options, struct sl_robustness *out,
                          struct sl_error *err);

SL_API_END
#endif
