#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// softmax(z / T) of one row at a time, for whoever goes through the rows once: one definition of the
/// predicted class and its confidence. Memory is taken once.
class SoftmaxRow {
public:
    explicit SoftmaxRow(Eigen::Index classes) : m_probabilities(classes) {}

    /// z: [C] finite logits; T > 0.
    void set(const Eigen::Ref<const Eigen::RowVectorXf>& logits, double temperature) {
        m_predicted = 0;
        for (Eigen::Index column = 1; column < logits.size(); ++column) {
            if (logits(column) > logits(m_predicted)) {
                m_predicted = column;
            }
        }
        m_largest = static_cast<double>(logits(m_predicted));
        m_probabilities = logits.cast<double>().transpose().array();
        // The largest is subtracted before the division: the largest exponent is exactly 0 at every
        // temperature.
        m_probabilities = (m_probabilities - m_largest) / temperature;
        m_probabilities = m_probabilities.exp();
        m_sum = m_probabilities.sum();
        m_probabilities /= m_sum;
    }

    /// [C], adds up to 1.
    [[nodiscard]] Eigen::ArrayXd& probabilities() { return m_probabilities; }
    /// The class of the largest logit, the lowest of equals.
    [[nodiscard]] Eigen::Index predicted() const { return m_predicted; }
    /// The largest logit, and the sum over classes of exp((z - largest) / T).
    [[nodiscard]] double largest() const { return m_largest; }
    [[nodiscard]] double sum() const { return m_sum; }

private:
    Eigen::ArrayXd m_probabilities;
    Eigen::Index m_predicted = 0;
    double m_largest = 0;
    double m_sum = 1;
};

} // namespace finescope::analysis
