// containerd's meta.db, `v1/<namespace>/<object>/…`, and the metadata.db of its
// snapshotters, `v1/snapshots/<key>/…`. By containerd 1.6 metadata/*.go,
// metadata/boltutil/helpers.go, snapshots/storage/bolt.go; unchanged in 2.x.
//
// First the place (path and key) tells the form, then the form judges the
// value. A place that is not listed has no form. Docker's swarm agent has a
// `v1` file too (`v1/tasks/…`): no place here is one of its.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include <fmt/format.h>

#include <rebolt/bytes.hpp>

#include "schema/go_time.hpp"
#include "schema/json_text.hpp"
#include "schema/owners.hpp"
#include "schema/protobuf.hpp"

namespace rebolt::schema {
namespace {

enum class Form : std::uint8_t {
    unknown,
    go_time, ///< time.Time.MarshalBinary
    varint,  ///< encoding/binary's, nothing behind it
    any,     ///< google.protobuf.Any
    digest,  ///< algorithm:hex
    empty,   ///< the key is the record
};

Form form_of_time(std::string_view key) {
    return key == "createdat" || key == "updatedat" ? Form::go_time : Form::unknown;
}

// v1/snapshots/<key>, in a snapshotter's file. In a meta.db with a namespace
// `snapshots` only that namespace's `labels` bucket has values at this depth.
Form form_in_snapshotter(BucketPath bucket, std::string_view key) {
    if (bucket[1] != "snapshots" || bucket[2] == "labels")
        return Form::unknown;
    if (key == "id" || key == "size" || key == "inodes")
        return Form::varint;
    return form_of_time(key);
}

bool holds_containers(std::string_view object) {
    return object == "containers" || object == "sandboxes";
}

// v1/<namespace>/<object>/<id>
Form form_in_object(std::string_view object, std::string_view key) {
    if (holds_containers(object) && key == "spec")
        return Form::any;
    if (object == "images" || object == "leases" || holds_containers(object))
        return form_of_time(key);
    return Form::unknown;
}

// v1/<namespace>/<object>/<…>/<…>
Form form_below_object(BucketPath bucket, std::string_view key) {
    const std::string_view object = bucket[2];
    const std::string_view last = bucket[4];
    if (object == "images" && last == "target") {
        if (key == "digest")
            return Form::digest;
        return key == "size" ? Form::varint : Form::unknown;
    }
    if (holds_containers(object)) {
        const bool is_any = last == "extensions" || (last == "runtime" && key == "options");
        return is_any ? Form::any : Form::unknown;
    }
    if (object == "content" && bucket[3] == "blob")
        return key == "size" ? Form::varint : form_of_time(key);
    if (object == "content" && bucket[3] == "ingests")
        return key == "expireat" ? Form::go_time : Form::unknown;
    if (object == "snapshots")
        return form_of_time(key);
    if (object == "leases" && (last == "content" || last == "ingests"))
        return Form::empty;
    return Form::unknown;
}

Form form_of(BucketPath bucket, std::string_view key) {
    if (bucket.empty() || bucket[0] != "v1")
        return Form::unknown;
    switch (bucket.size()) {
    case 1:
        return key == "version" ? Form::varint : Form::unknown;
    case 3:
        return form_in_snapshotter(bucket, key);
    case 4:
        return form_in_object(bucket[2], key);
    case 5:
        return form_below_object(bucket, key);
    case 6:
        if (bucket[2] == "snapshots" && bucket[5] == "children")
            return Form::empty;
        if (bucket[2] == "leases" && bucket[4] == "snapshots")
            return Form::empty;
        return Form::unknown;
    default:
        return Form::unknown;
    }
}

ValueClause judge_varint(std::string_view value) {
    std::size_t at = 0;
    if (!read_varint(value, at))
        return fmt::format("the varint of {} bytes does not end", value.size());
    if (at != value.size())
        return fmt::format("the varint ends after {} of {} bytes", at, value.size());
    return std::nullopt;
}

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

ValueClause judge_digest(std::string_view value) {
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == value.size())
        return fmt::format("`{}` is not a digest", shown(value));
    const std::string_view algorithm = value.substr(0, colon);
    const std::string_view hex = value.substr(colon + 1);
    const std::size_t expected = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
    if (expected != 0 && (hex.size() != expected || !is_lower_hex(hex)))
        return fmt::format("`{}` is not a {} digest", shown(value), algorithm);
    return std::nullopt;
}

ValueClause judge_any(std::string_view value) {
    constexpr std::array<WireType, 2> types{WireType::bytes, WireType::bytes};
    std::array<ProtoField, types.size()> fields{};
    if (auto fault = read_message(value, types, fields))
        return fault;
    const std::string_view type_url = fields[0].bytes;
    const std::string_view content = fields[1].bytes;
    if (content.empty())
        return std::nullopt;
    // typeurl: a registered Go struct is JSON, a protobuf message is protobuf.
    if (type_url.starts_with("types.containerd.io/opencontainers/runtime-spec/") &&
        type_url.ends_with("/Spec"))
        return judge_json(
            content, {.subject = "the JSON of the runtime spec",
                      .starts_at_byte = static_cast<std::size_t>(content.data() - value.data())});
    if (type_url == "containerd.runc.v1.Options")
        if (auto fault = judge_message(content))
            return "in the options, " + *fault;
    return std::nullopt;
}

ValueClause judge_containerd(const Entry& entry) {
    const auto& [bucket, key, value] = entry;
    switch (form_of(bucket, key)) {
    case Form::unknown:
        return std::nullopt;
    case Form::go_time:
        return judge_go_time(value);
    case Form::varint:
        return judge_varint(value);
    case Form::any:
        return judge_any(value);
    case Form::digest:
        return judge_digest(value);
    case Form::empty:
        return judge_empty(value);
    }
    return std::nullopt;
}

// What a namespace holds, and what a snapshotter's file does. Docker's swarm
// agent has a `v1` file too (`v1/tasks/…`): there is nothing of these in it.
Fit fit_containerd(const SampleEntry& entry) {
    static constexpr std::array<std::string_view, 8> objects{
        "containers", "content", "images", "ingests", "labels", "leases", "sandboxes", "snapshots"};
    if (entry.bucket.empty() || entry.bucket[0] != "v1")
        return Fit::either;
    if (entry.is_bucket)
        return entry.bucket.size() == 2 && std::ranges::find(objects, entry.key) != objects.end()
                   ? Fit::owners
                   : Fit::either;
    if (entry.bucket.size() == 1 || form_of(entry.bucket, entry.key) == Form::unknown)
        return Fit::either;
    return judge_containerd({entry.bucket, entry.key, entry.value}) ? Fit::foreign : Fit::owners;
}

// containerd 1.7 kept the sandboxes of a namespace beside `v1`, not in it.
// Other programs name buckets by version too (`v1`, `v2`): those are not ours.
bool has_names(Names names) {
    static constexpr std::array<std::string_view, 4> namespaces{"k8s.io", "moby", "default",
                                                                "buildkit"};
    return has(names, "v1") && names.size() == 1 + count_of(names, namespaces);
}

std::optional<ValueFault> validate_containerd(const Entry& entry) {
    if (ValueClause clause = judge_containerd(entry))
        return ValueFault{std::move(*clause)};
    return std::nullopt;
}

std::optional<ReadableValue> readable_any(std::string_view value) {
    constexpr std::array<WireType, 2> types{WireType::bytes, WireType::bytes};
    std::array<ProtoField, types.size()> fields{};
    if (read_message(value, types, fields) || !fields[1].bytes.starts_with('{'))
        return std::nullopt;
    return ReadableValue{.text = std::string(fields[1].bytes), .is_json = true};
}

std::optional<ReadableValue> readable_containerd(const Entry& entry) {
    const Form form = form_of(entry.bucket, entry.key);
    std::size_t at = 0;
    if (form == Form::go_time)
        return readable_time(entry.value);
    if (form == Form::varint)
        if (const auto number = read_varint(entry.value, at); number && at == entry.value.size())
            return ReadableValue{.text = fmt::format("{}", *number)};
    return form == Form::any && !judge_any(entry.value) ? readable_any(entry.value) : std::nullopt;
}

// Where a bucket belongs, by what is in it: metadata/containers.go, images.go,
// content.go, leases.go, snapshot.go and snapshots/storage/bolt.go of 1.6, which
// always write the keys that are asked for here.
bool has_only(Names names, Names allowed) {
    return std::ranges::all_of(names, [&](std::string_view name) { return has(allowed, name); });
}

bool is_container(Names keys) {
    return has(keys, "image") && has(keys, "snapshotKey") && has(keys, "snapshotter");
}

bool is_lease(Names keys, Names buckets) {
    static constexpr std::array<std::string_view, 1> lease_keys{"createdat"};
    static constexpr std::array<std::string_view, 4> lease_buckets{"content", "ingests", "labels",
                                                                   "snapshots"};
    return has_only(keys, lease_keys) && has_only(buckets, lease_buckets);
}

Home home_of_containerd_bucket(std::string_view name, Names keys, Names buckets) {
    if (!has(keys, "createdat"))
        return std::nullopt;
    if (has(keys, "kind") && has(keys, "id")) // of a snapshotter's own file
        return Path{"v1", "snapshots"};
    if (is_container(keys))
        return Path{"v1", "*", "containers"};
    if (has(buckets, "target"))
        return Path{"v1", "*", "images"};
    if (has(keys, "size") && name.find(':') != std::string_view::npos)
        return Path{"v1", "*", "content", "blob"};
    if (has(keys, "name") && has(keys, "updatedat"))
        return Path{"v1", "*", "snapshots", "*"};
    if (is_lease(keys, buckets))
        return Path{"v1", "*", "leases"};
    return std::nullopt;
}

// v1/<namespace>/images, containers, snapshots/<snapshotter>, content/blob
std::string_view containerd_bucket_kind(BucketPath bucket) {
    if (bucket.size() == 2 && bucket[0] == "v1" && bucket[1] == "snapshots")
        return "snapshots"; // of a snapshotter's own file
    if (bucket.size() < 3 || bucket[0] != "v1")
        return {};
    if (bucket.size() == 3)
        return bucket[2] == "images" ? "images" : bucket[2] == "containers" ? "containers" : "";
    if (bucket.size() == 4 && bucket[2] == "snapshots")
        return "snapshots";
    return bucket.size() == 4 && bucket[2] == "content" && bucket[3] == "blob" ? "blobs" : "";
}

} // namespace

constinit const KnownOwner containerd_owner{.owner = Owner::containerd,
                                            .name = "containerd",
                                            .has_names = has_names,
                                            .fit = fit_containerd,
                                            .validate = validate_containerd,
                                            .home_of_bucket = home_of_containerd_bucket,
                                            .readable = readable_containerd,
                                            .record_kind_of_bucket = containerd_bucket_kind};

} // namespace rebolt::schema
