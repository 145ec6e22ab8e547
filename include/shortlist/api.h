/* api.h - what stands between SL_API_BEGIN and SL_API_END is the library's interface: C, for C++ too, and
 * exported by a shared library, which exports nothing else (cmake/exports.cmake). */
#ifndef SHORTLIST_API_H
#define SHORTLIST_API_H

#if defined(__GNUC__)
#define SL_API_EXPORT _Pragma("GCC visibility push(default)")
#define SL_API_AS_BEFORE _Pragma("GCC visibility pop")
#else
#define SL_API_EXPORT
#define SL_API_AS_BEFORE
#endif

/* clang-format off */
#ifdef __cplusplus
#define SL_API_BEGIN SL_API_EXPORT extern "C" {
#define SL_API_END } SL_API_AS_BEFORE
#else
#define SL_API_BEGIN SL_API_EXPORT
#define SL_API_END SL_API_AS_BEFORE
#endif
/* clang-format on */

#endif
