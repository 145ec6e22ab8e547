/* doubles.h - classifiers that misbehave, each in its own way, for the executor to survive. */
#ifndef TESTS_FAULTS_DOUBLES_H
#define TESTS_FAULTS_DOUBLES_H

#include <fcntl.h>
#include <shortlist/classifier.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where each fit leaves a byte, so that a test can count them; "" for none. */
static char doubles_log[256];

static void doubles_count_fit(void)
{
    int fd = *doubles_log ? open(doubles_log, O_WRONLY | O_APPEND | O_CREAT, 0666) : -1;
    if (fd >= 0) {
        ssize_t written = write(fd, "f", 1);
        (void)written;
        close(fd);
    }
}

/* Where a fit with hold waits for a file. */
static char doubles_gate[256];

static void doubles_open_gate(void)
{
    close(open(doubles_gate, O_WRONLY | O_CREAT, 0666));
}

struct doubles_config {
    double slow; /* seconds that a fit takes at least */
    int hold;  /* after this epoch the fit waits for the gate, or to be cancelled; 0: it waits for nothing */
    int shift; /* added to the predicted class */
};
static const struct sl_param doubles_params[] = {
    {"slow", SL_PARAM_REAL, offsetof(struct doubles_config, slow), "0", 0, 1000, 0, NULL, NULL, "seconds"},
    {"hold", SL_PARAM_INT, offsetof(struct doubles_config, hold), "0", 0, 3, 0, NULL, NULL, "epoch"},
    {"shift", SL_PARAM_INT, offsetof(struct doubles_config, shift), "0", 0, 9, 0, NULL, NULL, "classes"},
    {0},
};

/* A model is one int: row i is given the class (bytes of row i + shift) mod k. */
static int *doubles_model(int value)
{
    int *model = malloc(sizeof *model);
    *model = value;
    return model;
}

static int well_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    const struct doubles_config *config = fit->config;
    doubles_count_fit();
    for (int epoch = 1; epoch <= 3; epoch++) {
        struct sl_epoch point = {.epoch = epoch, .train_loss = 1.0 / epoch, .seconds = 0.1};
        if (fit->on_epoch)
            fit->on_epoch(fit->arg, &point);
        int held = epoch == config->hold;
        for (double t = 0; t < config->slow / 3 || (held && access(doubles_gate, F_OK) != 0); t += 0.005) {
            usleep(5000);
            if (fit->cancel && *fit->cancel)
                return sl_fail(err, SL_ECANCELLED, "cancelled");
        }
    }
    fit->report->n_iter = 3;
    fit->report->converged = 1;
    *model = doubles_model(config->shift + (int)sl_rng_below(fit->rng, 10));
    return SL_OK;
}
static int double_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                          struct sl_error *err)
{
    (void)threads, (void)err;
    const unsigned char *bytes = x->x;
    size_t width = x->dtype == SL_U8 ? x->d : 4 * x->d;
    for (size_t i = 0; i < x->n; i++) {
        unsigned sum = (unsigned)*(const int *)model;
        for (size_t j = 0; j < width; j++)
            sum += bytes[i * width + j];
        labels[i] = (int32_t)(sum % (unsigned)x->k);
    }
    return SL_OK;
}
static void double_save(const void *model, struct sl_writer *w)
{
    sl_put_i32(w, *(const int *)model);
}
static int double_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                       struct sl_error *err)
{
    (void)like, (void)config, (void)err;
    *model = doubles_model(sl_get_i32(r));
    return SL_OK;
}

static void epoch_then(const struct sl_fit *fit)
{
    struct sl_epoch point = {.epoch = 1, .train_loss = 0.5};
    doubles_count_fit();
    if (fit->on_epoch)
        fit->on_epoch(fit->arg, &point);
}

static int segv_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)model, (void)err;
    epoch_then(fit);
    raise(SIGSEGV);
    return SL_OK;
}
__attribute__((no_sanitize("undefined"))) static int null_fit(const struct sl_fit *fit, void **model,
                                                              struct sl_error *err)
{
    (void)model, (void)err;
    static volatile int *volatile nowhere;
    epoch_then(fit);
    return *nowhere; /* a real one, not a signal sent */
}
static int forever_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)model, (void)err;
    epoch_then(fit);
    while (!getenv("DOUBLES_MAY_END")) /* deaf to the cancel flag */
        usleep(1000);
    return SL_EINTERNAL;
}
/* Touches page after page. */
static int greedy_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)model;
    epoch_then(fit);
    for (;;) {
        volatile char *block =
            malloc(1 << 20); /* else a compiler sees that nobody reads it, and takes none */
        if (!block)
            return sl_fail_memory(err);
        for (size_t i = 0; i < 1 << 20; i += 4096)
            block[i] = 1;
        usleep(500);
    }
}
/* Asks for everything at once and looks at the answer. */
static int burst_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    epoch_then(fit);
    char *block = malloc((size_t)8 << 30);
    if (!block)
        return sl_fail_memory(err);
    for (size_t i = 0; i < (size_t)8 << 30; i += 4096)
        block[i] = 1;
    *model = doubles_model(block[4096]);
    free(block);
    return SL_OK;
}
static int exit_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)model, (void)err;
    epoch_then(fit);
    fputs("\nthe library says: cannot go on\n", stderr);
    exit(3);
}
static int quiet_exit_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)fit, (void)model, (void)err;
    _exit(0);
}
static int error_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    epoch_then(fit);
    *model = NULL;
    return sl_fail(err, SL_EINTERNAL, "the matrix is singular");
}
static int diverge_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    epoch_then(fit);
    *model = NULL;
    return sl_fail(err, SL_EDIVERGED, "the loss is not finite after epoch 1");
}
/* Prints where results go, reads where a terminal is, and works. */
static int chatty_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)err;
    epoch_then(fit);
    for (int i = 0; i < 1000; i++)
        printf("CHATTER %d\n", i);
    fflush(stdout);
    for (int i = 0; i < 10000; i++)
        fprintf(stderr, "CHATTER: a warning that comes ten thousand times\n");
    if (getchar() != EOF)
        return sl_fail(err, SL_EINTERNAL, "there was something to read");
    *model = doubles_model(1);
    return SL_OK;
}
/* Writes junk over the executor's pipe, whichever descriptor that is. */
static int vandal_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)err;
    char junk[64];
    memset(junk, 0x5a, sizeof junk);
    epoch_then(fit);
    for (int fd = 3; fd < 64; fd++) {
        ssize_t written =
            fcntl(fd, F_GETFL) >= 0 && lseek(fd, 0, SEEK_CUR) < 0 ? write(fd, junk, sizeof junk) : 0;
        (void)written;
    }
    *model = doubles_model(1);
    return SL_OK;
}
/* Closes everything and stays. */
static int closer_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)model, (void)err;
    epoch_then(fit);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    while (!getenv("DOUBLES_MAY_END"))
        usleep(1000);
    return SL_EINTERNAL;
}
/* Each fit of a process gives another model. */
static int fickle_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    (void)fit, (void)err;
    static int fits;
    *model = doubles_model(fits++);
    return SL_OK;
}
/* The third prediction of a process, and every later one, is another. */
static int moody_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                         struct sl_error *err)
{
    static int predictions;
    double_predict(model, x, threads, labels, err);
    labels[0] = predictions++ < 2 ? labels[0] : (labels[0] + 1) % x->k;
    return SL_OK;
}
static int bad_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                       struct sl_error *err)
{
    double_predict(model, x, threads, labels, err);
    labels[0] = 1 << 20;
    return SL_OK;
}

#define DOUBLE(NAME, FLAGS, FIT, PREDICT)                                                                    \
    {                                                                                                        \
        .name = NAME, .title = NAME, .reference = "a test double", .flags = FLAGS,                           \
        .config_size = sizeof(struct doubles_config), .params = doubles_params, .fit = FIT,                  \
        .predict = PREDICT, .save = double_save, .load = double_load, .free = free                           \
    }
static const struct sl_classifier_type doubles[] = {
    DOUBLE("well", SL_RANDOM | SL_ITERATES, well_fit, double_predict),
    DOUBLE("segv", 0, segv_fit, double_predict),
    DOUBLE("null", 0, null_fit, double_predict),
    DOUBLE("forever", 0, forever_fit, double_predict),
    DOUBLE("greedy", 0, greedy_fit, double_predict),
    DOUBLE("burst", 0, burst_fit, double_predict),
    DOUBLE("exits", 0, exit_fit, double_predict),
    DOUBLE("leaves", 0, quiet_exit_fit, double_predict),
    DOUBLE("error", 0, error_fit, double_predict),
    DOUBLE("diverge", 0, diverge_fit, double_predict),
    DOUBLE("chatty", 0, chatty_fit, double_predict),
    DOUBLE("vandal", 0, vandal_fit, double_predict),
    DOUBLE("closer", 0, closer_fit, double_predict),
    DOUBLE("fickle", 0, fickle_fit, double_predict),
    DOUBLE("moody", 0, well_fit, moody_predict),
    DOUBLE("liar", 0, well_fit, bad_predict),
};
enum { DOUBLES = sizeof doubles / sizeof *doubles };

static int doubles_register(void)
{
    for (int i = 0; i < DOUBLES; i++)
        if (sl_classifier_register(&doubles[i], NULL))
            return -1;
    return 0;
}

#endif
