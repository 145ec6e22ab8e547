/* explain_text.c - explanations as lines, and the list of methods. */
#include "explain_text.h"
#include "json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 20, NAME = 16 };

/* "Pullover 0.21", or "-" */
static void print_class(const struct sl_explanation *x, size_t row, int32_t label)
{
    const size_t k = (size_t)sl_model_classes(x->model);
    char text[160], number[32] = "";
    if (label < 0) {
        printf("  %-*s       ", NAME, "-");
        return;
    }
    char *name = sl_visible(sl_model_class(x->model, label));
    if (!name) {
        cli_miss_text();
        return;
    }
    size_t bytes = sl_text_bytes(name, NAME);
    snprintf(text, sizeof text, "%.*s", (int)(bytes < 120 ? bytes : 120), name);
    if (x->scores)
        snprintf(number, sizeof number, "%6.3f", (double)x->scores[row * k + (size_t)label]);
    int pad = NAME - (int)sl_text_width(text);
    printf("  %s%*s %s", text, pad > 0 ? pad : 0, "", number);
    free(name);
}

static void print_pair(const struct sl_explanation *x, size_t p)
{
    const struct sl_explained_score *s = &x->explained.score[p];
    const size_t row = p / x->m;
    const double error = sl_explained_error(s);
    printf("%6llu", (unsigned long long)x->ids[row]);
    print_class(x, row, x->truth ? x->truth[row] : -1);
    print_class(x, row, x->predicted[row]);
    char *name = sl_visible(sl_model_class(x->model, x->classes[p]));
    if (!name)
        cli_miss_text();
    size_t bytes = name ? sl_text_bytes(name, NAME) : 0;
    int pad = NAME - (int)(name ? sl_text_width(name) : 0);
    printf("  %.*s%*s %9.4g %9.4g", (int)bytes, name ? name : "", pad > 0 ? pad : 0, "", s->score, s->base);
    free(name);
    if (s->blank)
        printf("  nothing positive");
    else if (isfinite(error))
        printf(" %9.2g", error);
    else
        printf(" %9s", "-");
    if (isfinite(s->fit))
        printf("  R2 %.3f", s->fit);
    if (isfinite(s->agreement))
        printf("  agree %.2f", s->agreement);
    if (isfinite(s->deviation))
        printf("  +-%.2g", s->deviation);
    putchar('\n');
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Median and largest completeness error, blank maps, mean R2. */
static void print_summary(const struct sl_explanation *x)
{
    const size_t pairs = x->n * x->m;
    double *errors = malloc(pairs * sizeof *errors), fit = 0, agreement = 0;
    size_t n = 0, blank = 0, fitted = 0;
    if (!errors) {
        cli_miss_text();
        return;
    }
    for (size_t p = 0; p < pairs; p++) {
        const struct sl_explained_score *s = &x->explained.score[p];
        const double error = sl_explained_error(s);
        if (isfinite(error))
            errors[n++] = error;
        blank += s->blank != 0;
        if (isfinite(s->fit)) {
            fit += s->fit;
            fitted++;
            agreement += s->agreement;
        }
    }
    qsort(errors, n, sizeof *errors, by_size);
    printf("%s of %zu row%s", x->method->title, x->n, x->n == 1 ? "" : "s");
    if (n)
        printf(": completeness error %.2g at the median, %.2g at most", errors[n / 2], errors[n - 1]);
    if (fitted)
        printf("; R2 %.3f on average", fit / (double)fitted);
    if (fitted && isfinite(agreement))
        printf("; the five top regions of two seeds have %.2f in common", agreement / (double)fitted);
    putchar('\n');
    if (blank)
        printf("%zu map%s positive: nothing that the layer sees speaks for the class\n", blank,
               blank == 1 ? " has nothing" : "s have nothing");
    free(errors);
}

void cli_print_explanation(const struct sl_explanation *x)
{
    const size_t pairs = x->n * x->m, shown = pairs < LINES ? pairs : LINES;
    const char *kind = sl_model_type(x->model)->flags & SL_PROBABILITIES ? "p" : "score";
    printf("%6s  %-*s %6s  %-*s %6s  %-*s %9s %9s %9s\n", "row", NAME, "true", kind, NAME, "predicted", kind,
           NAME, "explained", "score", "baseline", "error");
    for (size_t p = 0; p < shown; p++)
        print_pair(x, p);
    if (shown < pairs)
        printf("... and %zu more in rows.csv\n", pairs - shown);
    print_summary(x);
}

/* A column's name, or its number. */
static void print_column(const struct sl_model *model, size_t column)
{
    const char *name = sl_model_feature(model, column);
    if (name)
        cli_print(stdout, "%s", name);
    else
        printf("column %zu", sl_feature_number(sl_model_indices(model), column));
}

void cli_print_importance(const struct sl_model *model, const struct sl_explain_method *method,
                          const struct sl_importance *importance, size_t n, double accuracy)
{
    const size_t d = sl_model_like(model).d, shown = d < LINES ? d : LINES;
    uint32_t *order = malloc(d * sizeof *order);
    if (!order) {
        cli_miss_text();
        return;
    }
    sl_importance_order(importance, d, order);
    if (n)
        printf("accuracy %.4f on %zu rows; lost where a column's values change places, and its deviation:\n",
               accuracy, n);
    else
        printf("%s, and its deviation over the trees:\n", method->help);
    for (size_t i = 0; i < shown; i++) {
        printf("%9.4f  %8.4f  ", importance[order[i]].mean, importance[order[i]].deviation);
        print_column(model, order[i]);
        putchar('\n');
    }
    if (shown < d)
        printf("... and %zu more in importance.csv\n", d - shown);
    free(order);
}

void cli_print_faithfulness(const struct sl_faithfulness *f)
{
    const double *area = f->area;
    const int deletion = area[SL_CURVE_DELETION] < area[SL_CURVE_RANDOM_DELETION];
    const int insertion = area[SL_CURVE_INSERTION] > area[SL_CURVE_RANDOM_INSERTION];
    printf("mean score while columns are deleted, the largest value first: %.4g, in a random order %.4g\n"
           "mean score while they are inserted: %.4g, in a random order %.4g\n",
           area[SL_CURVE_DELETION], area[SL_CURVE_RANDOM_DELETION], area[SL_CURVE_INSERTION],
           area[SL_CURVE_RANDOM_INSERTION]);
    puts(deletion && insertion   ? "by both, the values order the columns better than chance"
         : deletion || insertion ? "by one of both, the values order the columns better than chance"
                                 : "by neither, the values order the columns better than chance");
}

void cli_print_randomised(const struct sl_randomised *steps, size_t n)
{
    puts("likeness of the |values| (rank correlation) where weights are drawn anew, from the last layer down "
         "to:");
    for (size_t i = 0; i < n; i++)
        if (isfinite(steps[i].likeness))
            printf("  %-12s %6.3f\n", steps[i].layer, steps[i].likeness);
        else
            printf("  %-12s %6s\n", steps[i].layer, "-");
    if (n && isfinite(steps[n - 1].likeness))
        puts(fabs(steps[n - 1].likeness) < .5
                 ? "the map depends on what the network has learnt"
                 : "the map hardly depends on what the network has learnt: it says little of the model");
}

/* The list of methods ------------------------------------------------------------------------------- */

static json_t *method_json(const struct sl_explain_method *method)
{
    json_t *o = json_object();
    cli_json_set(&o, "name", cli_json_text(method->name));
    cli_json_set(&o, "title", cli_json_text(method->title));
    cli_json_set(&o, "needs", cli_json_text(method->needs));
    cli_json_set(&o, "help", cli_json_text(method->help));
    cli_json_set(&o, "reference", cli_json_text(method->reference));
    return o;
}

int cli_list_methods(const struct cli_args *args, int json)
{
    json_t *list = json ? json_array() : NULL;
    (void)args;
    for (size_t i = 0; i < sl_explain_method_count(); i++) {
        const struct sl_explain_method *method = sl_explain_method_at(i);
        if (json)
            cli_json_add(&list, method_json(method));
        else
            printf("%s\n    %s\n    needs %s; %s\n", method->name, method->help, method->needs,
                   method->reference);
    }
    return json ? cli_write_json(json_pack("{s:o}", "methods", list)) : EXIT_DONE;
}
