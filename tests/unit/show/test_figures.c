/* The published tables and figures: every one has its source, experiment and kind of picture; the page shows
 * what there is, says what there is not, and takes hard texts as they are. */
#include "unit/check.h"
#include <shortlist/experiment.h>
#include <shortlist/figures.h>
#include <shortlist/plot.h>
#include <stdio.h>
#include <stdlib.h>

static void test_table(void **state)
{
    const struct sl_figure *figure, *other;
    (void)state;
    for (size_t i = 0; (figure = sl_figure_at(i)); i++) {
        struct sl_experiment *experiment;
        struct sl_error err;
        assert_non_null(sl_source_find(figure->source, NULL));
        if (sl_experiment_open(figure->experiment, &experiment, &err))
            fail_msg("%s-%s: %s", figure->source, figure->id, err.text);
        sl_experiment_free(experiment);
        if (figure->form == SL_FIGURE_PLOT && !sl_plot_find(figure->kind, &err))
            fail_msg("%s-%s: %s", figure->source, figure->id, err.text);
        for (size_t j = 0; j < i; j++) {
            other = sl_figure_at(j);
            if (strcmp(other->source, figure->source) == 0 && strcmp(other->id, figure->id) == 0)
                fail_msg("%s-%s stands twice", figure->source, figure->id);
        }
    }
}

static void test_sources(void **state)
{
    const struct sl_source *source;
    struct sl_error err;
    (void)state;
    for (size_t i = 0; (source = sl_source_at(i)); i++) {
        size_t figures = 0;
        for (size_t j = 0; sl_figure_at(j); j++)
            figures += strcmp(sl_figure_at(j)->source, source->name) == 0;
        assert_true(figures > 0);
    }
    assert_null(sl_source_find("papoutsi", &err));
    assert_holds(err.text, "papoutsis");
}

static char *write_page(const struct sl_figure_made *made, size_t n, int quick)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    assert_int_equal(sl_figures_write(made, n, quick, to, NULL), SL_OK);
    fclose(to);
    return text;
}

static void test_page(void **state)
{
    struct sl_figure figure = {.source = "slides",
                               .id = "x",
                               .title = "a < b & \"c\"",
                               .published = "0.5 <script>",
                               .experiment = "slides-regularised",
                               .form = SL_FIGURE_PLOT,
                               .kind = "confusion",
                               .row = "with dropout"};
    char missing[] = "no <study>", text[] = "1 < 2", confusion[] = "slides-x/confusion",
         *paths[] = {confusion};
    struct sl_figure_made made[] = {{.figure = &figure, .paths = paths, .n_paths = 1},
                                    {.figure = &figure, .missing = missing},
                                    {.figure = &figure, .text = text}};
    char *page = write_page(made, 3, 0);
    (void)state;
    assert_holds(page, "<h3>a &lt; b &amp; &quot;c&quot;</h3>");
    assert_holds(page, "<strong>Published:</strong> 0.5 &lt;script&gt;");
    assert_holds(page, "<img src=\"slides-x/confusion.svg\"");
    assert_holds(page, "<code>shortlist run slides-regularised</code>");
    assert_holds(page, "<code>shortlist plot slides-regularised confusion --row 'with dropout'</code>");
    assert_holds(page, "<strong>Not there:</strong> no &lt;study&gt;");
    assert_holds(page, "<pre>1 &lt; 2</pre>");
    assert_null(strstr(page, "<script"));
    free(page);
    page = write_page(made, 1, 1);
    assert_holds(page, "no number compares with a published one");
    assert_holds(page, "<code>shortlist run slides-regularised --quick</code>");
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
