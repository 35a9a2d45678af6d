#include "core/imports/import_run.h"
#include "core/record/run_reader.h"
#include "tests/fuzz/harness.h"

// The whole way of predictions into a run file, which then must be readable.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    imports::ImportPlan plan;
    plan.file = fuzz::writeFile("input", fuzz::textOf(data, size));
    plan.output = fuzz::scratchFolder() / "output.h5";
    plan.existing = imports::ExistingOutput::overwrite;
    bool made = false;
    fuzz::refusedOrRead([&] {
        static_cast<void>(imports::importRun(plan));
        made = true;
    });
    if (made) {
        const auto run = record::readRun(plan.output); // an Error here is a failure: nobody catches it
        for (const auto& split : run.splits) {
            static_cast<void>(run.parts->labels(split));
            static_cast<void>(run.parts->logits(split, 0));
        }
    }
    return 0;
}
