#include "widgets/plot/paint/outline_device.h"

#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

namespace finescope::widgets {

namespace {

/// drawTextItem is deliberately that of the base class: it fills the outlines of the letters through
/// drawPath.
class ForwardingEngine : public QPaintEngine {
public:
    explicit ForwardingEngine(QPainter& target)
        : QPaintEngine(QPaintEngine::AllFeatures), m_target(target), m_start(target.transform()) {}

    bool begin(QPaintDevice*) override { return true; }
    bool end() override { return true; }
    [[nodiscard]] Type type() const override { return QPaintEngine::User; }

    void updateState(const QPaintEngineState& changed) override {
        const DirtyFlags dirty = changed.state();
        if (dirty & DirtyTransform) {
            m_target.setTransform(changed.transform() * m_start);
        }
        if (dirty & DirtyPen) {
            m_target.setPen(changed.pen());
        }
        if (dirty & DirtyBrush) {
            m_target.setBrush(changed.brush());
        }
        if (dirty & DirtyBrushOrigin) {
            m_target.setBrushOrigin(changed.brushOrigin());
        }
        if (dirty & DirtyOpacity) {
            m_target.setOpacity(changed.opacity());
        }
        if (dirty & DirtyHints) {
            m_target.setRenderHints(changed.renderHints());
        }
        if (dirty & DirtyClipPath) {
            m_target.setClipPath(changed.clipPath(), changed.clipOperation());
        }
        if (dirty & DirtyClipRegion) {
            m_target.setClipRegion(changed.clipRegion(), changed.clipOperation());
        }
        if (dirty & DirtyClipEnabled) {
            m_target.setClipping(changed.isClipEnabled());
        }
    }

    void drawPath(const QPainterPath& path) override { m_target.drawPath(path); }
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
        if (mode == PolylineMode) {
            m_target.drawPolyline(points, count);
        } else {
            m_target.drawPolygon(points, count, mode == WindingMode ? Qt::WindingFill : Qt::OddEvenFill);
        }
    }
    void drawLines(const QLineF* lines, int count) override { m_target.drawLines(lines, count); }
    void drawRects(const QRectF* rects, int count) override { m_target.drawRects(rects, count); }
    void drawEllipse(const QRectF& rect) override { m_target.drawEllipse(rect); }
    void drawImage(const QRectF& target, const QImage& image, const QRectF& source,
                   Qt::ImageConversionFlags flags) override {
        m_target.drawImage(target, image, source, flags);
    }
    void drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source) override {
        m_target.drawPixmap(target, pixmap, source);
    }

    using QPaintEngine::drawEllipse;
    using QPaintEngine::drawLines;
    using QPaintEngine::drawPolygon;
    using QPaintEngine::drawRects;

private:
    QPainter& m_target;
    QTransform m_start;
};

} // namespace

OutlineDevice::OutlineDevice(QPainter& target, QSize size, int dpi)
    : m_size(size), m_dpi(dpi), m_engine(std::make_unique<ForwardingEngine>(target)) {}

OutlineDevice::~OutlineDevice() = default;

QPaintEngine* OutlineDevice::paintEngine() const {
    return m_engine.get();
}

int OutlineDevice::metric(PaintDeviceMetric metric) const {
    switch (metric) {
    case PdmWidth:
        return m_size.width();
    case PdmHeight:
        return m_size.height();
    case PdmWidthMM:
        return m_size.width() * 254 / (10 * m_dpi);
    case PdmHeightMM:
        return m_size.height() * 254 / (10 * m_dpi);
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
        return m_dpi;
    case PdmDepth:
        return 32;
    case PdmNumColors:
        return 1 << 24;
    case PdmDevicePixelRatio:
        return 1;
    default: // more ways to ask for that ratio, as many as the version of Qt has
        return QPaintDevice::metric(metric);
    }
}

} // namespace finescope::widgets
