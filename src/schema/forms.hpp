// Whether a key and its value, or a bucket, are of a form that only one
// program writes: one function per owner, beside its validator. What tells a
// form is how it begins, so that a value that was torn still fits.
#pragma once

#include <cstdint>

#include <rebolt/owner_rules.hpp>

namespace rebolt::schema {

enum class Fit : std::uint8_t {
    either,  ///< says nothing
    owners,  ///< of the owner's form
    foreign, ///< at a place whose form is known, and of another one
};

[[nodiscard]] Fit fit_docker_network(const SampleEntry& entry);
[[nodiscard]] Fit fit_docker_volumes(const SampleEntry& entry);
[[nodiscard]] Fit fit_containerd(const SampleEntry& entry);
[[nodiscard]] Fit fit_buildkit(const SampleEntry& entry);
[[nodiscard]] Fit fit_etcd(const SampleEntry& entry);

} // namespace rebolt::schema
