/* write_rows.c - writes made-up rows to stdout, the same for the same arguments.
 *
 *     write_rows svmlight ROWS FEATURES ENTRIES    ENTRIES values of four digits a row, in two classes
 *     write_rows csv ROWS COLUMNS                  numbers of six decimals, and a label of three classes
 *
 * The class of a sparse row is the sign of the sum of its values, each times a weight of its feature, with
 * noise. */
#include <shortlist/rng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_sparse(struct sl_rng *rng, unsigned long rows, unsigned long features,
                         unsigned long entries)
{
    double *weight = malloc(features * sizeof *weight);
    unsigned long *column = malloc(entries * sizeof *column);
    unsigned *value = malloc(entries * sizeof *value);
    if (!weight || !column || !value)
        abort();
    for (unsigned long j = 0; j < features; j++)
        weight[j] = sl_rng_normal(rng);
    for (unsigned long i = 0; i < rows; i++) {
        double sum = sl_rng_normal(rng) / 2;
        for (unsigned long e = 0; e < entries; e++) { /* one of each stretch of features: they ascend */
            unsigned long from = features * e / entries, to = features * (e + 1) / entries;
            column[e] = from + sl_rng_below(rng, to - from);
            value[e] = 500 + (unsigned)sl_rng_below(rng, 9500);
            sum += weight[column[e]] * value[e] / 10000;
        }
        printf("%s", sum > 0 ? "+1" : "-1");
        for (unsigned long e = 0; e < entries; e++)
            printf(" %lu:0.%04u", column[e] + 1, value[e]);
        putchar('\n');
    }
    free(weight);
    free(column);
    free(value);
}

static void write_csv(struct sl_rng *rng, unsigned long rows, unsigned long columns)
{
    for (unsigned long j = 0; j < columns; j++)
        printf("x%lu,", j);
    puts("label");
    for (unsigned long i = 0; i < rows; i++) {
        for (unsigned long j = 0; j < columns; j++)
            printf("%.6f,", sl_rng_normal(rng));
        printf("%c\n", (int)('a' + sl_rng_below(rng, 3)));
    }
}

int main(int argc, char **argv)
{
    unsigned long number[3] = {0};
    for (int i = 2; i < argc && i < 5; i++)
        number[i - 2] = strtoul(argv[i], NULL, 10);
    int status = 2;
    struct sl_rng *rng = sl_rng_new(1, "rows");
    if (rng && argc == 5 && strcmp(argv[1], "svmlight") == 0 && number[2] && number[1] >= number[2]) {
        write_sparse(rng, number[0], number[1], number[2]);
        status = 0;
    } else if (rng && argc == 4 && strcmp(argv[1], "csv") == 0) {
        write_csv(rng, number[0], number[1]);
        status = 0;
    } else
        fprintf(stderr, "write_rows svmlight ROWS FEATURES ENTRIES, or csv ROWS COLUMNS\n");
    sl_rng_free(rng);
    return fflush(stdout) ? 1 : status;
}
