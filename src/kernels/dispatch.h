/* dispatch.h - one binary, the instruction set of the machine it runs on.
 *
 * SL_CLONES before a function's definition compiles it for several instruction sets and picks one when
 * the program starts.  It is for plain loops that the compiler vectorises; oneDNN dispatches by itself.
 * Integer loops give the same result in every clone; sums of floats may round differently on another
 * instruction set, never on another number of threads. */
#ifndef SL_KERNELS_DISPATCH_H
#define SL_KERNELS_DISPATCH_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                                   \
    __has_feature(undefined_behavior_sanitizer)
#define SL_SANITIZED 1
#endif
#endif

/* The choice is made by an ifunc resolver, which runs before a sanitizer's runtime is ready; clang 14
 * knows the attribute on x86-64 only in part. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(SL_SANITIZED)
#define SL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SL_CLONES
#endif

/* For the pieces of such loops: part of their caller, and without a loop of their own; and for
 * the few loops over them that are better left as they are. */
#define SL_INLINE static inline __attribute__((always_inline))
#if defined(__clang__) && defined(SL_SANITIZED)
/* What clang's sanitizers add to every step makes the unrolled loops take it minutes to compile. */
#define SL_UNROLL _Pragma("nounroll")
#define SL_ROLLED _Pragma("nounroll")
#define SL_APART
#elif defined(__clang__)
#define SL_UNROLL _Pragma("unroll")
#define SL_ROLLED _Pragma("nounroll")
#define SL_APART _Pragma("clang loop vectorize(assume_safety)")
#else
#define SL_UNROLL _Pragma("GCC unroll 49")
#define SL_ROLLED _Pragma("GCC unroll 1")
#define SL_APART _Pragma("GCC ivdep")
#endif

#endif
