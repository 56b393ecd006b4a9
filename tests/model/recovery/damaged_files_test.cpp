// The damaged files of tests/data through recover: what comes out is clean for
// us, with its owner's rules, and for the real bbolt; what went in is untouched.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recovered.hpp"
#include "shape_file.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

std::size_t keys_in(const ToldItems& items, const std::string& bucket) {
    std::size_t count = 0;
    for (const auto& [place, item] : items)
        count += place.first == BucketNames{bucket} && item.value ? 1 : 0;
    return count;
}

Recovered recover_one(const fs::path& file, const std::string& target) {
    SCOPED_TRACE(file.filename().string());
    const std::string before = bytes_of(file.string());
    Recovered recovered = recover(file.string(), target);
    EXPECT_EQ(recovered.error, "");
    for (const std::string& fault : recovered.faults)
        ADD_FAILURE() << fault;
    EXPECT_TRUE(bytes_of(file.string()) == before) << "the input was changed";
    if (fs::exists(target)) {
        const CommandResult peer = run_command({peer_program(), "check", target});
        EXPECT_EQ(peer.exit_code, 0) << peer.out << peer.err;
    }
    return recovered;
}

std::size_t recover_folder(const char* name) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(REBOLT_TEST_DATA) / name)) {
        const TemporaryFolder folder;
        static_cast<void>(recover_one(entry.path(), folder.path("whole.db")));
        ++count;
    }
    return count;
}

TEST(DamagedFiles, AreCleanForUsAndForBboltWhenRecovered) {
    EXPECT_GE(recover_folder("damaged"), 17U);
}

TEST(DamagedFiles, SoundFilesComeBackWholeAndAsCurrent) {
    for (const auto& entry : fs::directory_iterator(fs::path(REBOLT_TEST_DATA) / "real")) {
        SCOPED_TRACE(entry.path().filename().string());
        const TemporaryFolder folder;
        const std::string target = folder.path("whole.db");
        const Recovered recovered = recover_one(entry.path(), target);
        EXPECT_TRUE(recovered.report.is_whole);
        for (const auto& [place, item] : recovered.items)
            EXPECT_TRUE(item.provenance == Provenance::current && !item.is_partial);
        // The same keys and values, said by bbolt.
        const auto described = [](const std::string& path) {
            std::string text = run_command({peer_program(), "describe", path}).out;
            std::string keys;
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t end = text.find('\n', at);
                if (text.compare(at, 8, "{\"key\":\"") == 0)
                    keys += text.substr(at, end + 1 - at);
                at = end + 1;
            }
            return keys;
        };
        EXPECT_TRUE(described(entry.path().string()) == described(target));
    }
}

TEST(DamagedFiles, TheCaseItWasStartedForLosesNothing) {
    const std::string sound = std::string(REBOLT_TEST_DATA) + "/real/docker-20.10-running.db";
    const TemporaryFolder folder;
    const Recovered whole = recover_one(sound, folder.path("sound.db"));
    EXPECT_EQ(keys_in(whole.items, "libnetwork"), 56U);
    for (const char* name : {"docker-cycle-next.db", "docker-cycle-self.db", "docker-dag.db",
                             "docker-branch-to-freed.db", "docker-zero-branch.db",
                             "docker-shared.db", "docker-freelist-leaf.db"}) {
        SCOPED_TRACE(name);
        const Recovered recovered = recover_one(std::string(REBOLT_TEST_DATA) + "/damaged/" + name,
                                                folder.path("whole.db"));
        for (const auto& [place, item] : whole.items) {
            const auto found = recovered.items.find(place);
            EXPECT_TRUE(found != recovered.items.end() && found->second.value == item.value)
                << place.second;
        }
    }
}

} // namespace
} // namespace rebolt::test
