#include "systemd/journal_export.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <gtest/gtest.h>

namespace rebolt::systemd {
namespace {

// Hands the bytes on in pieces of so many.
JournalExport export_of(std::string_view bytes, std::size_t piece, std::size_t field_bytes_max) {
    return {[bytes, piece, at = std::size_t{0}](char* to, std::size_t size) mutable {
                const std::size_t count = std::min({size, piece, bytes.size() - at});
                std::memcpy(to, bytes.data() + at, count);
                at += count;
                return count;
            },
            field_bytes_max};
}

using std::string_view_literals::operator""sv;

constexpr std::string_view two_entries = "__REALTIME_TIMESTAMP=1638863072000999\n"
                                         "SYSLOG_IDENTIFIER=dockerd\n"
                                         "MESSAGE=a=b\n\n"
                                         "PRIORITY=6\n"
                                         "MESSAGE\n\x05\0\0\0\0\0\0\0x\n\ny=\n"
                                         "SYSLOG_IDENTIFIER=etcd\n\n"sv;

TEST(JournalExport, EntriesHaveTextAndBytes) {
    for (const std::size_t piece : {1, 7, 1000}) {
        auto entries = export_of(two_entries, piece, 100);
        const auto first = entries.next();
        ASSERT_TRUE(first);
        EXPECT_EQ(first->message, "a=b");
        EXPECT_EQ(first->program, "dockerd");
        EXPECT_EQ(first->time, "2021-12-07T07:44:32Z");
        const auto second = entries.next();
        ASSERT_TRUE(second);
        EXPECT_EQ(second->message, "x\n\ny=");
        EXPECT_EQ(second->program, "etcd");
        EXPECT_EQ(second->time, "");
        EXPECT_FALSE(entries.next());
    }
}

TEST(JournalExport, ALongFieldIsCutOffAndTheNextIsWhole) {
    auto entries = export_of("MESSAGE=0123456789abcdef\nSYSLOG_IDENTIFIER=x\n\n", 3, 20);
    const auto entry = entries.next();
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "0123456789ab"); // 20 bytes with its name
    EXPECT_EQ(entry->program, "x");
}

TEST(JournalExport, BytesThatEndWithinAFieldAreAnEntry) {
    auto entries = export_of("MESSAGE\n\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFrest"sv, 5, 100);
    const auto entry = entries.next();
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "rest");
    EXPECT_FALSE(entries.next());
}

TEST(JournalExport, NothingIsNoEntry) {
    EXPECT_FALSE(export_of("", 1, 100).next());
    EXPECT_FALSE(export_of("\n\n", 1, 100).next());
}

} // namespace
} // namespace rebolt::systemd
