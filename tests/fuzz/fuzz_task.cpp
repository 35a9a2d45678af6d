#include "core/engine/task/catalogue.h"
#include "core/engine/task/task_data.h"
#include "tests/fuzz/harness.h"

// A folder of a task's files; the first line names the task.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto parts = fuzz::writeParts(fuzz::textOf(data, size));
    fuzz::refusedOrRead([&] {
        const auto task = engine::loadTask(parts.head, parts.folder);
        for (const auto& split : task.splits) {
            for (const auto& example : split.examples) {
                if (example.label < 0 || example.label >= std::ssize(task.task.classNames)) {
                    std::abort();
                }
            }
        }
    });
    return 0;
}
