/* version.c - which shortlist this is. */
#include <shortlist/version.h>

const char *sl_version(void)
{
    return SL_VERSION;
}
