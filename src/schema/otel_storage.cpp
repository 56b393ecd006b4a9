// Files of the OpenTelemetry Collector's file_storage: one bucket, `default`. In it
// the queue of an exporter, or how far a receiver has read its files. By contrib's
// extension/storage/filestorage/client.go and the collector's persistent_queue.go.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/json_text.hpp"
#include "schema/numbers.hpp"
#include "schema/owners.hpp"
#include "schema/protobuf.hpp"

namespace rebolt::schema::otel_storage {
namespace {

using enum WireType;

// PersistentMetadata: items, bytes, read index, write index, dispatched items.
struct Queue {
    std::uint64_t read;
    std::uint64_t write;
};

ValueClause read_queue(std::string_view value, Queue& queue) {
    static constexpr std::array types{fixed64, fixed64, fixed64, fixed64, bytes};
    std::array<ProtoField, types.size()> fields{};
    if (auto fault = read_message(value, types, fields))
        return fault;
    const auto number = [](const ProtoField& field) {
        return field.is_present ? little_endian(field.bytes) : 0;
    };
    queue = {number(fields[2]), number(fields[3])};
    return std::nullopt;
}

ValueClause judge_queue(const Entry& entry) {
    Queue queue{};
    if (auto fault = read_queue(entry.value, queue))
        return fault;
    if (queue.read <= queue.write)
        return std::nullopt;
    return fmt::format("the read index {} is beyond the write index {}", queue.read, queue.write);
}

// Their number (u32, little-endian), then their indexes.
ValueClause judge_dispatched(const Entry& entry) {
    constexpr std::size_t count_bytes = sizeof(std::uint32_t);
    if (entry.value.empty()) // nothing is on its way
        return std::nullopt;
    const std::size_t count =
        entry.value.size() < count_bytes ? 0 : load<std::uint32_t>(as_bytes(entry.value).data());
    if (entry.value.size() == count_bytes + count * sizeof(std::uint64_t))
        return std::nullopt;
    return fmt::format("the list of {} bytes does not hold {} indexes", entry.value.size(), count);
}

// The number of files as JSON, then a JSON object for each, one a line. A newer
// release may keep protobuf.
ValueClause judge_known_files(const Entry& entry) {
    if (!std::string_view("0123456789{").contains(entry.value.substr(0, 1)))
        return std::nullopt;
    std::string_view rest = entry.value;
    std::size_t begin = 0;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        const JsonRule rule{
            .subject = "the JSON of a line", .starts_at_byte = begin, .must_be_object = false};
        if (!line.empty())
            if (auto fault = judge_json(line, rule))
                return fault;
        begin += line.size() + 1;
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return std::nullopt;
}

// Of a queue by their index; anything else may be any component's.
ValueClause judge_item(const Entry& entry) {
    return is_decimal(entry.key) ? judge_protobuf(entry) : std::nullopt;
}

bool is_known_files(std::string_view key) {
    return key.ends_with("knownFiles") || key.contains(".knownFiles") ||
           key.starts_with("knownFiles");
}

constexpr std::array<Place, 5> places{{
    {.bucket = "default", .key = "qmv0", .judge = judge_queue, .shown = Shown::message},
    {.bucket = "default", .key = "ri", .judge = judge_eight_bytes, .shown = Shown::little_endian},
    {.bucket = "default", .key = "wi", .judge = judge_eight_bytes, .shown = Shown::little_endian},
    {.bucket = "default", .key = "di", .judge = judge_dispatched},
    {.bucket = "default",
     .key = "*",
     .judge =
         [](const Entry& entry) {
             return is_known_files(entry.key) ? judge_known_files(entry) : judge_item(entry);
         },
     .is_telling = false},
}};

bool has_names(Names names) {
    return names.size() == 1 && names[0] == "default";
}

// `default` is a common name: the queue's indexes or the receiver's files prove it.
Fit fit_otel(const SampleEntry& entry) {
    if (entry.is_bucket)
        return entry.bucket.empty() ? Fit::either : Fit::foreign;
    const Place* place = place_of(otel_storage_owner, entry.bucket, entry.key);
    if (place == nullptr)
        return Fit::either;
    const bool is_wrong = place->judge({entry.bucket, entry.key, entry.value}).has_value();
    const bool tells = place->is_telling ? entry.key != "di" : is_known_files(entry.key);
    return tells ? (is_wrong ? Fit::foreign : Fit::owners) : Fit::either;
}

Home home_of_otel_key(std::string_view key, std::string_view value) {
    const bool is_theirs = key == "qmv0" || key == "wi" || key == "ri" || key == "di" ||
                           is_known_files(key) || (is_decimal(key) && !value.empty());
    return is_theirs ? Home(Path{"default"}) : std::nullopt;
}

bool is_proof(const Entry& at_home) {
    return at_home.key == "qmv0" || at_home.key == "wi" || is_known_files(at_home.key);
}

// Items are added at the write index only. A queue that found its indexes
// damaged begins at 0 again: a hint.
std::optional<ValueAge> age_of_otel(const Entry& entry) {
    if (entry.bucket.size() != 1 || entry.bucket[0] != "default")
        return std::nullopt;
    Queue queue{};
    if (entry.key == "qmv0" && !read_queue(entry.value, queue))
        return ValueAge{queue.write, false};
    if (entry.key == "wi" && entry.value.size() == sizeof(std::uint64_t))
        return ValueAge{little_endian(entry.value), false};
    return std::nullopt;
}

} // namespace
} // namespace rebolt::schema::otel_storage

namespace rebolt::schema {

constinit const KnownOwner otel_storage_owner{.owner = Owner::otel_storage,
                                              .name = "otel-storage",
                                              .has_names = otel_storage::has_names,
                                              .places = otel_storage::places,
                                              .fit = otel_storage::fit_otel,
                                              .home_of_key = otel_storage::home_of_otel_key,
                                              .age_of = otel_storage::age_of_otel,
                                              .is_proof = otel_storage::is_proof};

} // namespace rebolt::schema
