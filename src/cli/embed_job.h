/* embed_job.h - what shortlist embed is asked for, and what came of it. */
#ifndef CLI_EMBED_JOB_H
#define CLI_EMBED_JOB_H

#include "model_rows.h"

struct cli_embed_job {
    struct cli_model_rows of; /* the data; the model, or NULL */
    const char *layer;        /* NULL: the rows themselves */
    long components, rows, threads;
    enum sl_scaling_kind scaling;
    int tsne; /* else principal components */
    int json;
    struct sl_tsne_options how;
    struct sl_dataset *data; /* the rows of --rows: of.data or a part of it */
    uint32_t *row;           /* (n): their numbers in the part */
    size_t n, k;             /* rows, coordinates of each */
    struct sl_features *features;
    struct sl_preparation *preparation; /* of --pca */
    struct sl_pca *pca;                 /* NULL: t-SNE */
    float *at;                          /* (n, k) */
    int32_t *predicted;                 /* (n), with a model */
    double divergence;
    struct sl_embedding_quality quality;
};

/* On stdout; the latter returns the exit status. */
void cli_embed_print(const struct cli_embed_job *job);
int cli_embed_print_json(const struct cli_embed_job *job);

#endif
