#include "core/analysis/compute/instruction_set.h"

namespace finescope::analysis {

std::vector<InstructionSet> availableInstructionSets() {
    std::vector<InstructionSet> sets{InstructionSet::baseline};
#ifdef FINESCOPE_WIDE_VECTORS
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        sets.push_back(InstructionSet::avx2);
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
            sets.push_back(InstructionSet::avx512);
        }
    }
#endif
    return sets;
}

InstructionSet widestInstructionSet() {
    static const InstructionSet widest = availableInstructionSets().back();
    return widest;
}

} // namespace finescope::analysis
