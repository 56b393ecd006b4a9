#include "shape_file.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

using enum ShapeGroup;

constexpr std::uint64_t copies_of_shape = 14;

constexpr std::array<Shape, 31> shapes{{
    {"docker", docker},     {"docker-many", docker}, {"docker-stopped", docker},
    {"etcd", etcd},         {"etcd-4096", etcd},     {"etcd-1024", etcd},
    {"containerd", nested}, {"nested", nested},      {"nested-512", nested},
    {"plain-1", plain},     {"plain-2", plain},      {"plain-3", plain},
    {"plain-4", plain},     {"plain-16384", plain},  {"plain-65536", plain},
    {"no-freelist", plain}, {"large-values", plain}, {"large-values-1024", plain},
    {"podman", owner},      {"swarm-tasks", owner},  {"raft", owner},
    {"vault", owner},       {"nomad", owner},        {"otel", owner},
    {"portainer", owner},   {"influxdb", owner},     {"lnd", owner},
    {"bleve", owner},       {"image-cache", owner},  {"trivy", owner},
    {"rclone", owner},
}};

void must_run(const std::vector<std::string>& words) {
    const CommandResult result = run_command(words, std::chrono::seconds{300});
    if (result.exit_code == 0)
        return;
    std::fputs((words[0] + " failed: " + result.err + "\n").c_str(), stderr);
    std::abort();
}

ShapeFile build(const Shape& shape, std::uint64_t seed) {
    const TemporaryFolder folder;
    const char* kept = std::getenv("REBOLT_SHAPES");
    const std::string file = kept == nullptr ? folder.path("shape.db")
                                             : fmt::format("{}/{}-{}.db", kept, shape.name, seed);
    const std::string states = file + ".states";
    if (kept == nullptr || !std::filesystem::exists(states)) {
        must_run({peer_program(), "build-shape", shape.name, fmt::format("{}", seed), file, states,
                  fmt::format("{}", copies_of_shape)});
    }
    const std::string text = bytes_of(file);
    const Bytes bytes = as_bytes(text);
    ShapeFile built{&shape, seed, {bytes.begin(), bytes.end()}, std::make_unique<States>(states),
                    {},     {}};
    const std::uint64_t last = built.states->last_transaction();
    for (std::uint64_t txid = last + 1 - copies_of_shape; txid <= last; ++txid) {
        const std::string copy = bytes_of(fmt::format("{}.{}", file, txid));
        const Bytes state = as_bytes(copy);
        built.history.emplace_back(state.begin(), state.end());
    }
    built.tree = read_live_tree(built.bytes, built.states->page_size());
    return built;
}

} // namespace

std::string_view name_of(ShapeGroup group) noexcept {
    switch (group) {
    case docker:
        return "docker";
    case etcd:
        return "etcd";
    case nested:
        return "nested";
    case plain:
        return "plain";
    case owner:
        return "owner";
    }
    return "";
}

std::span<const Shape> all_shapes() noexcept {
    return shapes;
}

const std::string& peer_program() {
    static const std::string program = [] {
        const std::string path = std::string(REBOLT_BUILD_DIR) + "/peers/bboltpeer";
        must_run({std::string(REBOLT_SOURCE_DIR) + "/tests/peers/build-peer", path});
        return path;
    }();
    return program;
}

const ShapeFile& shape_file(const Shape& shape, std::uint64_t seed) {
    static std::map<std::pair<const Shape*, std::uint64_t>, ShapeFile> files;
    const auto found = files.find({&shape, seed});
    if (found != files.end())
        return found->second;
    return files.emplace(std::pair(&shape, seed), build(shape, seed)).first->second;
}

} // namespace rebolt::test
