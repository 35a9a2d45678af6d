#pragma once

#include "core/imports/import_run.h"
#include "core/record/run_reader.h"
#include "tests/support/python.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace finescope::tests {

/// The .npz files of write_npz.py in a folder, and what comes of importing them.
class NpzFixture {
protected:
    QTemporaryDir m_folder;
    imports::ImportReport m_report;

    [[nodiscard]] std::filesystem::path at(const QString& name) const {
        return m_folder.filePath(name).toStdString();
    }

    [[nodiscard]] imports::ImportPlan planFor(const QString& name) const {
        imports::ImportPlan plan;
        plan.file = at(name);
        plan.output = at(name + ".h5");
        plan.existing = imports::ExistingOutput::overwrite;
        plan.creator = "test";
        return plan;
    }

    record::Run import(const imports::ImportPlan& plan) {
        m_report = imports::importRun(plan);
        return record::readRun(plan.output);
    }
    record::Run import(const QString& name) { return import(planFor(name)); }

    static MatrixF logitsOf(const record::Run& run, const char* split) {
        return run.parts->logits(*run.split(split), 0);
    }

    static bool hasSentence(const std::vector<std::string>& sentences, const std::string& part) {
        return std::ranges::any_of(
            sentences, [&](const std::string& sentence) { return sentence.find(part) != std::string::npos; });
    }

    /// To be called first.
    void writeFiles() {
        QVERIFY(m_folder.isValid());
        QVERIFY(!runPython(QStringLiteral("tests/core/imports/write_npz.py"), {m_folder.path()}).isNull());
    }
};

} // namespace finescope::tests
