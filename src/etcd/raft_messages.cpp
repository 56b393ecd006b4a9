#include "etcd/raft_messages.hpp"

#include <array>
#include <span>
#include <variant>

namespace rebolt::etcd {
namespace {

// Where a field of a message goes, by its type in the definition.
using Target = std::variant<std::uint64_t*, std::int64_t*, std::uint32_t*, std::string_view*,
                            std::vector<std::uint64_t>*, bool*>;
struct FieldSlot {
    std::uint64_t number;
    std::string_view name;
    Target target;
};

void store(const Target& target, const WireField& field) {
    if (const auto* wide = std::get_if<std::uint64_t*>(&target))
        **wide = field.integer;
    else if (const auto* number = std::get_if<std::int64_t*>(&target))
        **number = static_cast<std::int64_t>(field.integer);
    else if (const auto* narrow = std::get_if<std::uint32_t*>(&target))
        **narrow = static_cast<std::uint32_t>(field.integer);
    else if (const auto* bytes = std::get_if<std::string_view*>(&target))
        **bytes = field.bytes;
    else if (const auto* list = std::get_if<std::vector<std::uint64_t>*>(&target))
        (*list)->push_back(field.integer);
    else
        **std::get_if<bool*>(&target) = field.integer != 0;
}

// Reads a message into slots; a field that comes twice counts with its last value.
std::optional<WireFault> read_fields(std::string_view message, std::string_view name,
                                     std::span<const FieldSlot> slots) {
    std::vector<KnownField> known;
    known.reserve(slots.size());
    for (const FieldSlot& slot : slots) {
        const bool is_bytes = std::holds_alternative<std::string_view*>(slot.target);
        known.push_back({slot.number, is_bytes ? WireType::bytes : WireType::varint, slot.name});
    }
    FieldReader reader(message, name, known);
    while (const auto field = reader.next())
        for (const FieldSlot& slot : slots)
            if (slot.number == field->number)
                store(slot.target, *field);
    return reader.fault();
}

template <class T>
Decoded<T> finish(std::optional<WireFault> fault, T value) {
    if (fault)
        return std::unexpected(std::move(*fault));
    return value;
}

} // namespace

Decoded<WalRecord> decode_record(std::string_view message) {
    WalRecord record;
    const std::array slots{FieldSlot{1, "Type", &record.type}, FieldSlot{2, "Crc", &record.crc},
                           FieldSlot{3, "Data", &record.data}};
    return finish(read_fields(message, "Record", slots), record);
}

Decoded<LogEntry> decode_entry(std::string_view message) {
    LogEntry entry;
    std::int64_t type = 0;
    const std::array slots{FieldSlot{1, "Type", &type}, FieldSlot{2, "Term", &entry.term},
                           FieldSlot{3, "Index", &entry.index}, FieldSlot{4, "Data", &entry.data}};
    auto fault = read_fields(message, "Entry", slots);
    entry.type = static_cast<std::int32_t>(type);
    return finish(std::move(fault), entry);
}

Decoded<HardState> decode_hard_state(std::string_view message) {
    HardState state;
    const std::array slots{FieldSlot{1, "Term", &state.term}, FieldSlot{2, "Vote", &state.vote},
                           FieldSlot{3, "Commit", &state.commit}};
    return finish(read_fields(message, "HardState", slots), state);
}

Decoded<SnapshotMark> decode_snapshot_record(std::string_view message) {
    SnapshotMark mark;
    std::string_view conf;
    const std::array slots{FieldSlot{1, "Index", &mark.index}, FieldSlot{2, "Term", &mark.term},
                           FieldSlot{3, "ConfState", &conf}};
    if (auto fault = read_fields(message, "Snapshot", slots))
        return std::unexpected(std::move(*fault));
    auto state = decode_conf_state(conf);
    if (!state)
        return std::unexpected(std::move(state).error());
    mark.conf = std::move(*state);
    return mark;
}

Decoded<MemberIdentity> decode_metadata(std::string_view message) {
    MemberIdentity identity;
    const std::array slots{FieldSlot{1, "NodeID", &identity.node},
                           FieldSlot{2, "ClusterID", &identity.cluster}};
    return finish(read_fields(message, "Metadata", slots), identity);
}

Decoded<SnapMessage> decode_snap(std::string_view message) {
    SnapMessage snap;
    const std::array slots{FieldSlot{1, "Crc", &snap.crc}, FieldSlot{2, "Data", &snap.data}};
    return finish(read_fields(message, "Snapshot", slots), snap);
}

Decoded<RaftSnapshot> decode_raft_snapshot(std::string_view message) {
    RaftSnapshot snapshot;
    std::string_view metadata;
    std::string_view conf;
    const std::array outer{FieldSlot{1, "Data", &snapshot.store},
                           FieldSlot{2, "Metadata", &metadata}};
    if (auto fault = read_fields(message, "Snapshot", outer))
        return std::unexpected(std::move(*fault));
    const std::array inner{FieldSlot{1, "ConfState", &conf},
                           FieldSlot{2, "Index", &snapshot.mark.index},
                           FieldSlot{3, "Term", &snapshot.mark.term}};
    if (auto fault = read_fields(metadata, "SnapshotMetadata", inner))
        return std::unexpected(std::move(*fault));
    auto state = decode_conf_state(conf);
    if (!state)
        return std::unexpected(std::move(state).error());
    snapshot.mark.conf = std::move(*state);
    return snapshot;
}

Decoded<ConfState> decode_conf_state(std::string_view message) {
    ConfState state;
    const std::array slots{FieldSlot{1, "Voters", &state.voters},
                           FieldSlot{2, "Learners", &state.learners},
                           FieldSlot{3, "VotersOutgoing", &state.voters_outgoing},
                           FieldSlot{4, "LearnersNext", &state.learners_next},
                           FieldSlot{5, "AutoLeave", &state.auto_leave}};
    return finish(read_fields(message, "ConfState", slots), state);
}

} // namespace rebolt::etcd
