/* run.c - shortlist run: an experiment's table. */
#include "cli.h"
#include <string.h>

static const struct cli_option options[] = {
    {"set", 's', "C.P=VALUES", "hyperparameter P of classifier C, as svm.C=0.1,1,10; may be repeated"},
    {"models", 'm', "A,B", "only these classifiers; with defaults where the experiment has no row of them"},
    {"quick", 0, NULL, "the experiment's quick setting: fewer rows and epochs, nothing published"},
    {"extrapolate", 0, "N",
     "add what each row would take on N training rows, by estimate: time to fit and\n"
     "to score, memory, and how fast the time grows"},
    {"baselines", 0, "FILE",
     "in the place of the experiment's rows: the configurations of a benchmark's file"},
    CLI_STUDY_OPTIONS,
    {0},
};

/* Keeps classifiers first: an override may name one that --models brought in. */
static int change_rows(const struct cli_args *args, struct sl_experiment *experiment)
{
    struct sl_error err = {0};
    const char *models = cli_value(args, "models");
    if (models && sl_experiment_keep(experiment, models, &err))
        return cli_reject(args->command, "--models: ", &err);
    for (size_t i = 0; i < args->n_given; i++)
        if (strcmp(args->given[i].option->name, "set") == 0 &&
            sl_experiment_override(experiment, args->given[i].value, &err)) {
            char where[100];
            snprintf(where, sizeof where, "--set %.80s: ", args->given[i].value);
            return cli_reject(args->command, where, &err);
        }
    return EXIT_DONE;
}

int cli_make_run(const struct cli_args *args, struct sl_experiment **out)
{
    struct sl_experiment *experiment;
    struct sl_error err = {0};
    *out = NULL;
    const char *baselines = cli_value(args, "baselines");
    if (sl_experiment_open(args->n     ? args->word[0]
                           : baselines ? "zalando-benchmark"
                                       : "shortlist",
                           &experiment, &err))
        return cli_fail(&err);
    int status = EXIT_DONE;
    if (baselines && sl_experiment_baselines(experiment, baselines, &err))
        status = cli_fail(&err);
    if (!status && cli_has(args, "quick") && sl_experiment_quick(experiment, &err))
        status = cli_reject(args->command, "--quick: ", &err);
    if (!status)
        status = cli_set_options(args, experiment);
    if (!status)
        status = change_rows(args, experiment);
    if (status)
        sl_experiment_free(experiment);
    else
        *out = experiment;
    return status;
}

static int run(const struct cli_args *args)
{
    struct sl_experiment *experiment;
    int status = cli_make_run(args, &experiment);
    if (!status)
        status = cli_run_experiment(args, experiment, NULL);
    if (experiment)
        sl_experiment_free(experiment);
    return status;
}

const struct cli_command cli_run = {
    .name = "run",
    .summary = "fit and score an experiment's classifiers, print their table",
    .synopsis = "[EXPERIMENT]",
    .description =
        "Runs an experiment: a YAML file, or the name of a shipped one ('shortlist list\n"
        "experiments'); without one, the shortlisting table.  Every trial is fitted in a process of\n"
        "its own, so that a crash, a time limit or a memory limit costs its own row only.  Outcomes\n"
        "go to the store as they come: the same command again fits only what is missing.  The table\n"
        "goes to stdout, progress to stderr.\n\n"
        "Options take precedence over what the experiment says; rows that do not fit another data set\n"
        "than the experiment's own are left out.  VALUES is one value, a list (0.1,1,10)\n"
        "or a range (0.001:1000:log7, 1:9:2, 0:1:lin5); several values make one row each.",
    .examples =
        "  shortlist run\n"
        "      the shortlisting table on Fashion-MNIST, 10,000 training and 10,000 validation rows\n"
        "  shortlist run --data synthetic --train 1500 --validation 500\n"
        "      the same on a small made-up data set\n"
        "  shortlist run papoutsis-nets --quick\n"
        "      a published experiment at a size for a first look; without --quick at its own\n"
        "  shortlist run --models svm,logreg --set svm.C=0.1,1,10 --set svm.kernel=linear,rbf\n"
        "      chosen classifiers, six SVMs among them\n"
        "  shortlist run --data wine.csv --label quality --folds 5 --repeats 3 --name wine --plots\n"
        "      your own data, cross-validated, with plots\n"
        "  shortlist run --extrapolate 1000000\n"
        "      which rows of it would scale to a million training rows\n"
        "  shortlist run --baselines baselines.json\n"
        "      the official benchmark's configurations (Debian's package of the data has the file), by its\n"
        "      protocol, published numbers beside ours\n"
        "  shortlist run --time-limit 10m --memory-limit 4G --format json >table.json\n",
    .options = options,
    .least = 0,
    .most = 1,
    .run = run,
};
