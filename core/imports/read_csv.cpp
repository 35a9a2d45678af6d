#include "core/error.h"
#include "core/imports/csv_columns.h"
#include "core/imports/raw_predictions.h"
#include "core/text/data_text.h"
#include "core/text/delimited.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

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
    if (text.starts_with("sep=") && text.size() > 4) {
        return text[4];
    }
    const std::string_view line = text.substr(0, text.find('\n', text.find_first_not_of(" \r\n")));
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

/// The rows of one split while they are read.
struct Rows {
    std::vector<double> scores; ///< row after row
    std::vector<std::string> labels;
    std::vector<std::int64_t> lines;
};

class CsvReader {
public:
    CsvReader(const std::filesystem::path& file, const NameChoice& choice)
        : m_file(file), m_text(text::readDataText(file)), m_dialect{delimiterOf(m_text), true, {}},
          m_records(m_file, m_text, m_dialect), m_decimalComma(m_dialect.delimiter != ',') {
        if (!m_records.next()) {
            throw Error(ErrorKind::badFile, file.string() + " is empty");
        }
        if (m_records.fields().front() == "sep=" && !m_records.next()) {
            throw Error(ErrorKind::badFile, file.string() + " has no header");
        }
        for (const std::string& field : m_records.fields()) {
            m_header.emplace_back(trimmed(field));
        }
        if (std::ranges::all_of(m_header, [&](const std::string& name) {
                return numberIn(name, m_decimalComma).has_value();
            })) {
            text::refuseLine(file, m_records.line(),
                             "there is no header: the first line must name the columns, as in "
                             "label,logit_0,logit_1");
        }
        m_columns =
            readColumns(m_header, choice, file.string() + ", line " + std::to_string(m_records.line()));
    }

    RawPredictions read() {
        while (m_records.next()) {
            takeRecord();
        }
        RawPredictions raw;
        raw.file = m_file;
        raw.stated = m_columns.stated;
        raw.classNames = m_columns.classNames;
        raw.notes = m_columns.notes;
        for (const char* name : {"train", "validation", "test", "ood"}) {
            if (const auto rows = m_rows.find(name); rows != m_rows.end()) {
                raw.splits.push_back(splitOf(name, std::move(rows->second)));
            }
        }
        if (raw.splits.empty()) {
            throw Error(ErrorKind::badFile, m_file.string() + " has a header but no rows");
        }
        return raw;
    }

private:
    [[noreturn]] void refuse(const std::string& column, const std::string& what) const {
        text::refuseLine(m_file, m_records.line(), "column " + column + ": " + what);
    }

    void takeRecord() {
        const std::vector<std::string>& fields = m_records.fields();
        if (fields.size() != m_header.size()) {
            text::refuseLine(m_file, m_records.line(),
                             "has " + std::to_string(fields.size()) + " fields, but the header names " +
                                 std::to_string(m_header.size()) + " columns");
        }
        Rows& rows = m_rows[splitNameIn(fields)];
        for (const std::size_t place : m_columns.classes) {
            const auto value = numberIn(fields[place], m_decimalComma);
            if (!value) {
                refuse(m_header[place],
                       fields[place].empty() ? "is empty" : "\"" + fields[place] + "\" is no number");
            }
            if (!std::isfinite(*value) && m_columns.stated != Meaning::logProbabilities) {
                refuse(m_header[place], "is " + fields[place] + "; no number can be computed of it");
            }
            rows.scores.push_back(*value);
        }
        rows.labels.emplace_back(trimmed(fields[m_columns.label]));
        rows.lines.push_back(m_records.line());
    }

    [[nodiscard]] std::string splitNameIn(const std::vector<std::string>& fields) const {
        if (!m_columns.split) {
            return "test";
        }
        const std::string& value = fields[*m_columns.split];
        const auto split = splitOfWord(normalised(value));
        if (!split) {
            refuse(m_header[*m_columns.split],
                   "\"" + value + "\" is none of train, validation, test and ood");
        }
        return *split;
    }

    [[nodiscard]] RawSplit splitOf(const std::string& name, Rows rows) const {
        RawSplit split;
        split.name = name;
        split.scoresName = m_columns.scoresName;
        split.labelsName = m_header[m_columns.label];
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
    text::RecordCutter m_records;
    bool m_decimalComma;
    std::vector<std::string> m_header;
    CsvColumns m_columns;
    std::map<std::string, Rows> m_rows;
};

} // namespace

RawPredictions readCsv(const std::filesystem::path& file, const NameChoice& choice) {
    if (!choice.validationScores.empty() || !choice.validationLabels.empty()) {
        throw Error(ErrorKind::badInput,
                    "--validation-logits and --validation-labels are for .npz files; the "
                    "rows of " +
                        file.string() + " that are for validation are told by a column called split");
    }
    return CsvReader(file, choice).read();
}

} // namespace finescope::imports
