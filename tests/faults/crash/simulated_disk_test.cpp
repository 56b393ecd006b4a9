// The simulated disk itself: what a power cut may and may not take away.
#include <set>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "io/file_writer.hpp"
#include "memory_file.hpp"
#include "power_cuts.hpp"
#include "simulated_disk.hpp"

namespace rebolt::test {
namespace {

using enum Effect::Kind;

Effect written(std::uint64_t offset, const std::string& bytes) {
    return {write, offset, bytes};
}

std::string after(const SimulatedDisk& disk, const Survival& survival) {
    std::string image;
    disk.cut_power(survival, image);
    return image;
}

std::set<std::string> states_of(const SimulatedDisk& disk) {
    Random random(1);
    std::set<std::string> states;
    for_each_power_cut(disk, {}, random,
                       [&](const Survival& survival) { states.insert(after(disk, survival)); });
    return states;
}

const std::string a(512, 'a');
const std::string b(512, 'b');
const std::string c(512, 'c');
const std::string zeros(512, '\0');

TEST(RecordingDisk, RecordsWhatAWriterDidAndDoesIt) {
    const MemoryFile file("old");
    const auto disk = std::make_shared<RecordingDisk>();
    const io::ReplacedSystemCalls scope(disk);
    io::FileWriter writer(*io::File::open_for_writing(file.path(), 0600));
    ASSERT_TRUE(writer.write_at(1, as_bytes("ew")));
    ASSERT_TRUE(writer.resize(5));
    ASSERT_TRUE(writer.sync_data());
    ASSERT_TRUE(writer.sync_all());
    EXPECT_EQ(file.content(), std::string("oew\0\0", 5));
    std::string story;
    for (const Effect& effect : disk->effects())
        story += to_text(effect) + "; ";
    EXPECT_EQ(story, "write 1+2; resize to 5; data sync; full sync; ");
}

TEST(RecordingDisk, RecordsNoCallThatFailed) {
    RecordingDisk disk;
    EXPECT_EQ(disk.pwrite(-1, "x", 1, 0), -1);
    EXPECT_EQ(disk.ftruncate(-1, 1), -1);
    EXPECT_EQ(disk.fdatasync(-1), -1);
    EXPECT_EQ(disk.fsync(-1), -1);
    EXPECT_TRUE(disk.effects().empty());
}

TEST(SimulatedDisk, KeepsWhatWasSynced) {
    SimulatedDisk disk(a);
    disk.take(written(0, b));
    EXPECT_EQ(states_of(disk), std::set<std::string>({b}));
    disk.take({data_sync, 0, {}});
    EXPECT_EQ(disk.synced(), b);
    EXPECT_TRUE(disk.pending().empty());
    EXPECT_EQ(states_of(disk), std::set<std::string>({b}));
}

TEST(SimulatedDisk, LosesAnySubsetOfWhatWasNot) {
    SimulatedDisk disk(zeros + zeros + zeros);
    disk.take(written(0, a));
    disk.take(written(512, b));
    disk.take(written(1024, c));
    EXPECT_EQ(states_of(disk),
              std::set<std::string>({zeros + zeros + c, a + zeros + c, zeros + b + c, a + b + c}));
}

TEST(SimulatedDisk, TearsAWriteAtSectorsOfTheFile) {
    SimulatedDisk disk(zeros + zeros + zeros);
    const std::string head(412, '\0');
    disk.take(written(412, std::string(100, 'x') + b + std::string(3, 'y')));
    ASSERT_EQ(disk.pending().back().sector_count(), 3U);
    const std::string torn = after(disk, {.sectors = {{true, false, true}}});
    EXPECT_EQ(torn, head + std::string(100, 'x') + zeros + "yyy" + std::string(509, '\0'));
}

TEST(SimulatedDisk, MayKeepTheOlderOfTwoWritesToOnePlace) {
    SimulatedDisk disk(zeros);
    disk.take(written(0, a));
    disk.take(written(0, b));
    EXPECT_EQ(after(disk, {.sectors = {{true}, {false}}}), a);
    EXPECT_EQ(after(disk, {.sectors = {{true}, {true}}}), b);
}

TEST(SimulatedDisk, GrowsOrDoesNot) {
    SimulatedDisk disk(a);
    disk.take({resize, 2048, {}});
    disk.take(written(1024, b));
    EXPECT_EQ(after(disk, {.sectors = {{true}, {true}}}), a + zeros + b + zeros);
    EXPECT_EQ(after(disk, {.sectors = {{false}, {true}}}), a + zeros + b);
    EXPECT_EQ(after(disk, {.sectors = {{false}, {true}}, .writes_grow = false}), a);
    EXPECT_EQ(after(disk, {.sectors = {{true}, {false}}}), a + zeros + zeros + zeros);
}

TEST(SimulatedDisk, ADataSyncSavesTheSizeThatReadingNeeds) {
    SimulatedDisk disk(a);
    disk.take({resize, 2048, {}});
    disk.take(written(1024, b));
    disk.take({data_sync, 0, {}});
    EXPECT_EQ(disk.synced(), a + zeros + b);
    EXPECT_EQ(disk.pending().size(), 1U);
    disk.take({full_sync, 0, {}});
    EXPECT_EQ(disk.synced(), a + zeros + b + zeros);
    EXPECT_TRUE(disk.pending().empty());
}

TEST(SimulatedDisk, DoesNotShrink) {
    SimulatedDisk disk(a);
    EXPECT_THROW(disk.take({resize, 1, {}}), std::logic_error);
}

TEST(MemoryFile, ShowsWhatItIsTold) {
    MemoryFile file(a);
    for (const std::string& content : {a + b + c, zeros, std::string(), c + c + c + c + "x"}) {
        file.show(content);
        EXPECT_EQ(file.content(), content);
    }
    const io::FileWriter writer(*io::File::open_for_writing(file.path(), 0600));
    ASSERT_TRUE(io::FileWriter(writer).write_at(0, as_bytes("other")));
    file.forget();
    file.show(c);
    EXPECT_EQ(file.content(), c);
}

} // namespace
} // namespace rebolt::test
