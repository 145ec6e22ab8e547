/* model_rows.h - a saved model, and the rows of a user's data that it is to look at: of predict and explain.
 */
#ifndef CLI_MODEL_ROWS_H
#define CLI_MODEL_ROWS_H

#include "cli.h"

struct cli_model_rows {
    struct sl_read_options read;    /* the caller's */
    struct sl_picture_fit pictures; /* what pictures become */
    const char *spec;               /* of the data */
    const char *id;                 /* the name of the column that names the rows, or NULL */
    struct sl_model *model;
    struct sl_dataset *data;
    struct sl_view view;
    int of_test;    /* they are the data's test part */
    int32_t *truth; /* (n): in the model's classes, -1 for a class it does not know; NULL: no labels */
    size_t known;   /* rows of classes that it knows */
};

/* What pictures become, and what of it is seen: of commands that read rows for a model. */
#define CLI_PICTURE_OPTIONS                                                                                  \
    {"invert", 0, "WHEN",                                                                                    \
     "pictures: yes, no or auto, where the border is bright and that of the model's\n"                       \
     "images is dark, or the other way round (default auto)"},                                               \
    {                                                                                                        \
        "show-input", 0, "FILE",                                                                             \
            "pictures: draws them as PNG as they were read, with the model's background,\n"                  \
            "cropped, and as the model sees them: a line for each of the first 32"                           \
    }

/* Checks --part. */
int cli_check_part(const struct cli_args *args);
/* Refuses an option that would write over a file that is read. */
int cli_check_written(const struct cli_args *args, const char *option, const char *read);
/* Loads the model that the first word names and reads the data that the second one names: the part of --part,
 * else the test part where there is one.  What was assumed goes to stderr.  Release it either way. */
int cli_open_model_rows(const struct cli_args *args, struct cli_model_rows *rows, struct sl_error *err);
/* The same of a model file and data that are named otherwise. */
int cli_open_rows_of(const struct cli_args *args, const char *model, const char *spec,
                     struct cli_model_rows *rows, struct sl_error *err);
/* The training part of the data whose test part was opened, for the caller to free; NULL where it was not. */
int cli_open_training_part(const struct cli_model_rows *rows, struct sl_dataset **data, struct sl_error *err);
void cli_release_model_rows(struct cli_model_rows *rows);

#endif
