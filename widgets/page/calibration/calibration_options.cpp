#include "widgets/page/calibration/calibration_options.h"

#include "core/figure/calibration/calibration_view.h"
#include "core/figure/calibration/diagram_choice.h"
#include "core/figure/label/class_name.h"
#include "widgets/control/epoch_player.h"
#include "widgets/page/calibration/calibration_curve.h"
#include "widgets/page/common/option_rows.h"

#include <QComboBox>
#include <QPointF>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

namespace finescope::widgets {

namespace {

constexpr int kNll = 2; // of the curves: what T is fitted to

constexpr int kLetters = 12;

QComboBox* makePicker(const char* name, QWidget* parent) {
    auto* picker = new QComboBox(parent);
    picker->setObjectName(QLatin1String(name));
    // As wide as the column of options, not as its longest item.
    picker->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    picker->setMinimumContentsLength(kLetters);
    return picker;
}

QString epochName(const record::EpochKey& key) {
    const QString epoch = QString::number(key.epoch, 'g', 6);
    return key.stage == record::Stage::linearProbing
               ? CalibrationOptions::tr("Linear probing, %1").arg(epoch)
               : CalibrationOptions::tr("Fine-tuning, epoch %1").arg(epoch);
}

void enable(QComboBox& picker, int item, bool enabled) {
    qobject_cast<QStandardItemModel*>(picker.model())->item(item)->setEnabled(enabled);
}

} // namespace

CalibrationOptions::CalibrationOptions(QWidget* parent, QVBoxLayout* rows)
    : QObject(parent), m_mode(makePicker("calibrationMode", parent)),
      m_fitOn(makePicker("calibrationFitOn", parent)), m_split(makePicker("calibrationSplit", parent)),
      m_epoch(makePicker("calibrationEpoch", parent)), m_player(new EpochPlayer(parent)),
      m_bins(new QSpinBox(parent)), m_binning(makePicker("calibrationBinning", parent)),
      m_class(makePicker("calibrationClass", parent)),
      m_intervals(makePicker("calibrationIntervals", parent)),
      m_curve(makePicker("calibrationCurve", parent)), m_details(makePicker("calibrationTableView", parent)) {
    m_mode->addItem(tr("One T for all runs"), false);
    m_mode->addItem(tr("Each run at its fitted T"), true);
    m_mode->setToolTip(tr("T switches between the two"));
    m_fitOn->addItem(tr("Validation split"), QString());
    m_fitOn->setToolTip(tr("The split whose NLL the fitted T minimises"));
    m_split->addItem(tr("Test split"), QString());
    m_epoch->addItem(tr("Reported model"));
    m_bins->setObjectName(QStringLiteral("calibrationBins"));
    m_bins->setRange(1, 100);
    m_bins->setValue(15);
    listBinnings();
    m_class->addItem(tr("Predicted class"), QString());
    m_class->setToolTip(tr("A class: its probability in every row, against all others"));
    const auto addIntervals = [this](const QString& name, figure::AccuracyIntervals intervals) {
        m_intervals->addItem(name, static_cast<int>(intervals));
    };
    addIntervals(tr("None"), figure::AccuracyIntervals::none);
    addIntervals(tr("Wilson interval"), figure::AccuracyIntervals::wilson);
    addIntervals(tr("Bootstrap interval"), figure::AccuracyIntervals::bootstrap);
    addIntervals(tr("If calibrated"), figure::AccuracyIntervals::consistency);
    m_intervals->setToolTip(
        tr("95 % interval of each bin. Intervals from 1000 draws are updated when the slider is released"));
    CalibrationCurve::listCurves(*m_curve);
    m_curve->setCurrentIndex(kNll);
    m_details->addItem(tr("Numbers"));
    CalibrationDetails::listViews(*m_details);

    addOption(rows, tr("Temperature"), m_mode);
    addOption(rows, tr("Fit temperature on"), m_fitOn);
    addOption(rows, tr("Split"), m_split);
    addOption(rows, tr("Epoch"), m_epoch);
    rows->addWidget(m_player);
    rows->addSpacing(8);
    addOption(rows, tr("Confidence of"), m_class);
    addOption(rows, tr("Bins"), m_bins);
    rows->addWidget(m_binning);
    addOption(rows, tr("Whiskers"), m_intervals);
    rows->addSpacing(8);
    addOption(rows, tr("Curve"), m_curve);
    addOption(rows, tr("Table"), m_details);
    rows->addStretch(1);

    connect(m_mode, &QComboBox::currentIndexChanged, this, &CalibrationOptions::fittedChanged);
    for (QComboBox* picker : {m_fitOn, m_split, m_epoch}) {
        connect(picker, &QComboBox::activated, this, &CalibrationOptions::choiceChanged);
    }
    connect(m_bins, &QSpinBox::valueChanged, this, &CalibrationOptions::choiceChanged);
    connect(m_player, &EpochPlayer::moved, this, [this](int position) {
        m_epoch->setCurrentIndex(position + 1);
        Q_EMIT choiceChanged();
    });
    connect(m_binning, &QComboBox::currentIndexChanged, this, &CalibrationOptions::fitIntervals);
    for (QComboBox* picker : {m_binning, m_intervals, m_class}) {
        connect(picker, &QComboBox::activated, this, &CalibrationOptions::diagramsChanged);
    }
    connect(m_curve, &QComboBox::activated, this, &CalibrationOptions::curveChanged);
    connect(m_details, &QComboBox::activated, this, &CalibrationOptions::detailsChanged);
}

void CalibrationOptions::listBinnings() {
    m_binning->setAccessibleName(tr("Kind of bins"));
    m_binning->setToolTip(tr("Equal width: bins (low, high] of equal width. Equal mass: bins with equal "
                             "numbers of rows. Others: bins as that tool defines them"));
    m_binning->addItem(tr("Equal width"), static_cast<int>(analysis::Convention::finescope));
    m_binning->addItem(tr("Equal mass"));
    for (const analysis::Convention convention : analysis::allConventions()) {
        if (convention != analysis::Convention::finescope) {
            const auto name = analysis::nameOf(convention);
            m_binning->addItem(
                tr("As %1").arg(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))),
                static_cast<int>(convention));
        }
    }
}

void CalibrationOptions::fitIntervals() {
    // Whiskers that are drawn have bins of our own.
    figure::FigureRequest request;
    addTo(request);
    const bool ours = request.convention == analysis::Convention::finescope;
    for (int item = 0; item < m_intervals->count(); ++item) {
        const auto intervals = static_cast<figure::AccuracyIntervals>(m_intervals->itemData(item).toInt());
        enable(*m_intervals, item, ours || !figure::DiagramChoice{.intervals = intervals}.resampled());
    }
    if (!ours && figure::diagramChoice(request).resampled()) {
        m_intervals->setCurrentIndex(0);
    }
}

void CalibrationOptions::list(const std::vector<record::Run>& runs) {
    listSplits(runs);
    listEpochs(runs);
    listClasses(runs);
}

void CalibrationOptions::listSplits(const std::vector<record::Run>& runs) {
    std::vector<std::string> names;
    for (const record::Run& run : runs) {
        for (const record::SplitInfo& split : run.splits) {
            if (!split.logitKeys.empty()) {
                names.push_back(split.name);
            }
        }
    }
    listNames(*m_split, names);
    listNames(*m_fitOn, names);
}

void CalibrationOptions::listEpochs(const std::vector<record::Run>& runs) {
    const QVariant before = m_epoch->currentData();
    const std::vector<std::string> chosen = pickedNames(*m_split);
    std::vector<record::EpochKey> keys;
    for (const record::Run& run : runs) {
        const record::SplitInfo* split =
            chosen.empty() ? analysis::defaultCalibrationSplit(run) : run.split(chosen.front());
        for (const record::EpochKey& key : split ? split->logitKeys : std::vector<record::EpochKey>{}) {
            if (std::ranges::find(keys, key) == keys.end()) {
                keys.push_back(key);
            }
        }
    }
    std::ranges::sort(keys, {}, [](const record::EpochKey& key) { return std::pair(key.stage, key.epoch); });
    m_epoch->clear();
    m_epoch->addItem(tr("Reported model"));
    for (const record::EpochKey& key : keys) {
        m_epoch->addItem(epochName(key), QPointF(key.epoch, static_cast<int>(key.stage)));
    }
    m_epoch->setCurrentIndex(before.isValid() ? std::max(0, m_epoch->findData(before)) : 0);
    m_player->setCount(static_cast<int>(keys.size()));
    m_player->setPosition(m_epoch->currentIndex() - 1);
}

void CalibrationOptions::listClasses(const std::vector<record::Run>& runs) {
    std::vector<std::string> names;
    for (const record::Run& run : runs) {
        std::ranges::move(
            figure::classNames(run.classNames, static_cast<std::int64_t>(run.classNames.size())),
            std::back_inserter(names));
    }
    listNames(*m_class, names);
}

void CalibrationOptions::setFitted(bool fitted) {
    m_mode->setCurrentIndex(fitted ? 1 : 0);
}

void CalibrationOptions::setBusy(bool busy) {
    m_player->setBusy(busy);
}

void CalibrationOptions::addTo(figure::FigureRequest& request) const {
    const QVariant convention = m_binning->currentData();
    request.splits = pickedNames(*m_split);
    request.fitOn = m_fitOn->currentData().toString().toStdString();
    if (m_epoch->currentIndex() > 0) {
        const QPointF key = m_epoch->currentData().toPointF();
        request.epoch =
            record::EpochKey{key.x(), static_cast<record::Stage>(static_cast<std::int8_t>(key.y()))};
    }
    request.bins = m_bins->value();
    if (convention.isValid()) {
        request.convention = static_cast<analysis::Convention>(convention.toInt());
    } else {
        request.binning = analysis::Binning::equalMass;
    }
    request.classes = pickedNames(*m_class);
    request.intervals = static_cast<figure::AccuracyIntervals>(m_intervals->currentData().toInt());
    request.temperature.fitted = m_mode->currentData().toBool();
    request.beforeAfter = request.temperature.fitted;
}

void CalibrationOptions::addCurveTo(figure::FigureRequest& request) const {
    const QVariant quantity = m_curve->currentData();
    request.kind = quantity.isValid() ? "temperature-curve" : "bin-stability";
    request.beforeAfter = false;
    if (quantity.isValid()) {
        request.quantities = {static_cast<figure::CurveQuantity>(quantity.toInt())};
    }
}

std::optional<CalibrationDetails::View> CalibrationOptions::details() const {
    const QVariant view = m_details->currentData();
    return view.isValid() ? std::optional(static_cast<CalibrationDetails::View>(view.toInt())) : std::nullopt;
}

} // namespace finescope::widgets
