#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

struct Place {
    Owner owner;
    std::vector<std::string> bucket;
    std::string key;
};

// One place for each form that a validator knows.
const std::vector<Place>& places() {
    static const std::vector<Place> all{
        {Owner::docker_network, {"libnetwork"}, "docker/network/v1.0/network/abc/"},
        {Owner::docker_volumes, {"volumes"}, "v1"},
        {Owner::containerd, {"v1"}, "version"},
        {Owner::containerd, {"v1", "m", "containers", "c"}, "createdat"},
        {Owner::containerd, {"v1", "m", "containers", "c"}, "spec"},
        {Owner::containerd, {"v1", "m", "images", "i", "target"}, "digest"},
        {Owner::buildkit, {"_result", "a"}, "x"},
        {Owner::buildkit, {"_links", "a"}, "{}@x"},
        {Owner::etcd, {"key"}, std::string("\0\0\0\0\0\0\0\2_\0\0\0\0\0\0\0\0", 17)},
        {Owner::etcd, {"lease"}, "12345678"},
        {Owner::etcd, {"authUsers"}, "root"},
        {Owner::etcd, {"members"}, "2966812bce6c52"},
        {Owner::swarm_tasks, {"v1", "tasks", "x"}, "data"},
        {Owner::podman, {"ctr", "x"}, "config"},
        {Owner::podman, {"name-registry"}, "web"},
        {Owner::raft_boltdb, {"logs"}, std::string("\0\0\0\0\0\0\0\2", 8)},
        {Owner::vault, {"data"}, "logical/x"},
        {Owner::nomad_client, {"allocations", "x"}, "alloc"},
        {Owner::otel_storage, {"default"}, "qmv0"},
        {Owner::otel_storage, {"default"}, "knownFiles"},
        {Owner::portainer, {"users"}, std::string("\0\0\0\0\0\0\0\2", 8)},
        {Owner::influxdb, {"usersv1"}, "0000000000000001"},
        {Owner::lnd, {"graph-edge", "edge-index"}, std::string("\0\0\0\0\0\0\0\2", 8)},
        {Owner::bleve, {"s", "x", "y"}, "p"},
        {Owner::image_cache, {"digestCompressor"}, "sha256:x"},
        {Owner::rclone, {"hasher"}, "a"},
        {Owner::trivy, {"vulnerability"}, "CVE-1"},
    };
    return all;
}

bool is_one_printable_line(std::string_view clause) {
    return !clause.empty() && clause.size() < 400 &&
           std::ranges::all_of(clause, [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string random_bytes(std::mt19937_64& random) {
    static constexpr std::string_view likely("{}[]\",:\\\x00\x01\x08\x0a\x12\x1a_t19", 19);
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes)
        byte = random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<char>(random());
    return bytes;
}

TEST(Validate, FindsNothingWrongInAnUnknownOwnersFile) {
    EXPECT_FALSE(validate(Owner::unknown, std::vector<std::string>{"libnetwork"}, "k", "v"));
}

TEST(Validate, AnswersAnyBytesWithOnePrintableLineOrNothing) {
    constexpr std::uint64_t seed = 20230711;
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 20'000; ++round) {
        const Place& place = places()[random() % places().size()];
        const std::string key = random() % 2 == 0 ? place.key : random_bytes(random) + "k";
        const std::string value = random_bytes(random);
        const auto fault = validate(place.owner, place.bucket, key, value);
        ASSERT_TRUE(!fault || is_one_printable_line(fault->clause)) << fault->clause;
    }
}

TEST(Validate, TakesTimeLinearInTheValue) {
    constexpr std::size_t large = 2'000'000;
    for (const std::string& filling :
         {std::string("["), std::string("{\"a\":"), std::string("\""), std::string("1"),
          std::string("\n\x01x"), std::string("\x08\xff")}) {
        std::string value;
        while (value.size() < large)
            value += filling;
        for (const Place& place : places())
            std::ignore = validate(place.owner, place.bucket, place.key, value);
    }
}

TEST(Validate, KeepsNoStateBetweenThreads) {
    const auto work = [](std::uint64_t seed) {
        std::mt19937_64 random(seed);
        std::size_t wrong = 0;
        for (int round = 0; round < 3'000; ++round) {
            const Place& place = places()[random() % places().size()];
            wrong += validate(place.owner, place.bucket, place.key, random_bytes(random)) ? 1U : 0U;
        }
        return wrong;
    };
    std::array<std::size_t, 4> wrong{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t& result : wrong)
            threads.emplace_back([&result, &work] { result = work(7); });
    }
    for (const std::size_t result : wrong)
        EXPECT_EQ(result, work(7));
}

} // namespace
} // namespace rebolt::schema
