#include <rebolt/etcd/wal.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "etcd/crc32c.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::etcd {
namespace {

const std::string data_folder = REBOLT_TEST_DATA "/etcd/wal-3.4.23";
constexpr std::array<std::string_view, 3> names{"0000000000000000-0000000000000000.wal",
                                                "0000000000000001-000000000000000b.wal",
                                                "0000000000000002-0000000000000016.wal"};

void write_file(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

// What etcd's start makes of the log, in the words of the recorded verdicts.
std::string verdict_of(const Wal& wal) {
    const auto marks = wal.valid_snapshots(WalRules::ten_megabytes);
    if (!marks)
        return "snapshots: " + marks.error().message();
    const SnapshotMark mark = marks->empty() ? SnapshotMark{} : marks->back();
    const WalReading reading = wal.read_from(mark, WalRules::ten_megabytes);
    if (!reading.error.empty())
        return "read: " + reading.error;
    return fmt::format("reads snapshot {} repaired {} entries {} last {} commit {}", mark.index,
                       reading.was_repaired, reading.entries,
                       reading.entries == 0 ? mark.index : reading.last_index,
                       reading.state.commit);
}

std::string changed(std::string bytes, std::string_view change, std::size_t at) {
    if (change == "cut")
        bytes.resize(at);
    else if (change == "flip")
        bytes[at / 8] = static_cast<char>(bytes[at / 8] ^ (1 << (at % 8)));
    else
        for (std::size_t i = at; i < bytes.size() && (i == at || i % 512 != 0); ++i)
            bytes[i] = 0;
    return bytes;
}

TEST(EtcdWal, IsReadAsTheRealEtcdReadsItWhateverIsDamaged) {
    // Every change was tried once; a test takes one of these many.
    constexpr std::size_t one_of = 29;
    test::TemporaryFolder folder;
    std::map<std::string, std::string> verdicts;
    for (const std::string_view name : names)
        write_file(folder.path(name), test::bytes_of(fmt::format("{}/{}", data_folder, name)));
    std::ifstream file(data_folder + "/verdicts.txt");
    std::size_t seen = 0;
    std::size_t tried = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string first;
        words >> first;
        if (first == "=") {
            std::string number;
            words >> number;
            std::string text;
            std::getline(words >> std::ws, text);
            verdicts[number] = text;
        }
        if (first == "=" || first == "#")
            continue;
        std::string change;
        std::size_t from = 0;
        std::size_t to = 0;
        std::string number;
        words >> change >> from >> to >> number;
        const std::string path = folder.path(names.at(std::stoul(first)));
        const std::string whole = test::bytes_of(path);
        for (std::size_t at = from; at <= to; at += change == "zero" ? 16 : 1) {
            if (++seen % one_of != 0)
                continue;
            write_file(path, changed(whole, change, at));
            const auto wal = Wal::open(folder.path(""));
            ASSERT_TRUE(wal) << wal.error().to_text();
            ASSERT_EQ(verdict_of(*wal), verdicts[number])
                << "file " << first << ", " << change << " " << at;
            ++tried;
        }
        write_file(path, whole);
    }
    EXPECT_EQ(seen, 46258U);
    EXPECT_GT(tried, 1000U);
}

TEST(EtcdWal, TellsWhatEachFileHolds) {
    const auto wal = Wal::open(data_folder);
    ASSERT_TRUE(wal) << wal.error().to_text();
    ASSERT_EQ(wal->files().size(), 3U);
    EXPECT_EQ(wal->files()[0].first_entry, 1U);
    EXPECT_EQ(wal->files()[1].index, 11U);
    EXPECT_EQ(wal->files()[1].first_entry, 11U);
    EXPECT_EQ(wal->files()[2].last_entry, 26U);
    for (const WalFile& file : wal->files()) {
        EXPECT_EQ(name_of(file.end), "clean");
        EXPECT_TRUE(file.follows);
        EXPECT_EQ(file.identity, (MemberIdentity{0x91, 0x112}));
    }
    EXPECT_EQ(wal->entries().first_index(), 1U);
    EXPECT_EQ(wal->entries().last_index(), 26U);
    EXPECT_EQ(wal->entries().at(26)->term, 2U);
    EXPECT_EQ(wal->entries().at(27), nullptr);
    EXPECT_EQ(wal->state().commit, 25U);
    ASSERT_EQ(wal->snapshots().size(), 3U);
    EXPECT_EQ(wal->snapshots()[2].index, 17U);
    EXPECT_EQ(wal->others(), std::vector<std::string>{"verdicts.txt"});
}

TEST(EtcdWal, ABadByteInOneFileLeavesTheOthersEntries) {
    test::TemporaryFolder folder;
    for (const std::string_view name : names) {
        std::string bytes = test::bytes_of(fmt::format("{}/{}", data_folder, name));
        if (name == names[1])
            bytes[200] = static_cast<char>(~bytes[200]);
        write_file(folder.path(name), bytes);
    }
    const auto wal = Wal::open(folder.path(""));
    ASSERT_TRUE(wal);
    EXPECT_EQ(wal->files()[1].end, WalEnd::checksum);
    EXPECT_EQ(wal->files()[1].text, "walpb: crc mismatch");
    EXPECT_FALSE(wal->files()[2].follows);
    EXPECT_TRUE(wal->has_gap());
    EXPECT_EQ(wal->entries().first_index(), wal->files()[2].first_entry);
    EXPECT_EQ(wal->entries().last_index(), 26U);
}

TEST(EtcdWal, ALaterRecordOfAnIndexWins) {
    LogEntries entries;
    EXPECT_TRUE(entries.put({0, 1, 5, "a"}));
    EXPECT_TRUE(entries.put({0, 1, 6, "b"}));
    EXPECT_TRUE(entries.put({0, 1, 7, "c"}));
    EXPECT_TRUE(entries.put({0, 2, 6, "d"}));
    EXPECT_EQ(entries.last_index(), 6U);
    EXPECT_EQ(entries.at(6)->data, "d");
    EXPECT_FALSE(entries.put({0, 2, 8, "e"}));
    EXPECT_TRUE(entries.put({0, 3, 4, "f"}));
    EXPECT_EQ(entries.first_index(), 4U);
    EXPECT_EQ(entries.last_index(), 4U);
}

TEST(EtcdWal, ItsChecksumIsCastagnolis) {
    EXPECT_EQ(crc32c(0, "123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(crc32c(0, "1234"), "56789"), 0xE3069283U);
    EXPECT_EQ(crc32c(0, ""), 0U);
}

} // namespace
} // namespace rebolt::etcd
