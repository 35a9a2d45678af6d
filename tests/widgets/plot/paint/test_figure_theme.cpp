#include "core/error.h"
#include "core/figure/label/method_name.h"
#include "tests/widgets/plot/paint/theme_files.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QtTest>

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace finescope;
using widgets::FigureTheme;

namespace {

using Triple = std::array<double, 3>;

/// How many methods have a name: what is none of them comes behind them all.
int knownMethods() {
    return figure::methodOrder("no method");
}

/// The roles of a theme that are methods.
std::vector<std::string> methodsOf(const QString& theme) {
    std::vector<std::string> methods;
    for (const QString& role : tests::themeRoles(theme)) {
        if (figure::methodOrder(role.toStdString()) < knownMethods()) {
            methods.push_back(role.toStdString());
        }
    }
    return methods;
}

/// The roles of a theme with a number behind this start: "class-".
std::vector<std::string> numberedRoles(const QString& theme, const QString& start) {
    std::vector<std::string> roles;
    for (const QString& role : tests::themeRoles(theme)) {
        if (role.startsWith(start)) {
            roles.push_back(role.toStdString());
        }
    }
    return roles;
}

Triple linearRgb(const QColor& colour) {
    const auto decode = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return {decode(colour.redF()), decode(colour.greenF()), decode(colour.blueF())};
}

/// WCAG 2.1, relative luminance and contrast ratio.
double contrast(const QColor& one, const QColor& other) {
    const auto luminance = [](const Triple& c) { return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
    const double a = luminance(linearRgb(one)), b = luminance(linearRgb(other));
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Triple lab(const Triple& c) {
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f((0.4124564 * c[0] + 0.3575761 * c[1] + 0.1804375 * c[2]) / 0.95047);
    const double y = f(0.2126729 * c[0] + 0.7151522 * c[1] + 0.0721750 * c[2]);
    const double z = f((0.0193339 * c[0] + 0.1191920 * c[1] + 0.9503041 * c[2]) / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

using Matrix = std::array<Triple, 3>;

/// Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
constexpr Matrix kNormal{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix kProtanopia{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kDeuteranopia{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix kTritanopia{
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};

Triple seen(const Matrix& eye, const QColor& colour) {
    const Triple c = linearRgb(colour);
    Triple out{};
    for (std::size_t i = 0; i < 3; ++i) {
        out[i] = std::clamp(eye[i][0] * c[0] + eye[i][1] * c[1] + eye[i][2] * c[2], 0.0, 1.0);
    }
    return lab(out);
}

} // namespace

class TestFigureTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void methodsStandOutFromTheBackground_data() {
        QTest::addColumn<QString>("name");
        for (const QString& name : tests::themeNames()) {
            QTest::newRow(qPrintable(name)) << name;
        }
    }

    void methodsStandOutFromTheBackground() {
        QFETCH(QString, name);
        const FigureTheme theme = FigureTheme::load(name);
        const std::vector<std::string> classes = numberedRoles(name, QStringLiteral("class-"));
        QVERIFY(!classes.empty());
        for (const std::string& role : classes) {
            const double ratio = contrast(theme.role({.role = role}).colour, theme.background);
            QVERIFY2(ratio >= 3,
                     qPrintable(QStringLiteral("%1: %2").arg(QString::fromStdString(role)).arg(ratio)));
        }
        const std::vector<std::string> methods = methodsOf(name);
        QCOMPARE(static_cast<int>(methods.size()), knownMethods());
        for (const std::string& method : methods) {
            for (int shade = 0; shade < 5; ++shade) {
                const double ratio = contrast(theme.role({method, shade, 5}).colour, theme.background);
                QVERIFY2(ratio >= 3, qPrintable(QStringLiteral("%1, shade %2: %3")
                                                    .arg(QString::fromStdString(method))
                                                    .arg(shade)
                                                    .arg(ratio)));
            }
        }
        QVERIFY(contrast(theme.ink, theme.background) >= 7);
        QVERIFY(contrast(theme.caption, theme.background) >= 4.5);
    }

    void methodsCanBeToldApart_data() { methodsStandOutFromTheBackground_data(); }

    void methodsCanBeToldApart() {
        QFETCH(QString, name);
        const FigureTheme theme = FigureTheme::load(name);
        const std::vector<std::string> methods = methodsOf(name);
        QVERIFY(methods.size() > 1);
        for (const Matrix& eye : {kNormal, kProtanopia, kDeuteranopia, kTritanopia}) {
            for (std::size_t i = 0; i < methods.size(); ++i) {
                for (std::size_t j = i + 1; j < methods.size(); ++j) {
                    const Triple a = seen(eye, theme.role({methods[i]}).colour);
                    const Triple b = seen(eye, theme.role({methods[j]}).colour);
                    const double distance = std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
                    QVERIFY2(distance >= 23, qPrintable(QStringLiteral("%1 and %2: %3")
                                                            .arg(QString::fromStdString(methods[i]),
                                                                 QString::fromStdString(methods[j]))
                                                            .arg(distance)));
                }
            }
        }
    }

    void seedsDifferByLightnessOnly() {
        const FigureTheme theme = FigureTheme::load(QStringLiteral("light"));
        QColor last = theme.role({"ft", 0, 4}).colour;
        QCOMPARE(last, theme.role({"ft"}).colour);
        for (int shade = 1; shade < 4; ++shade) {
            const QColor next = theme.role({"ft", shade, 4}).colour;
            QVERIFY(next.lightnessF() < last.lightnessF());
            QVERIFY(std::abs(next.hsvHueF() - last.hsvHueF()) < 0.02F);
            last = next;
        }
    }

    /// Two seeds are told apart and both are still the colour of their method.
    void twoSeedsKeepTheColourOfTheirMethod_data() { methodsStandOutFromTheBackground_data(); }
    void twoSeedsKeepTheColourOfTheirMethod() {
        QFETCH(QString, name);
        const FigureTheme theme = FigureTheme::load(name);
        const std::vector<std::string> methods = methodsOf(name);
        QVERIFY(methods.size() > 1);
        for (const std::string& method : methods) {
            if (method == "pretrained") { // has no seeds, and no chroma to keep
                continue;
            }
            const Triple one = seen(kNormal, theme.role({method, 0, 2}).colour);
            const Triple two = seen(kNormal, theme.role({method, 1, 2}).colour);
            const double kept = std::hypot(two[1], two[2]) / std::hypot(one[1], one[2]);
            const double apart = std::hypot(two[0] - one[0], two[1] - one[1], two[2] - one[2]);
            QVERIFY2(kept > 0.4 && apart >= 9, qPrintable(QStringLiteral("%1: %2 of the chroma, %3 apart")
                                                              .arg(QString::fromStdString(method))
                                                              .arg(kept)
                                                              .arg(apart)));
        }
    }

    void importedRunsCanBeToldApart_data() { methodsStandOutFromTheBackground_data(); }
    void importedRunsCanBeToldApart() {
        QFETCH(QString, name);
        const FigureTheme theme = FigureTheme::load(name);
        const std::vector<std::string> roles = numberedRoles(name, QStringLiteral("imported-"));
        QVERIFY(roles.size() > 1);
        for (std::size_t i = 0; i < roles.size(); ++i) {
            const auto one = theme.role({.role = roles[i]});
            QVERIFY(contrast(one.colour, theme.background) >= 3);
            for (std::size_t j = 0; j < i; ++j) {
                const auto other = theme.role({.role = roles[j]});
                const Triple a = seen(kNormal, one.colour), b = seen(kNormal, other.colour);
                QVERIFY(std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) >= 23);
                QVERIFY(one.dash != other.dash &&
                        (one.marker != other.marker || one.filledMarker != other.filledMarker));
            }
        }
    }

    void unknownThemeIsRefused() {
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(FigureTheme::load(QStringLiteral("sepia"))), Error);
    }

    void unknownRoleLooksLikeOther() {
        const FigureTheme theme = FigureTheme::load(QStringLiteral("dark"));
        QCOMPARE(theme.role({"adapter"}).colour, theme.role({"other"}).colour);
    }
};

QTEST_MAIN(TestFigureTheme)
#include "test_figure_theme.moc"
