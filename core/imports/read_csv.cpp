#include "core/error.h"
#include "core/imports/csv_columns.h"
#include "core/imports/raw_predictions.h"
#include "core/text/data_text.h"
#include "core/text/no_value.h"
#include "core/text/shown.h"
#include "core/text/table_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace finescope::imports {

namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The number in a cell, or nullopt. `decimalComma`: where fields are not separated by commas, one may stand
/// for the point.
std::optional<double> numberIn(std::string_view cell, bool decimalComma) {
    std::string text(trimmed(cell));
    if (decimalComma && text.find('.') == std::string::npos) {
        std::ranges::replace(text, ',', '.');
    }
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const char* end = text.data() + text.size();
    double value = 0;
    const auto [stopped, problem] = std::from_chars(begin, end, value);
    return problem == std::errc{} && stopped == end ? std::optional(value) : std::nullopt;
}

/// Excel's first line "sep=;" says it; else whichever of ; tab , the first line has most of outside quotes.
char delimiterOf(std::string_view text) {
    constexpr std::string_view kSaid = "sep=";
    if (text.starts_with(kSaid) && text.size() > kSaid.size() &&
        std::string_view("\r\n\" ").find(text[kSaid.size()]) == std::string_view::npos) {
        return text[kSaid.size()];
    }
    const std::size_t start = std::min(text.find_first_not_of(" \r\n"), text.size());
    const std::string_view rest = text.substr(start);
    const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
    std::array<std::pair<char, std::ptrdiff_t>, 3> counts{{{',', 0}, {';', 0}, {'\t', 0}}};
    bool quoted = false;
    for (const char c : line) {
        quoted = quoted != (c == '"');
        for (auto& [delimiter, count] : counts) {
            count += !quoted && c == delimiter ? 1 : 0;
        }
    }
    return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
}

/// Whether a text begins as JSON or JSON lines do: with {" or [{ or [[, blanks between.
bool beginsAsJson(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto skip = [&](std::string_view rest) {
        return rest.substr(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    };
    const std::string_view rest = skip(text);
    const std::string_view next = skip(rest.substr(std::min<std::size_t>(rest.size(), 1)));
    return rest.starts_with('{') ? next.starts_with('"')
                                 : rest.starts_with('[') && (next.starts_with('{') || next.starts_with('['));
}

std::string csvText(const std::filesystem::path& file) {
    std::string text = text::readDataText(file);
    if (beginsAsJson(text)) {
        throw Error(ErrorKind::badFile,
                    file.string() +
                        " is JSON, not CSV: write a table with a row for each sample and the columns "
                        "label,logit_0,logit_1 (pandas: read_json, for JSON lines with lines=True, "
                        "then to_csv)");
    }
    return text;
}

/// The rows of one split while they are read.
struct Rows {
    std::vector<double> scores; ///< row after row
    std::vector<std::string> labels;
    std::vector<std::int64_t> lines;
};

/// Tells now and then how far a table is read, and asks whether to go on.
class Pace {
public:
    Pace(const analysis::WorkHooks& hooks, std::size_t bytes)
        : m_hooks(hooks), m_bytes(bytes), m_left(bytes) {}

    void take(std::size_t bytesLeft) {
        constexpr std::size_t kBytesBetween = std::size_t{1} << 20U;
        if (m_left - bytesLeft < kBytesBetween) {
            return;
        }
        m_left = bytesLeft;
        analysis::throwIfCancelled(m_hooks, "the import");
        if (m_hooks.onProgress) {
            m_hooks.onProgress(1 - static_cast<double>(bytesLeft) / static_cast<double>(m_bytes));
        }
    }

private:
    const analysis::WorkHooks& m_hooks;
    std::size_t m_bytes, m_left;
};

class CsvReader {
public:
    CsvReader(const std::filesystem::path& file, const NameChoice& choice, const analysis::WorkHooks& hooks)
        : m_file(file), m_text(csvText(file)), m_dialect{delimiterOf(m_text), true, {}},
          m_table(m_file, m_text, m_dialect), m_decimalComma(m_dialect.delimiter != ','), m_hooks(hooks) {
        for (const std::string& name : m_table.columns()) {
            m_header.emplace_back(trimmed(name));
        }
        if (std::ranges::all_of(m_header, [&](const std::string& name) {
                return name.empty() || numberIn(name, m_decimalComma).has_value();
            })) {
            text::refuseLine(file, m_table.headerLine(),
                             "there is no header: the first line must name the columns, as in "
                             "label,logit_0,logit_1");
        }
        m_columns =
            readColumns(m_header, choice, file.string() + ", line " + std::to_string(m_table.headerLine()),
                        [this](std::size_t label, const std::vector<std::size_t>& places) {
                            return lookInto(label, places);
                        });
    }

    RawPredictions read() {
        Pace pace(m_hooks, m_text.size());
        while (m_table.next()) {
            takeRow();
            pace.take(m_table.bytesLeft());
        }
        RawPredictions raw;
        raw.file = m_file;
        raw.stated = m_columns.stated;
        raw.classNames = m_columns.classNames;
        raw.notes = m_columns.notes;
        raw.warnings = m_columns.warnings;
        for (std::string& warning : m_table.warnings()) {
            raw.warnings.push_back(std::move(warning));
        }
        const bool besideTest = m_rows.contains(SplitWord::test);
        if (besideTest && m_rows.contains(SplitWord::evaluation) && m_rows.contains(SplitWord::validation)) {
            throw Error(ErrorKind::badFile, m_file.string() + ", column " +
                                                text::shown(m_header[*m_columns.split]) +
                                                ": there are rows of evaluation beside rows of validation "
                                                "and test; which split are they?");
        }
        for (auto& [word, rows] : m_rows) {
            raw.splits.push_back(splitOf(
                splitName(word, besideTest ? SplitWord::validation : SplitWord::test), std::move(rows)));
        }
        if (raw.splits.empty()) {
            throw Error(ErrorKind::badFile, m_file.string() + " has a header but no rows");
        }
        return raw;
    }

private:
    [[noreturn]] void refuse(const std::string& column, const std::string& what) const {
        text::refuseLine(m_file, m_table.line(), "column " + text::shown(column) + ": " + what);
    }

    /// What stands in columns, in a reading of their own.
    [[nodiscard]] ColumnContents lookInto(std::size_t label, std::vector<std::size_t> places) const {
        text::TableRows table(m_file, m_text, m_dialect);
        Pace pace(m_hooks, m_text.size());
        std::set<std::string> labels;
        std::vector<double> values; // row after row, NaN where no number stands
        std::vector<unsigned char> isText(places.size());
        while (table.next()) {
            const std::vector<std::string>& fields = table.fields();
            labels.emplace(trimmed(fields[label]));
            for (std::size_t k = 0; k < places.size(); ++k) {
                const auto value = numberIn(fields[places[k]], m_decimalComma);
                isText[k] |= !value && !text::isBlank(fields[places[k]]);
                values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
            }
            pace.take(table.bytesLeft());
        }
        const auto rows = static_cast<Eigen::Index>(places.empty() ? 0 : values.size() / places.size());
        const Eigen::Map<const MatrixD> all(values.data(), rows, static_cast<Eigen::Index>(places.size()));
        std::vector<Eigen::Index> numbers;
        ColumnContents contents;
        for (std::size_t k = 0; k < places.size(); ++k) {
            if (isText[k] == 0) {
                numbers.push_back(static_cast<Eigen::Index>(k));
                contents.places.push_back(places[k]);
            }
        }
        contents.values = all(Eigen::all, numbers);
        const std::set<std::string> names(m_header.begin(), m_header.end());
        std::erase_if(labels, [&](const std::string& text) {
            return text::saysNoLabel(text) && (text.empty() || !names.contains(text));
        });
        contents.labels = std::move(labels);
        return contents;
    }

    void takeRow() {
        const std::vector<std::string>& fields = m_table.fields();
        Rows& rows = m_rows[splitIn(fields)];
        for (const std::size_t place : m_columns.classes) {
            const auto value = numberIn(fields[place], m_decimalComma);
            if (!value) {
                refuse(m_header[place], text::isBlank(fields[place])
                                            ? "is empty"
                                            : "\"" + text::shown(fields[place]) + "\" is not a number");
            }
            if (!std::isfinite(*value) && m_columns.stated != Meaning::logProbabilities) {
                refuse(m_header[place],
                       "is " + text::shown(fields[place]) + "; nothing can be computed from it");
            }
            rows.scores.push_back(*value);
        }
        rows.labels.emplace_back(trimmed(fields[m_columns.label]));
        rows.lines.push_back(m_table.line());
    }

    [[nodiscard]] SplitWord splitIn(const std::vector<std::string>& fields) const {
        if (!m_columns.split) {
            return SplitWord::test;
        }
        const std::string& value = fields[*m_columns.split];
        const auto split = splitOfWord(normalised(value));
        if (!split) {
            refuse(m_header[*m_columns.split],
                   "\"" + text::shown(value) + "\" is none of train, validation, test and ood");
        }
        return *split;
    }

    [[nodiscard]] RawSplit splitOf(const std::string& name, Rows rows) const {
        RawSplit split;
        split.name = name;
        split.scoresName = m_columns.scoresName;
        split.labelsName = text::shown(m_header[m_columns.label]);
        split.scores =
            Eigen::Map<const MatrixD>(rows.scores.data(), static_cast<Eigen::Index>(rows.lines.size()),
                                      static_cast<Eigen::Index>(m_columns.classes.size()));
        split.labelTexts = std::move(rows.labels);
        split.lines = std::move(rows.lines);
        return split;
    }

    std::filesystem::path m_file;
    std::string m_text;
    text::Delimited m_dialect;
    text::TableRows m_table;
    bool m_decimalComma;
    const analysis::WorkHooks& m_hooks;
    std::vector<std::string> m_header;
    CsvColumns m_columns;
    std::map<SplitWord, Rows> m_rows;
};

} // namespace

RawPredictions readCsv(const std::filesystem::path& file, const NameChoice& choice,
                       const analysis::WorkHooks& hooks) {
    if (!choice.validationScores.empty() || !choice.validationLabels.empty()) {
        throw Error(ErrorKind::badInput,
                    "--validation-logits and --validation-labels are for .npz files; the "
                    "rows of " +
                        file.string() + " that are for validation are told by a column called split");
    }
    return CsvReader(file, choice, hooks).read();
}

} // namespace finescope::imports
