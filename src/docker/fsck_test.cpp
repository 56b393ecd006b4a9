#include <rebolt/docker/fsck.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>
#include <rebolt/docker/startup.hpp>
#include <rebolt/undo.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::docker {
namespace {

const std::string custom = "0d3699cb634f9af76caa25a94b7185f179610800e32f72498fd7f17bdd766abf";

// A copy of a real file, changed with the engine.
class Subject {
public:
    explicit Subject(const std::string& name = "docker-20.10-running.db") {
        std::filesystem::copy_file(REBOLT_TEST_DATA "/real/" + name, path());
    }
    [[nodiscard]] std::string path() const { return folder_.path("local-kv.db"); }
    [[nodiscard]] std::string data_root() const { return folder_.path("root"); }

    [[nodiscard]] NetworkState state() const {
        const auto source = PageSource::open(path());
        auto state = load_network_state(*source);
        EXPECT_TRUE(state);
        return std::move(*state);
    }
    void change(const std::function<void(Bucket&)>& work) const {
        const auto db = DB::open(path());
        ASSERT_TRUE(db);
        EXPECT_TRUE(db->update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket("libnetwork");
            work(*bucket);
            return {};
        }));
    }
    void put(const Record& record) const {
        change([&](Bucket& bucket) { EXPECT_TRUE(bucket.put(key_of(record), serialize(record))); });
    }
    void erase(const std::string& key) const {
        change([&](Bucket& bucket) { EXPECT_TRUE(bucket.erase(key)); });
    }
    // Mends it in place; then what fsck says.
    FsckReport repair(const Containers* containers = nullptr) const {
        const FsckReport report = fsck(state(), containers);
        auto source = PageSource::open(path());
        const auto plan = plan_fsck(*source, report);
        EXPECT_TRUE(plan) << plan.error().to_text();
        if (!plan)
            return {};
        {
            const PageSource given_up = std::move(*source);
        }
        EXPECT_TRUE(apply_in_place(path(), *plan));
        const auto after = PageSource::open(path());
        EXPECT_EQ(check(*after)->verdict, Verdict::clean);
        return fsck(state(), containers);
    }

private:
    test::TemporaryFolder folder_;
};

std::vector<std::string> codes(const FsckReport& report) {
    std::vector<std::string> names;
    for (const FsckFinding& finding : report.findings)
        names.emplace_back(text_of(finding.code).name);
    return names;
}

using Codes = std::vector<std::string>;

TEST(DockerFsck, RealFilesFitTogether) {
    for (const char* name : {"running", "stopped", "many"})
        EXPECT_EQ(codes(fsck(Subject(std::string("docker-20.10-") + name + ".db").state())),
                  Codes{})
            << name;
}

TEST(DockerFsck, EveryCodeHasANameOfItsOwn) {
    std::vector<std::string> names;
    for (std::size_t code = 0; code < fsck_code_count; ++code)
        names.emplace_back(text_of(static_cast<FsckCode>(code)).name);
    std::ranges::sort(names);
    EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
    EXPECT_FALSE(names.front().empty());
}

TEST(DockerFsck, AWrongCountIsSetRight) {
    const Subject subject;
    EndpointCount count = *subject.state().count(custom);
    count.count = 5;
    subject.put(count);
    const FsckReport report = fsck(subject.state());
    ASSERT_EQ(codes(report), Codes{"endpoint-count-differs"});
    EXPECT_EQ(report.findings[0].message,
              "network custom (0d3699cb634f) counts 5 endpoints and has 2");
    EXPECT_EQ(report.findings[0].consequence,
              "error while removing network: network custom id " + custom +
                  " has active endpoints; its next start mends it: `Fixing inconsistent "
                  "endpoint_cnt for network custom`");
    EXPECT_EQ(codes(subject.repair()), Codes{});
    EXPECT_EQ(subject.state().count(custom)->count, 2U);
}

TEST(DockerFsck, ARepairIsUndoneByteForByte) {
    const Subject subject;
    EndpointCount count = *subject.state().count(custom);
    count.count = 0;
    subject.put(count);
    const std::string before = test::bytes_of(subject.path());
    EXPECT_EQ(codes(subject.repair()), Codes{});
    EXPECT_NE(test::bytes_of(subject.path()), before);
    const auto undone = undo(subject.path());
    ASSERT_TRUE(undone) << undone.error().to_text();
    EXPECT_TRUE(test::bytes_of(subject.path()) == before);
}

TEST(DockerFsck, AMissingCountIsWritten) {
    const Subject subject;
    subject.erase(subject.state().count(custom)->key);
    const FsckReport report = fsck(subject.state());
    ASSERT_EQ(codes(report), Codes{"endpoint-count-missing"});
    EXPECT_TRUE(report.findings[0].consequence.starts_with(
        "Could not find endpoint count key docker/network/v1.0/endpoint_count/" + custom +
        "/ for network custom while listing: Key not found in store"));
    EXPECT_EQ(codes(subject.repair()), Codes{});
    EXPECT_EQ(subject.state().count(custom)->count, 2U);
}

TEST(DockerFsck, EndpointsOfAGoneNetworkGoWithAllTheyHave) {
    const Subject subject;
    subject.erase(subject.state().network(custom)->key);
    EXPECT_EQ(codes(fsck(subject.state())),
              (Codes{"endpoint-without-network", "endpoint-without-network",
                     "endpoint-count-without-network", "bridge-without-network"}));
    EXPECT_EQ(codes(subject.repair()),
              (Codes{"sandbox-without-endpoints", "sandbox-without-endpoints"}));
    EXPECT_EQ(subject.state().endpoints.size(), 9U);
    EXPECT_EQ(subject.state().bridge_endpoints.size(), 9U);
}

TEST(DockerFsck, AnEndpointWithoutSandboxIsRemovedAndCounted) {
    const Subject subject;
    subject.erase(subject.state().sandboxes.front().key);
    const FsckReport report = fsck(subject.state());
    ASSERT_EQ(codes(report), Codes{"endpoint-without-sandbox"});
    EXPECT_EQ(report.findings[0].message,
              "endpoint app3 (7e43dda1be94) belongs to sandbox 1a89c024d483, which is gone; nobody "
              "holds its address 172.21.0.2");
    EXPECT_EQ(codes(subject.repair()), Codes{});
    EXPECT_EQ(subject.state().count(custom)->count, 1U);
}

TEST(DockerFsck, ASandboxForgetsEndpointsThatAreGone) {
    const Subject subject;
    subject.erase(subject.state().endpoints.front().key);
    EXPECT_EQ(codes(fsck(subject.state())),
              (Codes{"endpoint-count-differs", "sandbox-endpoint-missing",
                     "bridge-endpoint-without-endpoint"}));
    EXPECT_EQ(codes(subject.repair()), Codes{"sandbox-without-endpoints"});
}

TEST(DockerFsck, ANetworkInDeletionIsRemovedWithItsEndpoints) {
    const Subject subject;
    Network network = *subject.state().network(custom);
    network.in_deletion = true;
    subject.put(network);
    EXPECT_EQ(codes(fsck(subject.state())), Codes{"network-in-deletion"});
    EXPECT_EQ(fsck(subject.state()).left_count, 0U);
    subject.repair();
    EXPECT_EQ(subject.state().network(custom), nullptr);
    EXPECT_EQ(subject.state().endpoints.size(), 9U);
}

TEST(DockerFsck, TwinsAndOverlapsAreForAPersonToDecide) {
    const Subject subject;
    const NetworkState state = subject.state();
    Network twin = *state.network(custom);
    twin.id = std::string(64, 'a');
    twin.json.clear();
    EndpointCount count;
    count.network_id = twin.id;
    count.index = 1;
    BridgeNetwork bridge = *state.bridge(custom);
    bridge.id = twin.id;
    Endpoint endpoint = state.endpoints.front();
    endpoint.id = std::string(64, 'b');
    for (const Record& record : {Record(twin), Record(count), Record(bridge), Record(endpoint)})
        subject.put(record);
    const FsckReport report = fsck(subject.state());
    EXPECT_EQ(codes(report),
              (Codes{"endpoint-name-twice", "endpoint-count-differs", "network-name-twice",
                     "pools-overlap", "address-twice", "bridge-name-twice"}));
    EXPECT_EQ(report.findings[0].consequence,
              "endpoint with name app3 already exists in network custom");
    EXPECT_EQ(report.findings[2].consequence,
              "network custom is ambiguous (2 matches found on name)");
    EXPECT_TRUE(report.findings[3].consequence.ends_with(
        "`could not find an available, non-overlapping IPv4 address pool among the defaults to "
        "assign to the network`"));
    EXPECT_EQ(report.left_count, 5U);
}

// A network that was removed, and has come back from an older page, with its pool
// that another has now.
TEST(DockerFsck, OfTwoOverlappingNetworksThatWithContainersStays) {
    const Subject subject;
    const NetworkState state = subject.state();
    Network back = *state.network(custom);
    back.id = std::string(64, '0'); // dockerd may meet it first
    back.name = "removed";
    back.json.clear();
    back.driver_options.clear();
    EndpointCount count;
    count.network_id = back.id;
    count.index = 1;
    subject.put(back);
    subject.put(count);
    const auto walked = walk_startup(*PageSource::open(subject.path()));
    ASSERT_TRUE(walked->fate);
    EXPECT_EQ(walked->last_words,
              "panic: runtime error: invalid memory address or nil pointer dereference");
    Containers containers;
    for (const Sandbox& sandbox : state.sandboxes) {
        Container container;
        container.id = sandbox.container_id;
        container.sandbox_id = sandbox.id;
        container.networks.emplace_back();
        container.networks.back().name = "custom";
        container.networks.back().network_id = custom;
        containers.all.push_back(std::move(container));
    }
    const FsckReport report = fsck(subject.state(), &containers);
    ASSERT_EQ(codes(report), (Codes{"pools-overlap", "bridge-missing"}));
    EXPECT_EQ(report.left_count, 0U);
    EXPECT_EQ(report.findings[0].repair[0].what,
              "remove network removed (000000000000), which no container is in");
    subject.repair(&containers);
    EXPECT_EQ(subject.state().network(back.id), nullptr);
    EXPECT_NE(subject.state().network(custom), nullptr);
    EXPECT_FALSE(walk_startup(*PageSource::open(subject.path()))->fate.has_value());
}

TEST(DockerFsck, ALostBridgeRecordIsWrittenAsDockerWroteIt) {
    const Subject subject;
    const NetworkState before = subject.state();
    for (const BridgeNetwork& bridge : before.bridges)
        subject.erase(bridge.key);
    EXPECT_EQ(codes(fsck(subject.state())), Codes(before.bridges.size(), "bridge-missing"));
    EXPECT_EQ(codes(subject.repair()), Codes{});
    const NetworkState after = subject.state();
    ASSERT_EQ(after.bridges.size(), before.bridges.size());
    for (std::size_t i = 0; i < before.bridges.size(); ++i) {
        if (before.bridges[i].bridge_name != "docker0") { // its default binding is an option
            EXPECT_EQ(after.bridges[i].json, before.bridges[i].json);
        }
    }
}

TEST(DockerFsck, AnUnreadableRecordIsReportedAndKept) {
    const Subject subject;
    subject.change([](Bucket& bucket) {
        EXPECT_TRUE(
            bucket.put("docker/network/v1.0/sandbox/bad/", std::string("\1\0\0\0\0\0\0\0{", 9)));
    });
    const FsckReport report = fsck(subject.state());
    ASSERT_EQ(codes(report), Codes{"record-unreadable"});
    EXPECT_EQ(report.findings[0].message, "unexpected end of JSON input");
    EXPECT_TRUE(report.changes.empty());
}

// The containers' files as Docker would have written them for a state.
Containers containers_of(const NetworkState& state) {
    Containers containers;
    for (const Sandbox& sandbox : state.sandboxes) {
        Container container;
        container.id = sandbox.container_id;
        container.is_running = true;
        container.sandbox_id = sandbox.id;
        for (const SandboxEndpoint& joined : sandbox.endpoints) {
            const Endpoint& endpoint = *state.endpoint(joined.endpoint_id);
            const Network& network = *state.network(joined.network_id);
            container.name = endpoint.name;
            ContainerNetwork place;
            place.name = network.name;
            place.network_id = network.id;
            place.endpoint_id = endpoint.id;
            const std::string& v4 = endpoint.interface->v4;
            place.address = v4.substr(0, v4.find('/'));
            place.prefix_bits = std::stoi(v4.substr(v4.find('/') + 1));
            place.gateway = endpoint.gateway;
            place.mac = endpoint.interface->mac;
            place.aliases = endpoint.aliases;
            container.networks.push_back(std::move(place));
        }
        containers.all.push_back(std::move(container));
    }
    return containers;
}

TEST(DockerFsck, LostNetworksAndEndpointsComeBackFromTheContainers) {
    const Subject subject;
    const NetworkState before = subject.state();
    const Containers containers = containers_of(before);
    EXPECT_EQ(codes(fsck(before, &containers)), Codes{});
    subject.erase(before.network(custom)->key);
    for (const Endpoint& endpoint : before.endpoints)
        subject.erase(endpoint.key);
    const FsckReport after = subject.repair(&containers);
    EXPECT_EQ(codes(after), Codes{});
    const NetworkState state = subject.state();
    const Network* network = state.network(custom);
    ASSERT_NE(network, nullptr);
    EXPECT_EQ(network->name, "custom");
    EXPECT_EQ(network->v4_pools[0].pool, "172.21.0.0/16");
    EXPECT_EQ(network->v4_pools[0].gateway, "172.21.0.1/16");
    EXPECT_EQ(network->driver_options.at("com.docker.network.bridge.name"), "br-custom");
    EXPECT_EQ(network->driver_options.at("com.docker.network.driver.mtu"), "1400");
    ASSERT_EQ(state.endpoints.size(), before.endpoints.size());
    for (std::size_t i = 0; i < state.endpoints.size(); ++i) {
        EXPECT_EQ(state.endpoints[i].name, before.endpoints[i].name);
        EXPECT_EQ(state.endpoints[i].interface->v4, before.endpoints[i].interface->v4);
        EXPECT_EQ(state.endpoints[i].interface->mac, before.endpoints[i].interface->mac);
        EXPECT_EQ(state.endpoints[i].sandbox_id, before.endpoints[i].sandbox_id);
    }
    EXPECT_EQ(state.count(custom)->count, 2U);
    EXPECT_EQ(state.bridge_endpoints.size(), 11U);
    for (std::size_t i = 0; i < state.sandboxes.size(); ++i)
        EXPECT_EQ(state.sandboxes[i].json, before.sandboxes[i].json);
}

TEST(DockerFsck, ASandboxWhoseContainerIsGoneGoesWithItsEndpoints) {
    const Subject subject;
    Containers containers = containers_of(subject.state());
    containers.all.erase(containers.all.begin());
    EXPECT_EQ(codes(fsck(subject.state(), &containers)), Codes{"sandbox-without-container"});
    EXPECT_EQ(codes(subject.repair(&containers)), Codes{});
    EXPECT_EQ(subject.state().sandboxes.size(), 8U);
    EXPECT_EQ(subject.state().endpoints.size(), 10U);
}

TEST(DockerContainers, AFileIsRead) {
    const test::TemporaryFolder root;
    std::filesystem::create_directories(root.path("containers/abc"));
    std::filesystem::create_directories(root.path("containers/bad"));
    std::ofstream(root.path("containers/abc/config.v2.json"))
        << R"({"ID":"abc","Name":"/web","State":{"Running":true},)"
        << R"("NetworkSettings":{"SandboxID":"s",)"
        << R"("Networks":{"lan":{"NetworkID":"n","EndpointID":"e","IPAddress":"10.0.0.2",)"
        << R"("IPPrefixLen":24,"Gateway":"10.0.0.1","MacAddress":"02:42:0a:00:00:02",)"
        << R"("Aliases":["abc"]}},"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}],)"
        << R"("53/udp":null}}})";
    std::ofstream(root.path("containers/bad/config.v2.json")) << "{";
    const auto containers = load_containers(root.path(""));
    ASSERT_TRUE(containers) << containers.error().to_text();
    ASSERT_EQ(containers->all.size(), 1U);
    EXPECT_EQ(containers->unreadable.size(), 1U);
    const Container& container = containers->all[0];
    EXPECT_EQ(container.name, "web");
    EXPECT_TRUE(container.is_running);
    ASSERT_EQ(container.networks.size(), 1U);
    EXPECT_EQ(container.networks[0].name, "lan");
    EXPECT_EQ(container.networks[0].address, "10.0.0.2");
    EXPECT_EQ(container.networks[0].prefix_bits, 24);
    EXPECT_EQ(container.networks[0].aliases, std::vector<std::string>{"abc"});
    ASSERT_EQ(container.ports.size(), 1U);
    EXPECT_EQ(container.ports[0].host_port, 8080);
}

} // namespace
} // namespace rebolt::docker
