/* Strict numbers, shortest numbers, nearest names, file names, growing strings, errors. */
#include "core/names.h"
#include "core/text.h"
#include "unit/check.h"
#include <locale.h>
#include <math.h>
#include <shortlist/error.h>

static void parses_whole_numbers(void **state)
{
    static const char *const junk[] = {"",
                                       " ",
                                       "1 ",
                                       " 1",
                                       "1x",
                                       "x1",
                                       "1.0",
                                       "1e3",
                                       "0x10",
                                       "--1",
                                       "+-1",
                                       "1-",
                                       "-",
                                       "+",
                                       "1+1",
                                       "9223372036854775808",
                                       "99999999999999999999"};
    (void)state;
    long value = 0;
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        if (sl_parse_long(junk[i], &value) == 0)
            fail_msg("'%s' was accepted", junk[i]);
    assert_true(sl_parse_long("-42", &value) == 0 && value == -42);
    assert_true(sl_parse_long("+7", &value) == 0 && value == 7);
    assert_true(sl_parse_long("007", &value) == 0 && value == 7);
    assert_true(sl_parse_long("9223372036854775807", &value) == 0 && value == INT64_MAX);
    assert_true(sl_parse_long("-9223372036854775808", &value) == 0 && value == INT64_MIN);
}

static void parses_real_numbers(void **state)
{
    static const char *const junk[] = {"",         " 1",    "1 ",    "nan",    "NaN", "inf", "-inf",
                                       "infinity", "0x1p3", "1e",    "e5",     ".",   "-",   "1,5",
                                       "1.5.",     "1e5.5", "1e999", "-1e999", "1f",  "1d3"};
    (void)state;
    double value = 0;
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        if (sl_parse_real(junk[i], &value) == 0)
            fail_msg("'%s' was accepted", junk[i]);
    assert_true(sl_parse_real("-1.5e-3", &value) == 0 && value == -0.0015);
    assert_true(sl_parse_real(".5", &value) == 0 && value == 0.5);
    assert_true(sl_parse_real("5.", &value) == 0 && value == 5);
    assert_true(sl_parse_real("1E+2", &value) == 0 && value == 100);
    assert_true(sl_parse_real("1.7976931348623157e308", &value) == 0 && value == 1.7976931348623157e308);
    assert_true(sl_parse_real("5e-324", &value) == 0 && value == 5e-324);
}

static void prints_shortest(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {0.1, "0.1"},
                 {1e-5, "1e-05"},
                 {1000, "1000"},
                 {-2.5, "-2.5"},
                 {1e6, "1000000"},
                 {1e22, "1e+22"},
                 {1.0 / 3, "0.3333333333333333"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {123456789, "123456789"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[40];
        double back;
        sl_print_real(cases[i].value, text, sizeof text);
        assert_string_equal(text, cases[i].text);
        assert_true(sl_parse_real(text, &back) == 0 && back == cases[i].value);
    }
}

/* Where the locale writes a comma, numbers still have points. */
static void ignores_the_locale(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
    (void)state;
    const char *set = NULL;
    for (size_t i = 0; i < 4 && !set; i++)
        set = setlocale(LC_NUMERIC, names[i]);
    char text[40];
    double value;
    sl_print_real(2.5, text, sizeof text);
    int code = sl_parse_real("2.5", &value), comma = sl_parse_real("2,5", &value);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(text, "2.5");
    assert_true(code == 0 && comma != 0);
    if (!set)
        skip(); /* no such locale here: the C locale was checked */
}

static void finds_the_nearest(void **state)
{
    static const char *const names[] = {"logreg", "linear_svm", "svm", "knn", "majority", "max_depth"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"logrge", "logreg"},
        {"LOGREG", "logreg"},
        {"log", "logreg"},
        {"logistic", NULL},
        {"smv", "svm"},
        {"knm", "knn"},
        {"linearsvm", "linear_svm"},
        {"zzzzz", NULL},
        {"majorty", "majority"},
        {"", NULL},
        {"depth_max_of_tree", NULL},
        {"max-depth", "max_depth"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[80] = "";
        if (cases[i].nearest)
            snprintf(expected, sizeof expected, " (did you mean %s?)", cases[i].nearest);
        assert_string_equal(sl_did_you_mean(cases[i].word, names, 6).text, expected);
    }
    assert_string_equal(sl_did_you_mean("svm", names, 0).text, "");
    char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_string_equal(sl_did_you_mean(longest, names, 6).text, "");
}

static void tells_of_unknown_names(void **state)
{
    static const char *const names[] = {"tree", "decision tree"};
    const char *many[200];
    struct sl_error err;
    (void)state;
    assert_int_equal(sl_fail_unknown(&err, "row", "decision tre", names, 2), SL_EUSAGE);
    assert_string_equal(
        err.text,
        "there is no row 'decision tre' (did you mean 'decision tree'?): there are tree, decision tree");
    sl_fail_unknown(&err, "row", "x", names, 0);
    assert_string_equal(err.text, "there is no row 'x': there are none");
    for (size_t i = 0; i < 200; i++)
        many[i] = "sixteen_letters_";
    sl_fail_unknown(&err, "row", "x", many, 200); /* a list that is cut ends behind a whole name */
    const char *cut = ", sixteen_letters_, ...", *end = err.text + strlen(err.text) - strlen(cut);
    assert_string_equal(end, cut);
}

static void makes_file_names(void **state)
{
    static const struct {
        const char *text, *slug;
    } cases[] = {{"SVM, C = 10", "svm-c-10"},
                 {"../../etc/passwd", "etc-passwd"},
                 {"...", "x"},
                 {"", "x"},
                 {"-a-", "a"},
                 {"a  b", "a-b"},
                 {"\xc3\xa4", "x"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char slug[64];
        sl_slug(cases[i].text, slug, sizeof slug);
        if (strcmp(slug, cases[i].slug) || *slug == '.' || *slug == '-' || strchr(slug, '/'))
            fail_msg("'%s' became '%s'", cases[i].text, slug);
    }
    char small[4];
    sl_slug("abcdef", small, sizeof small);
    assert_string_equal(small, "abc");
}

static void strings_grow(void **state)
{
    (void)state;
    struct sl_string s = {0};
    for (int i = 0; i < 1000; i++)
        sl_string_add(&s, "%d,", i % 10);
    assert_true(!s.failed && s.size == 2000 && strlen(s.text) == 2000);
    assert_memory_equal(s.text, "0,1,2,3,4,5,6,7,8,9,0,", 22);
    sl_string_release(&s);
    assert_null(s.text);
    sl_string_add(&s, "%s", "");
    assert_string_equal(s.text, "");
    sl_string_release(&s);
}

static void other_bytes_become_utf8(void **state)
{
#define BAD "\xef\xbf\xbd" /* U+FFFD */
    static const struct {
        const char *text, *utf8;
    } cases[] = {
        {"", ""},
        {"plain \"\n", "plain \"\n"},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x91\x9f",
         "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x91\x9f"},
        {"gr\xc3\xbc\xdf", ("gr\xc3\xbc" BAD)},  /* Latin-1 */
        {"\xc0\xaf", (BAD BAD)},                 /* overlong */
        {"\xed\xa0\x80", (BAD BAD BAD)},         /* half a surrogate pair */
        {"\xe2\x82", (BAD BAD)},                 /* cut off */
        {"\xf4\x90\x80\x80", (BAD BAD BAD BAD)}, /* beyond Unicode */
    };
#undef BAD
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = sl_text_utf8(cases[i].text);
        assert_string_equal(text, cases[i].utf8);
        free(text);
    }
}

static int fail_and_prefix(struct sl_error *err, int code)
{
    sl_fail(err, code, "row %d", 7);
    return sl_fail_prefix(err, "%s", "file.csv");
}

static void errors(void **state)
{
    (void)state;
    struct sl_error err = {0};
    assert_int_equal(fail_and_prefix(&err, SL_EDATA), SL_EDATA);
    assert_int_equal(err.code, SL_EDATA);
    assert_string_equal(err.text, "file.csv: row 7");
    assert_int_equal(fail_and_prefix(NULL, SL_EIO), SL_EIO); /* the code survives without an error to fill */
    assert_int_equal(sl_fail_memory(&err), SL_ENOMEM);
    char longest[3000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_int_equal(sl_fail(&err, SL_EUSAGE, "%s", longest), SL_EUSAGE);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(sl_fail_prefix(&err, "%s", longest), SL_EUSAGE);
    assert_true(strlen(err.text) < sizeof err.text);
    assert_string_equal(sl_code_name(SL_EDATA), "data");
    assert_string_equal(sl_code_name(-1), "unknown");
    assert_string_equal(sl_code_name(1000), "unknown");
}

static void shows_what_would_act(void **state)
{
    static const struct {
        const char *text, *visible;
    } cases[] = {
        {"", ""},
        {"plain, with 'quotes' & \\ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", NULL},
        {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
        {"\x1b[31m\x7f\x01", "\\x1b[31m\\x7f\\x01"},
        {"\xc2\x9b"
         "31m",
         "\\u009b31m"},
        {"\xff\xfe \xc3", "\\xff\\xfe \\xc3"},
        {"\xc0\xaf \xed\xa0\x80", "\\xc0\\xaf \\xed\\xa0\\x80"},
        {"\xe2\x80\xae"
         "abc\xe2\x81\xa6",
         "\\u202eabc\\u2066"},
        {"\xe2\x80\xa8\xef\xbb\xbf\xe2\x80\x8b", "\\u2028\\ufeff\\u200b"},
        {"\xf3\xa0\x81\x81", "\\U000e0041"},
        {"\xe2\x80\x8d", NULL}, /* the joiner of scripts and emoji */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *expected = cases[i].visible ? cases[i].visible : cases[i].text;
        char *visible = sl_visible(cases[i].text), *again = sl_visible(visible), written[200] = "";
        assert_string_equal(visible, expected);
        assert_string_equal(again, visible);
        FILE *to = fmemopen(written, sizeof written, "w");
        sl_write_visible(to, cases[i].text);
        fclose(to);
        assert_string_equal(written, expected);
        free(visible);
        free(again);
    }
    assert_int_equal(sl_text_width("a\xc3\xa9\xf0\x9f\x98\x80"), 3);
    assert_int_equal(sl_text_bytes("a\xc3\xa9\xf0\x9f\x98\x80", 2), 3);
    assert_int_equal(sl_text_bytes("ab", 9), 2);
}

static void quotes_for_spreadsheets(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"plain", "plain"},
        {"a,\"b\"", "\"a,\"\"b\"\"\""},
        {"a\nb", "\"a\nb\""},
        {"-1", "-1"},
        {"+2.5e-3", "+2.5e-3"},
        {"-", "'-"},
        {"-x", "'-x"},
        {"=1+1", "'=1+1"},
        {"+", "'+"},
        {"@a,b", "\"'@a,b\""},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"a=1", "a=1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char written[200] = "";
        FILE *to = fmemopen(written, sizeof written, "w");
        sl_write_csv_field(to, cases[i][0]);
        fclose(to);
        assert_string_equal(written, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_whole_numbers),    cmocka_unit_test(parses_real_numbers),
        cmocka_unit_test(prints_shortest),         cmocka_unit_test(ignores_the_locale),
        cmocka_unit_test(finds_the_nearest),       cmocka_unit_test(tells_of_unknown_names),
        cmocka_unit_test(makes_file_names),        cmocka_unit_test(strings_grow),
        cmocka_unit_test(other_bytes_become_utf8), cmocka_unit_test(shows_what_would_act),
        cmocka_unit_test(quotes_for_spreadsheets), cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
