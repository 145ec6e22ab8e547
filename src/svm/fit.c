/* fit.c - from labelled rows to a fitted machine: the dual problem, its solution, the model.
 *
 * The files, in reading order: kernel.c kernel values, dual.c the one-vs-one problem, steps.c SMO in a
 * working set, cache.c kernel rows, weights.c the linear kernel's way around them, work.c what the ways of
 * solving a pair share, sets.c working sets, single.c one step at a time, solver.c one pair, train.c all
 * pairs, libsvm.c all by LIBSVM, model.c the fitted machine, predict.c its use. Cost: about O(n d s) for s
 * support vectors.  Leaves out probability estimates. */
#include "svm/fit.h"
#include "svm/libsvm.h"
#include "svm/train.h"

/* Before a solver sees the rows: it would stop at once, or never. */
static int check_values(const struct sl_svm_rows *rows, struct sl_error *err)
{
    double unread;
    return sl_svm_check_range(&rows->kernel, sl_svm_largest_norm(rows), &unread, err);
}

int sl_svm_fit(const struct sl_view *train, const struct sl_svm_options *options,
               struct sl_fit_report *report, struct sl_svm_model **out, struct sl_error *err)
{
    struct sl_svm_dual dual;
    struct sl_svm_rows rows = {0};
    *out = NULL;
    int code = sl_svm_dual_init(&dual, train, NULL, train->n, options->C, options->balanced, err);
    if (code)
        return code;
    if (sl_svm_rows_init(&rows, &options->kernel, train, dual.order, 0, train->n, NULL))
        code = sl_fail_memory(err);
    if (!code)
        code = check_values(&rows, err);
    if (!code)
        code = options->solver == SL_SVM_LIBSVM ? sl_svm_train_libsvm(options, &rows, &dual, report, err)
                                                : sl_svm_train_own(options, &rows, &dual, report, err);
    if (!code)
        code = sl_svm_check_dual(&dual, err);
    if (!code && sl_svm_model_new(train, &rows, &dual, options->break_ties, out))
        code = sl_fail_memory(err);
    if (!code)
        code = sl_svm_model_check(*out, err);
    if (code) {
        sl_svm_model_free(*out);
        *out = NULL;
    }
    sl_svm_rows_release(&rows);
    sl_svm_dual_release(&dual);
    return code;
}
