#include "widgets/dialog/prompts.h"

#include <QFileDialog>
#include <QMessageBox>
#include <QPushButton>

namespace finescope::widgets {

QStringList NativePrompts::openFiles(QWidget* parent, const QString& title, const QString& start,
                                     const QString& filter) {
    return QFileDialog::getOpenFileNames(parent, title, start, filter);
}

QString NativePrompts::openFolder(QWidget* parent, const QString& title, const QString& start) {
    return QFileDialog::getExistingDirectory(parent, title, start);
}

QString NativePrompts::saveFile(QWidget* parent, const QString& title, const QString& start,
                                const QString& filter) {
    return QFileDialog::getSaveFileName(parent, title, start, filter);
}

Prompts::Answer NativePrompts::ask(QWidget* parent, const Question& question) {
    QMessageBox box(QMessageBox::Question, question.title, question.text, QMessageBox::Cancel, parent);
    box.setInformativeText(question.details);
    const QPushButton* first = box.addButton(question.first, QMessageBox::AcceptRole);
    const QPushButton* second =
        question.second.isEmpty() ? nullptr : box.addButton(question.second, QMessageBox::DestructiveRole);
    box.exec();
    if (box.clickedButton() == first) {
        return Answer::first;
    }
    return second && box.clickedButton() == second ? Answer::second : Answer::stay;
}

} // namespace finescope::widgets
