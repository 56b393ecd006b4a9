// A file that another thread writes to while it is read, without regard for locks: what
// is said of it may be wrong, but nothing crashes, in any command that reads.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <rebolt/carve.hpp>
#include <rebolt/containerd/metadata.hpp>
#include <rebolt/content_walk.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/startup.hpp>
#include <rebolt/etcd/database.hpp>
#include <rebolt/etcd/history.hpp>
#include <rebolt/evidence.hpp>
#include <rebolt/file_map.hpp>
#include <rebolt/guard.hpp>
#include <rebolt/impact.hpp>
#include <rebolt/key_history.hpp>
#include <rebolt/live_copy.hpp>
#include <rebolt/masked_copy.hpp>
#include <rebolt/prediction.hpp>
#include <rebolt/rebolt.hpp>

#include "support/random.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

constexpr int rounds = 4; // of each reader

std::uint64_t seed() {
    const char* text = std::getenv("REBOLT_SEED");
    return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

// Random bytes in headers, elements and values of random pages, and the right ones back.
void flip_until(const std::stop_token& stop, const std::string& path, const std::string& sound) {
    constexpr std::size_t page_size = 4096;
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    Random random(seed());
    while (!stop.stop_requested()) {
        const std::size_t page = page_size * random.below(sound.size() / page_size);
        const std::size_t inside =
            random.below(4) == 0 ? random.below(page_size - 8) : random.below(256);
        const std::uint64_t noise = random.below(2) == 0 ? random.next() : random.below(4096);
        const std::size_t bytes = std::size_t{1} << random.below(4);
        EXPECT_GT(::pwrite(file, &noise, bytes, static_cast<off_t>(page + inside)), 0);
        EXPECT_GT(::pwrite(file, sound.data() + page, page_size, static_cast<off_t>(page)), 0);
    }
    ::close(file);
}

struct Reader {
    const char* name;
    std::function<void(const PageSource& pages, const TemporaryFolder& folder)> read;
};

using Pages = const PageSource&;
using Folder = const TemporaryFolder&;

std::vector<Reader> readers_of_pages() {
    return {
        {"check", [](Pages pages, Folder) { (void)check(pages); }},
        {"check with threads",
         [](Pages pages, Folder) {
             CheckOptions options;
             options.threads = 3;
             options.parallel_pages_min = 0;
             (void)check(pages, options);
         }},
        {"repair",
         [](Pages pages, Folder folder) {
             Repair repair = Repair::begin(pages, {.progress = {}, .rounds_max = 5});
             if (repair.run() && repair.report().is_repairable())
                 (void)apply_to_copy(pages, repair.report().plan, folder.path("repaired.db"));
         }},
        {"recover",
         [](Pages pages, Folder folder) {
             auto recovery = Recovery::begin(pages, folder.path("recovered.db"), {});
             if (recovery)
                 (void)recovery->run();
         }},
        {"docker",
         [](Pages pages, Folder) {
             (void)docker::walk_startup(pages);
             if (const auto state = docker::load_network_state(pages))
                 (void)docker::plan_fsck(pages, docker::fsck(*state));
         }},
        {"containerd", [](Pages pages, Folder) { (void)containerd::load_metadata(pages); }},
        {"etcd",
         [](Pages pages, Folder) {
             for (const etcd::DatabaseState& state : etcd::read_states(pages))
                 (void)etcd::lost_keys(pages, state);
         }},
        {"diagnose", [](Pages pages, Folder) { (void)diagnose::examine_file(pages.path()); }},
        {"history",
         [](Pages pages, Folder) {
             (void)key_history(pages, std::vector<std::string>{"libnetwork"}, "key");
         }},
        {"map and impact",
         [](Pages pages, Folder) {
             if (const auto map = map_file(pages))
                 (void)impact_of(pages, map->report);
         }},
        {"prediction",
         [](Pages pages, Folder) {
             (void)bbolt_prediction(pages, {.operation = BboltOperation::scan});
         }},
        {"masked copy",
         [](Pages pages, Folder folder) {
             (void)write_masked_copy(pages, folder.path("masked.db"));
         }},
        {"carve", [](Pages pages, Folder) { (void)find_databases(pages); }},
    };
}

// These open the file again.
std::vector<Reader> readers_of_files() {
    return {
        {"live check",
         [](Pages pages, Folder) {
             (void)check_live(pages.path(), {}, {.timeout = std::chrono::milliseconds{50}});
         }},
        {"hash",
         [](Pages pages, Folder) {
             const auto db = DB::open(pages.path(), {.read_only = true});
             if (db)
                 (void)db->view([](Tx& tx) -> Result<void> {
                     (void)hash_content(tx);
                     return {};
                 });
         }},
        {"guard",
         [](Pages pages, Folder folder) {
             GuardOptions options;
             options.state_folder = folder.path("state");
             options.dry_run = true;
             (void)guard_file({.path = pages.path()}, options);
         }},
    };
}

TEST(ChangingFile, CrashesNoReader) {
    const TemporaryFolder folder;
    const std::string path = folder.path("busy.db");
    const std::string sound = bytes_of(REBOLT_TEST_DATA "/real/docker-20.10-running.db");
    std::ofstream(path, std::ios::binary) << sound;
    const std::jthread writer([&](const std::stop_token& stop) { flip_until(stop, path, sound); });
    for (const auto& readers : {readers_of_pages(), readers_of_files()})
        for (const Reader& reader : readers) {
            SCOPED_TRACE(reader.name);
            for (int round = 0; round < rounds; ++round) {
                const auto source = PageSource::open(path, {.lock = false});
                ASSERT_TRUE(source);
                reader.read(*source, folder); // an error is an answer
            }
        }
}

} // namespace
} // namespace rebolt::test
