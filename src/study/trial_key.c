/* trial_key.c - what makes two trials the same work, and what names a trial's random stream. */
#include "study/trial_key.h"
#include "core/hash.h"
#include "model/encode.h"
#include <stdio.h>
#include <string.h>

/* Changed when the same trial would give another outcome than before: it empties every store. */
enum { TRIAL_FORMAT = 1 };

/* Changed when random streams get other names: trials of random classifiers run again, the others stay. */
enum { STREAM_FORMAT = 2 };

/* The first repeat has the folds of a run without repeats, and their name. */
static int print_split(const struct sl_trial *t, const char *data_hash, char *buf, size_t size)
{
    int n = snprintf(buf, size,
                     "shortlist %d data %.40s train %zu validation %zu seed %llu folds %d fold %d final %d",
                     TRIAL_FORMAT, data_hash, t->n_train, t->n_validation, (unsigned long long)t->split_seed,
                     t->folds, t->fold, t->final);
    if (t->folds && t->repeat)
        n += snprintf(buf + n, size - (size_t)n, " repeat %d", t->repeat);
    if (t->outer)
        n += snprintf(buf + n, size - (size_t)n, " outer %d of %d", t->outer_fold, t->outer);
    return n;
}

void sl_trial_split_key(const struct sl_trial *trial, const char *data_hash, const char *test_hash,
                        char key[33])
{
    char text[320];
    int n = print_split(trial, data_hash, text, sizeof text);
    if (test_hash)
        n += snprintf(text + n, sizeof text - (size_t)n, " test %.40s", test_hash);
    sl_hash_hex(text, (size_t)n, key);
}

/* Of trials whose stream does not know all that they are made with (SL_SHARES_STREAM): a type that comes to
 * share streams gives these other random numbers, and only these run again. */
enum { SHARED_STREAM_FORMAT = 1 };

/* Does the stream not know the hyperparameter? */
static int is_left_out(const struct sl_trial *t, const struct sl_param *p)
{
    return p->flags & SL_SHARED && t->type->flags & SL_SHARES_STREAM &&
           !(t->type->trains_apart && t->type->trains_apart(t->config));
}

/* Is one that it does not know other than its default?  Otherwise its name is what it always was. */
static int leaves_out(const struct sl_trial *t)
{
    char value[SL_TEXT_MAX + 128];
    int found = 0;
    for (const struct sl_param *p = t->type->params; p->name && !found; p++) {
        const struct sl_param row[] = {*p, {0}};
        sl_config_print(row, t->config, value, sizeof value);
        found = is_left_out(t, p) && *value;
    }
    return found;
}

/* Every hyperparameter, not only what differs from the defaults: a default that a later version changes
 * must not pass for the same work.  One that was added later is left out where the work is what it was. */
static void print_config(const struct sl_trial *t, int k, char *buf, size_t size)
{
    char value[SL_TEXT_MAX];
    size_t used = 0;
    buf[0] = 0;
    for (const struct sl_param *p = t->type->params; p->name && used < size; p++) {
        if (sl_param_is_before(p, t->type->later, t->config, k))
            continue;
        sl_param_print(p, t->config, value, sizeof value);
        used += (size_t)snprintf(buf + used, size - used, "%s=%s ", p->name, value);
    }
}

static int print_trial(const struct sl_trial *t, const char *data_hash, const char *config, char *text,
                       size_t size)
{
    char encoding[SL_ENCODING_TEXT];
    int n = print_split(t, data_hash, text, size);
    if (t->n_fit) /* it does not change which rows are scored */
        n += snprintf(text + n, size - (size_t)n, " fit %zu", t->n_fit);
    if (t->encoding) {
        const struct sl_encoding_options own = sl_model_encoding_for(t->type, t->config, t->encoding);
        sl_encoding_print(&own, encoding, sizeof encoding);
        n += snprintf(text + n, size - (size_t)n, " encoding {%s}", encoding);
    }
    return n + snprintf(text + n, size - (size_t)n, " classifier %s {%s} scaling %s stream %llu",
                        t->type->name, config, sl_scaling_kind_name(t->scaling), (unsigned long long)t->seed);
}

/* The same of what differs from the defaults only: a hyperparameter that a later version adds changes no
 * random number of a trial that does not use it. */
static void print_changes(const struct sl_trial *t, int k, char *buf, size_t size)
{
    char value[SL_TEXT_MAX + 128]; /* "name=text" */
    size_t used = 0;
    buf[0] = 0;
    for (const struct sl_param *p = t->type->params; p->name && used < size; p++) {
        const struct sl_param row[] = {*p, {0}};
        if (sl_param_is_before(p, t->type->later, t->config, k) || is_left_out(t, p))
            continue;
        sl_config_print(row, t->config, value, sizeof value);
        if (*value)
            used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "", value);
    }
}

/* The stream does not know what the classes are called: labels that are written otherwise change no random
 * number. k: classes of the data set. */
void sl_trial_set_stream(struct sl_trial *t, int k, const char *nameless_hash, struct sl_key_texts *texts)
{
    print_changes(t, k, texts->config, sizeof texts->config);
    int n = print_trial(t, nameless_hash, texts->config, texts->trial, sizeof texts->trial);
    sl_hash_hex(texts->trial, (size_t)n, t->stream);
}

/* Trials of random classifiers tell how their streams are named: another name means other random numbers, and
 * so another outcome.  Those without randomness stay what they were. */
void sl_trial_set_key(struct sl_trial *t, int k, const char *data_hash, struct sl_key_texts *texts)
{
    char *text = texts->trial;
    const size_t size = sizeof texts->trial;
    print_config(t, k, texts->config, sizeof texts->config);
    int n = print_trial(t, data_hash, texts->config, text, size);
    if (t->type->flags & SL_RANDOM)
        n += snprintf(text + n, size - (size_t)n, " stream format %d", STREAM_FORMAT);
    const int draws = t->type->draws ? t->type->draws(t->config) : 0;
    if (draws)
        n += snprintf(text + n, size - (size_t)n, " draws %d", draws);
    if (leaves_out(t))
        n += snprintf(text + n, size - (size_t)n, " shared %d", SHARED_STREAM_FORMAT);
    sl_hash_hex(text, (size_t)n, t->key);
}

void sl_trial_store_key(const struct sl_trial *trial, const char *test_hash, char key[33])
{
    char text[128];
    int n = snprintf(text, sizeof text, "%s test %.40s", trial->key, test_hash ? test_hash : "");
    if (test_hash)
        sl_hash_hex(text, (size_t)n, key);
    else
        memcpy(key, trial->key, sizeof trial->key);
}
