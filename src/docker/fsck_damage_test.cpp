// fsck on one damage after the other that no page shows, in files of three releases:
// what it says of each, and what the real daemon did with it.
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include <fmt/format.h>

#include <rebolt/docker/fsck.hpp>

#include "docker/test_damage.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::docker {
namespace {

constexpr std::array<const char*, 3> files{"docker-20.10-running.db", "docker-26.1-killed.db",
                                           "docker-28.5-killed.db"};

/// What fsck finds, beside what follows from it.
struct Expected {
    FsckCode code;
    bool holds_for_28 = true;
};

const std::map<std::string, Expected>& expected() {
    using enum FsckCode;
    static const std::map<std::string, Expected> all{
        {"address-twice", {address_twice}},
        {"bad-bridge", {record_unreadable}},
        {"bad-ipvlan", {record_unreadable}},
        {"bad-macvlan-endpoint", {record_unreadable}},
        {"bad-network", {record_unreadable}},
        {"bad-sandbox", {record_unreadable}},
        {"bridge-name-twice", {bridge_name_twice}},
        {"bridge-network-twice", {network_name_twice}},
        {"bridge-record-missing", {bridge_missing}},
        {"bridge-stale-default", {bridge_without_network}},
        {"bridge-stale-user", {bridge_without_network}},
        {"count-differs", {endpoint_count_differs, false}},
        {"count-left-over", {endpoint_count_without_network, false}},
        {"count-missing-bridge", {endpoint_count_missing, false}},
        {"count-missing-used", {endpoint_count_missing, false}},
        {"endpoint-left-over", {endpoint_without_network}},
        {"endpoint-name-twice", {endpoint_name_twice}},
        {"field-missing", {record_unreadable}},
        {"in-deletion", {network_in_deletion}},
        {"network-name-twice", {network_name_twice}},
        {"pool-missing", {pool_missing}},
        {"pools-overlap", {pools_overlap}},
        {"sandbox-empty", {sandbox_without_endpoints}},
        {"sandbox-endpoint-missing", {sandbox_endpoint_missing}},
        {"sandbox-missing", {endpoint_without_sandbox}},
        {"value-short", {record_unreadable}},
    };
    return all;
}

FsckReport report_of(const std::string& file, const std::string& kind) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("local-kv.db");
    std::filesystem::copy_file(std::string(REBOLT_TEST_DATA "/real/") + file, path);
    const auto sound = load_network_state(*PageSource::open(path));
    {
        const auto db = DB::open(path);
        EXPECT_TRUE(db->update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket("libnetwork");
            test_damage::logical_damage().at(kind)(*bucket, *sound);
            return {};
        }));
    }
    const auto damaged = load_network_state(*PageSource::open(path));
    return fsck(*damaged);
}

TEST(DockerFsckOfDamage, FindsEachKindInFilesOfEachRelease) {
    EXPECT_GE(test_damage::logical_damage().size(), 20U);
    for (const auto& [kind, change] : test_damage::logical_damage()) {
        for (const char* file : files) {
            std::set<FsckCode> found;
            for (const FsckFinding& finding : report_of(file, kind).findings) {
                found.insert(finding.code);
                EXPECT_FALSE(finding.consequence.empty()) << kind;
            }
            const Expected& wanted = expected().at(kind);
            const bool is_28 = std::string_view(file).starts_with("docker-28");
            EXPECT_EQ(found.contains(wanted.code), wanted.holds_for_28 || !is_28)
                << kind << " in " << file << " is " << name_of(wanted.code);
        }
    }
}

// `26.1.5|bad-bridge|error|failed to start daemon: …`: version, kind, fate, last words.
std::map<std::pair<std::string, std::string>, std::string> recorded_fates() {
    std::map<std::pair<std::string, std::string>, std::string> fates;
    std::ifstream file(REBOLT_TEST_DATA "/outcomes/dockerd.txt");
    for (std::string line; std::getline(file, line);) {
        const std::size_t kind = line.find('|') + 1;
        const std::size_t fate = line.find('|', kind) + 1;
        if (!line.starts_with('#')) {
            fates[{line.substr(0, kind - 1), line.substr(kind, fate - 1 - kind)}] =
                line.substr(fate, line.find('|', fate) - fate);
        }
    }
    return fates;
}

// What a real daemon did not start on is damage by the rules of its release.
TEST(DockerFsckOfDamage, CallsDamageWhateverEndedARealDaemon) {
    const std::array<const char*, 3> versions{"20.10.24", "26.1.5", "28.5.2"};
    const auto fates = recorded_fates();
    std::size_t compared = 0;
    for (const auto& [kind, change] : test_damage::logical_damage()) {
        for (std::size_t at = 0; at < files.size(); ++at) {
            const auto fate = fates.find({versions[at], kind});
            if (fate == fates.end()) {
                continue;
            }
            ++compared;
            if (fate->second != "starts") {
                EXPECT_GT(report_of(files[at], kind).damage_count, 0U)
                    << kind << " ends Docker " << versions[at] << ": " << fate->second;
            }
        }
    }
    EXPECT_GE(compared, 48U);
}

} // namespace
} // namespace rebolt::docker
