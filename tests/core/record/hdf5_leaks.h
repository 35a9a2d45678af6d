#pragma once

// For programs that read damaged files, in one of their sources: HDF5 itself loses memory when it gives up on
// one; leaks of ours still count.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libhdf5";
}
