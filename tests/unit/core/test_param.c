/* Hyperparameters: parsing of every type, bounds, words, messages, canonical text, ranges, tables. */
#include "core/range.h"
#include "unit/check.h"
#include <limits.h>
#include <math.h>
#include <shortlist/param.h>

enum { LINEAR, POLY, RBF };

struct config {
    int count;
    double rate, gamma;
    int kernel, shrink;
    struct sl_ints layers;
    char text[SL_TEXT_MAX];
};

static const struct sl_word kernels[] = {{"linear", LINEAR}, {"poly", POLY}, {"rbf", RBF}, {NULL, 0}};
static const struct sl_word gammas[] = {{"scale", -1}, {"auto", -2}, {NULL, 0}};
static const struct sl_param table[] = {
    SL_INT_PARAM("count", struct config, count, "5", 1, 100, 0, "1:9:2", "a number"),
    SL_REAL_PARAM("rate", struct config, rate, "0.1", 0, 1, SL_OPEN_MIN | SL_OPEN_MAX, "0.01,0.1", "a share"),
    SL_REAL_OR_WORD_PARAM("gamma", struct config, gamma, "scale", 0, INFINITY, SL_OPEN_MIN | SL_LOG, gammas,
                          "scale,0.001:1:log4", "a width"),
    SL_CHOICE_PARAM("kernel", struct config, kernel, "rbf", kernels, "linear,rbf", "a kernel"),
    SL_BOOL_PARAM("shrink", struct config, shrink, "true", NULL, "a switch"),
    SL_INTS_PARAM("layers", struct config, layers, "100", 1, 4096, "16,[512,512]", "widths"),
    SL_TEXT_PARAM("text", struct config, text, "relu, 10", "a description"),
    {0}};

static struct config defaults(void)
{
    struct config config = {0};
    sl_config_default(table, &config);
    return config;
}

static void sets_defaults(void **state)
{
    (void)state;
    struct config c = defaults();
    assert_int_equal(c.count, 5);
    assert_true(c.rate == 0.1 && c.gamma == -1);
    assert_int_equal(c.kernel, RBF);
    assert_int_equal(c.shrink, 1);
    assert_int_equal(c.layers.n, 1);
    assert_int_equal(c.layers.v[0], 100);
    assert_string_equal(c.text, "relu, 10");
}

static void accepts(void **state)
{
    static const struct {
        const char *name, *text, *canonical;
    } cases[] = {
        {"count", "1", "1"},
        {"count", "100", "100"},
        {"count", "+7", "7"},
        {"rate", "0.5", "0.5"},
        {"rate", ".25", "0.25"},
        {"rate", "1e-3", "0.001"},
        {"rate", "1E-05", "1e-05"},
        {"rate", "0.30000000000000004", "0.30000000000000004"},
        {"gamma", "auto", "auto"},
        {"gamma", "SCALE", "scale"},
        {"gamma", "1000", "1000"},
        {"gamma", "12345678", "12345678"},
        {"kernel", "Poly", "poly"},
        {"shrink", "False", "false"},
        {"layers", "512,512", "512,512"},
        {"layers", "[512, 256 ]", "512,256"},
        {"layers", "(100,)", "100"},
        {"layers", " 7 ", "7"},
        {"text", "a=b, [c] \"d\"", "a=b, [c] \"d\""},
        {"text", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c = defaults(), again = defaults();
        struct sl_error err = {0};
        char text[SL_TEXT_MAX];
        if (sl_config_set(table, &c, cases[i].name, cases[i].text, &err))
            fail_msg("%s=%s: %s", cases[i].name, cases[i].text, err.text);
        const struct sl_param *param = sl_param_find(table, cases[i].name, NULL);
        sl_param_print(param, &c, text, sizeof text);
        assert_string_equal(text, cases[i].canonical);
        assert_int_equal(sl_config_set(table, &again, cases[i].name, text, &err), SL_OK);
        assert_true(sl_param_equal(param, &c, &again));
        for (const struct sl_param *other = table; other->name; other++) { /* and nothing else was written */
            struct config untouched = defaults();
            if (other != param)
                assert_true(sl_param_equal(other, &c, &untouched));
        }
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"count", ""},      {"count", "0"},          {"count", "101"},
        {"count", "1.5"},   {"count", "5x"},         {"count", " 5"},
        {"count", "1e1"},   {"count", "0x5"},        {"count", "--5"},
        {"count", "none"},  {"count", "4294967301"}, {"count", "99999999999999999999"},
        {"rate", "0"},      {"rate", "1"},           {"rate", "nan"},
        {"rate", "inf"},    {"rate", "1e999"},       {"rate", "0,5"},
        {"rate", "0x1p-1"}, {"rate", "0.5 "},        {"rate", "."},
        {"rate", "-0.5"},   {"gamma", "0"},          {"gamma", "-1"},
        {"gamma", "sale"},  {"kernel", "0"},         {"kernel", ""},
        {"kernel", "rbf2"}, {"shrink", "yes"},       {"shrink", "1"},
        {"layers", ""},     {"layers", "0"},         {"layers", "5,,5"},
        {"layers", ",5"},   {"layers", "[5"},        {"layers", "5 5"},
        {"layers", "1[2]"}, {"layers", "[[5]]"},     {"layers", "5.0"},
        {"layers", "4097"}, {"layers", "[]"},        {"layers", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c = defaults(), before = defaults();
        struct sl_error err = {0};
        if (sl_config_set(table, &c, cases[i].name, cases[i].text, &err) != SL_EUSAGE)
            fail_msg("%s='%s' was accepted", cases[i].name, cases[i].text);
        assert_int_equal(err.code, SL_EUSAGE);
        assert_holds(err.text, cases[i].name);
        assert_null(strchr(err.text, '\n'));
        for (const struct sl_param *p = table; p->name; p++)
            assert_true(sl_param_equal(p, &c, &before));
    }
}

static void refuses_long_text(void **state)
{
    (void)state;
    static char text[SL_TEXT_MAX + 1];
    struct config c = defaults();
    memset(text, 'x', SL_TEXT_MAX);
    assert_int_equal(sl_config_set(table, &c, "text", text, NULL), SL_EUSAGE);
    assert_int_equal(sl_config_set(table, &c, "layers", text, NULL), SL_EUSAGE);
    assert_int_equal(sl_config_set(table, &c, "count", text, NULL), SL_EUSAGE);
    text[SL_TEXT_MAX - 1] = 0;
    assert_int_equal(sl_config_set(table, &c, "text", text, NULL), SL_OK);
    assert_string_equal(c.text, text);
}

static void says_what_is_allowed(void **state)
{
    (void)state;
    struct config c = defaults();
    struct sl_error err;
    sl_config_set(table, &c, "count", "0", &err);
    assert_string_equal(err.text, "count: '0' is not allowed: it takes a whole number >= 1 and <= 100");
    sl_config_set(table, &c, "gamma", "scael", &err);
    assert_string_equal(err.text,
                        "gamma: 'scael' is not allowed: it takes a real number > 0, or scale | auto "
                        "(did you mean scale?)");
    sl_config_set(table, &c, "kernel", "liner", &err);
    assert_string_equal(
        err.text, "kernel: 'liner' is not allowed: it takes linear | poly | rbf (did you mean linear?)");
    sl_config_set(table, &c, "kernal", "rbf", &err);
    assert_holds(err.text, "did you mean kernel?");
    assert_holds(err.text, "count, rate, gamma, kernel, shrink, layers, text");
    sl_config_set(table, &c, "zzzzzzzz", "rbf", &err);
    assert_null(strstr(err.text, "did you mean"));
    static const struct sl_param empty[] = {{0}};
    assert_null(sl_param_find(empty, "C", &err));
    assert_holds(err.text, "there are none");
}

static void describes(void **state)
{
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"count", "a whole number >= 1 and <= 100"},
        {"rate", "a real number > 0 and < 1"},
        {"gamma", "a real number > 0, or scale | auto"},
        {"kernel", "linear | poly | rbf"},
        {"shrink", "false | true"},
        {"layers", "a list, each a whole number >= 1 and <= 4096"},
        {"text", "a text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200], cut[9];
        const struct sl_param *param = sl_param_find(table, cases[i].name, NULL);
        sl_param_describe(param, text, sizeof text);
        assert_string_equal(text, cases[i].text);
        memset(cut, '#', sizeof cut);
        sl_param_describe(param, cut, 8); /* a short buffer is not overrun */
        assert_true(memchr(cut, 0, 8) && cut[8] == '#');
    }
}

static void prints_what_differs(void **state)
{
    (void)state;
    struct config c = defaults();
    char text[200];
    sl_config_print(table, &c, text, sizeof text);
    assert_string_equal(text, "");
    assert_int_equal(sl_config_set(table, &c, "layers", "512,512", NULL), SL_OK);
    assert_int_equal(sl_config_set(table, &c, "kernel", "poly", NULL), SL_OK);
    assert_int_equal(sl_config_set(table, &c, "rate", "0.1", NULL), SL_OK);
    sl_config_print(table, &c, text, sizeof text);
    assert_string_equal(text, "kernel=poly layers=512,512");
    sl_config_print(table, &c, text, 9);
    assert_string_equal(text, "kernel=p");
}

/* values is the list that text expands to, separated by blanks; NULL: an error. */
static void expands(void **state)
{
    static const struct {
        const char *name, *text, *values;
    } cases[] = {
        {"count", "10", "10"},
        {"count", "3,1,3", "3 1"},
        {"count", "1:9:2", "1 3 5 7 9"},
        {"count", "9:1:-4", "9 5 1"},
        {"count", "1:100:log3", "1 10 100"},
        {"count", "1:3:lin9", "1 2 3"},
        {"count", "[1, 2,3]", "1 2 3"},
        {"rate", "0.1:0.5:0.1", "0.1 0.2 0.3 0.4 0.5"},
        {"rate", "0.1:0.3:lin3", "0.1 0.2 0.3"},
        {"gamma", "0.001:1000:log7", "0.001 0.01 0.1 1 10 100 1000"},
        {"gamma", "scale, auto, 1:4:1", "scale auto 1 2 3 4"},
        {"gamma", "5:5:log1", "5"},
        /* What is printed is what is fitted: 3 digits between the ends, more where they tell values apart. */
        {"gamma", "0.01:1:log6", "0.01 0.0251 0.0631 0.158 0.398 1"},
        {"gamma", "0.0123456:1:log3", "0.0123456 0.111 1"},
        {"gamma", "100:100.4:log5", "100 100.1 100.2 100.3 100.4"},
        {"gamma", "1:2:lin4", "1 1.333 1.667 2"},
        {"gamma", "1000:1010:lin5", "1000 1002.5 1005 1007.5 1010"},
        /* Whole numbers are distinct as far as the range holds so many. */
        {"count", "1:10:log7", "1 2 3 4 5 7 10"},
        {"count", "10:1:log7", "10 7 5 4 3 2 1"},
        {"count", "1:9:lin9", "1 2 3 4 5 6 7 8 9"},
        {"count", "1:4:log4", "1 2 3 4"},
        {"kernel", "linear,RBF,linear", "linear rbf"},
        {"layers", "32,[512,512],(16,)", "32 512,512 16"},
        {"layers", "[512,512]", "512,512"},
        {"text", "a, b", "a, b"},
        {"count", "", NULL},
        {"count", "1,,2", NULL},
        {"count", "1:9,3", NULL},
        {"count", "3,1:9", NULL},
        {"count", "9:1", NULL},
        {"count", "0:9", NULL},
        {"count", "1:9:0", NULL},
        {"count", "1:9:-1", NULL},
        {"count", "1:200:1", NULL},
        {"count", "1:9:log0", NULL},
        {"count", "1:9:lo", NULL},
        {"count", "1:9:log1e3", NULL},
        {"count", "1:2:3:4", NULL},
        {"count", "[1,2", NULL},
        {"gamma", "0:1:log3", NULL},
        {"gamma", "-1:1:log3", NULL},
        {"gamma", "1:1e9:1", NULL},
        {"gamma", "1:2:log99999", NULL},
        {"kernel", "linear:rbf:1", NULL},
        {"layers", "1:9:2", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_values values;
        struct sl_error err = {0};
        char joined[200] = "";
        int code = sl_values_parse(sl_param_find(table, cases[i].name, NULL), cases[i].text, &values, &err);
        if (!cases[i].values) {
            if (code != SL_EUSAGE)
                fail_msg("%s=%s was accepted", cases[i].name, cases[i].text);
            assert_holds(err.text, cases[i].name);
            assert_true(values.n == 0 && !values.text);
            continue;
        }
        if (code)
            fail_msg("%s=%s: %s", cases[i].name, cases[i].text, err.text);
        for (size_t v = 0; v < values.n; v++) {
            strcat(joined, v ? " " : "");
            strcat(joined, values.text[v]);
        }
        assert_string_equal(joined, cases[i].values);
        sl_values_free(&values);
    }
}

/* What is wrong with a range is said, not that it is none; words have none. */
static void tells_of_ranges(void **state)
{
    static const struct {
        const char *name, *text, *told;
    } cases[] = {
        {"count", "9:1", "has its smaller end last"},
        {"count", "1:9:-1", "steps of -1 do not lead from 1 to 9"},
        {"count", "9:1:2", "steps of 2 do not lead from 9 to 1"},
        {"count", "1:9:0", "steps of 0 do not lead from 1 to 9"},
        {"count", "1:9:lo", "is not a range: write FIRST:LAST:logN"},
        {"gamma", "0:1:log3", "needs ends > 0"},
        {"kernel", "linear:rbf", "'linear:rbf' is not allowed"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_values values;
        struct sl_error err = {0};
        assert_int_equal(
            sl_values_parse(sl_param_find(table, cases[i].name, NULL), cases[i].text, &values, &err),
            SL_EUSAGE);
        assert_holds(err.text, cases[i].told);
    }
}

/* A range without steps has no values of its own: a search draws from it. */
static void keeps_whole_ranges(void **state)
{
    static const struct {
        const char *name, *text;
        double low, high;
        int is_log;
    } cases[] = {{"gamma", "0.01:10", 0.01, 10, 1},
                 {"gamma", "0.01:10:lin", 0.01, 10, 0},
                 {"count", "1:9", 1, 9, 0},
                 {"count", "1:9:log", 1, 9, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_values values;
        struct sl_error err = {0};
        const struct sl_param *param = sl_param_find(table, cases[i].name, NULL);
        if (sl_values_parse(param, cases[i].text, &values, &err))
            fail_msg("%s=%s: %s", cases[i].name, cases[i].text, err.text);
        assert_int_equal(values.n, 0);
        assert_true(values.is_whole && values.low == cases[i].low && values.high == cases[i].high);
        assert_int_equal(values.is_log, cases[i].is_log);
        for (int u = 0; u < 1000; u++) { /* every draw is allowed and reads back as it is printed */
            char text[SL_RANGE_TEXT];
            struct sl_values one;
            sl_range_draw(param, &values, u / 1000.0, text);
            if (sl_values_parse(param, text, &one, &err))
                fail_msg("%s", err.text);
            assert_true(strtod(one.text[0], NULL) == strtod(text, NULL));
            assert_true(strtod(text, NULL) >= cases[i].low && strtod(text, NULL) <= cases[i].high);
            sl_values_free(&one);
        }
        sl_values_free(&values);
    }
}

static void check_refused(const char *name, const char *text, const char *words)
{
    struct sl_values values;
    struct sl_error err = {0};
    assert_int_equal(sl_values_parse(sl_param_find(table, name, NULL), text, &values, &err), SL_EUSAGE);
    assert_holds(err.text, words);
    assert_true(values.n == 0 && !values.text && !values.slots);
}

/* How many are allowed is said, and how many were asked for; none of them is made before. */
static void bounds_the_number_of_values(void **state)
{
    (void)state;
    struct sl_values values;
    struct sl_error err = {0};
    const struct sl_param *gamma = sl_param_find(table, "gamma", NULL);
    check_refused("gamma", "0.001:1000:log5000000", "asks for 5000000 values: 1 to 10000 are allowed");
    check_refused("gamma", "1:2:log99999999999999999999999", "asks for too many values: at most 10000");
    check_refused("gamma", "1:2:1e-300", "asks for too many values: at most 10000");
    check_refused("gamma", "1:2:log0", "asks for 0 values: 1 to 10000 are allowed");
    check_refused("gamma", "1:1e9:1", "asks for 1000000000 values");
    check_refused("gamma", "1:9:lin9999,3,4", "'4' asks for 1 value after 10000 others: 1 to 10000");
    check_refused("count", "1:2:lin9999,1:2:lin9999", "asks for 9999 values after 9999 others");
    /* The most there can be, each found among the others. */
    if (sl_values_parse(gamma, "1:5000:1,5000:1:-1", &values, &err))
        fail_msg("%s", err.text);
    assert_int_equal(values.n, 5000);
    assert_int_equal(values.asked, 10000);
    for (size_t i = 0; i < values.n; i++)
        assert_int_equal(atoi(values.text[i]), i + 1);
    sl_values_free(&values);
    /* Behind others, as the items of a list come. */
    assert_int_equal(sl_values_add(gamma, "1,2", &values, &err), SL_OK);
    assert_int_equal(sl_values_add(gamma, "2:4:1", &values, &err), SL_OK);
    assert_int_equal(values.n, 4);
    assert_int_equal(sl_values_add(gamma, "1:9:lin9996", &values, &err), SL_EUSAGE);
    sl_values_free(&values);
}

/* A bound is told, however large it is. */
static void tells_large_bounds(void **state)
{
    (void)state;
    static const struct {
        struct sl_param param;
        const char *allowed;
    } cases[] = {
        {{.name = "C", .type = SL_PARAM_REAL, .max = 1e12, .flags = SL_OPEN_MIN},
         "a real number > 0 and <= 1e+12"},
        {{.name = "n", .type = SL_PARAM_INT, .min = -1, .max = 2e9},
         "a whole number >= -1 and <= 2000000000"},
        {{.name = "m", .type = SL_PARAM_INT, .min = 1, .max = INT_MAX},
         "a whole number >= 1 and <= 2147483647"},
        {{.name = "a", .type = SL_PARAM_REAL, .min = -1e12, .max = INFINITY}, "a real number >= -1e+12"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        sl_param_describe(&cases[i].param, text, sizeof text);
        assert_string_equal(text, cases[i].allowed);
    }
}

static int checked(struct sl_param row, char text[1024])
{
    struct sl_param rows[] = {
        {.name = "first", .type = SL_PARAM_INT, .def = "1", .min = 0, .max = 9, .help = "first"}, row, {0}};
    struct sl_error err = {0};
    int code = sl_params_check(rows, NULL, &err);
    memcpy(text, err.text, sizeof err.text);
    return code;
}

static void checks_tables(void **state)
{
    const struct sl_param sound = {
        .name = "x", .type = SL_PARAM_INT, .def = "5", .min = 1, .max = 9, .grid = "1:9:4", .help = "help"};
    char text[1024];
    (void)state;
    assert_int_equal(sl_params_check(table, NULL, NULL), SL_OK);
    assert_int_equal(checked(sound, text), SL_OK);
#define BROKEN(change)                                                                                       \
    do {                                                                                                     \
        struct sl_param p = sound;                                                                           \
        change;                                                                                              \
        assert_int_not_equal(checked(p, text), SL_OK);                                                       \
        assert_holds(text, p.name);                                                                          \
    } while (0)
    BROKEN(p.name = "first");
    BROKEN(p.def = NULL);
    BROKEN(p.def = "10");
    BROKEN(p.help = "");
    BROKEN(p.help = NULL);
    BROKEN(p.grid = "1,10");
    BROKEN((p.min = 9, p.max = 1));
    BROKEN(p.max = INFINITY);
    BROKEN(p.min = -3e9);
    BROKEN((p.type = SL_PARAM_CHOICE, p.words = NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_defaults),
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_long_text),
        cmocka_unit_test(says_what_is_allowed),
        cmocka_unit_test(describes),
        cmocka_unit_test(bounds_the_number_of_values),
        cmocka_unit_test(tells_large_bounds),
        cmocka_unit_test(prints_what_differs),
        cmocka_unit_test(expands),
        cmocka_unit_test(tells_of_ranges),
        cmocka_unit_test(keeps_whole_ranges),
        cmocka_unit_test(checks_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
