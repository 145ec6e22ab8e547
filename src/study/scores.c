/* scores.c - scores of the classes, as they are kept.
 *
 * Probabilities are rounded to 1/65535; margins to 1/65534 of the distance from the least to the largest of
 * the trial. Cost: O(n k). */
#include "study/scores.h"
#include "core/memory.h"
#include <endian.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TOP = 2, CODES = UINT16_MAX };
static const double study_most = 50e6, trial_most = 128e6; /* bytes; the store takes values of 256 MiB */

/* How many ---------------------------------------------------------------------------------------- */

static size_t scored_rows(const struct sl_trial *t, size_t n_test)
{
    return t->final ? n_test : t->folds ? t->n_train / (size_t)t->folds + 1 : t->n_validation;
}

/* Bytes of the whole plan's scores, and of the largest trial's. */
static double bytes_of_plan(const struct sl_plan *plan, int k, size_t n_test, enum sl_keep_scores keep,
                            double *largest)
{
    double sum = 0, row = keep == SL_KEEP_TOP && k > TOP ? 4.0 * TOP : 2.0 * k;
    *largest = 0;
    for (size_t i = 0; i < plan->n_trials; i++) {
        const struct sl_trial *t = &plan->trials[i];
        double bytes = t->type->scores ? row * (double)scored_rows(t, n_test) : 0;
        sum += bytes;
        *largest = fmax(*largest, bytes);
    }
    return sum;
}

int sl_scores_choose(const struct sl_plan *plan, int k, size_t n_test, enum sl_keep_scores *keep, char *note,
                     struct sl_error *err)
{
    double largest, all = bytes_of_plan(plan, k, n_test, SL_KEEP_ALL, &largest);
    *note = 0;
    if (*keep == SL_KEEP_AUTO) {
        *keep = all <= study_most ? SL_KEEP_ALL : SL_KEEP_TOP;
        if (*keep == SL_KEEP_TOP)
            snprintf(note, 256,
                     "of each row the two largest scores are kept: those of all classes would take %.0f MB, "
                     "more than "
                     "%.0f (--keep-scores all keeps them, none keeps none)",
                     all / 1e6, study_most / 1e6);
    }
    if (*keep != SL_KEEP_NONE)
        bytes_of_plan(plan, k, n_test, *keep, &largest);
    if (*keep != SL_KEEP_NONE && largest > trial_most)
        return sl_fail(
            err, SL_EUSAGE,
            "keep-scores: a trial's scores would take %.0f MB, and at most %.0f can be stored: keep %s",
            largest / 1e6, trial_most / 1e6, *keep == SL_KEEP_ALL ? "top, or none" : "none");
    return SL_OK;
}

/* Packing ----------------------------------------------------------------------------------------- */

static void set_range(const float *scores, size_t n, struct sl_scores *out)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(scores[i]))
            continue;
        least = fmin(least, scores[i]);
        most = fmax(most, scores[i]);
    }
    out->low = least <= most ? least : 0;
    out->step = least < most ? (most - least) / (CODES - 1) : 0;
}

static uint16_t code_of(const struct sl_scores *s, double score)
{
    if (s->probabilities)
        return (uint16_t)lround(fmin(fmax(score, 0), 1) * CODES);
    if (!isfinite(score))
        return 0;
    return (uint16_t)(1 + (s->step > 0 ? lround((score - s->low) / s->step) : 0));
}

double sl_scores_value(const struct sl_scores *s, size_t row, int i)
{
    unsigned code = s->codes[row * (size_t)s->width + (size_t)i];
    if (s->probabilities)
        return (double)code / CODES;
    return code ? s->low + s->step * (code - 1) : -INFINITY;
}

/* The two largest of a row, the lower class first where they are equal. */
static void find_top(const float *row, int k, int top[TOP])
{
    top[0] = row[1] > row[0];
    top[1] = !top[0];
    for (int c = 2; c < k; c++) {
        if (row[c] > row[top[0]]) {
            top[1] = top[0];
            top[0] = c;
        } else if (row[c] > row[top[1]])
            top[1] = c;
    }
}

static void pack_top(const float *scores, struct sl_scores *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const float *row = scores + i * (size_t)s->k;
        int top[TOP];
        find_top(row, s->k, top);
        for (int j = 0; j < TOP; j++) {
            s->classes[TOP * i + (size_t)j] = (uint16_t)top[j];
            s->codes[TOP * i + (size_t)j] = code_of(s, row[top[j]]);
        }
    }
}

int sl_scores_pack(const float *scores, size_t n, int k, int probabilities, enum sl_keep_scores keep,
                   struct sl_scores *out)
{
    int top = keep == SL_KEEP_TOP && k > TOP;
    struct sl_scores s = {.n = n, .k = k, .width = top ? TOP : k, .probabilities = probabilities != 0};
    *out = (struct sl_scores){0};
    if (!probabilities)
        set_range(scores, n * (size_t)k, &s);
    s.codes = sl_alloc(n * (size_t)s.width, sizeof *s.codes);
    s.classes = top ? sl_alloc(n * TOP, sizeof *s.classes) : NULL;
    if (!s.codes || (top && !s.classes)) {
        sl_scores_free(&s);
        return SL_ENOMEM;
    }
    if (top)
        pack_top(scores, &s);
    for (size_t i = 0; !top && i < n * (size_t)k; i++)
        s.codes[i] = code_of(&s, scores[i]);
    *out = s;
    return SL_OK;
}

void sl_scores_free(struct sl_scores *scores)
{
    free(scores->codes);
    free(scores->classes);
    *scores = (struct sl_scores){0};
}

/* Bytes ------------------------------------------------------------------------------------------- */

unsigned char *sl_codes_pack(const uint16_t *codes, size_t n)
{
    unsigned char *bytes = sl_alloc(n, 2);
    for (size_t i = 0; bytes && i < n; i++) {
        uint16_t code = htole16(codes[i]);
        memcpy(bytes + 2 * i, &code, 2);
    }
    return bytes;
}

uint16_t *sl_codes_unpack(const unsigned char *bytes, size_t n)
{
    uint16_t *codes = sl_alloc(n, sizeof *codes);
    for (size_t i = 0; codes && i < n; i++) {
        memcpy(&codes[i], bytes + 2 * i, 2);
        codes[i] = le16toh(codes[i]);
    }
    return codes;
}

int sl_scores_check(const struct sl_scores *s, int k)
{
    const double most = (double)FLT_MAX * (1 + 1e-9); /* they were floats: what is larger is damage */
    if (s->k < 1 || s->k > k || !(fabs(s->low) <= most) || !(s->step >= 0) ||
        !(s->low + s->step * (CODES - 1) <= most))
        return -1;
    if (s->width != (s->classes ? TOP : s->k))
        return -1;
    for (size_t i = 0; s->classes && i < s->n * TOP; i++)
        if (s->classes[i] >= s->k)
            return -1;
    return 0;
}

static void put_codes(const uint16_t *codes, size_t n, struct sl_writer *w)
{
    unsigned char *bytes = sl_codes_pack(codes, n);
    if (bytes)
        sl_put_bytes(w, bytes, 2 * n);
    w->failed |= !bytes;
    free(bytes);
}

void sl_scores_write(const struct sl_scores *s, struct sl_writer *w)
{
    sl_put_u64(w, s->n);
    if (!s->n)
        return;
    sl_put_i32(w, s->k);
    sl_put_u8(w, s->classes != NULL);
    sl_put_u8(w, (uint8_t)s->probabilities);
    sl_put_f64(w, s->low);
    sl_put_f64(w, s->step);
    put_codes(s->codes, s->n * (size_t)s->width, w);
    if (s->classes)
        put_codes(s->classes, s->n * TOP, w);
}

static uint16_t *get_codes(struct sl_reader *r, size_t n)
{
    if (r->failed || r->size - r->at < 2 * n) {
        r->failed = 1;
        return NULL;
    }
    uint16_t *codes = sl_codes_unpack(r->bytes + r->at, n);
    r->at += 2 * n;
    if (!codes)
        r->failed = r->no_memory = 1;
    return codes;
}

int sl_scores_read(struct sl_scores *scores, struct sl_reader *r, size_t n, int k)
{
    struct sl_scores s = {.n = sl_get_u64(r)};
    if (r->failed || (s.n && s.n != n))
        return -1;
    if (!s.n)
        return 0;
    s.k = sl_get_i32(r);
    int top = sl_get_u8(r) != 0;
    s.probabilities = sl_get_u8(r) != 0;
    s.low = sl_get_f64(r);
    s.step = sl_get_f64(r);
    s.width = top ? TOP : s.k;
    if (r->failed || s.k < 1 || s.k > k)
        return -1;
    s.codes = get_codes(r, n * (size_t)s.width);
    s.classes = top ? get_codes(r, n * TOP) : NULL;
    if (r->failed || sl_scores_check(&s, k)) {
        sl_scores_free(&s);
        return -1;
    }
    *scores = s;
    return 0;
}
