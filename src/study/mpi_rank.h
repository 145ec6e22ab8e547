/* mpi_rank.h - what MPI ranks do: rank 0 runs the study, the others pass records between it and their
 * stations.
 */
#ifndef SL_STUDY_MPI_RANK_H
#define SL_STUDY_MPI_RANK_H

#include "study/mpi.h"
#include "study/station.h"

/* A message is the record's kind and its body. */

/* Sends the record and releases w.  SL_OK, SL_ENOMEM or SL_EIO. */
int sl_mpi_send(const struct sl_mpi_functions *mpi, int to, enum sl_record kind, struct sl_writer *w,
                struct sl_error *err);
/* Takes a message that is there: 0 none, the kind, or -1 with an error.  *bytes is the caller's to free; body
 * is its inside. */
int sl_mpi_receive(const struct sl_mpi_functions *mpi, int *from, unsigned char **bytes,
                   struct sl_reader *body, struct sl_error *err);

/* All of a rank other than 0: greets rank 0 with the hash of its plan, or with why it has none, and serves
 * until rank 0 says stop.  site NULL: why says. */
int sl_mpi_serve(const struct sl_site *site, int slots, const char *why, struct sl_error *err);

#endif
