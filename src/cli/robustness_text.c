/* robustness_text.c - accuracies under distortions as text, Markdown, CSV and JSON. */
#include "robustness_text.h"
#include "json.h"
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 40 };

static double share(const struct sl_robustness *r, size_t right)
{
    return (double)right / (double)(r->n ? r->n : 1);
}

/* The mean over strengths; over all distortions where i is their number. */
static double mean(const struct sl_robustness *r, size_t i)
{
    const size_t count = sl_distortion_count(), from = i < count ? i : 0, to = i < count ? i + 1 : count;
    double sum = 0;
    for (size_t d = from; d < to; d++)
        for (int s = 0; s < SL_STRENGTHS; s++)
            sum += share(r, r->right[d][s]);
    return sum / (double)((to - from) * SL_STRENGTHS);
}

/* Text ---------------------------------------------------------------------------------------------- */

static void print_name(const char *name, size_t width)
{
    char *shown = sl_visible(name);
    if (!shown) {
        cli_miss_text();
        return;
    }
    const size_t bytes = sl_text_bytes(shown, width);
    shown[bytes] = 0;
    printf("%s%*s", shown, (int)(width - sl_text_width(shown)), "");
    free(shown);
}

static size_t name_width(const struct cli_robust *table)
{
    size_t width = 10;
    for (size_t m = 0; m < table->n; m++) {
        char *shown = sl_visible(table->names[m]);
        const size_t own = shown ? sl_text_width(shown) : 0;
        if (!shown)
            cli_miss_text();
        width = own > width ? own : width;
        free(shown);
    }
    return width < NAME_MOST ? width : NAME_MOST;
}

static void print_distortion(const struct cli_robust *table, size_t i, size_t width)
{
    const struct sl_distortion *d = sl_distortion_at(i);
    printf("\n%-*s      none", (int)width, d->name);
    for (int s = 0; s < SL_STRENGTHS; s++)
        printf("  %6g", d->strength[s]);
    printf("    mean  (%s)\n", d->unit);
    for (size_t m = 0; m < table->n; m++) {
        const struct sl_robustness *r = &table->results[m];
        print_name(table->names[m], width);
        printf("    %.4f", share(r, r->undisturbed));
        for (int s = 0; s < SL_STRENGTHS; s++)
            printf("  %.4f", share(r, r->right[i][s]));
        printf("  %.4f\n", mean(r, i));
    }
}

static int print_text(const struct cli_robust *table)
{
    const size_t width = name_width(table), count = sl_distortion_count();
    cli_line(stdout,
             "%s: accuracy on %zu rows, undisturbed and under %zu distortions at %d strengths, seed %ld",
             table->data, table->results->n, count, SL_STRENGTHS, table->seed);
    for (size_t i = 0; i < count; i++)
        print_distortion(table, i, width);
    printf("\n%-*s      none  disturbed   of it\n", (int)width, "all");
    for (size_t m = 0; m < table->n; m++) {
        const struct sl_robustness *r = &table->results[m];
        const double whole = share(r, r->undisturbed), disturbed = mean(r, count);
        print_name(table->names[m], width);
        printf("    %.4f     %.4f  %5.1f%%\n", whole, disturbed, whole > 0 ? 100 * disturbed / whole : 0.);
    }
    return EXIT_DONE;
}

/* Other forms --------------------------------------------------------------------------------------- */

/* A name in a cell of Markdown: what would end it is escaped. */
static void print_cell(const char *name)
{
    char *shown = sl_visible(name);
    if (!shown)
        cli_miss_text();
    for (const char *c = shown ? shown : ""; *c; c++) {
        if (strchr("|\\`*_<>[]", *c))
            putchar('\\');
        putchar(*c);
    }
    free(shown);
}

static int print_markdown(const struct cli_robust *table)
{
    printf(
        "| distortion | model | none | 1 | 2 | 3 | 4 | 5 | mean |\n|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sl_distortion_count(); i++)
        for (size_t m = 0; m < table->n; m++) {
            const struct sl_robustness *r = &table->results[m];
            printf("| %s | ", sl_distortion_at(i)->name);
            print_cell(table->names[m]);
            printf(" | %.4f", share(r, r->undisturbed));
            for (int s = 0; s < SL_STRENGTHS; s++)
                printf(" | %.4f", share(r, r->right[i][s]));
            printf(" | %.4f |\n", mean(r, i));
        }
    return EXIT_DONE;
}

static void print_csv_row(const struct cli_robust *table, size_t m, const char *distortion,
                          const char *strength, size_t right)
{
    const struct sl_robustness *r = &table->results[m];
    double low, high;
    sl_wilson(right, r->n, 0.95, &low, &high);
    sl_write_csv_field(stdout, table->names[m]);
    printf(",%s,%s,%.6f,%.6f,%.6f,%zu\r\n", distortion, strength, share(r, right), low, high, r->n);
}

static int print_csv(const struct cli_robust *table)
{
    printf("model,distortion,strength,accuracy,low,high,n\r\n");
    for (size_t m = 0; m < table->n; m++) {
        print_csv_row(table, m, "none", "", table->results[m].undisturbed);
        for (size_t i = 0; i < sl_distortion_count(); i++)
            for (int s = 0; s < SL_STRENGTHS; s++) {
                char strength[32];
                snprintf(strength, sizeof strength, "%g", sl_distortion_at(i)->strength[s]);
                print_csv_row(table, m, sl_distortion_at(i)->name, strength, table->results[m].right[i][s]);
            }
    }
    return EXIT_DONE;
}

static json_t *distortion_json(const struct sl_robustness *r, size_t i)
{
    json_t *o = json_object(), *strengths = json_array(), *accuracies = json_array();
    for (int s = 0; s < SL_STRENGTHS; s++) {
        cli_json_add(&strengths, json_real(sl_distortion_at(i)->strength[s]));
        cli_json_add(&accuracies, json_real(share(r, r->right[i][s])));
    }
    cli_json_set(&o, "strength", strengths);
    cli_json_set(&o, "accuracy", accuracies);
    return o;
}

static int print_json(const struct cli_robust *table)
{
    json_t *o = json_object(), *models = json_array();
    for (size_t m = 0; m < table->n; m++) {
        const struct sl_robustness *r = &table->results[m];
        json_t *model = json_object(), *distortions = json_object();
        cli_json_set(&model, "model", cli_json_text(table->names[m]));
        cli_json_set(&model, "n", cli_json_count(r->n));
        cli_json_set(&model, "undisturbed", json_real(share(r, r->undisturbed)));
        cli_json_set(&model, "disturbed", json_real(mean(r, sl_distortion_count())));
        for (size_t i = 0; i < sl_distortion_count(); i++)
            cli_json_set(&distortions, sl_distortion_at(i)->name, distortion_json(r, i));
        cli_json_set(&model, "distortions", distortions);
        cli_json_add(&models, model);
    }
    cli_json_set(&o, "data", cli_json_text(table->data));
    cli_json_set(&o, "seed", json_integer(table->seed));
    cli_json_set(&o, "models", models);
    return cli_write_json(o);
}

int cli_print_robustness(const struct cli_robust *table, int form)
{
    static int (*const print[])(const struct cli_robust *) = {print_text, print_markdown, print_csv,
                                                              print_json};
    return print[form](table);
}
