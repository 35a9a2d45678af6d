#pragma once

#include <QtTest>

#include <algorithm>
#include <cmath>

/// Fails the test unless |actual - expected| <= tolerance * max(1, |expected|), and says both.
#define QVERIFY_NEAR(actual, expected, tolerance)                                                            \
    do {                                                                                                     \
        const double a_ = (actual);                                                                          \
        const double e_ = (expected);                                                                        \
        QVERIFY2(std::abs(a_ - e_) <= (tolerance)*std::max(1.0, std::abs(e_)),                               \
                 qPrintable(QStringLiteral("%1 is %2, expected %3 within %4")                                \
                                .arg(QStringLiteral(#actual))                                                \
                                .arg(a_, 0, 'g', 17)                                                         \
                                .arg(e_, 0, 'g', 17)                                                         \
                                .arg(tolerance)));                                                           \
    } while (false)
