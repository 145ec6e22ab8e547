/* embed_job.h - what shortlist embed is asked for, and what came of it. */
#ifndef CLI_EMBED_JOB_H
#define CLI_EMBED_JOB_H

#include "model_rows.h"

/* Points of the rows. */
struct cli_embed_points {
    const char *layer; /* of the model; NULL: the rows themselves */
    struct sl_features *features;
    struct sl_pca *pca; /* NULL: t-SNE */
    size_t k;           /* coordinates of each */
    float *at;          /* (n, k) */
    double divergence;
    struct sl_embedding_quality quality;
};

struct cli_embed_job {
    struct cli_model_rows of; /* the data; the model, or NULL */
    long components, rows, threads;
    enum sl_scaling_kind scaling;
    int tsne; /* else principal components */
    int json;
    struct sl_tsne_options how;
    struct sl_dataset *data; /* the rows of --rows: of.data or a part of it */
    uint32_t *row;           /* (n): their numbers in the part */
    size_t n;
    struct sl_preparation *preparation;     /* of --pca */
    struct cli_embed_points points, beside; /* the latter of --beside, or without at */
    int32_t *predicted;                     /* (n), with a model */
    int zoom;                               /* a class, or -1 */
};

/* 0, or an exit status after a message. */
int cli_embed_parse(const struct cli_args *args, struct cli_embed_job *job);

/* On stdout; the latter returns the exit status. */
void cli_embed_print(const struct cli_embed_job *job);
int cli_embed_print_json(const struct cli_embed_job *job);

#endif
