/* origin.h - where a model's rows came from: enough to tell them again. */
#ifndef SL_MODEL_ORIGIN_H
#define SL_MODEL_ORIGIN_H

#include <shortlist/pack.h>
#include <shortlist/pictures.h>
#include <shortlist/view.h>

enum { SL_HASHES_MAX = 4096 };

struct sl_model_origin {
    char *label, *id, *groups; /* names of columns, owned; NULL: none, or not known */
    uint64_t n;                /* training rows; 0: not known */
    size_t n_hashes;
    uint64_t *hashes; /* (n_hashes) the smallest of the training rows' hashes, each once, ascending; owned */
    struct sl_framing framing; /* of images */
};

/* Rows whose features the model takes, in its type: fills n and hashes. */
int sl_model_origin_take(struct sl_model_origin *origin, const struct sl_view *rows, struct sl_error *err);
/* Do most training rows differ from each other?  Else new ones are like old ones by nature: what few
 * categories describe, say. */
int sl_model_origin_differs(const struct sl_model_origin *origin);

/* Of some rows: of how many it can be told whether they were fitted, and how many of these were. */
struct sl_seen {
    size_t checked, found;
};
int sl_model_origin_look(const struct sl_model_origin *origin, const struct sl_view *rows,
                         struct sl_seen *seen, struct sl_error *err);

void sl_model_origin_release(struct sl_model_origin *origin);
void sl_model_origin_save(const struct sl_model_origin *origin, struct sl_writer *w);
/* Into a zeroed one. */
int sl_model_origin_load(struct sl_model_origin *origin, struct sl_reader *r, struct sl_error *err);

#endif
