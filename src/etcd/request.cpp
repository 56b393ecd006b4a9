#include "etcd/request.hpp"

#include <array>
#include <optional>
#include <span>

#include "etcd/wire.hpp"

namespace rebolt::etcd {
namespace {

using enum WireType;

constexpr std::size_t txn_depth_max = 32; // etcd's API allows one inside another

// Fields of a message whose types are known, by number: at[n] is field n's last.
struct Fields {
    std::array<WireField, 12> at{};
    bool is_message = true;

    [[nodiscard]] std::int64_t integer(std::size_t number) const {
        return static_cast<std::int64_t>(at[number].integer);
    }
    [[nodiscard]] std::string_view bytes(std::size_t number) const { return at[number].bytes; }
};

Fields fields_of(std::string_view message, std::span<const KnownField> known) {
    Fields fields;
    FieldReader reader(message, "", known);
    while (const auto field = reader.next())
        if (field->number < fields.at.size())
            fields.at[field->number] = *field;
    fields.is_message = !reader.fault();
    return fields;
}

PutRequest put_of(std::string_view message) {
    const Fields fields = fields_of(message, {});
    return {fields.bytes(1), fields.bytes(2), fields.integer(3), fields.integer(5) != 0,
            fields.integer(6) != 0};
}

DeleteRequest delete_of(std::string_view message) {
    const Fields fields = fields_of(message, {});
    return {fields.bytes(1), fields.bytes(2)};
}

RangeRequest range_of(std::string_view message) {
    return {fields_of(message, {}).integer(4)};
}

Compare compare_of(std::string_view message) {
    Compare compare;
    FieldReader reader(message, "");
    while (const auto field = reader.next()) {
        const auto number = static_cast<std::int64_t>(field->integer);
        switch (field->number) {
        case 1:
            compare.result = number;
            break;
        case 2:
            compare.target = number;
            break;
        case 3:
            compare.key = field->bytes;
            break;
        case 4: // version
        case 5: // create_revision
        case 6: // mod_revision
        case 8: // lease
            compare.number = number;
            break;
        case 7:
            compare.value = field->bytes;
            break;
        case 64:
            compare.range_end = field->bytes;
            break;
        default:
            break;
        }
    }
    return compare;
}

// A transaction that is still to be read, and where it goes.
struct OpenTxn {
    std::string_view message;
    TxnRequest* into;
    std::size_t depth;
};

TxnOperation operation_of(std::string_view message, const OpenTxn& outer,
                          std::vector<OpenTxn>& open) {
    TxnOperation operation;
    FieldReader reader(message, "");
    while (const auto field = reader.next()) {
        if (field->number == 1)
            operation = range_of(field->bytes);
        else if (field->number == 2)
            operation = put_of(field->bytes);
        else if (field->number == 3)
            operation = delete_of(field->bytes);
        else if (field->number == 4 && outer.depth < txn_depth_max) {
            auto inner = std::make_unique<TxnRequest>();
            open.push_back({field->bytes, inner.get(), outer.depth + 1});
            operation = std::move(inner);
        }
    }
    return operation;
}

TxnRequest txn_of(std::string_view message) {
    TxnRequest txn;
    std::vector<OpenTxn> open{{message, &txn, 0}};
    while (!open.empty()) {
        const OpenTxn one = open.back();
        open.pop_back();
        FieldReader reader(one.message, "");
        while (const auto field = reader.next()) {
            if (field->number == 1)
                one.into->compares.push_back(compare_of(field->bytes));
            else if (field->number == 2)
                one.into->success.push_back(operation_of(field->bytes, one, open));
            else if (field->number == 3)
                one.into->failure.push_back(operation_of(field->bytes, one, open));
        }
    }
    return txn;
}

// Fields of InternalRaftRequest.
enum RequestField : std::uint64_t {
    field_v2 = 2,
    field_range = 3,
    field_put = 4,
    field_delete = 5,
    field_txn = 6,
    field_compaction = 7,
    field_lease_grant = 8,
    field_lease_revoke = 9,
    field_alarm = 10,
    field_lease_checkpoint = 11,
    field_auth_first = 1000,
    field_auth_last = 1299,
    field_cluster_first = 1300,
    field_cluster_last = 1302,
};

Request request_of_field(const WireField& field) {
    switch (field.number) {
    case field_v2:
        return NoChange{true};
    case field_range:
    case field_lease_checkpoint:
        return NoChange{};
    case field_put:
        return put_of(field.bytes);
    case field_delete:
        return delete_of(field.bytes);
    case field_txn:
        return txn_of(field.bytes);
    case field_compaction:
        return CompactionRequest{fields_of(field.bytes, {}).integer(1)};
    case field_lease_grant: {
        const Fields fields = fields_of(field.bytes, {});
        return LeaseGrantRequest{fields.integer(1), fields.integer(2)};
    }
    case field_lease_revoke:
        return LeaseRevokeRequest{fields_of(field.bytes, {}).integer(1)};
    case field_alarm: {
        const Fields fields = fields_of(field.bytes, {});
        return AlarmRequest{fields.integer(1), fields.at[2].integer, fields.at[3].integer};
    }
    default:
        break;
    }
    if (field.number >= field_auth_first && field.number <= field_auth_last)
        return OtherRequest{true};
    if (field.number >= field_cluster_first && field.number <= field_cluster_last)
        return NoChange{};
    return OtherRequest{false};
}

} // namespace

Request request_of(const LogEntry& entry) {
    if (entry.type != LogEntry::normal || entry.data.empty())
        return NoChange{};
    static constexpr std::array<KnownField, 12> known{
        {{1, varint, "ID"},
         {field_v2, bytes, "V2"},
         {field_range, bytes, "Range"},
         {field_put, bytes, "Put"},
         {field_delete, bytes, "DeleteRange"},
         {field_txn, bytes, "Txn"},
         {field_compaction, bytes, "Compaction"},
         {field_lease_grant, bytes, "LeaseGrant"},
         {field_lease_revoke, bytes, "LeaseRevoke"},
         {field_alarm, bytes, "Alarm"},
         {field_lease_checkpoint, bytes, "LeaseCheckpoint"},
         {100, bytes, "Header"}}};
    // The first in etcd's own order counts where there are several.
    std::optional<WireField> chosen;
    bool is_nested_message = true;
    FieldReader reader(entry.data, "InternalRaftRequest", known);
    while (const auto field = reader.next()) {
        if (field->type == bytes && field->number <= field_lease_checkpoint)
            is_nested_message = is_nested_message && fields_of(field->bytes, {}).is_message;
        if (field->number != 1 && field->number != 100 &&
            (!chosen || field->number < chosen->number))
            chosen = *field;
    }
    if (reader.fault() || !is_nested_message)
        return NoChange{true}; // a bare Request of the v2 store
    if (!chosen)
        return OtherRequest{false};
    return request_of_field(*chosen);
}

} // namespace rebolt::etcd
