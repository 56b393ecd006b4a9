// predict_start: etcd's own steps at its start, on files nobody checked. The words
// are those of its newest patch releases.
#include <algorithm>

#include <fmt/format.h>

#include <rebolt/etcd/member.hpp>
#include <rebolt/prediction.hpp>

namespace rebolt::etcd {
namespace {

WalRules rules_of(Release release) {
    return release < Release::v3_5 ? WalRules::ten_megabytes : WalRules::rest_of_file;
}

BboltVersion bolt_of(Release release) {
    if (release < Release::v3_5)
        return BboltVersion::v1_3_6;
    return release < Release::v3_6 ? BboltVersion::v1_3_10 : BboltVersion::v1_4_3;
}

class Start {
public:
    Start(const MemberFiles& member, Release release) : member_(member) {
        start_.release = release;
    }

    StartPrediction run() {
        start_.starts = opens_database() && finds_snapshot() && fits_snapshot() && reads_log() &&
                        is_not_older() && restores_keyspace();
        if (start_.starts)
            add_remarks();
        return std::move(start_);
    }

private:
    bool stop(std::string message) {
        start_.message = std::move(message);
        return false;
    }
    bool remark(std::string text) {
        start_.remarks.push_back(std::move(text));
        return true;
    }

    bool opens_database() {
        if (!member_.source && member_.db_error.empty())
            return true; // it makes an empty one
        if (!member_.source)
            return stop("failed to open database: " + member_.db_error);
        const Prediction opened =
            bbolt_prediction(*member_.source, {.version = bolt_of(start_.release),
                                               .operation = BboltOperation::open});
        if (opened.kind == OutcomeKind::error)
            return stop((start_.release == Release::v3_3 ? "cannot open database at FILE ("
                                                         : "failed to open database (") +
                        opened.words + ")");
        return opened.kind == OutcomeKind::fine || stop(opened.words);
    }

    // Which `.snap` it begins with.
    bool finds_snapshot() {
        if (!member_.wal)
            return remark("the log is not there: etcd begins as a new member, with a new log on "
                          "what is in `db`");
        const auto marks = member_.wal->valid_snapshots(rules_of(start_.release));
        if (!marks)
            return stop(marks.error().message());
        if (start_.release == Release::v3_7) {
            if (!marks->empty() && marks->back().index != 0)
                start_.snapshot = marks->back();
            return true;
        }
        for (const SnapFile& snap : member_.snaps) {
            if (!snap.error.empty()) {
                remark(fmt::format("{} is renamed to .broken: {}", snap.name, snap.error));
                continue;
            }
            const bool is_known = std::ranges::any_of(*marks, [&](const SnapshotMark& mark) {
                return mark.index == snap.mark.index && mark.term == snap.mark.term;
            });
            if (!is_known)
                continue;
            start_.snapshot = snap.mark;
            if (snap.has_v2_keys && start_.release >= Release::v3_6)
                return stop("detected disallowed custom content in v2store");
            return true;
        }
        return true;
    }

    [[nodiscard]] std::uint64_t consistent_index() const {
        const DatabaseState* state = member_.newest();
        return state == nullptr ? 0 : state->consistent_index().value_or(0);
    }

    bool fits_snapshot() {
        if (!start_.snapshot || start_.snapshot->index <= consistent_index())
            return true;
        const std::uint64_t index = start_.snapshot->index;
        if (std::ranges::find(member_.snap_dbs, index) != member_.snap_dbs.end()) {
            if (member_.source)
                return remark(fmt::format("{:016x}.snap.db takes the place of `db`", index));
            return stop("database file does not exist: etcd renames the .snap.db to `db`, then "
                        "deletes it");
        }
        constexpr std::string_view reason =
            "failed to find database snapshot file (snap: snapshot file doesn't exist)";
        if (start_.release == Release::v3_3)
            return stop("recovering backend from snapshot error: database snapshot file path "
                        "error: snap: snapshot file doesn't exist");
        return stop(fmt::format("failed to recover v3 backend from snapshot: {}", reason));
    }

    bool reads_log() {
        if (!member_.wal)
            return true;
        const SnapshotMark mark = start_.snapshot.value_or(SnapshotMark{});
        const WalReading reading = member_.wal->read_from(mark, rules_of(start_.release));
        if (!reading.error.empty()) {
            if (reading.error == "wal: file not found")
                return stop(start_.release == Release::v3_3
                                ? "open wal error: wal: file not found"
                                : "failed to open WAL: wal: file not found");
            return stop(
                start_.release == Release::v3_3
                    ? fmt::format("read wal error ({}) and cannot be repaired", reading.error)
                    : "failed to read WAL, cannot be repaired: " + reading.error);
        }
        start_.cuts_torn_end = reading.was_repaired;
        const std::uint64_t last = std::max(mark.index, reading.last_index);
        const std::uint64_t commit = reading.state.commit;
        const std::uint64_t node = member_.wal->identity().value_or(MemberIdentity{}).node;
        if ((commit != 0 || reading.state.term != 0) && (commit < mark.index || commit > last))
            return stop(fmt::format("{:x} state.commit {} is out of range [{}, {}]", node, commit,
                                    mark.index, last));
        const std::uint64_t first = std::max(mark.index, consistent_index()) + 1;
        if (first <= last) {
            start_.replay_first = first;
            start_.replay_last = last;
        }
        if (consistent_index() > last)
            remark(fmt::format("`db` is ahead of the log (entry {} against {}): the next {} "
                               "requests are answered and never stored",
                               consistent_index(), last, consistent_index() - last));
        return true;
    }

    // The cluster's version, as its members had agreed on.
    [[nodiscard]] std::string cluster_version() const {
        const DatabaseState* state = member_.newest();
        if (const auto version =
                state == nullptr ? std::nullopt : state->value("cluster", "clusterVersion"))
            return std::string(*version);
        for (const SnapFile& snap : member_.snaps)
            if (!snap.cluster_version.empty())
                return snap.cluster_version;
        return "";
    }

    bool is_not_older() {
        const std::string version = cluster_version();
        const std::string own = std::string(name_of(start_.release)) + ".";
        const bool is_known = version.size() > own.size() && version.starts_with("3.");
        if (!is_known || version[3] != '.' || version[2] <= own[2])
            return true;
        if (start_.release == Release::v3_3)
            return stop(fmt::format("cluster cannot be downgraded (determined cluster version: "
                                    "{})",
                                    version));
        return stop((start_.release == Release::v3_4
                         ? "invalid downgrade; (determined cluster version: "
                         : "invalid downgrade; server version is lower than determined cluster "
                           "version (") +
                    version + ")");
    }

    // etcd reads every value of the keyspace, and stops at one that is no message:
    // also on a page that is not sound, if bbolt shows what is on it.
    [[nodiscard]] bool values_are_read() const {
        const DatabaseState* state = member_.newest();
        if (state == nullptr)
            return true;
        const auto is_read = [](std::string_view value) {
            return parse_key_value(value).has_value();
        };
        if (!std::ranges::all_of(state->records, is_read, &StoredRecord::value))
            return false;
        for (const TreeHole& hole : state->holes) {
            const auto page = member_.source->page(hole.page);
            if (hole.bucket != "key" || !page || page->type() != format::PageType::leaf)
                continue;
            const auto leaf = format::LeafView::of(page->bytes());
            for (std::size_t i = 0; leaf && i < leaf->count(); ++i)
                if (const auto element = leaf->element(i); element && !is_read(element->value))
                    return false;
        }
        return true;
    }

    bool restores_keyspace() {
        if (!member_.source)
            return true;
        const Prediction read =
            bbolt_prediction(*member_.source, {.version = bolt_of(start_.release),
                                               .operation = BboltOperation::scan});
        if (read.kind != OutcomeKind::fine)
            return stop(read.words);
        if (!values_are_read())
            return stop(start_.release == Release::v3_3 ? "cannot unmarshal event"
                                                        : "failed to unmarshal mvccpb.KeyValue");
        const auto version = member_.newest() == nullptr
                                 ? std::nullopt
                                 : member_.newest()->value("meta", "storageVersion");
        if (version && start_.release < Release::v3_6 && !version->starts_with("3.5"))
            return stop(fmt::format("unsupported storage version {}", *version));
        return true;
    }

    void add_remarks() {
        const DatabaseState* state = member_.newest();
        if (!member_.source && start_.replay_first != 1)
            remark("`db` is not there: etcd begins with an empty one");
        if (state == nullptr)
            return;
        for (const TreeHole& hole : state->holes)
            remark(fmt::format("a page of bucket `{}` cannot be used (page {}), and etcd does "
                               "not notice what is missing",
                               hole.bucket, number(hole.page)));
        if (state->malformed != 0)
            remark(fmt::format("{} keys or values are not what etcd writes", state->malformed));
    }

    const MemberFiles& member_;
    StartPrediction start_;
};

} // namespace

StartPrediction predict_start(const MemberFiles& member, Release release) {
    return Start(member, release).run();
}

} // namespace rebolt::etcd
