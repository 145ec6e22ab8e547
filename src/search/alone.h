/* alone.h - what takes several runs, one after the other. */
#ifndef SL_SEARCH_ALONE_H
#define SL_SEARCH_ALONE_H

#include <shortlist/error.h>

/* SL_EUSAGE under mpirun, whose ranks serve one run. */
int sl_search_alone(const char *what, struct sl_error *err);

#endif
