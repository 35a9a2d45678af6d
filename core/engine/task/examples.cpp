#include "core/engine/task/examples.h"

#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"

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

// What pandas (of the paper's time) reads as a missing value, and the paper's loader so finds to be no text.
bool isMissing(const std::string& text) {
    static constexpr std::string_view kMissing[] = {
        "",        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
        "1.#QNAN", "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "n/a",  "nan",  "null"};
    return std::ranges::find(kMissing, text) != std::end(kMissing);
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
    std::string list;
    for (const std::string& value : expected) {
        list += (list.empty() || value.empty() ? "" : ", ") + value;
    }
    throw Error(ErrorKind::badFile, "label \"" + label + "\" is no class of task " + task.name +
                                        " (expected one of: " + list + ")");
}

void refuseEmpty(const std::filesystem::path& file, bool empty) {
    if (empty) {
        throw Error(ErrorKind::badFile, file.string() + " holds no rows");
    }
}

} // namespace

FileExamples readExamples(const std::filesystem::path& file, const Task& task) {
    FileExamples read;
    const auto lowered = [&](std::string text) {
        return task.text.lowerCase ? encodeUtf8(toLower(decodeUtf8(text))) : std::move(text);
    };
    const std::size_t firstFields = task.text.first.fields().size();
    readRows(file, task.format, columnsOf(task), [&](Row&& row) {
        read.abstracts = row.abstract;
        if (task.skipsUnreadableRows &&
            (std::ranges::any_of(row.texts, isMissing) || !wholeNumber(row.label))) {
            ++read.skipped;
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
    refuseEmpty(file, read.examples.empty());
    return read;
}

std::vector<std::string> labelsIn(const std::filesystem::path& file, const Task& task) {
    std::set<std::string>
        found; // a string's order is that of its bytes, which in UTF-8 is that of code points
    readRows(file, task.format, {{}, task.labelField}, [&](Row&& row) {
        if (row.label.empty()) {
            throw Error(ErrorKind::badFile, "the label is empty");
        }
        found.insert(std::move(row.label));
    });
    refuseEmpty(file, found.empty());
    std::vector<std::string> labels(found.begin(), found.end());
    if (std::ranges::all_of(labels,
                            [](const std::string& label) { return wholeNumber(label).has_value(); })) {
        std::ranges::stable_sort(labels, {}, [](const std::string& label) { return *wholeNumber(label); });
    }
    return labels;
}

} // namespace finescope::engine
