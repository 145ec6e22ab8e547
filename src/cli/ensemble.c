/* ensemble.c - shortlist ensemble: would several rows of a study together be better than the best one? */
#include "cli.h"
#include "json.h"
#include <shortlist/ensemble.h>
#include <string.h>

static const struct cli_option options[] = {
    {"format", 'f', "FORMAT", "text or json (default text)"},
    {"out", 'o', "DIR", "folder of the store (default results)"},
    {0},
};

static void print_text(const struct sl_study *study, const struct sl_ensemble *e)
{
    for (size_t m = 0; m < e->n_members; m++)
        cli_line(stdout, "%6.2f  %s", e->members[m].weight, study->rows[e->members[m].row].name);
    putchar(0x0a);
    cli_line(stdout, "Ensemble of %zu of %zu rows, chosen on %zu %s rows; the best single row is %s.",
             e->n_members, e->n_candidates, e->n_scored,
             study->folds   ? "out-of-fold"
             : study->final ? "test"
                            : "validation",
             study->rows[e->best].name);
    cli_line(stdout,
             "Accuracy on rows that neither was chosen by: ensemble %.4f, best single row %.4f: %+.2f points "
             "[%+.2f, %+.2f].",
             e->accuracy, e->single, 100 * e->gain, 100 * e->low, 100 * e->high);
    cli_line(stdout, "%s",
             e->low > 0    ? "The ensemble is better than any single row."
             : e->high < 0 ? "The ensemble is worse than the best single row."
                           : "No gain is shown: the interval holds 0.");
    if (study->final)
        cli_line(stdout,
                 "These are test rows: members that are chosen by them are not measured by them any more.");
}

static int print_json(const struct sl_study *study, const struct sl_ensemble *e)
{
    json_t *object = json_object(), *members = json_array();
    for (size_t m = 0; m < e->n_members; m++) {
        json_t *member = json_object();
        cli_json_set(&member, "row", cli_json_text(study->rows[e->members[m].row].name));
        cli_json_set(&member, "weight", json_real(e->members[m].weight));
        cli_json_add(&members, member);
    }
    cli_json_set(&object, "study", cli_json_text(study->name));
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
        code = sl_ensemble_make(cli_out(args), study, &ensemble, &err);
    int status = EXIT_DONE;
    if (code)
        status = cli_fail(&err);
    else if (format && strcmp(format, "json") == 0)
        status = print_json(study, ensemble);
    else
        print_text(study, ensemble);
    sl_ensemble_free(ensemble);
    sl_study_free(study);
    return status;
}

const struct cli_command cli_ensemble = {
    .name = "ensemble",
    .summary = "would several rows of a study together be better than the best one",
    .synopsis = "[STUDY]",
    .description =
        "Averages the probabilities that the store keeps of a study's rows (without STUDY, of the one that "
        "ran\n"
        "last), and chooses whose by greedy selection with replacement (Caruana et al., 2004): of all folds\n"
        "where there are some, else of the validation rows.  Nothing is fitted.  Rows without probabilities\n"
        "of all classes take no part.\n\n"
        "The gain over the best single row is cross-fitted: both are chosen on four fifths of the scored\n"
        "rows and scored on the rest, five times.  Where its 95 % interval holds 0, no gain is shown.",
    .examples = "  shortlist run --data wine.csv --label quality --folds 5 --name wine\n"
                "  shortlist ensemble wine\n"
                "      out-of-fold: each row is predicted by models that were not fitted on it\n"
                "  shortlist ensemble wine --format json | jq .members\n",
    .options = options,
    .least = 0,
    .most = 1,
    .run = make_ensemble,
};
