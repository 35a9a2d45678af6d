#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// A figure as data: what is shown, not how it is painted. Builders make it from values, PlotView paints it
/// on the screen and on paper, writers turn it into CSV and pgfplots. Colours are named by role; themes give
/// them values.
namespace finescope::figure {

/// Who or what a mark stands for. The theme maps `role` to colour, dash and marker. Roles are the methods of
/// look.md ("pretrained", "lp", "ft", "lp-ft", "lora", "lp-lora", or any other string) and the semantic ones
/// "diagonal", "over-confidence", "under-confidence", "reference", "accuracy", "mean-confidence", "current",
/// "switch", "not-finite", "boundary" (on a heat map), "neutral", "classifier-row", and those of classes,
/// "class-1" to "class-8", and of runs without a method, "imported-1" to "imported-6".
/// Members of one role (seeds) differ by lightness: member `shade` of `shades`.
struct Style {
    std::string role = "neutral";
    int shade = 0;
    int shades = 1;
    bool operator==(const Style&) const = default;
};

struct Range {
    double low = 0, high = 1;
    bool operator==(const Range&) const = default;
};

enum class Scale { linear, logarithmic };
enum class TickStyle { number, percent, integer, category };

struct Axis {
    std::string label{}; ///< with its unit in words
    Scale scale = Scale::linear;
    TickStyle ticks = TickStyle::number;
    std::vector<std::string> categories{}; ///< for TickStyle::category: names at 0, 1, 2, ...
    std::optional<Range> range{};          ///< nullopt: from the data
    bool tickLabels = true;
};

/// Which vertical axis a mark belongs to.
enum class Side { left, right };

/// Where a curve over training is of linear probing, for the read-out: a point at x is that of iteration
/// `iterations` (x - from) / (to - from).
struct ProbingSpan {
    double from = 0, to = 0; ///< x of its start and end
    double iterations = 0;   ///< 0: unknown, or not the same for all runs behind the curve
    bool last = false;       ///< the end belongs to it: fine-tuning does not follow
};

/// A NaN in y breaks the line.
struct Line {
    std::string name{}; ///< in legend and read-out
    std::vector<double> x{}, y{};
    Style style{};
    bool markers = false; ///< at points far enough from each other
    bool legend = true;
    bool emphasised = true; ///< false: drawn faintly (a member under its mean)
    Side side = Side::left;
    bool whiskers = false; ///< intervals about data: like bands, they widen an axis only so far
    bool readOut = true;   ///< false: says nothing under the cursor; nor do whiskers, whose bars say it
    std::optional<ProbingSpan> probing{};
};

struct Band {
    std::string name{}; ///< names the statistic, e.g. "LP-FT: 95 % t interval, n = 5"
    std::vector<double> x{}, low{}, high{};
    Style style{};
    Side side = Side::left;
};

/// Rectangles [left_i, right_i] x [base_i, top_i].
struct Bars {
    std::string name{};
    std::vector<double> left{}, right{}, base{}, top{};
    Style style{};
    std::vector<bool> hatched{};     ///< empty, or one per bar: too few samples to trust
    std::vector<std::string> note{}; ///< empty, or one read-out text per bar
    bool legend = false;
    bool outlined = true;
    bool readOut = true; ///< false: a part of other bars, whose note says it
};

/// How the markers of a scatter are filled.
enum class Fill {
    ofRole, ///< as the theme says
    open,
    solid,
};

struct Scatter {
    std::string name{};
    std::vector<double> x{}, y{};
    Style style{};
    std::vector<std::string> note{};
    bool legend = true;
    double size = 1; ///< relative to the theme's markers
    Fill fill = Fill::ofRole;
    /// Empty, or the sample that each point is: points of one sample in two panels belong together and are
    /// shown together. Samples of different data have different numbers.
    std::vector<std::int64_t> samples{};
};

/// A straight line across the panel at one x (vertical) or y (horizontal), with an optional label at its end.
struct ReferenceLine {
    bool vertical = true;
    double at = 0;
    std::string label{};
    Style style{};
    bool dashed = false; ///< whatever the dash of its role: a place, not data
};

/// Values [rows, columns], row 0 at the bottom; names of rows and columns in the read-out, where they have
/// some.
struct HeatCells {
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values{};
    std::vector<std::string> rowNames{}, columnNames{};

    [[nodiscard]] double at(std::int64_t row, std::int64_t column) const {
        return values[static_cast<std::size_t>(row * columns + column)];
    }
};

/// Cells drawn over x 0..columns, y 0..rows. They are shared: figures are copied, and there may be millions.
struct HeatMap {
    std::shared_ptr<const HeatCells> cells = std::make_shared<const HeatCells>();
    bool diverging = false; ///< colour map centred at 0, else viridis
    Scale scale = Scale::linear;
    std::string label{};
    std::optional<Range> colours{}; ///< values at the ends of the colour scale; nullopt: from the data
    /// Instead of x 0..columns: the map is the scale of the colours of the map that stands above it.
    std::optional<Range> across{};
};

/// The values that the ends of the colour scale stand for: `colours`, else the extremes of the finite values,
/// symmetric about zero when the map is diverging, of the positive ones when the scale is logarithmic.
[[nodiscard]] Range colourRange(const HeatMap& map);

/// Place of a value on the colour scale: [0, 1], or [-1, 1] when diverging, if it lies within `range`.
[[nodiscard]] double colourPlace(const HeatMap& map, const Range& range, double value);

enum class Legend { none, inside, beside, below };

/// One pair of axes.
struct Panel {
    bool blank = false;   ///< keeps its place in the grid and draws nothing but its legend, not even axes
    std::string header{}; ///< heading above the plot (not inside it)
    std::vector<std::string> lines{}; ///< short lines under the heading: the numbers
    Axis x{}, y{};
    std::optional<Axis> right{};
    bool square = false;
    Legend legend = Legend::none;
    std::vector<Band> bands{};
    std::vector<Bars> bars{};
    std::vector<Line> curves{};
    std::vector<Scatter> scatters{};
    std::vector<ReferenceLine> references{};
    std::optional<HeatMap> heatMap{};
    std::string emptyText{}; ///< shown instead of data when there is none
};

/// The colours of a map over their values, for below it: a panel that says what `across` says.
[[nodiscard]] Panel colourScale(const HeatMap& of);

/// Panels in row-major order on a grid. Panels of one column share their x range when `sharedColumns` is set.
struct Figure {
    std::string kind{};  ///< as on the command line: "reliability", "classifier-norm", ...
    std::string title{}; ///< for file properties and accessible names; never painted into the plot
    int columns = 1;
    std::vector<double> rowHeights{}; ///< relative; empty = equal
    bool sharedColumns = false;
    std::vector<Panel> panels{};
    std::vector<std::string> notes{}; ///< conventions, statistics and n: caption material
    /// What makes its numbers say less than they seem to; each is among the notes too.
    std::vector<std::string> cautions{};
    /// What could not be computed, with the run and the reason; each is among the notes too.
    std::vector<std::string> problems{};
    std::string altText{};
};

/// One cell: text as shown, and the number behind it at full precision where there is one.
struct Cell {
    std::string text{};
    std::optional<double> value{}; ///< the mean, if the cell is of several runs
    bool emphasised = false;
    std::optional<double> deviation{}; ///< sample standard deviation over runs, from two runs on
    std::int64_t count = 0;            ///< number of runs behind `value`; 0 for words
    bool collapsed = false;            ///< a run behind `value` predicts one class for all of a split
    std::optional<double> before{};    ///< what `text` has before an arrow, in the unit of `value`
    std::optional<Range> interval{};   ///< what `text` has in brackets, at full precision
    bool blank = false;                ///< `text` is a dash in place of a number or name that there is not
};

struct Table {
    std::string kind{};
    std::string caption{};
    std::vector<std::string> columns{};
    std::vector<std::vector<Cell>> rows{};
    std::vector<std::string> notes{};
    std::vector<std::string> problems{}; ///< as of a figure
};

} // namespace finescope::figure
