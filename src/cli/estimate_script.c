/* estimate_script.c - a job script for Slurm: an array of shards, and their merge.
 *
 * Submitted by sbatch it runs one shard; run by bash it submits itself, and the merge behind it.  Slurm tells
 * the batch shell before the time is over, which passes it on: what is finished is kept, and the same script
 * goes on from there. */
#include "estimate_script.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOTICE = 120, SPARE = 60 /* seconds */, MEGABYTES = 64 };
static const double margin = 1.5; /* of an estimated time; memory is steadier */
static const double memory_margin = 1.25;

/* In single quotes, for a shell. */
static void print_quoted(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";
    if (*text && strspn(text, plain) == strlen(text)) {
        fputs(text, stdout);
        return;
    }
    putchar('\'');
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    putchar('\'');
}

/* The estimate's own options are none of the run's. */
static int is_own(const char *option)
{
    static const char *const own[] = {"out", "store", "slurm", "format"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(option, own[i]) == 0)
            return 1;
    return 0;
}

static void print_command(const struct cli_args *args)
{
    const int named = args->n && (strcmp(args->word[0], "run") == 0 || strcmp(args->word[0], "sweep") == 0);
    fputs(named ? "" : " run", stdout);
    for (int i = 0; i < args->n; i++) {
        putchar(' ');
        print_quoted(args->word[i]);
    }
    for (size_t g = 0; g < args->n_given; g++) {
        const struct cli_option *option = args->given[g].option;
        if (is_own(option->name))
            continue;
        printf(" --%s", option->name);
        if (option->argument) {
            putchar(' ');
            print_quoted(args->given[g].value);
        }
    }
}

static void print_head(const struct sl_estimation *e, long shards, const struct sl_run_options *run)
{
    const double each = fmax(e->seconds / (double)shards, e->longest);
    const long minutes = (long)ceil((margin * (isfinite(each) ? each : 0) + NOTICE + SPARE) / 60);
    const long megabytes = (long)ceil(memory_margin * e->memory / 1048576) + MEGABYTES;
    const int jobs = run->jobs ? run->jobs : 1, threads = run->threads ? run->threads : 1;
    printf("#!/bin/bash\n"
           "# bash FILE submits the shards and the merge of their stores; sbatch FILE the shards alone.\n"
           "#SBATCH --job-name=shortlist\n"
           "#SBATCH --array=0-%ld\n"
           "#SBATCH --cpus-per-task=%d\n"
           "#SBATCH --time=%ld:%02ld:00\n"
           "#SBATCH --mem=%ldM\n"
           "#SBATCH --signal=B:TERM@%d\n",
           shards - 1, jobs * threads, minutes / 60, minutes % 60, megabytes, NOTICE);
}

void cli_print_script(const struct cli_args *args, const struct sl_estimation *e, long shards,
                      const struct sl_run_options *run)
{
    const char *store = cli_value(args, "store");
    print_head(e, shards, run);
    printf("set -u\n"
           "store=");
    print_quoted(store ? store : "results");
    printf("\nif [ -z \"${SLURM_ARRAY_TASK_ID:-}\" ]; then\n"
           "    job=$(sbatch --parsable \"$0\") || exit\n"
           "    export store\n"
           "    sbatch --dependency=\"afterany:${job%%%%;*}\" --job-name=shortlist-merge --export=ALL \\\n"
           "        --wrap 'shortlist merge \"$store\"/shards/* --out \"$store\"'\n"
           "    exit\n"
           "fi\n"
           "shortlist");
    print_command(args);
    printf(" \\\n    --out \"$store/shards/$SLURM_ARRAY_TASK_ID\" --estimates ");
    print_quoted(cli_value(args, "out"));
    printf(" \\\n    --shard \"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT\" --format csv &\n"
           "child=$!\n"
           "trap 'kill -TERM \"$child\" 2>/dev/null' TERM # from Slurm, %d s before the end\n"
           "wait \"$child\"\n"
           "status=$?\n"
           "while kill -0 \"$child\" 2>/dev/null; do # a signal has ended the wait, not the run\n"
           "    wait \"$child\"\n"
           "    status=$?\n"
           "done\n"
           "exit \"$status\"\n",
           NOTICE);
}
