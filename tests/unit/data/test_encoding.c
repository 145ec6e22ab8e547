/* Encodings of missing values and categories.  Reference numbers: scikit-learn 1.2.1, SimpleImputer with
 * add_indicator, OneHotEncoder(handle_unknown="ignore", min_frequency) and OrdinalEncoder behind it. */
#include "core/text.h"
#include "data/dataset.h"
#include "data/encoding.h"
#include "unit/files_fixture.h"
#include <math.h>

static struct sl_dataset *read_like(const char *text, const struct sl_encoding_options *options,
                                    const struct sl_dataset *like)
{
    struct sl_read_options read = {.encoding = *options, .like = like};
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    if (sl_dataset_open(write_text(like ? "b.csv" : "a.csv", text), SL_PART_TRAIN, &read, &data, &err))
        fail_msg("%s", err.text);
    return data;
}

static struct sl_encoding *fit(const struct sl_dataset *data, const struct sl_encoding_options *options)
{
    struct sl_view view = sl_dataset_view(data);
    struct sl_encoding *encoding = NULL;
    struct sl_error err = {0};
    assert_non_null(data->columns);
    if (sl_encoding_fit(options, data->columns, data->features, &view, &encoding, &err))
        fail_msg("%s", err.text);
    return encoding;
}

static void check_rows(const struct sl_encoding *encoding, const struct sl_dataset *data,
                       const double *expected, size_t d)
{
    struct sl_view view = sl_dataset_view(data), out;
    void *owned;
    struct sl_error err = {0};
    if (sl_encoding_apply(encoding, &view, &out, &owned, &err))
        fail_msg("%s", err.text);
    assert_int_equal(out.d, d);
    assert_int_equal(out.d, sl_encoding_shape(encoding, &view).d);
    for (size_t i = 0; i < out.n * d; i++)
        assert_true(isnan(expected[i]) ? isnan(((double *)owned)[i])
                                       : fabs(((double *)owned)[i] - expected[i]) < 1e-12);
    free(owned);
}

/* What the rows of test become once the encoding is fitted on those of train, before and after a record. */
static void check(const char *train, const char *test, const struct sl_encoding_options *options,
                  const double *expected, size_t d)
{
    struct sl_dataset *a = read_like(train, options, NULL), *b = read_like(test, options, a);
    struct sl_encoding *encoding = fit(a, options), *loaded = NULL;
    struct sl_writer w = {0};
    check_rows(encoding, b, expected, d);
    assert_true(d <= sl_encoding_most(options, a->columns));
    sl_encoding_save(encoding, &w);
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(sl_encoding_load(&r, sl_dataset_view(a).d, &loaded, NULL), SL_OK);
    assert_int_equal(r.at, r.size);
    check_rows(loaded, b, expected, d);
    sl_writer_release(&w);
    sl_encoding_free(encoding);
    sl_encoding_free(loaded);
    sl_dataset_free(a);
    sl_dataset_free(b);
}

static const char numbers[] = "f,kind\n3.5,p\n,q\n1,p\n2,q\n2,p\n8,q\nNA,p\n1.25,q\n";

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        enum sl_missing missing;
        const char *constant;
        double fill;
    } cases[] = {{SL_MISSING_MEDIAN, "", 2},
                 {SL_MISSING_MEAN, "", 2.9583333333333335},
                 {SL_MISSING_MODE, "", 2},
                 {SL_MISSING_CONSTANT, "-9", -9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_encoding_options options = {.missing = cases[i].missing};
        strcpy(options.constant, cases[i].constant);
        check(numbers, "f,kind\n?,p\n7,q\n", &options, (double[]){cases[i].fill, 7}, 1);
        options.indicators = 1;
        check(numbers, "f,kind\n?,p\n7,q\n", &options, (double[]){cases[i].fill, 1, 7, 0}, 2);
    }
}

static const char colours[] = "c,kind\nred,p\nNA,q\ngreen,p\nblue,q\nred,p\nred,q\ngreen,p\nviolet,q\n";
static const char others[] = "c,kind\nNA,p\ngreen,q\npink,p\nblue,q\nviolet,p\n";

static void test_onehot(void **state)
{
    (void)state;
    struct sl_encoding_options options = {.missing = SL_MISSING_MODE, .categories = SL_CATEGORIES_ONEHOT};
    check(colours, others, &options, (double[]){0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1},
          4);
    options.min_frequency = 2;
    check(colours, others, &options, (double[]){0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1}, 3);
    options.min_frequency = .2;
    check(colours, others, &options, (double[]){0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1}, 3);
    options = (struct sl_encoding_options){
        .missing = SL_MISSING_CONSTANT, .categories = SL_CATEGORIES_ONEHOT, .constant = "none"};
    check(colours, others, &options,
          (double[]){0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 5);
    options.min_frequency = 2;
    check(colours, others, &options, (double[]){0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1}, 3);
}

static void test_ordinal(void **state)
{
    (void)state;
    struct sl_encoding_options options = {.missing = SL_MISSING_MODE, .categories = SL_CATEGORIES_ORDINAL};
    check(colours, others, &options, (double[]){2, 1, -1, 0, 3}, 1);
}

/* Missing values stay missing, in all features of a category; one that was not fitted is not missing. */
static void test_kept(void **state)
{
    (void)state;
    struct sl_encoding_options options = {.missing = SL_MISSING_KEEP, .categories = SL_CATEGORIES_ORDINAL};
    check(numbers, "f,kind\n?,p\n7,q\n", &options, (double[]){NAN, 7}, 1);
    check(colours, others, &options, (double[]){NAN, 1, -1, 0, 3}, 1);
    options.categories = SL_CATEGORIES_ONEHOT;
    check(colours, others, &options,
          (double[]){NAN, NAN, NAN, NAN, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1}, 4);
    options = (struct sl_encoding_options){.missing = SL_MISSING_CONSTANT,
                                           .categories = SL_CATEGORIES_ONEHOT,
                                           .min_frequency = 2,
                                           .indicators = 1,
                                           .constant = "none"};
    options = sl_encoding_for(&options, 1, 0);
    char text[SL_ENCODING_TEXT];
    sl_encoding_print(&options, text, sizeof text);
    assert_string_equal(text, "missing=keep categories=onehot min_frequency=2");
    options.missing = SL_MISSING_DROP;
    assert_int_equal(sl_encoding_for(&options, 1, 0).missing, SL_MISSING_DROP);
    assert_int_equal(sl_missing_parse("keep", &options, NULL), SL_OK);
    options.indicators = 1;
    assert_int_equal(sl_encoding_check(&options, NULL), SL_EUSAGE);
}

/* Codes: ranks, and NaN for what has none; one feature whatever categories says, but of too many. */
static void test_codes(void **state)
{
    (void)state;
    struct sl_encoding_options options = {.missing = SL_MISSING_MODE, .categories = SL_CATEGORIES_ONEHOT};
    options = sl_encoding_for(&options, 1, 1);
    check(colours, others, &options, (double[]){NAN, 1, NAN, 0, 3}, 1);
    options.min_frequency = 2;
    check(colours, others, &options, (double[]){NAN, 0, NAN, 2, 2}, 1);
    options.missing = SL_MISSING_MODE; /* that stand for missing ones, too */
    check(colours, others, &options, (double[]){1, 0, NAN, 2, 2}, 1);
    char text[SL_ENCODING_TEXT];
    sl_encoding_print(&options, text, sizeof text);
    assert_string_equal(text, "missing=mode categories=onehot min_frequency=2 codes=true");
}

/* Which features are codes; 255 categories are, 256 are not. */
static void test_many_codes(void **state)
{
    (void)state;
    const struct sl_encoding_options options = {.categories = SL_CATEGORIES_ONEHOT, .codes = 1};
    for (int n = 255; n <= 256; n++) {
        struct sl_string text = {0};
        sl_string_add(&text, "f,c,b,kind\n");
        for (int i = 0; i < n; i++)
            sl_string_add(&text, "%d,v%d,%s,%s\n", i, i, i % 3 ? "x" : "y", i % 2 ? "p" : "q");
        struct sl_dataset *data = read_like(text.text, &options, NULL);
        struct sl_encoding *encoding = fit(data, &options);
        const struct sl_view view = sl_dataset_view(data), shape = sl_encoding_shape(encoding, &view);
        assert_int_equal(shape.d, n == 255 ? 3 : 258);
        assert_int_equal(shape.codes[0], 0);
        assert_int_equal(shape.codes[1], n == 255 ? 255 : 0);
        assert_int_equal(shape.codes[shape.d - 1], 2);
        sl_string_release(&text);
        sl_encoding_free(encoding);
        sl_dataset_free(data);
    }
}

/* Levels that are only in rows that are not fitted get no feature. */
static void test_training_rows_only(void **state)
{
    (void)state;
    struct sl_encoding_options options = {.missing = SL_MISSING_MEDIAN, .categories = SL_CATEGORIES_ONEHOT};
    struct sl_dataset *data =
                          read_like("c,f,kind\nred,1,p\nred,2,q\ngreen,,p\nblue,1000,q\n", &options, NULL),
                      *part;
    struct sl_encoding *encoding;
    const uint32_t rows[] = {0, 1, 2};
    assert_int_equal(sl_dataset_take(data, rows, 3, &part, NULL), SL_OK);
    encoding = fit(part, &options);
    check_rows(encoding, data, (double[]){0, 1, 1, 0, 1, 2, 1, 0, 1.5, 0, 0, 1000}, 3);
    sl_encoding_free(encoding);
    sl_dataset_free(part);
    sl_dataset_free(data);
}

static void test_nothing_stands_in(void **state)
{
    (void)state;
    struct sl_encoding_options options = {.missing = SL_MISSING_MEDIAN}, none = {0};
    struct sl_dataset *data = read_like("f,g,kind\n1,2,p\n,3,q\n4,5,p\n", &options, NULL), *whole;
    struct sl_encoding *encoding;
    struct sl_view view = sl_dataset_view(data), out;
    struct sl_error err = {0};
    void *owned;
    const uint32_t rows[] = {0, 2};
    assert_int_equal(sl_encoding_fit(&none, data->columns, data->features, &view, &encoding, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "column \"f\" has missing values"));
    assert_int_equal(sl_dataset_take(data, rows, 2, &whole, NULL), SL_OK);
    encoding = fit(whole, &none);
    assert_int_equal(sl_encoding_apply(encoding, &view, &out, &owned, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "row 1, feature 0 is missing"));
    sl_encoding_free(encoding);
    strcpy(options.constant, "none");
    options.missing = SL_MISSING_CONSTANT;
    assert_int_equal(sl_encoding_fit(&options, data->columns, data->features, &view, &encoding, &err),
                     SL_EUSAGE);
    assert_non_null(strstr(err.text, "constant=\"none\" is no number, and column \"f\" holds numbers"));
    sl_dataset_free(whole);
    sl_dataset_free(data);
}

/* A column without a value in the training rows is filled with 0, one of categories becomes nothing. */
static void test_empty_columns(void **state)
{
    (void)state;
    struct sl_encoding_options options = {.missing = SL_MISSING_MEAN, .categories = SL_CATEGORIES_ONEHOT};
    struct sl_dataset *data = read_like("c,f,g,kind\n,,1,p\n,,2,q\nred,7,3,p\n", &options, NULL), *part;
    struct sl_encoding *encoding;
    const uint32_t rows[] = {0, 1};
    assert_int_equal(sl_dataset_take(data, rows, 2, &part, NULL), SL_OK);
    encoding = fit(part, &options);
    check_rows(encoding, data, (double[]){0, 1, 0, 2, 7, 3}, 2);
    sl_encoding_free(encoding);
    sl_dataset_free(part);
    sl_dataset_free(data);
}

/* Whatever a record says, loading it ends, and what was loaded does no harm. */
static void try_hostile_records(struct sl_encoding_options options)
{
    struct sl_dataset *data = read_like("c,f,kind\nred,1,p\n,2,q\ngreen,,p\nblue,1000,q\n", &options, NULL);
    struct sl_encoding *encoding = fit(data, &options), *loaded;
    struct sl_view view = sl_dataset_view(data), out;
    struct sl_writer w = {0};
    size_t refused = 0;
    sl_encoding_save(encoding, &w);
    for (size_t i = 0; i < w.size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            void *owned = NULL;
            w.bytes[i] ^= (unsigned char)(1 << bit);
            struct sl_reader r = {.bytes = w.bytes, .size = w.size};
            if (sl_encoding_load(&r, view.d, &loaded, NULL))
                refused++;
            else
                sl_encoding_apply(loaded, &view, &out, &owned, NULL);
            free(owned);
            sl_encoding_free(loaded);
            w.bytes[i] ^= (unsigned char)(1 << bit);
        }
        struct sl_reader cut = {.bytes = w.bytes, .size = i};
        assert_int_equal(sl_encoding_load(&cut, view.d, &loaded, NULL), SL_EDATA);
        assert_null(loaded);
    }
    assert_true(refused > w.size);
    sl_writer_release(&w);
    sl_encoding_free(encoding);
    sl_dataset_free(data);
}

static void test_hostile_records(void **state)
{
    (void)state;
    const struct sl_encoding_options options = {
        .missing = SL_MISSING_CONSTANT, .categories = SL_CATEGORIES_ONEHOT, .indicators = 1, .constant = "0"};
    try_hostile_records(options);
    try_hostile_records(sl_encoding_for(&options, 1, 1));
}

static void test_options(void **state)
{
    (void)state;
    struct sl_encoding_options options = {0};
    struct sl_error err = {0};
    char text[SL_ENCODING_TEXT];
    assert_int_equal(sl_missing_parse("constant=none", &options, &err), SL_OK);
    assert_int_equal(sl_categories_parse("ordinal", &options.categories, &err), SL_OK);
    options.min_frequency = .05;
    options.indicators = 1;
    sl_encoding_print(&options, text, sizeof text);
    assert_string_equal(
        text, "missing=constant=none missing_indicators=true categories=ordinal min_frequency=0.05");
    assert_int_equal(sl_missing_parse("medain", &options, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean median"));
    assert_int_equal(sl_missing_parse("constant=", &options, &err), SL_EUSAGE);
    assert_int_equal(sl_categories_parse("one-hot", &options.categories, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean onehot"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_onehot),
        cmocka_unit_test(test_ordinal),
        cmocka_unit_test(test_training_rows_only),
        cmocka_unit_test(test_nothing_stands_in),
        cmocka_unit_test(test_empty_columns),
        cmocka_unit_test(test_hostile_records),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_many_codes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
