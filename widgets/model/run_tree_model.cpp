#include "widgets/model/run_tree_model.h"

#include "core/figure/label/method_name.h"
#include "widgets/control/icon.h"
#include "widgets/model/sample_icon.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace finescope::widgets {

/// A task, a method or a run. `order` sorts siblings before their name does.
struct RunTreeModel::Node {
    enum class Kind { root, task, method, run };

    Node* parent = nullptr;
    Kind kind = Kind::root;
    QString name;
    qint64 order = 0;
    RunRow row; ///< of a run
    std::vector<std::unique_ptr<Node>> children;

    [[nodiscard]] Qt::CheckState checkState() const {
        if (kind == Kind::run) {
            return row.checked ? Qt::Checked : Qt::Unchecked;
        }
        const auto has = [this](Qt::CheckState state) {
            return std::ranges::any_of(children,
                                       [state](const auto& child) { return child->checkState() == state; });
        };
        if (has(Qt::PartiallyChecked) || (has(Qt::Checked) && has(Qt::Unchecked))) {
            return Qt::PartiallyChecked;
        }
        return has(Qt::Checked) ? Qt::Checked : Qt::Unchecked;
    }

    void collectKeys(QStringList& keys) const {
        if (kind == Kind::run) {
            keys.append(row.key);
        }
        for (const auto& child : children) {
            child->collectKeys(keys);
        }
    }
};

namespace {

QString badgeText(const RunRow& row) {
    switch (row.badge) {
    case RunRow::Badge::live:
        return row.fraction ? RunTreeModel::tr("%1 %").arg(qRound(100 * *row.fraction))
                            : RunTreeModel::tr("live");
    case RunRow::Badge::stalled:
        return RunTreeModel::tr("stalled");
    case RunRow::Badge::complete:
        return {};
    case RunRow::Badge::failed:
        return RunTreeModel::tr("failed");
    case RunRow::Badge::cancelled:
        return RunTreeModel::tr("cancelled");
    }
    Q_UNREACHABLE();
}

QString badgeWord(RunRow::Badge badge) {
    switch (badge) {
    case RunRow::Badge::live:
        return RunTreeModel::tr("live");
    case RunRow::Badge::stalled:
        return RunTreeModel::tr("stalled");
    case RunRow::Badge::complete:
        return RunTreeModel::tr("complete");
    case RunRow::Badge::failed:
        return RunTreeModel::tr("failed");
    case RunRow::Badge::cancelled:
        return RunTreeModel::tr("cancelled");
    }
    Q_UNREACHABLE();
}

/// An icon for what wants to be seen; what went well is quiet.
QIcon badgeIcon(RunRow::Badge badge) {
    switch (badge) {
    case RunRow::Badge::live:
        return themedIcon(QStringLiteral("badge-live"));
    case RunRow::Badge::stalled:
        return themedIcon(QStringLiteral("badge-stalled"));
    case RunRow::Badge::failed:
        return themedIcon(QStringLiteral("badge-failed"));
    case RunRow::Badge::cancelled:
        return themedIcon(QStringLiteral("badge-cancelled"));
    case RunRow::Badge::complete:
        return {};
    }
    Q_UNREACHABLE();
}

/// "seed 3", or "seed 3 ×10": the list is narrow. Of an imported run its file.
QString seedText(const RunRow& row) {
    if (!row.imported.isEmpty()) {
        return row.imported;
    }
    const QString seed = RunTreeModel::tr("seed %1").arg(row.seed);
    return row.scale == 1 ? seed : RunTreeModel::tr("%1 ×%2").arg(seed).arg(row.scale);
}

QString tipOf(const RunRow& row) {
    QStringList lines{row.name.isEmpty() ? row.file : row.name,
                      RunTreeModel::tr("%1, %2, on %3")
                          .arg(QString::fromStdString(figure::methodName(row.method.toStdString())),
                               seedText(row), row.task)};
    if (!row.model.isEmpty()) {
        lines.append(RunTreeModel::tr("Model: %1").arg(row.model));
    }
    lines.append(badgeWord(row.badge));
    if (row.scale != 1) {
        lines.append(RunTreeModel::tr("Classifier scale: %1").arg(row.scale));
    }
    if (!row.reason.isEmpty()) {
        lines.append(row.reason);
    }
    lines.append(row.file);
    lines.removeDuplicates();
    return lines.join(QLatin1Char('\n'));
}

} // namespace

RunTreeModel::RunTreeModel(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {}

RunTreeModel::~RunTreeModel() = default;

void RunTreeModel::setRuns(const std::vector<RunRow>& rows) {
    removeMissing(*m_root, rows);
    for (const RunRow& row : rows) {
        place(row);
    }
}

void RunTreeModel::setTheme(const FigureTheme& theme) {
    m_theme = theme;
    const auto announce = [this](const Node& node) {
        const int last = static_cast<int>(node.children.size()) - 1;
        Q_EMIT dataChanged(index(0, 0, indexOf(node)), index(last, 0, indexOf(node)), {Qt::DecorationRole});
    };
    for (const auto& task : m_root->children) {
        announce(*task);
        std::ranges::for_each(task->children, [&](const auto& method) { announce(*method); });
    }
}

void RunTreeModel::removeMissing(Node& node, const std::vector<RunRow>& rows) {
    const auto stays = [&rows](const Node& run) {
        return std::ranges::any_of(rows, [&run](const RunRow& row) {
            return row.key == run.row.key && row.task == run.row.task && row.method == run.row.method;
        });
    };
    for (std::size_t i = node.children.size(); i-- > 0;) {
        Node& child = *node.children[i];
        removeMissing(child, rows);
        if (child.kind == Node::Kind::run ? stays(child) : !child.children.empty()) {
            continue;
        }
        beginRemoveRows(indexOf(node), static_cast<int>(i), static_cast<int>(i));
        node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(i));
        endRemoveRows();
    }
    if (node.kind != Node::Kind::root) {
        announceChecks(node);
    }
}

RunTreeModel::Node& RunTreeModel::childNamed(Node& parent, const QString& name, int order) {
    const auto found =
        std::ranges::find_if(parent.children, [&name](const auto& child) { return child->name == name; });
    if (found != parent.children.end()) {
        return **found;
    }
    auto fresh = std::make_unique<Node>();
    fresh->parent = &parent;
    fresh->kind = parent.kind == Node::Kind::root ? Node::Kind::task : Node::Kind::method;
    fresh->name = name;
    fresh->order = order;
    const auto before = std::ranges::find_if(parent.children, [&](const auto& child) {
        return std::tie(fresh->order, fresh->name) < std::tie(child->order, child->name);
    });
    const int at = static_cast<int>(before - parent.children.begin());
    beginInsertRows(indexOf(parent), at, at);
    Node& placed = **parent.children.insert(before, std::move(fresh));
    endInsertRows();
    return placed;
}

void RunTreeModel::place(const RunRow& row) {
    Node& task = childNamed(*m_root, row.task, 0);
    Node& method = childNamed(task, row.method, figure::methodOrder(row.method.toStdString()));
    const auto found =
        std::ranges::find_if(method.children, [&row](const auto& run) { return run->row.key == row.key; });
    if (found != method.children.end()) {
        Node& run = **found;
        if (run.row == row) {
            return;
        }
        const bool checkChanged = run.row.checked != row.checked;
        run.row = row;
        Q_EMIT dataChanged(indexOf(run), indexOf(run, stateColumn));
        if (checkChanged) {
            announceChecks(method);
        }
        return;
    }
    auto fresh = std::make_unique<Node>();
    fresh->parent = &method;
    fresh->kind = Node::Kind::run;
    fresh->order = row.seed;
    fresh->name = row.name;
    fresh->row = row;
    const auto before = std::ranges::find_if(method.children, [&](const auto& run) {
        return std::tie(fresh->order, fresh->row.scale, fresh->name, fresh->row.key) <
               std::tie(run->order, run->row.scale, run->name, run->row.key);
    });
    const int at = static_cast<int>(before - method.children.begin());
    beginInsertRows(indexOf(method), at, at);
    method.children.insert(before, std::move(fresh));
    endInsertRows();
    announceChecks(method);
}

void RunTreeModel::announceChecks(const Node& node) {
    for (const Node* each = &node; each->kind != Node::Kind::root; each = each->parent) {
        Q_EMIT dataChanged(indexOf(*each), indexOf(*each), {Qt::CheckStateRole});
    }
}

QStringList RunTreeModel::keysBelow(const QModelIndex& index) const {
    QStringList keys;
    nodeAt(index)->collectKeys(keys);
    return keys;
}

RunTreeModel::Node* RunTreeModel::nodeAt(const QModelIndex& index) const {
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex RunTreeModel::indexOf(const Node& node, int column) const {
    if (node.kind == Node::Kind::root) {
        return {};
    }
    const auto found = std::ranges::find_if(node.parent->children,
                                            [&node](const auto& child) { return child.get() == &node; });
    return createIndex(static_cast<int>(found - node.parent->children.begin()), column, &node);
}

QModelIndex RunTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, nodeAt(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex RunTreeModel::parent(const QModelIndex& index) const {
    return index.isValid() ? indexOf(*nodeAt(index)->parent) : QModelIndex();
}

int RunTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(nodeAt(parent)->children.size());
}

int RunTreeModel::columnCount(const QModelIndex&) const {
    return columnCount_;
}

QVariant RunTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const Node& node = *nodeAt(index);
    const bool isRun = node.kind == Node::Kind::run;
    if (role == keyRole) {
        return node.row.key;
    }
    if (index.column() == stateColumn) {
        if (role == Qt::DisplayRole) {
            return isRun ? badgeText(node.row) : QString();
        }
        if (role == Qt::DecorationRole && isRun) {
            return badgeIcon(node.row.badge);
        }
        if (role == Qt::ToolTipRole && isRun) {
            return tipOf(node.row);
        }
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        if (isRun) {
            const bool twin = std::ranges::count_if(node.parent->children, [&node](const auto& other) {
                                  return other->order == node.order && other->row.scale == node.row.scale &&
                                         other->row.imported == node.row.imported;
                              }) > 1;
            if (!twin) {
                return seedText(node.row);
            }
            return tr("%1, %2").arg(seedText(node.row),
                                    node.row.imported.isEmpty()
                                        ? node.row.name
                                        : QFileInfo(node.row.file).absoluteDir().dirName());
        }
        return node.kind == Node::Kind::method
                   ? QString::fromStdString(figure::methodName(node.name.toStdString()))
                   : node.name;
    case Qt::DecorationRole:
        if (node.kind == Node::Kind::method && m_theme) {
            return sampleIcon(*m_theme, {.role = node.name.toStdString()});
        }
        if (isRun && m_theme && node.row.style &&
            (node.row.style->shades > 1 || node.row.style->role != node.row.method.toStdString())) {
            // else it looks as its method
            return sampleIcon(*m_theme, *node.row.style);
        }
        return {};
    case Qt::CheckStateRole:
        return node.checkState();
    case Qt::ToolTipRole:
        return isRun ? tipOf(node.row) : QVariant();
    case Qt::AccessibleTextRole:
        return isRun ? tr("%1, %2").arg(data(index, Qt::DisplayRole).toString(), badgeWord(node.row.badge))
                     : data(index, Qt::DisplayRole);
    case searchRole:
        return isRun ? QStringList{node.row.task, node.row.method,    node.row.model,           node.row.name,
                                   node.row.file, seedText(node.row), badgeWord(node.row.badge)}
                           .join(QLatin1Char(' '))
                     : QString();
    default:
        return {};
    }
}

bool RunTreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::CheckStateRole) {
        return false;
    }
    Q_EMIT checkRequested(keysBelow(index), value.toInt() == Qt::Checked);
    return true;
}

Qt::ItemFlags RunTreeModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    const Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    return index.column() == nameColumn ? flags | Qt::ItemIsUserCheckable : flags;
}

QVariant RunTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == nameColumn ? tr("Run") : tr("State");
}

} // namespace finescope::widgets
