// Memory on damaged and hostile files: what each call takes follows from the file's size,
// whatever is in it.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/diagnose.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/startup.hpp>
#include <rebolt/evidence.hpp>
#include <rebolt/guard.hpp>
#include <rebolt/rebolt.hpp>

#include "failing_memory.hpp"
#include "support/mutator.hpp"
#include "support/patched_file.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

struct MeasuredCall {
    const char* name;
    std::uint64_t fixed_bytes;
    std::uint64_t per_byte; ///< of the file
    std::function<void(const std::string& path)> run;
};

template <class Work>
auto measured_on_pages(Work work) {
    return [work](const std::string& path) {
        const auto source = PageSource::open(path, {.lock = false});
        if (source)
            work(*source);
    };
}

std::vector<MeasuredCall> measured_calls(const TemporaryFolder& folder) {
    using Pages = const PageSource&;
    return {
        {"check", 32 * mebibyte, 1, measured_on_pages([](Pages pages) { (void)check(pages); })},
        {"recover", 32 * mebibyte, 4, measured_on_pages([](Pages pages) {
             RecoverOptions options;
             options.dry_run = true;
             auto recovery = Recovery::begin(pages, {}, std::move(options));
             if (recovery)
                 (void)recovery->run();
         })},
        {"repair", 32 * mebibyte, 4, measured_on_pages([](Pages pages) {
             Repair repair = Repair::begin(pages, {.progress = {}, .rounds_max = 20});
             (void)repair.run();
         })},
        {"docker", 32 * mebibyte, 8, measured_on_pages([](Pages pages) {
             (void)docker::walk_startup(pages);
             if (const auto state = docker::load_network_state(pages))
                 (void)docker::fsck(*state);
         })},
        {"diagnose", 32 * mebibyte, 4,
         [](const std::string& path) { (void)diagnose::examine_file(path); }},
        {"guard", 32 * mebibyte, 4,
         [&folder](const std::string& path) {
             GuardOptions options;
             options.state_folder = folder.path("state");
             const std::string copy = folder.path("guarded/file.db");
             std::filesystem::create_directories(folder.path("guarded"));
             std::filesystem::copy_file(path, copy,
                                        std::filesystem::copy_options::overwrite_existing);
             (void)guard_file({.path = copy}, options);
             std::filesystem::remove_all(folder.path("guarded"));
             std::filesystem::remove_all(folder.path("state"));
         }},
    };
}

void expect_bounded(const std::string& path, const TemporaryFolder& folder) {
    const std::uint64_t file_bytes = std::filesystem::file_size(path);
    for (const MeasuredCall& call : measured_calls(folder)) {
        const PeakMemory peak;
        call.run(path);
        EXPECT_LE(peak.bytes(), call.fixed_bytes + call.per_byte * file_bytes) << call.name;
    }
}

TEST(PeakMemoryOf, DamagedFilesIsBounded) {
    constexpr std::uint64_t files = 4;
    const TemporaryFolder folder;
    for (std::uint64_t seed = 0; seed < files; ++seed) {
        SCOPED_TRACE(seed);
        PatchedFile source(std::string(REBOLT_TEST_DATA) + (seed % 2 == 0
                                                                ? "/real/docker-20.10-many.db"
                                                                : "/real/containerd-1.6-meta.db"));
        Mutator mutator(source.bytes(), 4096, seed);
        for (std::uint64_t changes = 0; changes <= seed % 4; ++changes)
            mutator.mutate();
        PatchedFile damaged(mutator.bytes());
        expect_bounded(damaged.path(), folder);
    }
}

// Names of 32 KB, in each other: each path is as long as the file.
TEST(PeakMemoryOf, LongNamesInEachOtherIsBounded) {
    constexpr std::size_t depth = 80;
    const TemporaryFolder folder;
    const std::string path = folder.path("names.db");
    {
        const auto db = DB::open(path);
        ASSERT_TRUE(db);
        ASSERT_TRUE(db->update([](Tx& tx) -> Result<void> {
            const std::string name(32'768, 'n');
            Bucket bucket = tx.root();
            for (std::size_t level = 0; level < depth; ++level) {
                auto made = bucket.create_bucket(name);
                if (!made)
                    return std::move(made).error();
                bucket = *std::move(made);
            }
            return bucket.put("key", "value");
        }));
    }
    expect_bounded(path, folder);
    PatchedFile damaged(path);
    damaged.put<std::uint16_t>(4096 + 8, 0xffff); // a meta's type
    expect_bounded(damaged.path(), folder);
}

} // namespace
} // namespace rebolt::test
