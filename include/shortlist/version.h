/* version.h - which shortlist this is, and what it runs on. */
#ifndef SHORTLIST_VERSION_H
#define SHORTLIST_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define SL_VERSION "0.1.0"

const char *sl_version(void);

#ifdef __cplusplus
}
#endif
#endif
