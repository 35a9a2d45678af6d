#include "core/record/probe_answers.h"

#include <unistd.h>

/// The process that record::FileProbe starts, as finescope is one.
int main() {
    finescope::record::answerProbes(STDIN_FILENO, STDOUT_FILENO);
}
