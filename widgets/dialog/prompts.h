#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace finescope::widgets {

/// Every place where the window stops and waits for an answer. The native dialogs are one implementation;
/// tests answer by themselves with another. GUI thread.
class Prompts {
public:
    /// A question with up to two ways to go on, and one to stay.
    struct Question {
        QString title, text, details;
        QString first, second; ///< labels in verbs; `second` may be empty
    };
    enum class Answer { first, second, stay };

    virtual ~Prompts() = default;
    /// Each returns what was chosen, empty when the person stepped back. `start` is a folder, for saveFile a
    /// file.
    [[nodiscard]] virtual QStringList openFiles(QWidget* parent, const QString& title, const QString& start,
                                                const QString& filter) = 0;
    [[nodiscard]] virtual QString openFolder(QWidget* parent, const QString& title, const QString& start) = 0;
    [[nodiscard]] virtual QString saveFile(QWidget* parent, const QString& title, const QString& start,
                                           const QString& filter) = 0;
    [[nodiscard]] virtual Answer ask(QWidget* parent, const Question& question) = 0;
};

/// The desktop's own dialogs.
class NativePrompts : public Prompts {
public:
    [[nodiscard]] QStringList openFiles(QWidget* parent, const QString& title, const QString& start,
                                        const QString& filter) override;
    [[nodiscard]] QString openFolder(QWidget* parent, const QString& title, const QString& start) override;
    [[nodiscard]] QString saveFile(QWidget* parent, const QString& title, const QString& start,
                                   const QString& filter) override;
    [[nodiscard]] Answer ask(QWidget* parent, const Question& question) override;
};

} // namespace finescope::widgets
