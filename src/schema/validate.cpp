#include <utility>

#include <fmt/format.h>

#include <rebolt/finding.hpp>
#include <rebolt/schema.hpp>

#include "schema/value_rules.hpp"

namespace rebolt::schema {

namespace {

ValueClause clause_of(Owner owner, BucketPath bucket, std::string_view key,
                      std::string_view value) {
    switch (owner) {
    case Owner::unknown:
    case Owner::docker_network:
        return std::nullopt;
    case Owner::docker_volumes:
        return validate_docker_volumes(bucket, key, value);
    case Owner::containerd:
        return validate_containerd(bucket, key, value);
    case Owner::buildkit:
        return validate_buildkit(bucket, key, value);
    case Owner::etcd:
        return validate_etcd(bucket, key, value);
    }
    return std::nullopt;
}

} // namespace

std::optional<ValueFault> validate(Owner owner, BucketPath bucket, std::string_view key,
                                   std::string_view value) {
    if (owner == Owner::docker_network)
        return validate_docker_network(bucket, key, value);
    if (ValueClause clause = clause_of(owner, bucket, key, value))
        return ValueFault{std::move(*clause)};
    return std::nullopt;
}

std::string shown(std::string_view text) {
    constexpr std::size_t shown_bytes = 80;
    if (text.size() <= shown_bytes)
        return printable(text);
    return printable(text.substr(0, shown_bytes)) + "...";
}

ValueClause judge_empty(std::string_view value) {
    if (value.empty())
        return std::nullopt;
    return fmt::format("expected no value, found {} bytes", value.size());
}

} // namespace rebolt::schema
