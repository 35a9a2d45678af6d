#include "core/engine/task/examples.h"

#include "core/class_limit.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"
#include "core/text/no_value.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace finescope::engine {

namespace {

Columns columnsOf(const Task& task) {
    Columns columns{task.text.first.fields(), task.labelField};
    if (task.text.second) {
        const std::vector<std::string>& more = task.text.second->fields();
        columns.texts.insert(columns.texts.end(), more.begin(), more.end());
    }
    return columns;
}

std::optional<std::int64_t> wholeNumber(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::int64_t classOf(const std::string& label, const Task& task) {
    const auto found = task.labels.find(label);
    if (found != task.labels.end()) {
        return found->second;
    }
    std::vector<std::string> expected(task.classNames.size());
    for (const auto& [value, number] : task.labels) {
        const std::string& name = task.classNames[static_cast<std::size_t>(number)];
        expected[static_cast<std::size_t>(number)] = value == name ? value : value + " (" + name + ")";
    }
    std::erase(expected, std::string());
    throw Error(ErrorKind::badFile, "label \"" + text::shown(label) + "\" is no class of task " +
                                        text::shown(task.name) +
                                        " (expected one of: " + text::listed(expected, 20) + ")");
}

void refuseEmpty(const std::filesystem::path& file, bool empty) {
    if (empty) {
        throw Error(ErrorKind::badFile, file.string() + " holds no rows");
    }
}

/// Rows without a label, as they are counted.
struct Unlabelled {
    std::int64_t rows = 0;
    std::string first; ///< what stands in place of the first one's label, and in which line

    void take(const Row& row) {
        if (++rows == 1) {
            first = "\"" + text::shown(row.label) + "\" first in line " + std::to_string(row.line);
        }
    }

    /// Refuses a file of which most rows have none; else says how many.
    void tell(const std::filesystem::path& file, FileExamples& read) const {
        const std::int64_t all = rows + std::ssize(read.examples);
        if (2 * rows > all) {
            throw Error(ErrorKind::badFile, file.string() + ": " + std::to_string(rows) + " of " +
                                                std::to_string(all) + " rows have no label (" + first +
                                                "); use the file of a split whose labels are published");
        }
        if (rows > 0) {
            read.warnings.push_back(
                file.string() + ": " + text::counted(rows, "row has", "rows have") + " no label (" + first +
                ") and " + (rows == 1 ? "is" : "are") +
                " left out; if that is a class, the \"classes\" of a task.json must name it");
        }
    }
};

} // namespace

bool hasNoLabel(const Row& row, const Task& task) {
    return !task.labels.contains(row.label) && text::saysNoLabel(row.label);
}

FileExamples readExamples(const std::filesystem::path& file, const Task& task) {
    FileExamples read;
    const auto lowered = [&](std::string text) {
        return task.text.lowerCase ? encodeUtf8(toLower(decodeUtf8(text))) : std::move(text);
    };
    const std::size_t firstFields = task.text.first.fields().size();
    Unlabelled unlabelled;
    read.warnings = readRows(file, task.format, columnsOf(task), [&](Row&& row) {
        read.abstracts = row.abstract;
        if (task.skipsUnreadableRows &&
            (std::ranges::any_of(row.texts, text::isMissingValue) || !wholeNumber(row.label))) {
            ++read.skipped;
            return;
        }
        if (hasNoLabel(row, task)) {
            unlabelled.take(row);
            return;
        }
        const std::span<const std::string> texts = row.texts;
        Example example;
        example.first = lowered(task.text.first.fill(texts.first(firstFields)));
        if (task.text.second) {
            example.second = lowered(task.text.second->fill(texts.subspan(firstFields)));
        }
        example.label = classOf(row.label, task);
        read.examples.push_back(std::move(example));
    });
    unlabelled.tell(file, read);
    refuseEmpty(file, read.examples.empty());
    return read;
}

std::vector<std::string> labelsIn(const std::filesystem::path& file, const Task& task) {
    std::set<std::string>
        found; // a string's order is that of its bytes, which in UTF-8 is that of code points
    bool any = false;
    readRows(file, task.format, {{}, task.labelField}, [&](Row&& row) {
        any = true;
        if (!text::saysNoLabel(row.label)) {
            found.insert(std::move(row.label));
        }
        if (found.size() > kMostClasses) {
            throw Error(ErrorKind::badFile, "there are more than " + std::to_string(kMostClasses) +
                                                " different labels in the column \"" +
                                                text::shown(task.labelField) + "\"; is it the right one?");
        }
    });
    refuseEmpty(file, !any);
    std::vector<std::string> labels(found.begin(), found.end());
    if (std::ranges::all_of(labels,
                            [](const std::string& label) { return wholeNumber(label).has_value(); })) {
        std::ranges::stable_sort(labels, {}, [](const std::string& label) { return *wholeNumber(label); });
    }
    return labels;
}

} // namespace finescope::engine
