#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "core/figure/write/write_csv.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/core/figure/memory_run.h"
#include "tests/widgets/page/background_by_hand.h"
#include "widgets/page/accuracy/accuracy_page.h"
#include "widgets/page/kernel/kernel_page.h"
#include "widgets/page/training/training_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QtTest>

#include <memory>

using namespace finescope;

namespace {

/// A page on the screen with its options, which are its owner's in the window.
template <class OnePage>
struct Shown {
    OnePage page;
    std::unique_ptr<QWidget> options{page.options()};

    explicit Shown(auto&... of) : page(of...) {}

    void show(const std::vector<record::Run>& runs) {
        page.setRuns(std::make_shared<const std::vector<record::Run>>(runs));
        page.show();
    }
    template <class Control>
    Control* option(const char* name) {
        return options->findChild<Control*>(QLatin1String(name));
    }
    void pick(const char* name, int item) {
        auto* picker = option<QComboBox>(name);
        picker->setCurrentIndex(item);
        Q_EMIT picker->activated(item);
    }
};

std::vector<record::Run> trainedRuns() {
    std::vector<record::Run> runs{tests::emptyRun("ft"), tests::emptyRun("lp-ft")};
    for (record::Run& run : runs) {
        for (int epoch = 0; epoch < 3; ++epoch) {
            tests::addEpoch(run, tests::tuning(epoch), 1.5 + epoch);
        }
    }
    return runs;
}

record::Run scoredRun(const std::string& method) {
    record::Run run = tests::emptyRun(method);
    const auto [logits, labels] = tests::randomLogits(40, 2, 1.0, 1);
    tests::addSplit(run, "test", "test", tests::tuning(1), logits, labels);
    return run;
}

} // namespace

/// A page shows, exports and embeds what its request says.
class TestPageRequests : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theScreenIsWhatTheRequestBuilds() {
        Shown<widgets::TrainingPage> shown;
        const std::vector<record::Run> runs = trainedRuns();
        shown.show(runs);
        shown.option<QComboBox>("trainingQuantity")->setCurrentIndex(1);
        shown.option<QCheckBox>("trainingLogY")->setChecked(true);
        shown.option<QDoubleSpinBox>("trainingSmoothing")->setValue(0.5);
        const figure::FigureRequest request = shown.page.request();
        QCOMPARE(request.kind, std::string("classifier-norm"));
        QVERIFY(request.logY && !request.logX);
        QCOMPARE(request.smoothing, 0.5);
        QVERIFY(request.files == std::vector<std::string>({"ft.h5", "lp-ft.h5"}));
        const auto exported = shown.page.exportedFigure();
        QVERIFY(exported.has_value());
        QCOMPARE(figure::requestToJson(exported->request), figure::requestToJson(request));
        const figure::Figure figure = exported->figure(139.7);
        QCOMPARE(figure::csv(figure), figure::csv(figure::buildFigure(request, runs)));
        QVERIFY(figure.panels.front().y.scale == figure::Scale::logarithmic);
    }

    /// Not what the controls ask for while it is computed.
    void theRecipeIsOfWhatIsDrawn() {
        tests::BackgroundByHand background;
        Shown<widgets::AccuracyPage> shown(background);
        shown.show({scoredRun("ft")});
        QVERIFY(!shown.page.exportedFigure());
        background.next();
        QVERIFY(shown.page.exportedFigure().has_value());
        shown.page.setRuns(
            std::make_shared<const std::vector<record::Run>>(std::vector{scoredRun("ft"), scoredRun("lp")}));
        shown.pick("accuracySpread", 1);
        QVERIFY(shown.page.request().spread != analysis::Spread::tInterval95);
        QCOMPARE(shown.page.request().files.size(), std::size_t{2});
        const figure::FigureRequest before = shown.page.exportedFigure()->request;
        QVERIFY(before.spread == analysis::Spread::tInterval95);
        QCOMPARE(before.files.size(), std::size_t{1});
        background.next();
        QCOMPARE(figure::requestToJson(shown.page.exportedFigure()->request),
                 figure::requestToJson(shown.page.request()));
    }

    void coloursFromAHighToALowValueAreNoRange() {
        tests::BackgroundByHand background;
        Shown<widgets::KernelPage> shown(background);
        shown.pick("kernelView", 1);
        shown.option<QCheckBox>("kernelOwnColours")->setChecked(true);
        shown.option<QDoubleSpinBox>("kernelLowColour")->setValue(5);
        shown.option<QDoubleSpinBox>("kernelHighColour")->setValue(2);
        QCOMPARE(shown.page.request().kind, std::string("kernel-heatmap"));
        QVERIFY(!shown.page.request().colourRange);
        figure::validate(shown.page.request());
        shown.option<QDoubleSpinBox>("kernelHighColour")->setValue(9);
        QVERIFY(shown.page.request().colourRange == figure::Range({5, 9}));
    }
};

QTEST_MAIN(TestPageRequests)
#include "test_page_requests.moc"
