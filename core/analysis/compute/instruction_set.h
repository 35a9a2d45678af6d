#pragma once

#include <vector>

// A build for any x86-64 uses AVX2 or AVX-512 where the machine has them: a loop is compiled once for each
// instruction set, and runWith() chooses at run time. Elsewhere there is the baseline only.
#if defined(__x86_64__) && defined(__GNUC__)
#define FINESCOPE_WIDE_VECTORS 1
#define FINESCOPE_TARGET(features) __attribute__((target(features)))
#else
#define FINESCOPE_TARGET(features)
#endif
/// Of everything that is compiled for several instruction sets: code that is not inlined is of the baseline.
#define FINESCOPE_INLINE __attribute__((always_inline))

namespace finescope::analysis {

/// What a loop is compiled for, each including the ones before: SSE2 on x86-64, or whatever the build is for;
/// AVX2 with FMA; AVX-512 (F, BW, DQ, VL).
enum class InstructionSet { baseline, avx2, avx512 };

/// Those that this machine can run, widest last; never empty.
[[nodiscard]] std::vector<InstructionSet> availableInstructionSets();

/// The last of them.
[[nodiscard]] InstructionSet widestInstructionSet();

namespace detail {

template <class Body>
FINESCOPE_TARGET("avx2,fma")
void runAvx2(const Body& body) {
    body();
}

template <class Body>
FINESCOPE_TARGET("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")
void runAvx512(const Body& body) {
    body();
}

} // namespace detail

/// Runs `body`, a lambda that is FINESCOPE_INLINE as is all that it calls, compiled for the instruction set.
/// Results differ between sets by rounding only: with FMA, products are not rounded before they are added.
template <class Body>
void runWith(InstructionSet set, const Body& body) {
#ifdef FINESCOPE_WIDE_VECTORS
    if (set == InstructionSet::avx512) {
        detail::runAvx512(body);
        return;
    }
    if (set == InstructionSet::avx2) {
        detail::runAvx2(body);
        return;
    }
#else
    (void)set;
#endif
    body();
}

} // namespace finescope::analysis
