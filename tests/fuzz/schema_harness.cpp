#include "schema_harness.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <rebolt/bytes.hpp>

namespace rebolt::fuzz {
namespace {

using schema::Owner;

// Longer than any sentence: a verdict that shows a value without a bound is longer.
constexpr std::size_t verdict_bytes_max = 2000;

bool is_one_line(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

} // namespace

std::span<const SchemaPlace> schema_places() {
    static const std::vector<SchemaPlace> places = {
        {Owner::docker_network, {"libnetwork"}},
        {Owner::docker_volumes, {"volumes"}},
        {Owner::containerd, {"v1"}},
        {Owner::containerd, {"v1", "snapshots", "*"}},
        {Owner::containerd, {"v1", "*", "containers", "*"}},
        {Owner::containerd, {"v1", "*", "containers", "*", "runtime"}},
        {Owner::containerd, {"v1", "*", "images", "*"}},
        {Owner::containerd, {"v1", "*", "images", "*", "target"}},
        {Owner::containerd, {"v1", "*", "leases", "*"}},
        {Owner::containerd, {"v1", "*", "content", "blob", "*"}},
        {Owner::containerd, {"v1", "*", "content", "ingests", "*"}},
        {Owner::containerd, {"v1", "*", "snapshots", "*", "*"}},
        {Owner::containerd, {"v1", "*", "snapshots", "*", "*", "children"}},
        {Owner::containerd, {"v1", "*", "leases", "*", "snapshots", "*"}},
        {Owner::buildkit, {"_result", "*"}},
        {Owner::buildkit, {"_links", "*"}},
        {Owner::buildkit, {"_byresult", "*"}},
        {Owner::buildkit, {"_main", "*"}},
        {Owner::buildkit, {"_index"}},
        {Owner::etcd, {"key"}},
        {Owner::etcd, {"meta"}},
        {Owner::etcd, {"lease"}},
        {Owner::etcd, {"alarm"}},
        {Owner::etcd, {"cluster"}},
        {Owner::etcd, {"members"}},
        {Owner::etcd, {"members_removed"}},
        {Owner::etcd, {"auth"}},
        {Owner::etcd, {"authUsers"}},
        {Owner::etcd, {"authRoles"}},
    };
    return places;
}

std::string schema_input(std::size_t place, std::string_view key, std::string_view value) {
    key = key.substr(0, 255);
    std::string input{static_cast<char>(place), static_cast<char>(key.size())};
    input += key;
    input += value;
    return input;
}

void judge_value(Input input) {
    if (input.size() < 2)
        return;
    const std::span<const SchemaPlace> places = schema_places();
    const SchemaPlace& place = places[input[0] % places.size()];
    const std::string_view rest = as_text(std::as_bytes(input.subspan(2)));
    const std::size_t key_bytes = std::min<std::size_t>(input[1], rest.size());
    const std::optional<std::string> verdict =
        schema::judge(place.owner, place.bucket, rest.substr(0, key_bytes), rest.substr(key_bytes));
    if (!verdict ||
        (!verdict->empty() && verdict->size() <= verdict_bytes_max && is_one_line(*verdict)))
        return;
    std::fprintf(stderr, "broken promise: a verdict is one short line, not `%s`\n",
                 verdict->c_str());
    std::abort();
}

} // namespace rebolt::fuzz
