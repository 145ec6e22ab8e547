/* members.h - the fits of a group side by side, each call on one thread: for methods whose fits share the
 * rows, or more where some are fitted by one call. */
#ifndef SL_LINEAR_MEMBERS_H
#define SL_LINEAR_MEMBERS_H

#include "linear/members_way.h"

/* Calls fit for all members, from several threads, and the group's done, from the calling one.  A member
 * whose fit has diverged is left out; other errors end the group. */
int sl_members_fit(const struct sl_group *group, const struct sl_members_way *way, struct sl_error *err);

#endif
