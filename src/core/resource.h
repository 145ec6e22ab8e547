/* resource.h - the files that ship with the program: experiments/ and plots/.
 *
 * Looked for in $SHORTLIST_HOME, then in share/shortlist beside the program (installed), then in the
 * source tree it was built from. */
#ifndef SL_CORE_RESOURCE_H
#define SL_CORE_RESOURCE_H

/* The path of a shipped file or folder, such as "plots/sweep.gp"; the caller frees it.  NULL if it is
 * nowhere, or, with errno ENOMEM, for want of memory. */
char *sl_resource_find(const char *name);

#endif
