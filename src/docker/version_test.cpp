#include <rebolt/docker/version.hpp>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/network_state.hpp>

#include "docker/release_facts.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::docker {
namespace {

NetworkState state_of(const std::string& name) {
    auto state = load_network_state(*PageSource::open(REBOLT_TEST_DATA "/real/" + name));
    EXPECT_TRUE(state);
    return std::move(*state);
}

std::string release_of(const NetworkState& state) {
    return name_of(tell_version(state));
}

TEST(DockerVersion, IsToldByTheRecords) {
    EXPECT_EQ(release_of(state_of("docker-20.10-running.db")), "Docker 20.10");
    EXPECT_EQ(release_of(state_of("docker-20.10-many.db")), "Docker 20.10");
    EXPECT_EQ(release_of(state_of("docker-20.10-stopped.db")), "Docker 20.10 to 24.0");
    EXPECT_EQ(release_of(state_of("docker-26.1-killed.db")), "Docker 25.0 to 26.1");
    EXPECT_EQ(release_of(state_of("docker-28.5-killed.db")), "Docker 28.2 to 28.5");
    EXPECT_EQ(release_of(NetworkState{}), "an unknown release of Docker");
}

// Networks keep the shape of the release that made them; the default bridge is of
// the daemon that started last.
TEST(DockerVersion, OfAFileThatWasUpgradedOrDowngradedIsTheLastDaemons) {
    NetworkState upgraded = state_of("docker-20.10-stopped.db");
    NetworkState downgraded = state_of("docker-28.5-killed.db");
    std::swap(upgraded.bridges, downgraded.bridges);
    upgraded.endpoints.clear();
    downgraded.endpoints.clear();
    downgraded.sandboxes.clear();
    downgraded.bridge_endpoints.clear();
    EXPECT_EQ(release_of(upgraded), "Docker 28.2 or newer");
    EXPECT_EQ(release_of(downgraded), "Docker 20.10 to 24.0");
}

TEST(DockerVersion, WithoutTheDefaultBridgeIsThatOfTheNewestRecord) {
    NetworkState state = state_of("docker-28.5-killed.db");
    state.bridges.clear();
    EXPECT_EQ(release_of(state), "Docker 28.0 to 28.5");
    state.endpoints.clear();
    EXPECT_EQ(release_of(state), "Docker 28.0 or newer");
}

TEST(DockerVersion, IsToldByTheContainersAndTheDataRoot) {
    const test::TemporaryFolder root;
    Containers containers;
    containers.written_by = release::v25;
    EXPECT_EQ(name_of(tell_version({}, &containers)), "Docker 25.0 or newer");
    std::filesystem::create_directories(root.path("buildkit"));
    std::ofstream(root.path("buildkit/history_c8d.db")) << "";
    EXPECT_EQ(name_of(tell_version({}, nullptr, root.path(""))), "Docker 27.4 or newer");
    const NetworkState older = state_of("docker-26.1-killed.db");
    EXPECT_EQ(name_of(tell_version(older, nullptr, root.path(""))), "Docker 25.0 to 26.1");
}

TEST(DockerVersion, IsRead) {
    const auto read = [](std::string_view text) {
        const auto range = parse_version(text);
        return range ? name_of(*range) : "none";
    };
    EXPECT_EQ(read("28"), "Docker 28.0 to 28.5");
    EXPECT_EQ(read("28.5"), "Docker 28.5");
    EXPECT_EQ(read("v28.5.2+dfsg4"), "Docker 28.5");
    EXPECT_EQ(read("20.10.24"), "Docker 20.10");
    EXPECT_EQ(read("31"), "Docker 31.0");
    for (const char* text : {"", "docker", "v", "-1", "28.", "99999999999999999999"})
        EXPECT_EQ(read(text), "none") << text;
}

TEST(DockerVersion, OfWhatIsNotKnownOnlyWhatHoldsForAllIsJudged) {
    const VersionRange any;
    const VersionRange newer = *parse_version("31");
    EXPECT_EQ(value_in(fact::counts_are_kept, any), std::nullopt);
    EXPECT_EQ(value_in(fact::counts_are_kept, newer), std::nullopt);
    EXPECT_EQ(value_in(fact::counts_are_kept, *parse_version("27")), true);
    EXPECT_EQ(value_in(fact::counts_are_kept, *parse_version("28")), false);
    EXPECT_EQ(value_in(fact::counts_are_read, *parse_version("28")), std::nullopt);
    EXPECT_EQ(groups_in(any).size(), 11U);
    EXPECT_EQ(groups_in(newer).size(), 11U);
    EXPECT_EQ(groups_in(*parse_version("28.5.2")).size(), 1U);
    EXPECT_EQ(groups_in(*parse_version("28")).size(), 3U);
}

TEST(DockerFsckOfReleases, RealFilesAreConsistent) {
    for (const char* name : {"docker-26.1-killed.db", "docker-28.5-killed.db"})
        EXPECT_EQ(fsck(state_of(name)).findings.size(), 0U) << name;
}

TEST(DockerFsckOfReleases, CountsAreJudgedWhereTheyAreKept) {
    NetworkState state = state_of("docker-28.5-killed.db");
    EXPECT_EQ(fsck(state, nullptr, parse_version("27")).damage_count, 12U);
    EXPECT_EQ(fsck(state, nullptr, VersionRange{}).damage_count, 0U);
    state.counts.clear();
    EXPECT_EQ(fsck(state).damage_count, 0U);
}

// `--ipam-driver null` gives each network 0.0.0.0/0 of the space `null`.
TEST(DockerFsckOfReleases, PoolsOfTwoAddressSpacesMayOverlap) {
    NetworkState state = state_of("docker-28.5-killed.db");
    const Network& like = *std::ranges::find(state.networks, "net1", &Network::name);
    for (const char id : {'a', 'b'}) {
        Network network = like;
        network.id = std::string(64, id);
        network.name = std::string("null") + id;
        network.driver = "ipvlan";
        network.ipam_driver = id == 'a' ? "null" : "other";
        network.v4_pools = {{.address_space = network.ipam_driver,
                             .gateway = "",
                             .pool = "0.0.0.0/0",
                             .pool_id = network.ipam_driver + "/0.0.0.0/0"}};
        state.networks.push_back(network);
    }
    EXPECT_EQ(fsck(state).findings.size(), 0U);
}

// Its bridge is recreated at each start; a stopped container keeps the old id.
TEST(DockerFsckOfReleases, AStoppedContainerOnTheDefaultBridgeIsNoDamage) {
    const NetworkState state = state_of("docker-28.5-killed.db");
    Containers containers;
    for (const Sandbox& sandbox : state.sandboxes) {
        Container container;
        container.id = sandbox.container_id;
        containers.all.push_back(container);
    }
    Container stopped;
    stopped.id = std::string(64, 'c');
    for (const char* name : {"bridge", "host", "none", "default"}) {
        stopped.networks.emplace_back();
        stopped.networks.back().name = name;
        stopped.networks.back().network_id = std::string(64, 'd');
    }
    containers.all.push_back(stopped);
    EXPECT_EQ(fsck(state, &containers).findings.size(), 0U);
}

// The guard brought one back from a snapshot, another from an older page.
TEST(DockerFsckOfReleases, OfTwoDefaultBridgesTheNewerStays) {
    NetworkState state = state_of("docker-28.5-killed.db");
    Network older = *std::ranges::find(state.networks, "bridge", &Network::name);
    older.id = std::string(64, '0');
    older.key = "docker/network/v1.0/network/" + older.id + "/";
    older.created = "2020-01-01T00:00:00Z";
    BridgeNetwork bridge =
        *state.bridge(std::ranges::find(state.networks, "bridge", &Network::name)->id);
    bridge.id = older.id;
    bridge.key = "docker/network/v1.0/bridge/" + older.id + "/";
    state.networks.insert(state.networks.begin(), older);
    state.bridges.push_back(bridge);
    const FsckReport report = fsck(state);
    EXPECT_EQ(report.left_count, 0U);
    const auto found =
        std::ranges::find(report.findings, FsckCode::network_name_twice, &FsckFinding::code);
    ASSERT_NE(found, report.findings.end());
    EXPECT_TRUE(found->consequence.ends_with("network with name bridge already exists`"));
    ASSERT_EQ(report.changes.size(), 2U);
    EXPECT_EQ(report.changes[0].key, bridge.key);
    EXPECT_EQ(report.changes[1].key, older.key);
}

TEST(DockerFsckOfReleases, ADefaultBridgeWithoutItsNetworkEndsANewDaemon) {
    for (const auto& [version, words] :
         {std::pair{"24", "at its next start dockerd logs `Found stale default bridge network"},
          std::pair{"28",
                    "dockerd does not start: `error creating default \"bridge\" network: "}}) {
        NetworkState state = state_of("docker-28.5-killed.db");
        std::erase_if(state.networks, [](const Network& one) { return one.name == "bridge"; });
        std::erase_if(state.endpoints, [&](const Endpoint& one) {
            return state.network(one.network_id) == nullptr;
        });
        state.counts.clear();
        for (const Network& network : state.networks) {
            EndpointCount count;
            count.network_id = network.id;
            count.count = static_cast<std::uint64_t>(
                std::ranges::count(state.endpoints, network.id, &Endpoint::network_id));
            state.counts.push_back(count);
        }
        const FsckReport report = fsck(state, nullptr, parse_version(version));
        const auto found = std::ranges::find(report.findings, FsckCode::bridge_without_network,
                                             &FsckFinding::code);
        ASSERT_NE(found, report.findings.end());
        EXPECT_TRUE(found->consequence.starts_with(words)) << found->consequence;
    }
}

} // namespace
} // namespace rebolt::docker
