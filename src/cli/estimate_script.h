/* estimate_script.h - a job script for Slurm. */
#ifndef CLI_ESTIMATE_SCRIPT_H
#define CLI_ESTIMATE_SCRIPT_H

#include "cli.h"

/* Prints it: an array of shards with the time and memory that they need, by the command's own arguments. */
void cli_print_script(const struct cli_args *args, const struct sl_estimation *e, long shards,
                      const struct sl_run_options *run);

#endif
