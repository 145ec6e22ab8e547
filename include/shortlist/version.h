/* version.h - which shortlist this is, and what it runs on. */
#ifndef SHORTLIST_VERSION_H
#define SHORTLIST_VERSION_H

#include <shortlist/api.h>

SL_API_BEGIN

#define SL_VERSION "0.1.0"

const char *sl_version(void);

SL_API_END
#endif
