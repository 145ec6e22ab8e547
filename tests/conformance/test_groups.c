/* Fits that share work: every classifier with fit_group gives, for each member, exactly what a fit of its own
 * gives. */
#include "classifiers/forests.h"
#include "conformance.h"

enum { N = 150, K = 3, FOLDS = 3, MEMBERS_MAX = 4096, MEMBERS_CHECKED = 60 };

#define SMALL_NET "maxpool 4, conv 4 3x3, relu, flatten, dropout 0.2, dense classes"

/* A data set, its folds, and configurations that may share. */
struct problem {
    type_ptr type;
    struct sl_dataset *data;
    enum sl_scaling_kind scaling;
    uint32_t fit[FOLDS][N], score[FOLDS][N];
    struct sl_group_part parts[FOLDS];
    size_t n_parts, n_members;
    struct sl_group_member members[MEMBERS_MAX];
    size_t done;            /* members told of */
    size_t ended_otherwise; /* of them: converged, where their own fit has not, or the other way round */
};

static void make_parts(struct problem *p, size_t n_parts)
{
    struct sl_view view = sl_dataset_view(p->data);
    struct sl_rng *rng = sl_rng_new(5, "folds");
    p->n_parts = n_parts;
    for (uint32_t i = 0; i < view.n; i++) {
        size_t fold = sl_rng_below(rng, FOLDS);
        for (size_t f = 0; f < n_parts; f++) {
            struct sl_group_part *part = &p->parts[f];
            if (f == fold)
                p->score[f][part->n_score++] = i;
            else
                p->fit[f][part->n_fit++] = i;
        }
    }
    for (size_t f = 0; f < n_parts; f++) {
        p->parts[f].fit = p->fit[f];
        p->parts[f].score = p->score[f];
    }
    sl_rng_free(rng);
}

static size_t count_marked(const struct sl_param *params)
{
    size_t n = 0;
    for (const struct sl_param *p = params; p->name; p++)
        n += (p->flags & SL_SHARED) != 0;
    return n;
}

/* Up to four values of each marked hyperparameter; two, where many are marked. */
static void add_values(struct problem *p, const struct sl_param *param, void *config)
{
    if (!param->name) {
        struct sl_view shape = sl_dataset_view(p->data);
        for (size_t f = 0; f < p->n_parts && p->type->shares(config, &shape); f++) {
            assert_true(p->n_members < MEMBERS_MAX);
            void *copy = malloc(p->type->config_size);
            memcpy(copy, config, p->type->config_size);
            p->members[p->n_members++] = (struct sl_group_member){copy, f, 7, "conformance"};
        }
        return;
    }
    if (!(param->flags & SL_SHARED)) {
        add_values(p, param + 1, config);
        return;
    }
    struct sl_error err = {0};
    struct sl_values values = {0};
    assert_non_null(param->grid);
    assert_int_equal(sl_values_parse(param, param->grid, &values, &err), SL_OK);
    const size_t most = count_marked(p->type->params) > 7 ? 2 : 4;
    for (size_t i = 0; i < values.n; i += (values.n + most - 1) / most) {
        assert_int_equal(sl_config_set(p->type->params, config, param->name, values.text[i], &err), SL_OK);
        add_values(p, param + 1, config);
    }
    sl_values_free(&values);
}

/* Many hyperparameters have more combinations than need be looked at: every so many of them, and a fold of
 * each in turn. */
static void thin_out(struct problem *p)
{
    const size_t n = p->n_members, step = n > MEMBERS_CHECKED ? n / MEMBERS_CHECKED | 1 : 1;
    p->n_members = 0;
    for (size_t m = 0; m < n; m++)
        if (m % step == 0)
            p->members[p->n_members++] = p->members[m];
        else
            free((void *)p->members[m].config);
}

/* The value of a hyperparameter, 0 where the type has none of that name. */
static double value_of(type_ptr type, const void *config, const char *name)
{
    char text[SL_TEXT_MAX] = "0";
    for (const struct sl_param *p = type->params; p->name; p++)
        if (strcmp(p->name, name) == 0)
            sl_param_print(p, config, text, sizeof text);
    return strtod(text, NULL);
}

/* A row, and of many one in fifty, may lie where the classes meet. */
static void assert_nearly_same(const int32_t *a, const int32_t *b, size_t n)
{
    size_t other = 0;
    for (size_t i = 0; i < n; i++)
        other += a[i] != b[i];
    assert_true(other * 50 <= n + 50);
}

/* The points of a fit's learning curve. */
struct curve {
    struct sl_epoch points[1000];
    size_t n;
};

static int add_point(void *arg, const struct sl_epoch *point)
{
    struct curve *curve = arg;
    assert_true(curve->n < sizeof curve->points / sizeof *curve->points);
    curve->points[curve->n++] = *point;
    return 0;
}

static void assert_same_curve(const struct curve *curve, const struct sl_group_result *result)
{
    assert_int_equal(curve->n, result->n_curve);
    for (size_t i = 0; i < curve->n; i++) {
        const struct sl_epoch *a = &curve->points[i], *b = &result->curve[i];
        assert_int_equal(a->epoch, b->epoch);
        assert_int_equal(a->epochs, b->epochs);
        assert_memory_equal(&a->train_loss, &b->train_loss, sizeof a->train_loss);
        assert_memory_equal(&a->validation_loss, &b->validation_loss, sizeof a->validation_loss);
        assert_memory_equal(&a->validation_accuracy, &b->validation_accuracy, sizeof a->validation_accuracy);
    }
}

static int check_member(void *arg, const struct sl_group_result *result)
{
    struct problem *p = arg;
    const struct sl_group_member *member = &p->members[result->member];
    const struct sl_group_part *part = &p->parts[member->part];
    struct sl_dataset *train, *scored;
    struct sl_model *model;
    struct sl_fit_report report;
    struct sl_error err = {0};
    struct curve *curve = calloc(1, sizeof *curve);
    const struct sl_fit_options options = {.scaling = p->scaling,
                                           .seed = 7,
                                           .key = "conformance",
                                           .threads = 1,
                                           .on_epoch = add_point,
                                           .arg = curve};
    assert_int_equal(result->code, SL_OK);
    assert_int_equal(sl_dataset_take(p->data, part->fit, part->n_fit, &train, &err), SL_OK);
    assert_int_equal(sl_dataset_take(p->data, part->score, part->n_score, &scored, &err), SL_OK);
    if (sl_model_fit(p->type, member->config, train, scored, &options, &report, &model, &err))
        fail_msg("%s", err.text);
    struct sl_view x = sl_dataset_view(scored);
    int32_t *labels = labels_of(model, &x, 1);
    float *scores = scores_of(model, &x, 1);
    assert_int_equal(scores != NULL, result->scores != NULL);
    if (p->type->flags & SL_GROUP_ROUNDS) {
        assert_nearly_same(labels, result->labels, x.n);
        /* Rounding takes fits to other places near the minimum, or where they are stopped before it; where
         * it hides the last steps, one may still see itself come to its end and the other not.  Losses that
         * are next to 0, as of classes that hardly meet, are compared with that of a row, which is 1 or so.
         */
        const int ended = report.converged && result->report.converged;
        const double rows = (double)part->n_fit * value_of(p->type, member->config, "C");
        const double most = (ended ? 0.01 : 0.05) * fabs(report.objective) + 5e-4 * rows;
        p->ended_otherwise += report.converged != result->report.converged;
        assert_true(fabs(report.objective - result->report.objective) <= most);
    } else {
        assert_same_labels(labels, result->labels, x.n);
        assert_same_scores(scores, result->scores, x.n * (size_t)x.k);
        assert_int_equal(sl_model_bytes(model), result->model_bytes);
        assert_int_equal(report.n_iter, result->report.n_iter);
        assert_int_equal(report.converged, result->report.converged);
        assert_memory_equal(&report.objective, &result->report.objective, sizeof report.objective);
        assert_same_curve(curve, result);
    }
    assert_true(result->fit.seconds >= 0 && result->fit.cpu >= 0 && result->score.seconds > 0 &&
                result->score.cpu >= 0);
    p->done++;
    free(curve);
    free(labels);
    free(scores);
    sl_model_free(model);
    sl_dataset_free(train);
    sl_dataset_free(scored);
    return SL_OK;
}

/* NULL, or a hyperparameter that all members have another value of than the default. */
static void check_with(type_ptr type, enum sl_dtype dtype, enum sl_scaling_kind scaling, size_t n_parts,
                       int threads, const char *name, const char *value)
{
    if (!type->fit_group || (name && !has_param(type, name)))
        return;
    struct problem *p = calloc(1, sizeof *p);
    struct sl_error err = {0};
    p->type = type;
    p->data = clouds(type, dtype, N, K, 1);
    p->scaling = scaling;
    make_parts(p, n_parts);
    void *config = small_config(type);
    if (has_param(type, "net")) /* its grid's epochs are many for the default net */
        assert_int_equal(sl_config_set(type->params, config, "net", SMALL_NET, &err), SL_OK);
    if (name)
        assert_int_equal(sl_config_set(type->params, config, name, value, &err), SL_OK);
    add_values(p, type->params, config);
    assert_true(p->n_members > n_parts);
    thin_out(p);
    const struct sl_group_options options = {
        .scaling = scaling, .threads = threads, .done = check_member, .arg = p};
    if (sl_model_fit_group(type, p->data, p->parts, p->n_parts, p->members, p->n_members, &options, &err))
        fail_msg("%s", err.text);
    assert_int_equal(p->done, p->n_members);
    assert_true(p->ended_otherwise * 20 <= p->n_members);
    for (size_t m = 0; m < p->n_members; m++)
        free((void *)p->members[m].config);
    free(config);
    sl_dataset_free(p->data);
    free(p);
}

static void check(type_ptr type, enum sl_dtype dtype, enum sl_scaling_kind scaling, size_t n_parts,
                  int threads)
{
    check_with(type, dtype, scaling, n_parts, threads, NULL, NULL);
}

static void images(type_ptr type)
{
    check(type, SL_U8, SL_SCALE_MINMAX, FOLDS, 1);
    check(type, SL_U8, SL_SCALE_NONE, FOLDS, 3);
}

static void floats(type_ptr type)
{
    check(type, SL_F32, SL_SCALE_NONE, FOLDS, 2);
}

static void scaled_in_the_fold(type_ptr type)
{
    check(type, SL_F32, SL_SCALE_STANDARD, 1, 1);
    check(type, SL_F32, SL_SCALE_MINMAX, 1, 3);
    check(type, SL_U8, SL_SCALE_STANDARD, 1, 1);
}

/* Fits that a rule stops before their last epoch, and keep the weights of an earlier one. */
static void stopped_early(type_ptr type)
{
    check_with(type, SL_F32, SL_SCALE_NONE, FOLDS, 2, "early_stopping", "true");
}

static void refuses_folds_that_are_scaled_apart(type_ptr type)
{
    if (!type->fit_group)
        return;
    struct problem *p = calloc(1, sizeof *p);
    struct sl_error err = {0};
    p->type = type;
    p->data = clouds(type, SL_F32, N, K, 1);
    make_parts(p, FOLDS);
    void *config = small_config(type);
    add_values(p, type->params, config);
    const struct sl_group_options options = {.scaling = SL_SCALE_STANDARD, .done = check_member, .arg = p};
    assert_int_equal(
        sl_model_fit_group(type, p->data, p->parts, p->n_parts, p->members, p->n_members, &options, &err),
        SL_EUSAGE);
    assert_int_equal(p->done, 0);
    for (size_t m = 0; m < p->n_members; m++)
        free((void *)p->members[m].config);
    free(config);
    sl_dataset_free(p->data);
    free(p);
}

static const struct property properties[] = {
    {.text = "folds of images that share a fit", .test = images},
    {.text = "folds of floats that share a fit", .test = floats},
    {.text = "values that share a fit on scaled features", .test = scaled_in_the_fold},
    {.text = "fits that are stopped early share one", .test = stopped_early},
    {.text = "folds that are scaled apart share nothing", .test = refuses_folds_that_are_scaled_apart},
};

int main(void)
{
    sl_forests_near = 0; /* codes are laid class by class, as those of much data are */
    return run_properties("groups", properties, sizeof properties / sizeof *properties);
}
