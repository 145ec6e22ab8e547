/* test_figure.c - a figure that memory was missing for is none, whichever of its panels it was. */
#include "show/plots/figure.h"
#include "unit/check.h"

static void a_panel_without_memory_is_told(void **state)
{
    (void)state;
    for (int part = 0; part < 4; part++) {
        struct sl_figure figure;
        assert_int_equal(sl_figure_begin(&figure, 100, 100), 0);
        figure.settings.failed = part == 1;
        figure.elements.failed = part == 2;
        figure.body.failed = part == 3;
        sl_figure_panel_end(&figure);
        sl_figure_panel_end(&figure); /* one more, for which there was memory */
        assert_int_equal(sl_figure_end(&figure), part ? -1 : 0);
        sl_figure_release(&figure);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_panel_without_memory_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
