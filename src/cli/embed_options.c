/* embed_options.c - what shortlist embed is asked for. */
#include "embed_job.h"
#include <limits.h>
#include <string.h>

static int one_of(const struct cli_args *args, const char *option, const char *const *words, int n,
                  int *which)
{
    const char *value = cli_value(args, option);
    if (!value)
        return EXIT_DONE;
    for (int i = 0; i < n; i++)
        if (strcmp(value, words[i]) == 0) {
            *which = i;
            return EXIT_DONE;
        }
    return cli_usage(args->command, "--%s: '%.40s' is not allowed: it takes %s or %s%s", option, value,
                     words[0], words[1], sl_did_you_mean(value, words, (size_t)n).text);
}

static int real_above(const struct cli_args *args, const char *option, double least, double *value)
{
    const char *text = cli_value(args, option);
    if (text && (sl_parse_real(text, value) || !(*value > least)))
        return cli_usage(args->command, "--%s: '%.40s' is not allowed: it takes a number above %g", option,
                         text, least);
    return EXIT_DONE;
}

static int parse_tsne(const struct cli_args *args, struct sl_tsne_options *how)
{
    static const char *const ways[] = {"pca", "random"};
    long iterations = how->n_iter, seed = (long)how->seed;
    int status = real_above(args, "perplexity", 1, &how->perplexity);
    if (!status)
        status = real_above(args, "exaggeration", 0, &how->early_exaggeration);
    if (!status)
        status = real_above(args, "learning-rate", 0, &how->learning_rate);
    if (!status)
        status = cli_whole(args, "iterations", 1, 1 << 24, &iterations);
    if (!status)
        status = cli_whole(args, "seed", 0, LONG_MAX, &seed);
    if (!status)
        status = one_of(args, "init", ways, 2, &how->random);
    how->n_iter = (int)iterations;
    how->seed = (uint64_t)seed;
    return status;
}

/* Options that only one of the methods has, or that say what another says. */
static int check_together(const struct cli_args *args, const struct cli_embed_job *job)
{
    static const char *const of_tsne[] = {"perplexity",    "iterations", "exaggeration",
                                          "learning-rate", "init",       "seed"};
    static const char *const of_pca[] = {"components", "save", "pca"};
    static const char *const kept[] = {"components", "scale", "save", "missing", "categories"};
    for (size_t i = 0; !job->tsne && i < sizeof of_tsne / sizeof *of_tsne; i++)
        if (cli_has(args, of_tsne[i]))
            return cli_usage(args->command, "--%s belongs to --method tsne", of_tsne[i]);
    for (size_t i = 0; job->tsne && i < sizeof of_pca / sizeof *of_pca; i++)
        if (cli_has(args, of_pca[i]))
            return cli_usage(args->command, "--%s belongs to --method pca", of_pca[i]);
    for (size_t i = 0; cli_has(args, "pca") && i < sizeof kept / sizeof *kept; i++)
        if (cli_has(args, kept[i]))
            return cli_usage(args->command, "--pca has all that --%s says: leave it out", kept[i]);
    if (cli_has(args, "layer") && !cli_has(args, "model"))
        return cli_usage(args->command, "--layer: whose? --model names the network");
    if (cli_has(args, "beside") && !cli_has(args, "model"))
        return cli_usage(args->command, "--beside: whose layer? --model names the network");
    if ((cli_has(args, "zoom") || cli_has(args, "beside")) && !cli_has(args, "plots"))
        return cli_usage(args->command, "--%s is of a picture: --plots names the folder for it",
                         cli_has(args, "zoom") ? "zoom" : "beside");
    if (cli_has(args, "model") && cli_has(args, "scale"))
        return cli_usage(args->command, "--model has its own scaling: leave --scale out");
    return EXIT_DONE;
}

int cli_embed_parse(const struct cli_args *args, struct cli_embed_job *job)
{
    static const char *const formats[] = {"text", "json"}, *const methods[] = {"pca", "tsne"};
    const char *scale = cli_value(args, "scale");
    struct sl_error err;
    int status = cli_read_options(args, &job->of.read);
    job->tsne = !cli_has(args, "pca");
    job->points.layer = cli_value(args, "layer");
    job->beside.layer = cli_value(args, "beside");
    if (!status)
        status = cli_encoding_options(args, &job->of.read);
    if (!status)
        status = cli_check_part(args);
    if (!status)
        status = one_of(args, "format", formats, 2, &job->json);
    if (!status)
        status = one_of(args, "method", methods, 2, &job->tsne);
    if (!status)
        status = cli_whole(args, "components", 1, 1 << 20, &job->components);
    if (!status)
        status = cli_whole(args, "rows", 1, 1L << 32, &job->rows);
    if (!status)
        status = cli_whole(args, "threads", 1, 1024, &job->threads);
    if (!status)
        status = parse_tsne(args, &job->how);
    if (!status && scale && sl_scaling_kind_parse(scale, &job->scaling, &err))
        return cli_reject(args->command, "--scale: ", &err);
    job->how.threads = (int)job->threads;
    for (size_t i = 0; !status && i < 3; i++) {
        const char *const read[] = {args->word[0], cli_value(args, "model"), cli_value(args, "pca")};
        status = cli_check_written(args, "out", read[i]);
        if (!status)
            status = cli_check_written(args, "save", read[i]);
    }
    return status ? status : check_together(args, job);
}
