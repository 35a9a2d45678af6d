#include "core/record/kernel_writer.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/tiny_run.h"

#include <cstdio>
#include <filesystem>

/// Writes what the search of fuzz_run starts from into the folder that is named: a run that ended, with LoRA,
/// one with a kernel, and one as it stands while it is being written.
int main(int argc, char** argv) {
    using namespace finescope;
    if (argc != 2) {
        std::fprintf(stderr, "usage: write_run_seeds FOLDER\n");
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const tests::TinyRun tiny{.method = "ft", .classes = 2, .epochs = 1, .rows = 4, .width = 3};
    tests::writeTinyRun(folder / "finished", tiny);

    const auto withKernel = folder / "kernel";
    {
        record::RunWriter writer(withKernel, tests::pattern::plan(), record::Existing::overwrite);
        const auto step = tests::pattern::stepRow(0);
        writer.appendSteps({&step, 1});
        writer.appendEpoch(tests::pattern::epochRow(0));
        writer.writeFeatures("test", record::RunWriter::Features::final, tests::pattern::features());
        writer.finish(record::Status::complete);
    }
    record::addKernel(withKernel, "pattern", tests::pattern::kernel("pretrained", 1));

    const auto growing = folder / "growing";
    record::RunWriter live(growing, tests::pattern::plan(), record::Existing::overwrite);
    const auto step = tests::pattern::stepRow(0);
    live.appendSteps({&step, 1});
    live.appendEpoch(tests::pattern::epochRow(0));
    std::filesystem::copy_file(growing, folder / "live", std::filesystem::copy_options::overwrite_existing);
    live.finish(record::Status::cancelled);
    std::filesystem::remove(growing);
}
