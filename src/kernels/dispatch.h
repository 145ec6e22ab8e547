/* dispatch.h - loops compiled for several kinds of processor, chosen when the program runs.
 *
 * Three kinds: avx512 (AVX-512 F, BW, CD, DQ and VL), avx2 (AVX2 and FMA), and plain, which is any processor
 * of the architecture.  The program takes the best that the machine has, or, at most, what the environment
 * variable SHORTLIST_CPU names.  (oneDNN chooses by itself; its variable is ONEDNN_MAX_CPU_ISA.)
 *
 * Loops that the compiler vectorises by itself are defined by SL_CLONED.  Loops that are written for a number
 * of floats a register stand in a header of their own, included once for each kind with NAME, TARGET and
 * LANES, and are called by SL_BY_CPU.  Integer loops give the same result on every kind; sums of floats may
 * round differently on another kind, never on another number of threads. */
#ifndef SL_KERNELS_DISPATCH_H
#define SL_KERNELS_DISPATCH_H

#include <shortlist/cpu.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                                   \
    __has_feature(undefined_behavior_sanitizer)
#define SL_SANITIZED 1
#endif
#endif

extern enum sl_cpu sl_cpu_kind; /* what sl_cpu returns */

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

#if defined(__x86_64__) && defined(__GNUC__)
#define SL_TARGET_AVX2 __attribute__((target("avx2,fma,bmi,bmi2,f16c,lzcnt,popcnt")))
#ifdef SL_WIDE_ON_AVX2 /* the tests try loops for AVX-512 on processors that have AVX2 alone */
#define SL_TARGET_AVX512 SL_TARGET_AVX2
#else
#define SL_TARGET_AVX512                                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2,f16c,lzcnt,"        \
                          "popcnt")))
#endif
/* f_avx512, f_avx2 or f_any with the arguments args, which stand in parentheses. */
#define SL_BY_CPU(f, args)                                                                                   \
    (sl_cpu_kind == SL_CPU_AVX512 ? f##_avx512 args                                                          \
     : sl_cpu_kind == SL_CPU_AVX2 ? f##_avx2 args                                                            \
                                  : f##_any args)
/* The same, but f_avx2 in the place of f_avx512 where width is not a multiple of unit. */
#define SL_BY_WIDTH(width, unit, f, args)                                                                    \
    ((width) % (unit) && sl_cpu_kind == SL_CPU_AVX512 ? f##_avx2 args : SL_BY_CPU(f, args))
#else
#define SL_BY_CPU(f, args) f##_any args
#define SL_BY_WIDTH(width, unit, f, args) f##_any args
#endif

/* linkage type name params { the body that follows }: params as in a definition, args their names. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(SL_SANITIZED)
#define SL_CLONED(linkage, type, name, params, args)                                                         \
    SL_INLINE type name##_body params;                                                                       \
    SL_TARGET_AVX512 static type name##_avx512 params                                                        \
    {                                                                                                        \
        return name##_body args;                                                                             \
    }                                                                                                        \
    SL_TARGET_AVX2 static type name##_avx2 params                                                            \
    {                                                                                                        \
        return name##_body args;                                                                             \
    }                                                                                                        \
    static type name##_any params                                                                            \
    {                                                                                                        \
        return name##_body args;                                                                             \
    }                                                                                                        \
    linkage type name params                                                                                 \
    {                                                                                                        \
        return SL_BY_CPU(name, args);                                                                        \
    }                                                                                                        \
    SL_INLINE type name##_body params
#define SL_CLONED_VOID(linkage, name, params, args)                                                          \
    SL_INLINE void name##_body params;                                                                       \
    SL_TARGET_AVX512 static void name##_avx512 params                                                        \
    {                                                                                                        \
        name##_body args;                                                                                    \
    }                                                                                                        \
    SL_TARGET_AVX2 static void name##_avx2 params                                                            \
    {                                                                                                        \
        name##_body args;                                                                                    \
    }                                                                                                        \
    static void name##_any params                                                                            \
    {                                                                                                        \
        name##_body args;                                                                                    \
    }                                                                                                        \
    linkage void name params                                                                                 \
    {                                                                                                        \
        SL_BY_CPU(name, args);                                                                               \
    }                                                                                                        \
    SL_INLINE void name##_body params
#else
#define SL_CLONED(linkage, type, name, params, args) linkage type name params
#define SL_CLONED_VOID(linkage, name, params, args) linkage void name params
#endif

#endif
