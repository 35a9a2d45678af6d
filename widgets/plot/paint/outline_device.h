#pragma once

#include <QPaintDevice>

#include <memory>

class QPainter;
class QPaintEngine;

namespace finescope::widgets {

/// A surface that hands everything on to another painter, but text as the outlines of its letters.
class OutlineDevice : public QPaintDevice {
public:
    /// `target` is active on a surface of `size` at `dpi` and outlives this.
    OutlineDevice(QPainter& target, QSize size, int dpi);
    ~OutlineDevice() override;

    [[nodiscard]] QPaintEngine* paintEngine() const override;

protected:
    [[nodiscard]] int metric(PaintDeviceMetric metric) const override;

private:
    QSize m_size;
    int m_dpi;
    std::unique_ptr<QPaintEngine> m_engine;
};

} // namespace finescope::widgets
