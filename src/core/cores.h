/* cores.h - how many processors this process may use. */
#ifndef SL_CORE_CORES_H
#define SL_CORE_CORES_H

int sl_cores(void); /* >= 1; respects the affinity mask; starts no thread */

#endif
