#include <rebolt/docker/startup.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::docker {
namespace {

StartupReport start(const std::string& path) {
    const auto source = PageSource::open(path);
    EXPECT_TRUE(source);
    auto report = walk_startup(*source);
    EXPECT_TRUE(report);
    return std::move(*report);
}

StartupReport start_damaged(const std::string& name) {
    return start(REBOLT_TEST_DATA "/damaged/docker-" + name + ".db");
}

// Objects that the first List of each kind gave.
std::map<std::string, std::uint64_t> objects_of(const StartupReport& report) {
    std::map<std::string, std::uint64_t> objects;
    for (const StartupStep& step : report.steps)
        objects.try_emplace(step.prefix, step.objects);
    return objects;
}

// What the real bbolt 1.3.6 does on the same prefixes, measured.
struct Ending {
    const char* name;
    FateKind kind;
    const char* place;
    const char* words;
};

TEST(DockerStartup, EndsWhereBboltEnds) {
    const std::vector<Ending> endings = {
        {"cycle-next", FateKind::loop, "bridge.populateNetworks",
         "Cursor.next, Cursor.first: page 2 leads back to page 2 without end"},
        {"cycle-self", FateKind::loop, "bridge.populateEndpoints",
         "Cursor.next, Cursor.first: page 18 leads back to page 18 without end"},
        {"flags16", FateKind::panic, "bridge.populateNetworks", "invalid page type: 15: 10"},
        {"freelist-leaf", FateKind::panic, "bolt.Open",
         "invalid freelist page: 22, page type is leaf"},
        {"torn", FateKind::error, "bridge.populateEndpoints",
         "failed to get bridge endpoints from store: unexpected end of JSON input"},
        {"truncate", FateKind::panic, "bolt.Open",
         "invalid freelist page: 0, page type is unknown<00>"},
        {"zero-branch", FateKind::panic, "bridge.populateNetworks", "invalid page type: 0: 0"},
        {"zero-leaf", FateKind::panic, "bridge.populateNetworks", "invalid page type: 0: 0"},
    };
    for (const Ending& ending : endings) {
        const StartupReport report = start_damaged(ending.name);
        ASSERT_TRUE(report.fate) << ending.name;
        EXPECT_EQ(name_of(report.fate->kind), name_of(ending.kind)) << ending.name;
        EXPECT_EQ(report.fate->words, ending.words) << ending.name;
        EXPECT_EQ(report.steps.back().place, ending.place) << ending.name;
    }
}

struct Starting {
    const char* name;
    std::uint64_t bridges;
    std::uint64_t bridge_endpoints;
};

TEST(DockerStartup, ListsWhatBboltLists) {
    const std::vector<Starting> files = {
        {"branch-to-freed", 0, 22}, {"count", 6, 11},  {"dag", 6, 11},
        {"meta0", 6, 11},           {"shared", 0, 11}, {"stale-leaf", 0, 8}};
    for (const Starting& file : files) {
        const StartupReport report = start_damaged(file.name);
        EXPECT_FALSE(report.fate) << file.name << ": " << report.fate->words;
        EXPECT_EQ(report.networks, 9U) << file.name;
        auto objects = objects_of(report);
        EXPECT_EQ(objects["bridge/"], file.bridges) << file.name;
        EXPECT_EQ(objects["bridge-endpoint/"], file.bridge_endpoints) << file.name;
        EXPECT_EQ(objects["network/"], 9U) << file.name;
        EXPECT_EQ(objects["sandbox/"], 9U) << file.name;
    }
}

TEST(DockerStartup, ListsInLibnetworksOrder) {
    const StartupReport report = start(REBOLT_TEST_DATA "/real/docker-20.10-running.db");
    std::vector<std::string> order;
    for (const StartupStep& step : report.steps)
        if (!step.is_cached && step.prefix.size() < 60 &&
            std::ranges::find(order, step.prefix) == order.end())
            order.push_back(step.prefix);
    EXPECT_EQ(order, (std::vector<std::string>{"", "bridge/", "bridge-endpoint/", "ipvlan/network/",
                                               "ipvlan/endpoint/", "macvlan/network/",
                                               "macvlan/endpoint/", "overlay/endpoint/", "network/",
                                               "endpoint_count/", "sandbox/"}));
    EXPECT_FALSE(report.fate);
    EXPECT_EQ(report.networks, 9U);
    EXPECT_EQ(report.networks_lost, 0U);
}

TEST(DockerStartup, OneBadNetworkStopsTheDaemon) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("local-kv.db");
    std::filesystem::copy_file(REBOLT_TEST_DATA "/real/docker-20.10-stopped.db", path);
    {
        const auto db = DB::open(path);
        ASSERT_TRUE(db);
        ASSERT_TRUE(db->update([](Tx& tx) -> Result<void> {
            return tx.bucket("libnetwork")
                ->put("docker/network/v1.0/network/bad/",
                      std::string("\1\0\0\0\0\0\0\0{\"id\"", 13));
        }));
    }
    const StartupReport report = start(path);
    ASSERT_TRUE(report.fate);
    EXPECT_EQ(name_of(report.fate->kind), "error");
    EXPECT_EQ(report.last_words,
              "failed to start daemon: Error initializing network controller: Error creating "
              "default \"null\" network: failed to update store for object type "
              "*libnetwork.network: unexpected end of JSON input");
    EXPECT_EQ(report.fate->key, "docker/network/v1.0/network/bad/");
}

TEST(DockerStartup, AShortFileIsNoDatabase) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("local-kv.db");
    std::ofstream(path) << "not bbolt";
    const StartupReport report = start(path);
    ASSERT_TRUE(report.fate);
    EXPECT_EQ(report.last_words,
              "failed to start daemon: Error initializing network controller: error obtaining "
              "controller instance: failed to get bridge network configurations from store: error "
              "while populating kmap: invalid database");
}

// What the real dockerd 20.10.24 did on each: it panicked in bbolt's writer on all
// of the first but docker-shared.db.
TEST(DockerStartup, SaysWhereFirstChangesMeetDamage) {
    const auto meets = [](const std::string& name) {
        const auto source = PageSource::open(REBOLT_TEST_DATA "/" + name);
        return !walk_startup(*source)->writes_meet.empty();
    };
    for (const char* kind : {"branch-to-freed", "stale-leaf", "dag", "shared"})
        EXPECT_TRUE(meets(std::string("damaged/docker-") + kind + ".db")) << kind;
    for (const char* name : {"damaged/docker-count.db", "damaged/docker-meta0.db",
                             "real/docker-20.10-running.db", "real/docker-20.10-many.db"})
        EXPECT_FALSE(meets(name)) << name;
}

} // namespace
} // namespace rebolt::docker
