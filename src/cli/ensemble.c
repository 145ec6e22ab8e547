/* ensemble.c - shortlist ensemble: are several rows of a study together better than the best one? */
#include "cli.h"
#include "json.h"
#include <shortlist/ensemble.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"format", 'f', "FORMAT", "text or json (default text)"},
    {"out", 'o', "DIR", "folder of the store (default results)"},
    {0},
};

static void print_gain(const struct sl_ensemble *e)
{
    cli_line(stdout, "%s",
             e->low > 0    ? "The ensemble is better than any of these rows."
             : e->high < 0 ? "The ensemble is worse than the best of these rows."
                           : "No gain is shown: the interval holds 0.");
}

static const char *scored_part(const struct sl_study *study)
{
    return study->folds ? "out-of-fold" : study->final ? "test" : "validation";
}

static void print_members(const struct sl_study *study, const struct sl_ensemble *e)
{
    for (size_t m = 0; m < e->n_members; m++)
        cli_line(stdout, "%6.2f  %s=%d", e->members[m].weight, study->rows[e->members[m].row].name,
                 e->members[m].count);
    putchar(0x0a);
}

static void print_average(const struct sl_study *study, const struct sl_ensemble *e)
{
    print_members(study, e);
    cli_line(stdout, "Mean of the rows that were named, on %zu %s rows; the best single one of them is %s.",
             e->n_scored, scored_part(study), study->rows[e->best].name);
    cli_line(stdout, "Accuracy: ensemble %.4f, best single row %.4f: %+.2f points [%+.2f, %+.2f].",
             e->accuracy, e->single, 100 * e->gain, 100 * e->low, 100 * e->high);
    if (e->n_members > 1)
        print_gain(e);
}

static void print_chosen(const struct sl_study *study, const struct sl_ensemble *e)
{
    print_members(study, e);
    cli_line(stdout, "Ensemble of %zu of %zu rows, chosen on %zu %s rows; the best single row is %s.",
             e->n_members, e->n_candidates, e->n_scored, scored_part(study), study->rows[e->best].name);
    cli_line(stdout,
             "Accuracy on rows that neither was chosen by: ensemble %.4f, best single row %.4f: %+.2f points "
             "[%+.2f, %+.2f].",
             e->accuracy, e->single, 100 * e->gain, 100 * e->low, 100 * e->high);
    print_gain(e);
    if (study->final)
        cli_line(stdout,
                 "These are test rows: members that are chosen by them are not measured by them any more.");
    cli_line(stdout, "On other rows, as of a test file, the same members are scored where they are named: "
                     "shortlist ensemble STUDY ROW=N ...");
}

static int print_json(const struct sl_study *study, const struct sl_ensemble *e, int chosen)
{
    json_t *object = json_object(), *members = json_array();
    for (size_t m = 0; m < e->n_members; m++) {
        json_t *member = json_object();
        cli_json_set(&member, "row", cli_json_text(study->rows[e->members[m].row].name));
        cli_json_set(&member, "count", json_integer(e->members[m].count));
        cli_json_set(&member, "weight", json_real(e->members[m].weight));
        cli_json_add(&members, member);
    }
    cli_json_set(&object, "study", cli_json_text(study->name));
    cli_json_set(&object, "chosen", json_boolean(chosen));
    cli_json_set(&object, "members", members);
    cli_json_set(&object, "candidates", cli_json_count(e->n_candidates));
    cli_json_set(&object, "scored_rows", cli_json_count(e->n_scored));
    cli_json_set(&object, "best_single", cli_json_text(study->rows[e->best].name));
    cli_json_set(&object, "accuracy", json_real(e->accuracy));
    cli_json_set(&object, "single_accuracy", json_real(e->single));
    cli_json_set(&object, "gain", json_real(e->gain));
    cli_json_set(&object, "gain_low", json_real(e->low));
    cli_json_set(&object, "gain_high", json_real(e->high));
    return cli_write_json(object);
}

/* Splits ROW=N where no row has that name as it stands; without a number it counts once.  name: the caller's,
 * shortened. */
static int read_count(const struct sl_study *study, char *name)
{
    char *sign = strrchr(name, '=');
    long count;
    for (size_t r = 0; r < study->n_rows; r++)
        if (strcmp(study->rows[r].name, name) == 0)
            return 1;
    if (!sign || sl_parse_long(sign + 1, &count) || count < 1 || count > 1000)
        return 1;
    *sign = 0;
    return (int)count;
}

static int average(const struct cli_args *args, const struct sl_study *study, struct sl_ensemble **ensemble,
                   struct sl_error *err)
{
    const size_t n = (size_t)args->n - 1;
    char **names = calloc(n, sizeof *names);
    int *counts = calloc(n, sizeof *counts);
    int code = names && counts ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; i < n && !code; i++) {
        names[i] = strdup(args->word[i + 1]);
        if (names[i])
            counts[i] = read_count(study, names[i]);
        else
            code = sl_fail_memory(err);
    }
    if (!code)
        code =
            sl_ensemble_average(cli_out(args), study, (const char *const *)names, counts, n, ensemble, err);
    for (size_t i = 0; i < n && names; i++)
        free(names[i]);
    free(names);
    free(counts);
    return code;
}

static int make_ensemble(const struct cli_args *args)
{
    static const char *const names[] = {"text", "json"};
    const char *format = cli_value(args, "format");
    struct sl_study *study = NULL;
    struct sl_ensemble *ensemble = NULL;
    struct sl_error err = {0};
    if (format && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return cli_usage(args->command, "--format: '%.40s' is not allowed%s: it takes text or json", format,
                         sl_did_you_mean(format, names, 2).text);
    int code = sl_study_load(cli_out(args), args->n ? args->word[0] : NULL, &study, &err);
    if (!code)
        code = args->n > 1 ? average(args, study, &ensemble, &err)
                           : sl_ensemble_make(cli_out(args), study, &ensemble, &err);
    int status = EXIT_DONE;
    if (code)
        status = cli_fail(&err);
    else if (format && strcmp(format, "json") == 0)
        status = print_json(study, ensemble, args->n <= 1);
    else
        (args->n > 1 ? print_average : print_chosen)(study, ensemble);
    sl_ensemble_free(ensemble);
    sl_study_free(study);
    return status;
}

const struct cli_command cli_ensemble = {
    .name = "ensemble",
    .summary = "would several rows of a study together be better than the best one",
    .synopsis = "[STUDY [ROW[=N]...]]",
    .description =
        "Averages the probabilities that the store keeps of a study's rows (without STUDY, of the one that "
        "ran\n"
        "last), and chooses whose by greedy selection with replacement (Caruana et al., 2004): of all folds\n"
        "where there are some, else of the validation or test rows.  Nothing is fitted.  Rows without\n"
        "probabilities of all classes take no part; of several repeats the first counts.\n\n"
        "The gain over the best single row is cross-fitted: both are chosen on four fifths of the scored\n"
        "rows and scored on the rest, five times.  Where its 95 % interval holds 0, no gain is shown.\n\n"
        "Of ROWs that are named the mean is taken, each counting N times, and nothing is chosen: so an\n"
        "ensemble that was chosen on validation rows is scored on the test file.  It stands beside the most\n"
        "accurate of these rows on the scored ones.",
    .examples = "  shortlist run --data wine.csv --label quality --folds 5 --name wine\n"
                "  shortlist ensemble wine\n"
                "      out-of-fold: each row is predicted by models that were not fitted on it\n"
                "  shortlist ensemble wine --format json | jq .members\n"
                "  shortlist run --data wine.csv --label quality --test more.csv --final --name final\n"
                "  shortlist ensemble final 'SVM (RBF kernel)=3' 'decision tree'\n"
                "      on the test rows the mean of both, the first with a share of three quarters\n",
    .options = options,
    .least = 0,
    .most = -1,
    .run = make_ensemble,
};
