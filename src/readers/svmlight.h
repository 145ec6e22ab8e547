/* svmlight.h - rows "label index:value index:value ...", as SVMlight, LIBSVM and LIBLINEAR write them. */
#ifndef SL_DATA_SVMLIGHT_H
#define SL_DATA_SVMLIGHT_H

#include "data/sparse.h"
#include "input/lines.h"
#include "readers/label_column.h"

struct sl_svmlight {
    struct sl_lines lines;
    struct sl_sparse rows; /* their columns are the indices as written */
    struct sl_label_column labels;
    uint32_t least, most; /* index that occurs */
    int unlabelled;       /* rows may lack their label, which is not kept */
    size_t queries;       /* rows with qid: */
};

/* Parses the next row; *got is 0 at the end of the file.  Lines without anything but a comment are none. */
int sl_svmlight_next(struct sl_svmlight *file, int *got, struct sl_error *err);

#endif
