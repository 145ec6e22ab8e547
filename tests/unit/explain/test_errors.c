/* Error analysis against cases by hand: margins, pairs, subsets, clusters, confident learning, looks. */
#include "explain/errors/errors.h"
#include "unit/check.h"
#include <math.h>
#include <shortlist/errors.h>

enum { N = 8 };

static char *class_names[] = {"a", "b", "c"};

/* Rows of two classes with probabilities; the caller's arrays. */
static struct sl_scored_rows scored(int32_t *truth, int32_t *predicted, float *scores, size_t n)
{
    struct sl_scored_rows s = {.name = "row",
                               .n = n,
                               .k = 2,
                               .width = scores ? 2 : 0,
                               .classes = class_names,
                               .truth = truth,
                               .predicted = predicted,
                               .scores = scores,
                               .probabilities = 1,
                               .repeats = 1};
    if (scores)
        assert_int_equal(sl_scored_margins(&s, NULL), SL_OK);
    return s;
}

static struct sl_errors *analyse(const struct sl_scored_rows *s, double near)
{
    struct sl_errors_options how = SL_ERRORS_OPTIONS;
    struct sl_errors *errors = NULL;
    how.near = near;
    how.threads = 1;
    assert_int_equal(sl_errors_make(s, &how, &errors, NULL), SL_OK);
    return errors;
}

/* Margins .8 .6 .4 of right rows, .1 .6 of wrong ones. */
static void test_margins(void **state)
{
    int32_t truth[] = {0, 0, 1, 0, 1}, predicted[] = {0, 0, 1, 1, 0};
    float scores[] = {.9F, .1F, .8F, .2F, .3F, .7F, .45F, .55F, .8F, .2F};
    struct sl_scored_rows s = scored(truth, predicted, scores, 5);
    struct sl_errors *e = analyse(&s, 0.5);
    const struct sl_margins *m = e->margins;
    (void)state;
    assert_int_equal(e->wrong, 2);
    assert_true(fabs(m->median_right - .6) < 1e-6 && fabs(m->median_wrong - .35) < 1e-6);
    /* Of the 6 pairs of a wrong and a right row: .1 is below all three, .6 below .8, equal to .6. */
    assert_true(fabs(m->below - 4.5 / 6) < 1e-9);
    assert_int_equal(m->near_right, 1);
    assert_int_equal(m->near_wrong, 1);
    assert_true(m->most == 1);
    size_t right = 0, wrong = 0;
    for (int b = 0; b < SL_MARGIN_BINS; b++) {
        right += m->right[b];
        wrong += m->wrong[b];
    }
    assert_int_equal(right, 3);
    assert_int_equal(wrong, 2);
    assert_int_equal(m->wrong[2], 1); /* .1, a little above it as a float */
    assert_int_equal(e->n_pairs, 2);
    assert_int_equal(e->pairs[0].n, 1);
    assert_int_equal(e->pairs[0].of, 3);
    assert_int_equal(e->n_sure, 2);
    assert_int_equal(e->sure[0], 4); /* .2 - .8 */
    assert_int_equal(e->unsure[0], 3);
    assert_int_equal(e->n_hard, 0);
    sl_errors_free(e);
    free(s.margin);
}

/* A tenth of 20 rows are the two with the smallest margins; margins of scores that are no probabilities. */
static void test_nearest_tenth(void **state)
{
    int32_t truth[20], predicted[20];
    float scores[40];
    (void)state;
    for (int i = 0; i < 20; i++) {
        truth[i] = predicted[i] = 0;
        scores[2 * i] = (float)(20 - i);
        scores[2 * i + 1] = i == 7 ? -INFINITY : 0;
    }
    predicted[19] = 1;
    struct sl_scored_rows s = scored(truth, predicted, scores, 20);
    s.probabilities = 0;
    struct sl_errors *e = analyse(&s, 0);
    assert_true(e->margins->near == 2);
    assert_int_equal(e->margins->near_right, 1);
    assert_int_equal(e->margins->near_wrong, 1);
    assert_true(isinf(s.margin[7]));
    assert_true(e->margins->most == 20); /* the largest that is finite */
    assert_non_null(e->suspects.why);
    sl_errors_free(e);
    free(s.margin);
}

/* Means of the labels' own probabilities: (.9 + .8 + .3) / 3 and (.7 + .9 + .2) / 3. */
static void test_confident_joint(void **state)
{
    int32_t truth[] = {0, 0, 0, 1, 1, 1}, predicted[] = {0, 0, 1, 1, 1, 0};
    float scores[] = {.9F, .1F, .8F, .2F, .3F, .7F, .3F, .7F, .1F, .9F, .8F, .2F};
    struct sl_scored_rows s = scored(truth, predicted, scores, 6);
    const uint32_t known[] = {2, 3, 9};
    struct sl_errors_options how = SL_ERRORS_OPTIONS;
    struct sl_errors *e = NULL;
    (void)state;
    how.known = known;
    how.n_known = 3;
    assert_int_equal(sl_errors_make(&s, &how, &e, NULL), SL_OK);
    const uint64_t joint[] = {2, 1, 1, 2};
    assert_null(e->suspects.why);
    assert_memory_equal(e->suspects.joint, joint, sizeof joint);
    assert_true(fabs(e->suspects.estimated - 2) < 1e-9);
    assert_int_equal(e->suspects.n, 2);
    assert_int_equal(e->suspects.list[0].i, 5); /* .2 - .8 before .3 - .7 */
    assert_int_equal(e->suspects.list[0].likely, 0);
    assert_int_equal(e->suspects.list[1].i, 2);
    assert_int_equal(e->suspects.known, 2);
    assert_int_equal(e->suspects.found, 1);
    sl_errors_free(e);
    /* A row that reaches no threshold counts for no class: label 0 at .6, below the mean. */
    scores[2] = .6F;
    scores[3] = .4F;
    e = analyse(&s, 0);
    assert_int_equal(e->suspects.joint[0] + e->suspects.joint[1], 3); /* the mean is .6 now */
    sl_errors_free(e);
    scores[2] = .5F;
    scores[3] = .5F;
    e = analyse(&s, 0);
    assert_int_equal(e->suspects.joint[0] + e->suspects.joint[1], 2); /* .5 is below .567 and .6 */
    sl_errors_free(e);
    s.seen = 1;
    e = analyse(&s, 0);
    assert_non_null(e->suspects.why);
    sl_errors_free(e);
    free(s.margin);
}

/* Without an error, with one class, without scores. */
static void test_nothing_to_tell(void **state)
{
    int32_t truth[] = {0, 0, 0}, predicted[] = {0, 0, 0};
    struct sl_scored_rows s = scored(truth, predicted, NULL, 3);
    (void)state;
    s.k = 1;
    struct sl_errors *e = analyse(&s, 0);
    assert_int_equal(e->wrong, 0);
    assert_int_equal(e->n_pairs, 0);
    assert_null(e->margins);
    assert_int_equal(e->n_sure, 0);
    assert_int_equal(e->n_subsets, 1);
    assert_true(e->subsets[0].p == 1);
    assert_holds(e->suspects.why, "no scores");
    sl_errors_free(e);
}

/* Of 4 rows 3 are wrong, of 4 others 1: one tail is (16 + 1) / 70; by Holm twice that of both tails. */
static void test_fisher(void **state)
{
    int32_t truth[N] = {0, 0, 0, 0, 1, 1, 1, 1}, predicted[N] = {1, 1, 1, 0, 1, 1, 1, 0};
    struct sl_scored_rows s = scored(truth, predicted, NULL, N);
    struct sl_errors *e = analyse(&s, 0);
    (void)state;
    assert_int_equal(e->n_subsets, 2);
    assert_int_equal(e->subsets[0].wrong, 3);
    assert_true(fabs(e->subsets[0].p - 4 * 17.0 / 70) < 1e-9);
    assert_true(fabs(e->subsets[1].p - 4 * 17.0 / 70) < 1e-9);
    sl_errors_free(e);
}

static void test_k_means(void **state)
{
    const float x[] = {0, 10, 1, 11, 12};
    int32_t cluster[5];
    double explained;
    const int32_t expected[] = {1, 0, 1, 0, 0};
    (void)state;
    assert_int_equal(sl_k_means(x, 5, 1, 2, 42, cluster, &explained, NULL), SL_OK);
    assert_memory_equal(cluster, expected, sizeof expected);
    assert_true(fabs(explained - (1 - 2.5 / 134.8)) < 1e-9);
    const float same[] = {3, 3, 3, 3};
    assert_int_equal(sl_k_means(same, 4, 1, 3, 42, cluster, &explained, NULL), SL_OK);
    assert_true(explained == 0 && cluster[0] == 0 && cluster[3] == 0);
}

/* Images -------------------------------------------------------------------------------------------- */

enum { SIDE = 4, PIXELS = SIDE * SIDE, IMAGES = 40 };

/* A square of value `inside` in an image of value `outside`; its side is 1 or 2. */
static void paint(uint8_t *image, int outside, int inside, int side)
{
    for (int p = 0; p < PIXELS; p++)
        image[p] = (uint8_t)outside;
    for (int y = 1; y <= side; y++)
        for (int x = 1; x <= side; x++)
            image[y * SIDE + x] = (uint8_t)inside;
}

static struct sl_dataset *make_images(uint8_t *pixels, int32_t *labels)
{
    struct sl_dataset *data = NULL;
    for (int i = 0; i < IMAGES; i++) {
        labels[i] = i % 2;
        /* In class 1 two kinds: the first half dark, with large squares, the others bright. */
        paint(pixels + i * PIXELS, labels[i] && i >= IMAGES / 2 ? 255 : 0,
              labels[i] && i >= IMAGES / 2 ? 0 : 255, labels[i] ? 2 : 1);
        pixels[i * PIXELS + 5] = (uint8_t)(pixels[i * PIXELS + 5] ? 255 - i : i); /* no two are equal */
    }
    const struct sl_view view = {.dtype = SL_U8,
                                 .n = IMAGES,
                                 .d = PIXELS,
                                 .x = pixels,
                                 .y = labels,
                                 .k = 2,
                                 .scale = 1,
                                 .image = {SIDE, SIDE, 1}};
    assert_int_equal(sl_dataset_new(&view, "images", NULL, &data, NULL), SL_OK);
    return data;
}

static const struct sl_subset *find(const struct sl_errors *e, enum sl_subset_kind kind, const char *name)
{
    for (size_t i = 0; i < e->n_subsets; i++)
        if (e->subsets[i].kind == kind && (!name || strcmp(e->subsets[i].name, name) == 0))
            return &e->subsets[i];
    return NULL;
}

static void test_images(void **state)
{
    uint8_t pixels[IMAGES * PIXELS];
    int32_t labels[IMAGES], predicted[IMAGES];
    uint32_t row[IMAGES];
    struct sl_dataset *data = make_images(pixels, labels);
    struct sl_scored_rows s = scored(labels, predicted, NULL, IMAGES);
    (void)state;
    for (int i = 0; i < IMAGES; i++) {
        row[i] = (uint32_t)i;
        predicted[i] = labels[i] && i >= IMAGES / 2 ? 0 : labels[i]; /* the bright ones are wrong */
    }
    s.data = data;
    s.row = row;
    struct sl_errors *e = analyse(&s, 0);
    assert_int_equal(e->wrong, 10);
    assert_true(fabsf(e->size[1] - 4.0F / 16) < 1e-6F);
    assert_true(fabsf(e->brightness[1] - (4 * 255 - 1) / 16.0F / 255) < 1e-6F);
    assert_true(fabsf(e->size[21] - 4.0F / 16) < 1e-6F); /* what is dark on bright ground is the object */
    assert_true(fabsf(e->brightness[21] - (12 * 255 + 21) / 16.0F / 255) < 1e-6F);
    assert_true(fabsf(e->size[0] - 1.0F / 16) < 1e-6F);
    /* The two kinds of class b are its clusters, one with all the errors. */
    assert_int_equal(e->n_clustered, 2);
    assert_true(e->cluster[1] != e->cluster[21] && e->cluster[1] == e->cluster[3]);
    const struct sl_subset *one = find(e, SL_SUBSET_CLUSTER, "b, 1 of 2"),
                           *two = find(e, SL_SUBSET_CLUSTER, "b, 2 of 2");
    assert_non_null(one);
    assert_non_null(two);
    assert_int_equal(one->n, 10);
    assert_int_equal(one->among, 20);
    assert_int_equal(one->wrong + two->wrong, 10);
    assert_true(one->wrong == 0 || one->wrong == 10);
    assert_true(one->p < 0.01);
    size_t rows = 0;
    for (size_t i = 0; i < e->n_subsets; i++)
        rows += e->subsets[i].kind == SL_SUBSET_BRIGHTNESS ? e->subsets[i].n : 0;
    assert_int_equal(rows, IMAGES); /* each row lies in one bin */
    sl_errors_free(e);
    sl_dataset_free(data);
}

/* Tables -------------------------------------------------------------------------------------------- */

/* Errors where x is among the upper quarter; z tells nothing; ties stay together. */
static void test_features(void **state)
{
    enum { ROWS = 80 };
    float x[ROWS * 2];
    int32_t labels[ROWS], predicted[ROWS];
    uint32_t row[ROWS];
    struct sl_dataset *data = NULL;
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        x[2 * i] = (float)i;
        x[2 * i + 1] = (float)(i % 2);
        row[i] = (uint32_t)i;
        labels[i] = i / 2 % 2;
        predicted[i] = i >= 60 ? 1 - labels[i] : labels[i];
    }
    const struct sl_view view = {.dtype = SL_F32, .n = ROWS, .d = 2, .x = x, .y = labels, .k = 2, .scale = 1};
    assert_int_equal(sl_dataset_new(&view, "table", NULL, &data, NULL), SL_OK);
    struct sl_scored_rows s = scored(labels, predicted, NULL, ROWS);
    s.data = data;
    s.row = row;
    struct sl_errors *e = analyse(&s, 0);
    const struct sl_subset *upper = find(e, SL_SUBSET_FEATURE, "column 0: 59 to 79");
    assert_non_null(upper);
    assert_int_equal(upper->n, 20);
    assert_int_equal(upper->wrong, 20);
    assert_null(e->brightness);
    for (size_t i = 0; i < e->n_subsets; i++)
        assert_null(strstr(e->subsets[i].name, "column 1"));
    sl_errors_free(e);
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_margins),         cmocka_unit_test(test_nearest_tenth),
        cmocka_unit_test(test_confident_joint), cmocka_unit_test(test_nothing_to_tell),
        cmocka_unit_test(test_fisher),          cmocka_unit_test(test_k_means),
        cmocka_unit_test(test_images),          cmocka_unit_test(test_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
