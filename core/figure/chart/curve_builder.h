#pragma once

#include "core/figure/chart/curve_options.h"
#include "core/figure/chart/run_curves.h"
#include "core/figure/figure.h"
#include "core/figure/label/run_style.h"
#include "core/record/run.h"

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// Fills panels with curves over training, a curve for each run or method of a set, in the order of legends:
/// linear probing, then fine-tuning, on one axis with the switch marked. The runs have to outlive it.
class CurveBuilder {
public:
    /// The curve of the run with that index; empty where it has none.
    using Source = std::function<RunCurve(std::size_t run)>;

    CurveBuilder(std::span<const record::Run> runs, const CurveOptions& options);

    /// The options as they hold for this set: without any fine-tuning, zero is the start of the run.
    [[nodiscard]] const CurveOptions& options() const { return m_options; }
    /// A panel with the axes of this set.
    [[nodiscard]] Panel emptyPanel(const std::string& yLabel) const;
    /// Rows that are not finite have a cross where each stretch of them begins.
    void add(Panel& panel, const Source& source, Side side = Side::left);
    /// A band behind the curve of each run (not of methods, whose bands are over seeds). x, low and high are
    /// of one length.
    struct Extent {
        std::vector<double> x{}, low{}, high{};
    };
    void addRanges(Panel& panel, const std::function<Extent(std::size_t run)>& source);
    /// Marks where fine-tuning starts, or says in an empty panel that no run has recorded `what`.
    void finish(Panel& panel, const std::string& what) const;

    /// What lines and bands are, which runs were resumed, what is not finite, where lines are interrupted,
    /// and what had to be left out of logarithmic axes.
    [[nodiscard]] std::vector<std::string> notes() const;

private:
    [[nodiscard]] bool smooths(Side side) const { return m_options.smoothing > 0 && side == Side::left; }
    [[nodiscard]] std::string xLabel() const;
    [[nodiscard]] std::vector<ReferenceLine> switches() const;
    void addRun(Panel& panel, RunCurve curve, const std::string& name, const Style& style, Side side);
    void addLine(Panel& panel, RunCurve curve, const std::string& name, const Style& style, Side side,
                 bool emphasised);
    void addGroup(Panel& panel, const RunGroup& group, const Source& source, Side side);
    void markNonFinite(Panel& panel, const RunCurve& curve, const std::string& name, Side side);
    void noteEarlyEnd(const std::string& group, const std::vector<RunCurve>& curves,
                      const std::vector<std::int64_t>& seeds);
    [[nodiscard]] std::vector<std::string> resumedNotes() const;

    std::span<const record::Run> m_runs;
    CurveOptions m_options;
    std::vector<RunLabel> m_labels;
    int m_leftOut = 0;
    bool m_dropoutJump = false;
    std::map<std::string, std::vector<std::string>> m_nonFinite; ///< run -> what of its quantities is not
    std::set<std::string> m_earlyEnds;                           ///< means that end with their shortest seed
};

} // namespace finescope::figure
