/* merge.c - shortlist merge: joins stores. */
#include "cli.h"

static const struct cli_option options[] = {
    {"out", 'o', "DIR", "folder of the store that they are merged into (default results)"},
    {"lean", 0, NULL, "leave scores behind, most of a store: tables stay, ROC curves go"},
    {0},
};

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static int merge(const struct cli_args *args)
{
    struct sl_merged m;
    struct sl_error err = {0};
    if (sl_study_merge(cli_out(args), args->word, (size_t)args->n, cli_has(args, "lean"), &m, &err))
        return cli_fail(&err);
    cli_print(stdout, "Merged %d store%s into %s: %zu outcome%s", args->n, plural((size_t)args->n),
              cli_out(args), m.outcomes, plural(m.outcomes));
    if (m.held)
        printf(", %zu more %s there already", m.held, m.held == 1 ? "was" : "were");
    if (m.models)
        printf(", %zu model file%s", m.models, plural(m.models));
    printf("; %zu stud%s, ", m.studies, m.studies == 1 ? "y" : "ies");
    if (m.missing)
        printf("of which %zu trial%s not run yet.\n", m.missing, m.missing == 1 ? " was" : "s were");
    else
        printf("whole.\n");
    return EXIT_DONE;
}

const struct cli_command cli_merge = {
    .name = "merge",
    .summary = "join stores, as of the shards of a run",
    .synopsis = "STORE...",
    .description =
        "Joins the stores in the folders STORE... into the one in --out, which is made where there is\n"
        "none: outcomes by their keys, and studies that have the same trials.  Then 'shortlist show'\n"
        "prints the table that one process would have made; trials that no store has are run by the same\n"
        "command without --shard.\n\n"
        "The same key is the same work: of two outcomes the one that ended well stays, else the one that\n"
        "was there first (that of --out, then of the stores in the order given).  A file that is no\n"
        "store, a damaged one, and a study of the same name with other data or trials are refused, and then\n"
        "nothing is changed; nor is it by a merge that is killed.  The stores themselves stay.",
    .examples = "  shortlist merge shards/0 shards/1 shards/2 shards/3\n"
                "      what four runs with --shard 0/4 to --shard 3/4 have made, into results/\n"
                "  shortlist merge shards/* --out all\n"
                "  shortlist merge colleague/results --out results\n"
                "  shortlist merge results --lean --out kept\n"
                "      a small store to keep, or to send\n",
    .options = options,
    .least = 1,
    .most = -1,
    .run = merge,
};
