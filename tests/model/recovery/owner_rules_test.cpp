// What the rules of known programs may do to a recovery, and what not: they speak only
// for a file that is their owner's, and never veto what came back.
#include <string>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "recovered.hpp"
#include "support/file_builder.hpp"
#include "support/patched_file.hpp"
#include "support/temporary_folder.hpp"
#include "support/tree_builder.hpp"

namespace rebolt::test {
namespace {

constexpr std::uint32_t page_size = 512;

std::string number_key(std::uint64_t number) {
    std::string key(8, '\0');
    for (std::size_t i = 0; i < key.size(); ++i)
        key[key.size() - 1 - i] = static_cast<char>(number >> (8 * i));
    return key;
}

// Another program's keys and values that look like etcd's leases: the number as key,
// and as first field of the value.
BucketContent records(std::size_t count) {
    BucketContent content;
    for (std::size_t i = 1; i <= count; ++i)
        content.buckets["log"].values[number_key(i)] =
            fmt::format("\x08{}\x12\x10{:016}", static_cast<char>(i % 128), i);
    content.buckets["settings"].values["version"] = "3";
    return content;
}

std::size_t foreign_buckets(const Recovered& recovery) {
    std::size_t found = 0;
    for (const auto& [place, item] : recovery.items)
        found += place.first.empty() && (place.second == "lease" || place.second == "members");
    return found;
}

TEST(OwnerRules, MakeNoBucketOfEtcdInAnothersFile) {
    const std::vector<std::byte> sound = build_file(records(200), {.page_size = page_size});
    for (const format::PageType lost : {format::PageType::branch, format::PageType::leaf})
        for (std::size_t at = 2 * page_size; at + page_size <= sound.size(); at += page_size) {
            if (load<format::PageHeader>(sound.data() + at).type() != lost)
                continue;
            SCOPED_TRACE(at / page_size);
            std::vector<std::byte> bytes = sound;
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), page_size, std::byte{0});
            PatchedFile file(bytes);
            const TemporaryFolder folder;
            const Recovered recovery = recover(file.path(), folder.path("whole.db"));
            EXPECT_EQ(recovery.error, "");
            EXPECT_EQ(foreign_buckets(recovery), 0U);
            EXPECT_GE(recovery.items.size(), lost == format::PageType::branch ? 200U : 150U);
        }
}

// A value that its program would not have written is kept, and marked; also where the
// root is lost.
TEST(OwnerRules, AMalformedValueIsKeptWhateverElseIsLost) {
    const std::string path = REBOLT_TEST_DATA "/real/docker-20.10-running.db";
    const Content sound = content_of(path);
    for (const bool is_root_lost : {false, true}) {
        SCOPED_TRACE(is_root_lost);
        PatchedFile file(path);
        std::string bytes(as_text(file.bytes()));
        std::size_t broken = 0;
        for (std::size_t at = bytes.find("{\"AddressIPv"); at != std::string::npos;
             at = bytes.find("{\"AddressIPv", at + 1)) {
            file.put(at, std::uint8_t{'x'});
            ++broken;
        }
        ASSERT_GT(broken, 0U);
        if (is_root_lost) {
            const auto meta = file.get<format::MetaFields>(format::page_header_bytes);
            for (std::uint64_t i = 0; i < 4096; i += 8)
                file.put(meta.root * 4096 + i, std::uint64_t{0});
        }
        const TemporaryFolder folder;
        const Recovered recovery = recover(file.path(), folder.path("whole.db"));
        EXPECT_EQ(recovery.error, "");
        EXPECT_GE(recovery.items.size(), sound.size() - 1);
        EXPECT_GT(recovery.report.counts.partial, 0U);
    }
}

} // namespace
} // namespace rebolt::test
