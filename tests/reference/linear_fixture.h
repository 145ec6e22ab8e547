/* linear_fixture.h - a linear classifier fitted by its name and settings. */
#ifndef SL_TESTS_LINEAR_FIXTURE_H
#define SL_TESTS_LINEAR_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config_fixture.h"
#include "linear/model.h"

struct fitted {
    const struct sl_classifier_type *type;
    struct sl_linear *model;
    struct sl_fit_report report;
};

static inline struct fitted fit(const char *name, const char *settings, const struct sl_view *view,
                                int threads)
{
    struct sl_error err = {0};
    struct fitted out = {.type = sl_classifier_find(name, &err),
                         .report = {.n_iter = -1, .converged = -1, .objective = NAN}};
    void *config = config_of(out.type, settings), *model = NULL;
    struct sl_rng *rng = sl_rng_new(1, "test");
    const struct sl_fit request = {
        .train = view, .config = config, .rng = rng, .threads = threads, .report = &out.report};
    if ((out.type->check && out.type->check(config, view, &err)) || out.type->fit(&request, &model, &err))
        fail_msg("%s: %s", settings, err.text);
    out.model = model;
    sl_rng_free(rng);
    free(config);
    return out;
}

static inline void release(struct fitted *f)
{
    f->type->free(f->model);
}

#endif
