#include "core/figure/write/write_pgfplots.h"

#include "core/figure/data_range.h"
#include "core/figure/number_text.h"
#include "core/figure/write/pgf_heat_map.h"
#include "core/figure/write/pgf_legend.h"
#include "core/figure/write/printable.h"
#include "core/figure/write/write_latex.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace finescope::figure {

namespace {

constexpr double kBandOpacity = 0.18;
constexpr double kFaintOpacity = 0.35;
constexpr std::size_t kMostMarkers = 30; // on one line

/// Millimetres or the like: short, locale-free, with an ASCII minus.
std::string number(double value) {
    return exact(std::round(value * 1e4) / 1e4);
}

/// Data: pgfplots reads "nan" as a gap.
std::string datum(double value) {
    return std::isnan(value) ? "nan" : exact(value);
}

std::string pair(double x, double y) {
    return "(" + datum(x) + "," + datum(y) + ")";
}

std::string axisPoint(double x, double y) {
    return "(axis cs:" + datum(x) + "," + datum(y) + ")";
}

struct Box {
    double x = 0, y = 0, width = 0, height = 0; // mm, from the lower left corner of the picture
};

double lineHeight(const PgfOptions& options) {
    return 1.25 * options.fontPt * kMmPerPt;
}

/// Where in a range a value lies: 0 at its lower, 1 at its upper end.
double partOf(double value, const Range& range, Scale scale) {
    return scale == Scale::logarithmic ? std::log(value / range.low) / std::log(range.high / range.low)
                                       : (value - range.low) / (range.high - range.low);
}

/// TeX's lengths end at 16384 pt, which the logarithms of a narrow range exceed once they are stretched over
/// an axis; there a linear axis shows the same.
Scale drawnScale(Scale scale, const Range& range) {
    constexpr double kNarrow = 2;
    return range.high < kNarrow * range.low ? Scale::linear : scale;
}

bool hasTopLabel(const ReferenceLine& line) {
    return line.vertical && !line.label.empty();
}

/// Where every panel's axes stand. Text needs room in units of a line; what is left goes to the axes.
std::vector<Box> layOut(const Figure& figure, const PgfOptions& options) {
    const double line = lineHeight(options);
    const auto columns = static_cast<std::size_t>(std::max(1, figure.columns));
    const std::size_t rows = (figure.panels.size() + columns - 1) / columns;
    std::vector<double> left(columns, 0.8 * line), right(columns, 0.8 * line), above(rows, 0.6 * line),
        below(rows, 0.6 * line);
    std::vector<bool> square(columns, false);
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        const Panel& panel = figure.panels[i];
        const std::size_t row = i / columns, column = i % columns;
        if (panel.blank) {
            continue;
        }
        const double yRoom =
            (panel.y.tickLabels ? 2.6 : 0.4) * line + (panel.y.label.empty() ? 0 : 1.3 * line);
        const double xRoom =
            (panel.x.tickLabels ? 1.5 : 0.4) * line + (panel.x.label.empty() ? 0 : 1.2 * line) +
            (panel.legend == Legend::below ? (0.6 + 1.2 * pgfLegendGrid(figure, i, options).rows) * line : 0);
        const auto headLines =
            static_cast<double>(panel.lines.size() + (panel.header.empty() ? 0 : 1) +
                                (std::ranges::any_of(panel.references, hasTopLabel) ? 1 : 0));
        left[column] = std::max(left[column], yRoom);
        right[column] = std::max(right[column], panel.right ? 3.9 * line : 0.8 * line);
        above[row] = std::max(above[row], (headLines + 0.6) * line);
        below[row] = std::max(below[row], xRoom);
        square[column] = square[column] || panel.square;
    }
    const auto sum = [](const std::vector<double>& values) {
        double total = 0;
        for (const double value : values) {
            total += value;
        }
        return total;
    };
    const double width =
        std::max(5.0, (options.widthMm - sum(left) - sum(right)) / static_cast<double>(columns));
    const double free = std::max(5.0, options.heightMm - sum(above) - sum(below));
    std::vector<double> weights = figure.rowHeights;
    weights.resize(rows, 1.0);
    std::vector<Box> boxes;
    double top = options.heightMm;
    for (std::size_t row = 0; row < rows; ++row) {
        const double height = free * weights[row] / sum(weights);
        double x = 0;
        for (std::size_t column = 0; column < columns && boxes.size() < figure.panels.size(); ++column) {
            x += left[column];
            const double side = free * weights[0] / sum(weights);
            const double shown = square[column] ? std::min(width, side) : width;
            const bool isSquare = figure.panels[boxes.size()].square;
            boxes.push_back(
                {x, top - above[row] - height, shown, isSquare ? std::min(shown, height) : height});
            x += width + right[column];
        }
        top -= above[row] + height + below[row];
    }
    return boxes;
}

std::string dashOf(const std::string& dash) {
    static const std::map<std::string, std::string> kPatterns{
        {"dotted", "dash pattern=on 0.8pt off 1.6pt"},
        {"long-dash", "dash pattern=on 6pt off 2pt"},
        {"dash-dot", "dash pattern=on 4pt off 1.5pt on 0.8pt off 1.5pt"},
        {"dash-dot-dot", "dash pattern=on 4pt off 1.2pt on 0.8pt off 1.2pt on 0.8pt off 1.2pt"},
    };
    const auto found = kPatterns.find(dash);
    return found == kPatterns.end() ? "solid" : found->second;
}

std::string markOf(const PgfLook& look) {
    static const std::map<std::string, std::array<std::string, 2>> kMarks{
        {"circle", {"o", "*"}},
        {"triangle", {"triangle", "triangle*"}},
        {"square", {"square", "square*"}},
        {"diamond", {"diamond", "diamond*"}},
        {"cross", {"x", "x"}},
    };
    const auto found = kMarks.find(look.marker);
    return found == kMarks.end() ? "none" : found->second[look.filledMarker ? 1 : 0];
}

/// Writes one figure; holds the colours it has defined.
class Writer {
public:
    Writer(const Figure& figure, const PgfOptions& options) : m_figure(figure), m_options(options) {}

    std::string write() {
        const std::vector<Box> boxes = layOut(m_figure, m_options);
        std::string body;
        for (std::size_t i = 0; i < m_figure.panels.size(); ++i) {
            const Panel& panel = m_figure.panels[i];
            body += panel.blank ? legendAlone(panel, boxes[i]) : panelText(i, boxes[i]);
        }
        return preamble(body) + body + "\\end{tikzpicture}\n\\end{document}\n";
    }

private:
    std::string preamble(const std::string& body) const {
        // A comment ends with its line, whatever is in the names that it quotes.
        std::string text = "% " + printable(m_figure.title) + "\n";
        for (const std::string& note : m_figure.notes) {
            text += "% " + printable(note) + "\n";
        }
        if (!m_options.recipe.empty()) {
            text += "% recipe: " + m_options.recipe + "\n";
        }
        text += "\\documentclass[border=0pt]{standalone}\n\\usepackage{fix-cm}\n\\usepackage{pgfplots}\n"
                "\\pgfplotsset{compat=1.16}\n\\usetikzlibrary{patterns}\n";
        for (const auto& [colour, name] : m_colours) {
            text += "\\definecolor{" + name + "}{HTML}{" + colour + "}\n";
        }
        if (const std::string letters = latexLetters(body); !letters.empty()) {
            text += "\\IfFileExists{t2aenc.def}{\\usepackage[T2A,OT1]{fontenc}}{}\n" + letters;
        }
        const std::string size = number(m_options.fontPt);
        text += "\\begin{document}\n\\fontsize{" + size + "}{" + number(1.2 * m_options.fontPt) +
                "}\\selectfont\n\\begin{tikzpicture}[x=1mm,y=1mm]\n\\useasboundingbox (0,0) rectangle (" +
                number(m_options.widthMm) + "," + number(m_options.heightMm) + ");\n";
        return text;
    }

    PgfLook look(const Style& style) const { return m_options.look ? m_options.look(style) : PgfLook{}; }

    /// The name under which the preamble defines the colour of this style.
    std::string colour(const Style& style) {
        const std::string value = look(style).colour;
        const auto [entry, isNew] = m_colours.try_emplace(value, "fs" + std::to_string(m_colours.size()));
        return entry->second;
    }

    /// About as many markers as a curve of few points has.
    static std::string markRepeat(const Line& line) {
        const std::size_t every = line.x.size() / kMostMarkers;
        return every > 1 ? ", mark repeat=" + std::to_string(every) : "";
    }

    std::string lineStyle(const Line& line) {
        const PgfLook looks = look(line.style);
        std::string style = colour(line.style) + ", " + dashOf(looks.dash) +
                            ", line width=" + (line.emphasised ? "0.9pt" : "0.5pt");
        if (!line.emphasised) {
            style += ", opacity=" + number(kFaintOpacity);
        }
        style +=
            line.markers && markOf(looks) != "none"
                ? ", mark=" + markOf(looks) + ", mark size=1.6pt, mark options={solid}" + markRepeat(line)
                : ", mark=none";
        return style;
    }

    std::string scatterStyle(const Scatter& scatter) {
        PgfLook looks = look(scatter.style);
        if (scatter.fill != Fill::ofRole) {
            looks.filledMarker = scatter.fill == Fill::solid;
        }
        const std::string mark = markOf(looks);
        return "only marks, " + colour(scatter.style) + ", mark=" + (mark == "none" ? "*" : mark) +
               ", mark size=" + number(1.4 * scatter.size) + "pt" +
               (scatter.fill == Fill::ofRole ? ", mark options={draw=black}" : "");
    }

    std::string barStyle(const Bars& bars, std::size_t index) {
        const std::string name = colour(bars.style);
        std::string style = "fill=" + name + ", fill opacity=" + (bars.outlined ? "0.55" : "0.35");
        style += bars.outlined ? ", draw=" + name + ", line width=0.5pt" : ", draw=none";
        if (!bars.hatched.empty() && bars.hatched[index]) {
            style = "pattern=north east lines, pattern color=" + name +
                    (bars.outlined ? ", draw=" + name + ", line width=0.5pt" : ", draw=none");
        }
        return style;
    }

    std::string marks(const Panel& panel, Side side) {
        std::string text;
        for (const Band& band : panel.bands) {
            if (band.side == side && !band.x.empty()) {
                text += "\\addplot[forget plot, draw=none, fill=" + colour(band.style) +
                        ", fill opacity=" + number(kBandOpacity) + "] coordinates {";
                for (std::size_t i = 0; i < band.x.size(); ++i) {
                    text += pair(band.x[i], band.low[i]);
                }
                for (std::size_t i = band.x.size(); i-- > 0;) {
                    text += pair(band.x[i], band.high[i]);
                }
                text += "} -- cycle;\n";
            }
        }
        if (side == Side::left) {
            text += pgfHeatMap(panel);
            for (const Bars& bars : panel.bars) {
                for (std::size_t i = 0; i < bars.left.size(); ++i) {
                    text += "\\path[" + barStyle(bars, i) + "] " + axisPoint(bars.left[i], bars.base[i]) +
                            " rectangle " + axisPoint(bars.right[i], bars.top[i]) + ";\n";
                }
            }
            text += references(panel);
        }
        for (const Line& line : panel.curves) {
            if (line.side == side && !line.x.empty()) {
                text += "\\addplot[forget plot, " + lineStyle(line) + "] coordinates {";
                for (std::size_t i = 0; i < line.x.size(); ++i) {
                    text += pair(line.x[i], line.y[i]);
                }
                text += "};\n";
            }
        }
        if (side == Side::left) {
            for (const Scatter& scatter : panel.scatters) {
                text += "\\addplot[forget plot, " + scatterStyle(scatter) + "] coordinates {";
                for (std::size_t i = 0; i < scatter.x.size(); ++i) {
                    text += pair(scatter.x[i], scatter.y[i]);
                }
                text += "};\n";
            }
        }
        return text;
    }

    std::string references(const Panel& panel) {
        const Range x = homeRangeX(panel, panel.x.scale), y = homeRangeY(panel, Side::left, panel.y.scale);
        std::string text;
        for (const ReferenceLine& line : panel.references) {
            const std::string from = line.vertical ? axisPoint(line.at, y.low) : axisPoint(x.low, line.at);
            const std::string to = line.vertical ? axisPoint(line.at, y.high) : axisPoint(x.high, line.at);
            text += "\\draw[" + colour(line.style) + ", " +
                    dashOf(line.dashed ? "long-dash" : look(line.style).dash) + ", line width=0.6pt] " +
                    from + " -- " + to;
            if (!line.label.empty() && !line.vertical) {
                text += " node[anchor=south east, inner sep=1pt] {" + latexText(line.label) + "}";
            }
            text += ";\n";
        }
        return text;
    }

    /// Labels of vertical lines, in the room above the axes.
    std::string topLabels(const Panel& panel, const Box& box) const {
        const Range x = homeRangeX(panel, panel.x.scale);
        std::vector<ReferenceLine> lines;
        std::ranges::copy_if(panel.references, std::back_inserter(lines), [&](const ReferenceLine& line) {
            return hasTopLabel(line) && line.at >= x.low && line.at <= x.high;
        });
        std::ranges::sort(lines, {}, &ReferenceLine::at);
        std::string text;
        double free = 0; // mm from the left edge of the axes
        for (const ReferenceLine& line : lines) {
            const double width = 0.5 * m_options.fontPt * kMmPerPt * static_cast<double>(line.label.size());
            const double middle = box.width * partOf(line.at, x, drawnScale(panel.x.scale, x));
            const double left = std::max(free, std::min(middle - width / 2, box.width - width));
            text += "\\node[anchor=base west, inner sep=0pt] at (" + number(box.x + left) + "," +
                    number(box.y + box.height + 0.25 * lineHeight(m_options)) + ") {" +
                    latexText(line.label) + "};\n";
            free = left + width + 0.5 * m_options.fontPt * kMmPerPt;
        }
        return text;
    }

    std::string ticks(const char* which, const Axis& axis, const Range& range, double length) const {
        const std::string name = which;
        if (!axis.tickLabels) {
            return ", " + name + "ticklabels={}";
        }
        if (axis.ticks == TickStyle::category) {
            std::string at, labels;
            for (std::size_t i = 0; i < axis.categories.size(); ++i) {
                at += (i > 0 ? "," : "") + std::to_string(i);
                labels += (i > 0 ? "," : "") + ("{" + latexText(axis.categories[i]) + "}");
            }
            return ", " + name + "tick={" + at + "}, " + name + "ticklabels={" + labels + "}, " + name +
                   "tick style={draw=none}";
        }
        if (axis.ticks == TickStyle::percent && axis.scale == Scale::linear) {
            return ", " + name +
                   "ticklabel={\\pgfmathparse{100*\\tick}\\pgfmathprintnumber{\\pgfmathresult}\\,\\%}";
        }
        if (axis.ticks == TickStyle::integer && axis.scale == Scale::linear) {
            return wholeTicks(name, range, length);
        }
        return {};
    }

    /// The first of 1, 2, 5, 10, ... that leaves every label its room; without integers pgfplots' own choice.
    std::string wholeTicks(const std::string& name, const Range& range, double length) const {
        if (std::floor(range.high) - std::ceil(range.low) < 1) {
            return {};
        }
        const double room = 3 * lineHeight(m_options);
        double step = 1;
        for (int round = 0; length / (range.high - range.low) * step < room; ++round) {
            step *= round % 3 == 1 ? 2.5 : 2;
        }
        return ", " + name + "tick distance=" + number(step);
    }

    std::string axisOptions(const Panel& panel, const Box& box, Side side) const {
        const Axis& vertical = side == Side::right ? *panel.right : panel.y;
        const Range x = homeRangeX(panel, panel.x.scale), y = homeRangeY(panel, side, vertical.scale);
        std::string text = "at={(" + number(box.x) + "mm," + number(box.y) +
                           "mm)}, anchor=south west, scale only axis, width=" + number(box.width) +
                           "mm, height=" + number(box.height) + "mm,\n  xmin=" + datum(x.low) +
                           ", xmax=" + datum(x.high) + ", ymin=" + datum(y.low) + ", ymax=" + datum(y.high) +
                           ", tick align=outside, axis line style={gray}, tick style={gray}, "
                           "unbounded coords=jump";
        text += panel.heatMap ? ", colormap/viridis" : "";
        text += drawnScale(panel.x.scale, x) == Scale::logarithmic ? ", xmode=log" : "";
        text += drawnScale(vertical.scale, y) == Scale::logarithmic ? ", ymode=log" : "";
        text += ticks("y", vertical, y, box.height) + ", ylabel={" + latexText(vertical.label) + "}";
        if (side == Side::right) {
            return text + ", axis x line=none, axis y line*=right, ylabel near ticks";
        }
        text += ", axis x line*=bottom, axis y line*=left, ymajorgrids, grid style={gray!20}";
        return text + ticks("x", panel.x, x, box.width) + ", xlabel={" + latexText(panel.x.label) + "}";
    }

    std::string legend(const Panel& panel) {
        std::string text;
        for (const Line& line : panel.curves) {
            if (line.legend && !line.x.empty()) {
                text += "\\addlegendimage{" + lineStyle(line) + "}\n\\addlegendentry{" +
                        latexText(line.name) + "}\n";
            }
        }
        for (const Band& band : panel.bands) {
            if (hasOwnEntry(panel, band)) {
                text += "\\addlegendimage{area legend, draw opacity=0, fill=" + colour(band.style) +
                        ", fill opacity=" + number(kBandOpacity) + "}\n\\addlegendentry{" +
                        latexText(band.name) + "}\n";
            }
        }
        for (const Bars& bars : panel.bars) {
            if (bars.legend) {
                Bars plain = bars;
                plain.hatched.clear();
                text += "\\addlegendimage{area legend, " + barStyle(plain, 0) + "}\n\\addlegendentry{" +
                        latexText(bars.name) + "}\n";
            }
        }
        for (const Scatter& scatter : panel.scatters) {
            if (scatter.legend && !scatter.name.empty()) {
                text += "\\addlegendimage{" + scatterStyle(scatter) + "}\n\\addlegendentry{" +
                        latexText(scatter.name) + "}\n";
            }
        }
        return text;
    }

    /// The corner of the panel that the fewest points of its data lie in.
    static std::string emptiestCorner(const Panel& panel) {
        const Range x = homeRangeX(panel, panel.x.scale), y = homeRangeY(panel, Side::left, panel.y.scale);
        std::map<std::string, int> points{
            {"north east", 0}, {"north west", 0}, {"south east", 0}, {"south west", 0}};
        for (const Line& line : panel.curves) {
            for (std::size_t i = 0; i < line.x.size(); ++i) {
                const bool east = partOf(line.x[i], x, panel.x.scale) > 0.5;
                const bool north = partOf(line.y[i], y, panel.y.scale) > 0.5;
                ++points[std::string(north ? "north " : "south ") + (east ? "east" : "west")];
            }
        }
        return std::ranges::min_element(points, {}, [](const auto& entry) { return entry.second; })->first;
    }

    std::string legendOptions(std::size_t index) const {
        const Panel& panel = m_figure.panels[index];
        std::string place = "legend pos=" + emptiestCorner(panel);
        if (panel.legend == Legend::below) {
            place = "legend style={at={(0,-" + number(2.9 * lineHeight(m_options)) +
                    "mm)}, anchor=north west}, legend columns=" +
                    std::to_string(pgfLegendGrid(m_figure, index, m_options).columns);
        } else if (panel.legend == Legend::beside) {
            place = "legend pos=outer north east";
        }
        return ",\n  " + place +
               ", legend style={draw=none, fill opacity=0.8, text opacity=1}, legend cell align=left";
    }

    std::string legendAlone(const Panel& panel, const Box& box) {
        const std::string entries = panel.legend == Legend::none ? "" : legend(panel);
        return entries.empty()
                   ? ""
                   : "\\begin{axis}[at={(" + number(box.x) + "mm," + number(box.y) +
                         "mm)}, anchor=south west, scale only axis, hide axis, width=" + number(box.width) +
                         "mm, height=" + number(box.height) +
                         "mm, xmin=0, xmax=1, ymin=0, ymax=1, legend pos=north west, legend "
                         "style={draw=none}, legend cell align=left]\n" +
                         entries + "\\end{axis}\n";
    }

    std::string panelText(std::size_t index, const Box& box) {
        const Panel& panel = m_figure.panels[index];
        std::string text = heading(panel, box);
        if (!panel.emptyText.empty()) {
            return text + "\\node[align=center, text width=" + number(box.width) + "mm] at (" +
                   number(box.x + box.width / 2) + "," + number(box.y + box.height / 2) + ") {" +
                   latexText(panel.emptyText) + "};\n";
        }
        const std::string entries = panel.legend == Legend::none ? "" : legend(panel);
        text += "\\begin{axis}[" + axisOptions(panel, box, Side::left) +
                (entries.empty() ? "" : legendOptions(index)) + "]\n" + marks(panel, Side::left) + entries +
                "\\end{axis}\n";
        if (panel.right) {
            text += "\\begin{axis}[" + axisOptions(panel, box, Side::right) + "]\n" +
                    marks(panel, Side::right) + "\\end{axis}\n";
        }
        return text + topLabels(panel, box);
    }

    std::string heading(const Panel& panel, const Box& box) const {
        std::string words = latexText(panel.header);
        for (const std::string& line : panel.lines) {
            words += (words.empty() ? "" : "\\\\ ") + latexText(line);
        }
        const double above =
            0.8 + (std::ranges::any_of(panel.references, hasTopLabel) ? lineHeight(m_options) : 0);
        return words.empty() ? ""
                             : "\\node[anchor=south west, align=left, inner sep=1pt] at (" + number(box.x) +
                                   "," + number(box.y + box.height + above) + ") {" + words + "};\n";
    }

    const Figure& m_figure;
    const PgfOptions& m_options;
    std::map<std::string, std::string> m_colours;
};

} // namespace

std::string pgfplots(const Figure& figure, const PgfOptions& options) {
    return Writer(figure, options).write();
}

} // namespace finescope::figure
