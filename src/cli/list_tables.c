/* list_tables.c - shortlist list of what the library has a table of: warnings, kinds of plots. */
#include "cli.h"
#include "json.h"
#include <stdio.h>

int cli_list_warnings(const struct cli_args *args, int json)
{
    json_t *list = json_array();
    (void)args;
    for (int i = 0; i < SL_N_WARNINGS; i++) {
        const struct sl_warning_kind *kind = &sl_warning_kinds[i];
        if (json)
            cli_json_add(&list, json_pack("{s:s, s:s, s:s}", "code", kind->code, "name", kind->name, "help",
                                          kind->help));
        else
            printf("%s  %-14s %s\n", kind->code, kind->name, kind->help);
    }
    if (json)
        return cli_write_json(json_pack("{s:o}", "warnings", list));
    json_decref(list);
    return EXIT_DONE;
}

int cli_list_plots(const struct cli_args *args, int json)
{
    json_t *list = json_array();
    const struct sl_plot_kind *kind;
    (void)args;
    for (size_t i = 0; (kind = sl_plot_at(i)); i++) {
        if (json)
            cli_json_add(&list, json_pack("{s:s, s:s, s:s, s:b}", "name", kind->name, "help", kind->help,
                                          "needs", kind->needs, "default", kind->by_default));
        else
            printf("%-22s %s\n", kind->name, kind->help);
    }
    if (json)
        return cli_write_json(json_pack("{s:o}", "plots", list));
    json_decref(list);
    return EXIT_DONE;
}
