#pragma once

#include "widgets/dialog/prompts.h"

#include <utility>

namespace finescope::tests {

/// Answers every question with what the test laid out before; asks nobody. An answer serves once.
class ScriptedPrompts : public widgets::Prompts {
public:
    QStringList files;
    QString folder, save;
    Answer answer = Answer::stay;
    QStringList asked; ///< the titles of what was asked

    [[nodiscard]] QStringList openFiles(QWidget*, const QString& title, const QString&,
                                        const QString&) override {
        asked.append(title);
        return std::exchange(files, {});
    }
    [[nodiscard]] QString openFolder(QWidget*, const QString& title, const QString&) override {
        asked.append(title);
        return std::exchange(folder, {});
    }
    [[nodiscard]] QString saveFile(QWidget*, const QString& title, const QString&, const QString&) override {
        asked.append(title);
        return std::exchange(save, {});
    }
    [[nodiscard]] Answer ask(QWidget*, const Question& question) override {
        asked.append(question.title);
        return answer;
    }
};

} // namespace finescope::tests
