/* test_report_parts.c - what a page is made of: hashes that name its style and script, and pictures as parts
 * of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/sha256.h"
#include "show/report/page.h"
#include <stdlib.h>
#include <string.h>

/* FIPS 180-4's examples and lengths about a block's end; by Python's hashlib. */
static void test_sha256(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *hash;
    } of_a[] = {{0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
                {55, "n0OQ+NMMLdkuyfCVtl4rmumwqSWlJY4kHJ8ekQ9zQxg="},
                {56, "s1Q5pKxvCUi21vnjxq8PX1kM4g8b3nCQ73lwaG7Gc4o="},
                {63, "fT50oF19sVvOStnsBljqmOPwbu7PFrTG//LaRX3cLzQ="},
                {64, "/+BU/nrgy23GXDr5th1SCfQ5hR20PQulmXM33xVGaOs="},
                {119, "MeulHDE6XAgiat8Y1KNZz9/Y0ugWsT9K+VL36mWE3Ps="},
                {120, "Lz0zVDLHC1gK8Ojhs2dKfAINaDql9zqq7f3FWvkEwhw="},
                {1000, "Qe3s5C1j6Nm/UVqbppMuHCDLyfWl0TRkWttdsblzfqM="}};
    char text[45], a[1000];
    sl_sha256_base64("abc", 3, text);
    assert_string_equal(text, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    memset(a, 'a', sizeof a);
    for (size_t i = 0; i < sizeof of_a / sizeof *of_a; i++) {
        sl_sha256_base64(a, of_a[i].n, text);
        assert_string_equal(text, of_a[i].hash);
    }
}

static char *inlined(const char *body, int *code)
{
    char *text = NULL, svg[2000];
    size_t size;
    FILE *to = open_memstream(&text, &size);
    snprintf(svg, sizeof svg,
             "<?xml version=\"1.0\"?>\n<svg \n width=\"9\" viewBox=\"0 0 90 60\"\n>\n%s</svg>\n", body);
    *code = sl_svg_inline(svg, 7, "a \"b\" <c>", to);
    fclose(to);
    return text;
}

static void test_picture(void **state)
{
    (void)state;
    int code;
    char *text = inlined(
        "<title>Gnuplot</title><defs>\n<circle id='gpPt5' r='1'/><circle id='gpPt6' r='2.50'/>"
        "<use xlink:href='#gpPt5' id='gpPt7'/></defs><g id=\"gnuplot_plot_1\" fill=\"none\"><g></g></g>"
        "<g><use xlink:href='#gpPt7' transform='translate(1.00,20.50) scale(3.10)'/>"
        "<use xlink:href='#gpPt7' transform='translate(1.00,2) scale(0.00)'/>"
        "<text>x &lt; y 1.50</text></g>",
        &code);
    assert_int_equal(code, 0);
    assert_string_equal(
        text,
        "<svg role=img viewBox=\"0 0 90 60\" width=90 height=60 aria-label=\"a &quot;b&quot; &lt;c&gt;\">"
        "<defs><circle id=\"p7gpPt5\" r=\"1\"/><use href=\"#p7gpPt5\" id=\"p7gpPt7\"/></defs>"
        "<g><use href=\"#p7gpPt7\" transform=\"translate(1,20.5) scale(3.1)\"/>"
        "<text>x &lt; y 1.50</text></g></svg>");
    free(text);
}

/* What gnuplot does not write is refused, and nothing of it is in the page. */
static void test_refused(void **state)
{
    static const char *const wrong[] = {"<script>alert(1)</script>",
                                        "<g onload=\"alert(1)\"><path d=\"M0,0\"/></g>",
                                        "<use xlink:href=\"http://example.org/x#y\"/>",
                                        "<image xlink:href='file:///etc/passwd'/>",
                                        "<g style=\"fill:red\"><path d=\"M0,0\"/></g>",
                                        "<foreignObject></foreignObject>",
                                        "<g><path d=\"M0,0\"/>",
                                        "<g",
                                        "<path d=\"M0,0>",
                                        "</b>",
                                        "<!-- no end"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int code;
        char *text = inlined(wrong[i], &code);
        if (code != -1 || *text)
            fail_msg("%s: %d, %s", wrong[i], code, text);
        free(text);
    }
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    assert_int_equal(sl_svg_inline("no picture", 1, "", to), -1);
    fclose(to);
    free(text);
}

/* Marks that use one another: looking for what draws them would take years. */
static void test_marks_in_circles(void **state)
{
    (void)state;
    enum { MARKS = 1000 };
    static char svg[128 + 64 * MARKS];
    size_t n = (size_t)snprintf(svg, sizeof svg, "<svg viewBox=\"0 0 90 60\"><defs>");
    for (int i = 0; i < MARKS; i++)
        n += (size_t)snprintf(svg + n, sizeof svg - n, "<use xlink:href='#gpA' id='gpA'/>");
    snprintf(svg + n, sizeof svg - n, "</defs></svg>");
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    assert_int_equal(sl_svg_inline(svg, 1, "", to), -1);
    fclose(to);
    assert_int_equal(size, 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_marks_in_circles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
