#include <fmt/format.h>

#include <rebolt/finding.hpp>
#include <rebolt/schema.hpp>

#include "schema/value_rules.hpp"

namespace rebolt::schema {

std::optional<std::string> judge(Owner owner, std::span<const std::string> bucket,
                                 std::string_view key, std::string_view value) {
    switch (owner) {
    case Owner::unknown:
        return std::nullopt;
    case Owner::docker_network:
        return judge_docker_network(bucket, key, value);
    case Owner::docker_volumes:
        return judge_docker_volumes(bucket, key, value);
    case Owner::containerd:
        return judge_containerd(bucket, key, value);
    case Owner::buildkit:
        return judge_buildkit(bucket, key, value);
    case Owner::etcd:
        return judge_etcd(bucket, key, value);
    }
    return std::nullopt;
}

std::string shown(std::string_view text) {
    constexpr std::size_t shown_bytes = 80;
    if (text.size() <= shown_bytes)
        return printable(text);
    return printable(text.substr(0, shown_bytes)) + "...";
}

ValueFault judge_empty(std::string_view value) {
    if (value.empty())
        return std::nullopt;
    return fmt::format("expected no value, found {} bytes", value.size());
}

} // namespace rebolt::schema
