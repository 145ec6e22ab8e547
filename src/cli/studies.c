/* studies.c - a study in the store: opened as a table, and drawn. */
#include "cli.h"
#include <stdlib.h>
#include <string.h>

const char *cli_out(const struct cli_args *args)
{
    const char *out = cli_value(args, "out");
    return out ? out : "results";
}

int cli_open_study(const struct cli_args *args, const char *name, struct cli_study *opened)
{
    return cli_open_study_in(args, cli_out(args), name, opened);
}

int cli_open_study_in(const struct cli_args *args, const char *out, const char *name,
                      struct cli_study *opened)
{
    struct sl_error err = {0};
    const char *asked = cli_value(args, "metric");
    int metric = -1;
    *opened = (struct cli_study){0};
    if (asked && sl_metric_find(asked, &metric, &err))
        return cli_reject(args->command, "--metric: ", &err);
    int code = sl_study_load(out, name, &opened->study, &err);
    if (!code && !asked)
        metric = opened->study->metric;
    if (!code)
        code = sl_table_make(opened->study, &opened->table, &err);
    if (!code && metric >= 0)
        code = sl_table_rank(opened->table, metric, out, &err);
    if (!code)
        return EXIT_DONE;
    cli_close_study(opened);
    return cli_fail(&err);
}

void cli_close_study(struct cli_study *opened)
{
    sl_table_free(opened->table);
    if (opened->study)
        sl_study_free(opened->study);
    *opened = (struct cli_study){0};
}

static void print_path(void *to, const struct sl_plot_made *made)
{
    cli_line(to, "%s.{svg,png,pdf}", made->path);
}

int cli_draw(struct sl_plot_request *request, const char *kind, FILE *to)
{
    struct sl_error err = {0};
    const char *study = request->table->study->name;
    request->kind = kind ? sl_plot_find(kind, &err) : NULL;
    if (kind && !request->kind)
        return cli_fail(&err);
    size_t size = strlen(request->out) + strlen(study) + sizeof "//plots";
    char *folder = malloc(size);
    if (!folder)
        return cli_fail_memory();
    snprintf(folder, size, "%s/%s/plots", request->out, study);
    request->dir = folder;
    request->made = print_path;
    request->arg = to;
    int code = sl_plot_draw(request, &err);
    free(folder);
    return code ? cli_fail(&err) : EXIT_DONE;
}
