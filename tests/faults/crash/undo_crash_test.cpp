// Power cuts while a repair or a surgery writes in place, and while that is
// taken back: whatever the disk keeps, undo gives every byte back. REBOLT_SEED
// chooses other cuts.
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/repair.hpp>
#include <rebolt/surgery.hpp>
#include <rebolt/undo.hpp>

#include "power_cuts.hpp"
#include "simulated_disk.hpp"
#include "support/file_builder.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

std::uint64_t seed_from_environment() {
    const char* text = std::getenv("REBOLT_SEED");
    return text == nullptr ? 20261124 : std::strtoull(text, nullptr, 10);
}

const std::uint64_t seed = seed_from_environment();
constexpr PowerCutLimits limits{
    .exhaustive_effects_max = 6, .torn_sectors_max = 8, .random_count = 20};

// Records what is asked for one file, and when its undo file comes and goes.
class DiskOfOneFile : public RecordingDisk {
public:
    explicit DiskOfOneFile(std::string path) : path_(std::move(path)) {}

    ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) override {
        return is_file(descriptor) ? RecordingDisk::pwrite(descriptor, bytes, count, offset)
                                   : SystemCalls::pwrite(descriptor, bytes, count, offset);
    }
    int ftruncate(int descriptor, off_t bytes) override {
        return is_file(descriptor) ? RecordingDisk::ftruncate(descriptor, bytes)
                                   : SystemCalls::ftruncate(descriptor, bytes);
    }
    int fdatasync(int descriptor) override {
        return is_file(descriptor) ? RecordingDisk::fdatasync(descriptor)
                                   : SystemCalls::fdatasync(descriptor);
    }
    int fsync(int descriptor) override {
        if (is_file(descriptor))
            return RecordingDisk::fsync(descriptor);
        struct stat status{};
        if (::fstat(descriptor, &status) == 0)
            (S_ISDIR(status.st_mode) ? folder_synced_at_ : other_synced_at_) = ++clock_;
        return SystemCalls::fsync(descriptor);
    }
    int renameat(int old_folder, const char* from, int folder, const char* to) override {
        EXPECT_EQ(to, name_of(undo_path(path_)));
        EXPECT_TRUE(effects().empty()) << "the file was written before its undo file was there";
        EXPECT_GT(other_synced_at_, 0U) << "the undo file has its name before it is synced";
        renamed_at_ = ++clock_;
        return SystemCalls::renameat(old_folder, from, folder, to);
    }
    int unlinkat(int folder, const char* name) override {
        EXPECT_EQ(name, name_of(undo_path(path_)));
        EXPECT_TRUE(effects().empty() || effects().back().is_sync())
            << "the undo file goes before all is synced";
        return SystemCalls::unlinkat(folder, name);
    }

private:
    static std::string name_of(const std::string& path) {
        return std::filesystem::path(path).filename().string();
    }
    bool is_file(int descriptor) {
        struct stat own{};
        struct stat other{};
        if (::fstat(descriptor, &own) != 0 || ::stat(path_.c_str(), &other) != 0 ||
            own.st_ino != other.st_ino)
            return false;
        if (effects().empty() && renamed_at_ != 0) {
            EXPECT_GT(folder_synced_at_, renamed_at_) << "the undo file may lose its name";
        }
        return true;
    }

    std::string path_;
    std::uint64_t clock_ = 0;
    std::uint64_t other_synced_at_ = 0;
    std::uint64_t renamed_at_ = 0;
    std::uint64_t folder_synced_at_ = 0;
};

template <class Work>
auto on(const std::shared_ptr<DiskOfOneFile>& disk, Work work) {
    const io::ReplacedSystemCalls scope(disk);
    return work();
}

class UndoCrash : public testing::Test {
protected:
    // The plan is applied and taken back, and the power cut at every moment of both.
    void cut_everywhere(const std::string& original, const EditPlan& plan) {
        if (plan.is_empty())
            return;
        original_ = original;
        write_file(path(), as_bytes(original_));
        const auto applying = std::make_shared<DiskOfOneFile>(path());
        const auto applied = on(applying, [&] { return apply_in_place(path(), plan); });
        ASSERT_TRUE(applied) << applied.error().to_text();
        const std::string changed = bytes_of(path());
        undo_bytes_ = bytes_of(undo_path(path()));

        const auto undoing = std::make_shared<DiskOfOneFile>(path());
        const auto undone = on(undoing, [&] { return undo(path()); });
        ASSERT_TRUE(undone) << undone.error().to_text();
        ASSERT_TRUE(bytes_of(path()) == original_);

        play(original_, applying->effects(), "applying");
        play(changed, undoing->effects(), "taking back");
    }
    void cut_everywhere(const std::string& file, const Result<EditPlan>& plan) {
        if (plan)
            cut_everywhere(bytes_of(file), *plan);
    }

    [[nodiscard]] std::size_t states() const noexcept { return states_; }

private:
    [[nodiscard]] std::string path() const { return folder_.path("file.db"); }

    void play(const std::string& image, const std::vector<Effect>& effects, const char* what) {
        SimulatedDisk disk(image);
        std::unordered_set<std::size_t> seen;
        std::string after;
        std::uint64_t size = image.size();
        for (const Effect& effect : effects) {
            if (effect.kind == Effect::Kind::resize && effect.offset < size) {
                ASSERT_TRUE(disk.pending().empty()); // the disk holds one image: cut, or not
                judge(disk.synced(), what);
                disk = SimulatedDisk(disk.synced().substr(0, effect.offset));
            } else {
                disk.take(effect);
            }
            size =
                effect.kind == Effect::Kind::resize ? effect.offset : std::max(size, effect.end());
            for_each_power_cut(disk, limits, random_, [&](const Survival& survival) {
                disk.cut_power(survival, after);
                if (!HasFailure() && seen.insert(std::hash<std::string>{}(after)).second)
                    judge(after, fmt::format("{}: {}", what, to_text(disk, survival)));
            });
        }
    }

    void judge(const std::string& image, const std::string& what) {
        SCOPED_TRACE(fmt::format("REBOLT_SEED={} {}", seed, what));
        ++states_;
        write_file(path(), as_bytes(image));
        write_file(undo_path(path()), as_bytes(undo_bytes_));
        const auto undone = undo(path());
        ASSERT_TRUE(undone) << undone.error().to_text();
        EXPECT_TRUE(bytes_of(path()) == original_) << "not every byte is back";
        EXPECT_FALSE(std::filesystem::exists(undo_path(path())));
    }

    TemporaryFolder folder_;
    Random random_{seed};
    std::string original_;
    std::string undo_bytes_;
    std::size_t states_ = 0;
};

std::vector<std::string> files_in(const char* folder) {
    std::vector<std::string> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator(fmt::format("{}/{}", REBOLT_TEST_DATA, folder)))
        if (entry.path().extension() == ".db")
            paths.push_back(entry.path());
    return paths;
}

TEST_F(UndoCrash, OfEveryRepair) {
    std::size_t repairs = 0;
    for (const std::string& file : files_in("damaged")) {
        SCOPED_TRACE(file);
        const auto source = PageSource::open(file);
        if (!source)
            continue;
        Repair repair = Repair::begin(*source);
        ASSERT_TRUE(repair.run());
        if (!repair.report().is_repairable())
            continue;
        ++repairs;
        cut_everywhere(bytes_of(file), repair.report().plan);
        ASSERT_FALSE(HasFailure());
    }
    EXPECT_GT(repairs, 10U);
    EXPECT_GT(states(), 200U);
}

TEST_F(UndoCrash, OfEverySurgery) {
    using Verb = std::function<Result<EditPlan>(const PageSource&)>;
    const std::vector<Verb> verbs{
        surgery::revert_meta_page,
        surgery::abandon_freelist,
        [](const PageSource& s) { return surgery::clear_page(s, PageId{4}); },
        [](const PageSource& s) {
            return surgery::clear_page_elements(s, PageId{18}, {.from = 0, .to = 1});
        },
        [](const PageSource& s) {
            return surgery::copy_page(s, {.from = PageId{4}, .to = PageId{5}});
        },
        [](const PageSource& s) { return surgery::update_meta(s, {.meta_page = 1}); },
        [](const PageSource& s) {
            return surgery::update_meta(s, {.freelist = number(no_freelist)});
        },
    };
    const std::string file = REBOLT_TEST_DATA "/real/docker-20.10-many.db";
    const auto source = PageSource::open(file);
    ASSERT_TRUE(source);
    for (const Verb& verb : verbs)
        cut_everywhere(file, verb(*source));
    EXPECT_GT(states(), 100U);
}

// A freelist for which there is no room makes the file grow, and undo cuts it.
TEST_F(UndoCrash, OfAChangeThatGrowsTheFile) {
    const auto full = FileBuilder(512)
                          .leaf(2, {{"key", "value"}})
                          .leaf(3, {{"bucket", FileBuilder::bucket(2), 1}})
                          .no_freelist()
                          .transaction(9)
                          .bytes();
    const TemporaryFolder folder;
    const std::string file = folder.path("full.db");
    write_file(file, full);
    const auto source = PageSource::open(file);
    ASSERT_TRUE(source);
    const auto plan = surgery::rebuild_freelist(*source);
    ASSERT_TRUE(plan) << plan.error().to_text();
    EXPECT_EQ(plan->file_bytes_after, plan->file_bytes_before + 512);
    cut_everywhere(file, plan);
    EXPECT_GT(states(), 5U);
}

} // namespace
} // namespace rebolt::test
