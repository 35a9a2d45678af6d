#include "widgets/page/kernel/kernel_page.h"

#include "core/analysis/run/run_traits.h"
#include "core/figure/kernel/kernel_table.h"
#include "core/figure/label/run_style.h"
#include "widgets/page/common/numbers_table.h"
#include "widgets/page/common/option_rows.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>

namespace finescope::widgets {

namespace {

constexpr int kRowsSeen = 8; // of the table before it scrolls
constexpr const char* kHeatMap = "kernel-heatmap";
// A kernel of 2,000 samples is 100 MB: none is kept that is not shown. Its trace norms are 32 MB: those of a
// dozen that are not shown are kept.
constexpr std::size_t kSpareKernels = 0, kSpareTraceNorms = 12;

/// A kernel changes only when it is replaced, which changes the time of its file.
QString keyOf(const record::Run& run, const std::string& state) {
    std::error_code none;
    const auto written = std::filesystem::last_write_time(run.file, none).time_since_epoch().count();
    return QStringLiteral("%1|%2|%3|%4")
        .arg(QString::fromStdString(run.runId), QString::fromStdU16String(run.file.u16string()),
             QString::fromStdString(figure::kernelState(run, state)))
        .arg(static_cast<qlonglong>(written));
}

} // namespace

KernelPage::KernelPage(Background& background, QWidget* parent)
    : Page(tr("Kernel"),
           tr("Here you will see the neural tangent kernel at the start of fine-tuning: the spectra of its "
              "parts P and F, their ranks, and how much of the first step the features take."),
           parent),
      m_table(new NumbersTable(this)), m_missing(new QWidget(this)), m_missingText(new QLabel(m_missing)),
      m_compute(new QPushButton(tr("Compute kernel…"), m_missing)), m_view(new QComboBox(options())),
      m_state(new QComboBox(options())), m_parts{}, m_part(new QComboBox(options())),
      m_normalised(new QCheckBox(tr("Normalise by largest value"), options())),
      m_logarithmic(new QCheckBox(tr("Logarithmic values"), options())),
      m_logarithmicIndex(new QCheckBox(tr("Logarithmic index"), options())), m_axis(new QComboBox(options())),
      m_ownColours(new QCheckBox(tr("Same colour range for all"), options())),
      m_lowColour(new QDoubleSpinBox(options())), m_highColour(new QDoubleSpinBox(options())),
      m_kernels(background, QStringLiteral("kernel"), kSpareKernels),
      m_traceNorms(background, QStringLiteral("kernel"), kSpareTraceNorms) {
    setObjectName(QStringLiteral("kernelPage"));
    setPlot(new PlotView(this));
    plot()->setObjectName(QStringLiteral("kernelPlot"));
    plot()->setAccessibleName(title());
    m_table->setObjectName(QStringLiteral("kernelNumbers"));
    m_table->setAccessibleName(tr("Kernel numbers of the checked runs"));
    m_missing->setObjectName(QStringLiteral("kernelMissing"));
    m_missingText->setWordWrap(true);
    m_missingText->setObjectName(QStringLiteral("kernelMissingText"));
    m_compute->setObjectName(QStringLiteral("computeKernelButton"));
    auto* missing = new QHBoxLayout(m_missing);
    missing->setContentsMargins(0, 0, 0, 0);
    missing->setSpacing(8);
    missing->addWidget(m_missingText, 1);
    missing->addWidget(m_compute);
    content()->addWidget(m_missing);
    content()->addWidget(plot(), 1);
    content()->addWidget(m_table);
    makeOptions();
    connect(m_compute, &QPushButton::clicked, this, [this] { Q_EMIT computeRequested(m_withoutKernel); });
}

void KernelPage::makeOptions() {
    m_view->setObjectName(QStringLiteral("kernelView"));
    m_view->addItem(tr("Spectrum"), spectrumView);
    m_view->addItem(tr("Heat map"), heatMapView);
    m_view->addItem(tr("FT ratio"), ratioView);
    m_view->addItem(tr("LoRA against FT"), loraView);
    m_state->setObjectName(QStringLiteral("kernelState"));
    m_state->addItem(tr("Where fine-tuning starts"), QString());
    m_state->addItem(tr("Pre-trained"), QStringLiteral("pretrained"));
    m_state->addItem(tr("After linear probing"), QStringLiteral("after_lp"));
    m_part->setObjectName(QStringLiteral("kernelPart"));
    addOption(optionRows(), tr("View"), m_view);
    addOption(optionRows(), tr("State"), m_state);
    for (const analysis::KernelPart part : analysis::kKernelParts) {
        const QString name = QString::fromLatin1(figure::kernelPartName(part).data(),
                                                 static_cast<int>(figure::kernelPartName(part).size()));
        auto* box = new QCheckBox(name, options());
        box->setObjectName(QStringLiteral("kernelPart%1").arg(static_cast<int>(part)));
        box->setAccessibleName(tr("Spectrum of %1").arg(name));
        box->setChecked(part != analysis::KernelPart::total);
        m_parts[static_cast<std::size_t>(part)] = box;
        optionRows()->addWidget(box);
        m_part->addItem(name, static_cast<int>(part));
        connect(box, &QCheckBox::clicked, this, &KernelPage::refreshWhenVisible);
    }
    m_part->setCurrentIndex(static_cast<int>(analysis::KernelPart::fineTuningEffective));
    m_part->setAccessibleName(tr("Part of the kernel"));
    optionRows()->addWidget(m_part);
    m_normalised->setObjectName(QStringLiteral("kernelNormalised"));
    m_normalised->setChecked(true);
    m_logarithmic->setObjectName(QStringLiteral("kernelLogarithmic"));
    m_logarithmic->setChecked(true);
    m_logarithmicIndex->setObjectName(QStringLiteral("kernelLogarithmicIndex"));
    m_axis->setObjectName(QStringLiteral("kernelAxis"));
    m_axis->setAccessibleName(tr("Horizontal axis"));
    m_axis->addItem(tr("Index"), static_cast<int>(figure::SpectrumAxis::index));
    m_axis->addItem(tr("Fraction"), static_cast<int>(figure::SpectrumAxis::fraction));
    m_ownColours->setObjectName(QStringLiteral("kernelOwnColours"));
    for (QDoubleSpinBox* spin : {m_lowColour, m_highColour}) {
        spin->setDecimals(6);
        spin->setRange(1e-6, 1e12);
        spin->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
        spin->setKeyboardTracking(false);
        connect(spin, &QDoubleSpinBox::valueChanged, this, &KernelPage::refreshWhenVisible);
    }
    m_lowColour->setObjectName(QStringLiteral("kernelLowColour"));
    m_lowColour->setAccessibleName(tr("Value of the darkest colour"));
    m_highColour->setObjectName(QStringLiteral("kernelHighColour"));
    m_highColour->setAccessibleName(tr("Value of the brightest colour"));
    for (QWidget* control : {static_cast<QWidget*>(m_normalised), static_cast<QWidget*>(m_logarithmic),
                             static_cast<QWidget*>(m_logarithmicIndex), static_cast<QWidget*>(m_axis),
                             static_cast<QWidget*>(m_ownColours), static_cast<QWidget*>(m_lowColour),
                             static_cast<QWidget*>(m_highColour)}) {
        optionRows()->addWidget(control);
    }
    auto* more = new QPushButton(tr("Compute kernel…"), options());
    more->setObjectName(QStringLiteral("computeMoreButton"));
    optionRows()->addSpacing(8);
    optionRows()->addWidget(more);
    optionRows()->addStretch(1);
    connect(more, &QPushButton::clicked, this, [this] { Q_EMIT computeRequested(m_withoutKernel); });
    for (QCheckBox* box : {m_normalised, m_logarithmic, m_logarithmicIndex}) {
        connect(box, &QCheckBox::clicked, this, &KernelPage::refreshWhenVisible);
    }
    connect(m_ownColours, &QCheckBox::clicked, this, [this](bool own) {
        if (own) {
            suggestColours(plot()->shownFigure());
        }
        refreshWhenVisible();
    });
    for (QComboBox* box : {m_view, m_state, m_part, m_axis}) {
        connect(box, &QComboBox::activated, this, &KernelPage::refreshWhenVisible);
    }
    showOptionsOf(spectrumView);
}

void KernelPage::showOptionsOf(View view) {
    const bool spectrum = view == spectrumView, map = view == heatMapView;
    for (QCheckBox* box : m_parts) {
        box->setVisible(spectrum);
    }
    m_part->setVisible(map);
    m_normalised->setVisible(spectrum);
    m_logarithmic->setVisible(spectrum || map);
    m_logarithmicIndex->setVisible(spectrum);
    m_axis->setVisible(spectrum);
    m_ownColours->setVisible(map);
    m_lowColour->setVisible(map && m_ownColours->isChecked());
    m_highColour->setVisible(map && m_ownColours->isChecked());
}

/// Begins with the colours that are shown, so that nothing jumps.
void KernelPage::suggestColours(const figure::Figure& figure) {
    std::optional<figure::Range> range;
    for (const figure::Panel& panel : figure.panels) {
        if (panel.heatMap && !panel.heatMap->across) {
            const figure::Range own = figure::colourRange(*panel.heatMap);
            range =
                range ? figure::Range{std::min(range->low, own.low), std::max(range->high, own.high)} : own;
        }
    }
    if (range) {
        const QSignalBlocker low(m_lowColour), high(m_highColour);
        m_lowColour->setValue(range->low);
        m_highColour->setValue(range->high);
    }
}

KernelPage::View KernelPage::view() const {
    return static_cast<View>(m_view->currentData().toInt());
}

figure::FigureRequest KernelPage::request() const {
    const View view = this->view();
    figure::FigureRequest request = requestOf(view == heatMapView ? kHeatMap
                                              : view == ratioView ? "ft-ratio"
                                                                  : "spectrum");
    request.kernelState = m_state->currentData().toString().toStdString();
    if (view == loraView) { // the comparison is of normalised spectra of F
        request.kernelParts = {analysis::KernelPart::fineTuningEffective};
    } else if (view == heatMapView) {
        request.kernelParts = {static_cast<analysis::KernelPart>(m_part->currentData().toInt())};
        request.linearValues = !m_logarithmic->isChecked();
        if (m_ownColours->isChecked() && m_lowColour->value() < m_highColour->value()) {
            request.colourRange = figure::Range{m_lowColour->value(), m_highColour->value()};
        }
    } else if (view == spectrumView) {
        for (const analysis::KernelPart part : analysis::kKernelParts) {
            if (m_parts[static_cast<std::size_t>(part)]->isChecked()) {
                request.kernelParts.push_back(part);
            }
        }
        request.linearValues = !m_logarithmic->isChecked();
        request.rawSpectrum = !m_normalised->isChecked();
        request.spectrumAxis = static_cast<figure::SpectrumAxis>(m_axis->currentData().toInt());
        request.logX = m_logarithmicIndex->isChecked();
    }
    return request;
}

void KernelPage::refresh() {
    showOptionsOf(view());
    plot()->setTheme(theme());
    setLoading(true);
    readKernels(request());
}

void KernelPage::readKernels(const figure::FigureRequest& request) {
    const std::string& state = request.kernelState;
    m_kernels.ask({[state](const record::Run& run) { return keyOf(run, state); },
                   [state](const record::Run& run, const auto&, figure::Problems*) {
                       return figure::readKernel(run, state);
                   }});
    std::vector<record::Run> with;
    std::ranges::copy_if(runs(), std::back_inserter(with),
                         [&](const record::Run& run) { return !figure::kernelState(run, state).empty(); });
    m_kernels.complete(with, this, [this, with, request](const std::optional<Failure>& failure) {
        if (tell(failure, m_kernels.complete(with))) {
            request.kind == kHeatMap ? computeTraceNorms(request) : draw(request);
        }
    });
}

void KernelPage::computeTraceNorms(const figure::FigureRequest& request) {
    const analysis::KernelPart part = request.kernelParts.front();
    std::vector<record::Run> with;
    std::map<std::filesystem::path, ViewPointer> views;
    for (const record::Run& run : runs()) {
        if (const ViewPointer* view = m_kernels.find(run)) {
            with.push_back(run);
            views.emplace(run.file, *view);
        }
    }
    m_traceNorms.ask(
        {[state = request.kernelState, part](const record::Run& run) {
             return QStringLiteral("%1|%2").arg(keyOf(run, state)).arg(static_cast<int>(part));
         },
         [part, views = std::move(views)](const record::Run& run, const auto&, figure::Problems*) {
             return figure::traceNormCells(*views.at(run.file), part, run.classNames);
         }});
    m_traceNorms.complete(with, this, [this, with, request](const std::optional<Failure>& failure) {
        if (tell(failure, m_traceNorms.complete(with))) {
            draw(request);
        }
    });
}

bool KernelPage::tell(const std::optional<Failure>& failure, bool complete) {
    if (failure) {
        showError(complete ? tr("The kernels of some runs could not be read.")
                           : tr("A kernel could not be read."),
                  failure->message);
    }
    const bool usable = !failure || complete;
    if (!usable) {
        setLoading(false);
    }
    return usable;
}

figure::Figure KernelPage::figureOf(const figure::FigureRequest& request,
                                    const std::vector<figure::KernelEntry>& entries) {
    if (request.kind == kHeatMap) {
        return figure::kernelHeatMapFigure(entries, figure::kernelHeatMapOptions(request));
    }
    if (request.kind == "ft-ratio") {
        return figure::ratioFigure(entries);
    }
    return figure::spectrumFigure(entries, figure::spectrumOptions(request));
}

/// Nothing where the view has nothing to show of the run.
KernelPage::Kernel KernelPage::kernelOf(const figure::FigureRequest& request, const record::Run& run) const {
    const ViewPointer* view = m_kernels.find(run);
    if (request.kind != kHeatMap) {
        return {view ? *view : nullptr, nullptr};
    }
    const CellsPointer* traceNorms = m_traceNorms.find(run);
    return view && traceNorms ? Kernel{*view, *traceNorms} : Kernel{};
}

std::vector<figure::KernelEntry> KernelPage::entries(const figure::FigureRequest& request) const {
    std::vector<ViewPointer> views;
    std::map<const figure::KernelView*, CellsPointer> maps;
    for (const record::Run& run : runs()) {
        const Kernel kernel = kernelOf(request, run);
        views.push_back(kernel.view);
        maps.emplace(kernel.view.get(), kernel.traceNorms);
    }
    std::vector<figure::KernelEntry> shown = figure::kernelEntries(runs(), views);
    for (figure::KernelEntry& entry : shown) {
        entry.traceNorms = maps.at(entry.view.get());
    }
    return shown;
}

/// Alone, what is missing is the page: a sentence in its middle with the button below it.
void KernelPage::layMissing(bool alone) {
    auto* layout = static_cast<QBoxLayout*>(m_missing->layout());
    layout->setDirection(alone ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    layout->setSpacing(alone ? 16 : 8);
    layout->setAlignment(m_compute, alone ? Qt::AlignHCenter : Qt::Alignment());
    m_missingText->setAlignment(alone ? Qt::AlignCenter : Qt::AlignLeft | Qt::AlignVCenter);
    content()->setAlignment(m_missing, alone ? Qt::AlignVCenter : Qt::Alignment());
}

void KernelPage::draw(const figure::FigureRequest& request) {
    setLoading(false);
    m_withoutKernel.clear();
    QStringList names;
    bool computable = false;
    const std::vector<figure::RunLabel> labels = figure::labelRuns(runs());
    for (std::size_t i = 0; i < runs().size(); ++i) {
        const record::Run& run = runs()[i];
        if (!kernelOf(request, run).view) {
            names << QString::fromStdString(labels[i].name);
            m_withoutKernel << QString::fromStdU16String(run.file.u16string());
            computable = computable || !analysis::importedFrom(run);
        }
    }
    const std::vector<figure::KernelEntry> entries = this->entries(request);
    m_missing->setVisible(!names.isEmpty());
    m_compute->setVisible(computable);
    m_missingText->setText(
        !computable && entries.empty()
            ? tr("Imported runs have predictions only. Without a model, no kernel can be computed.")
        : entries.empty() ? tr("None of the checked runs has this kernel. Computing one from the run's model "
                               "and data takes seconds to minutes.")
                          : tr("Without this kernel: %1").arg(names.join(QStringLiteral(", "))));
    plot()->setVisible(!entries.empty());
    m_table->setVisible(!entries.empty());
    layMissing(entries.empty());
    if (!entries.empty()) {
        plot()->setFigure(figureOf(request, entries));
        // As `finescope table kernel-lora` and `kernel-numbers` print it for the same state.
        m_table->setTable(view() == loraView ? figure::loraTable(entries) : figure::kernelNumbers(entries));
        if (view() == loraView && m_table->table().rows.empty()) {
            m_missing->show();
            m_missingText->setText(QString::fromStdString(m_table->table().notes.front()));
        }
        m_table->fitHeight(kRowsSeen);
    }
    setDrawn(entries.empty() ? std::nullopt : std::optional(request));
}

} // namespace finescope::widgets
