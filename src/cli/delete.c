/* delete.c - shortlist delete: removes a study from the store. */
#include "cli.h"

static const struct cli_option options[] = {
    {"out", 'o', "DIR", "folder of the store (default results)"},
    {0},
};

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static int delete_study(const struct cli_args *args)
{
    struct sl_deleted d;
    struct sl_error err = {0};
    if (sl_study_delete(cli_out(args), args->word[0], &d, &err))
        return cli_fail(&err);
    cli_print(stdout, "Deleted study %s: %zu row%s, %zu trial%s; %zu outcome%s removed", args->word[0],
              d.rows, plural(d.rows), d.trials, plural(d.trials), d.outcomes, plural(d.outcomes));
    if (d.shared)
        printf(", %zu left, which other studies use", d.shared);
    printf("; %zu model file%s removed.\n", d.models, plural(d.models));
    return EXIT_DONE;
}

const struct cli_command cli_delete = {
    .name = "delete",
    .summary = "remove a study from the store",
    .synopsis = "STUDY",
    .description =
        "Removes a study from the store, with the outcomes that no other study uses, and its saved\n"
        "models.  Pictures in OUT/STUDY/plots/ stay.  Asks nothing, and says what it has removed.\n"
        "The same run again fits what was removed.",
    .examples = "  shortlist delete sweep-knn\n"
                "  shortlist delete wine --out elsewhere\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = delete_study,
};
