#include <nlohmann/json.hpp>

#include <rebolt/format.hpp>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

TEST(InspectCommand, PrintsBboltsTree) {
    const auto result = rebolt_on(real_file("docker-20.10-running.db"), "inspect");
    EXPECT_EQ(result.out, "{\n"
                          "    \"name\": \"root\",\n"
                          "    \"keyN\": 0,\n"
                          "    \"buckets\": [\n"
                          "        {\n"
                          "            \"name\": \"libnetwork\",\n"
                          "            \"keyN\": 56\n"
                          "        }\n"
                          "    ]\n"
                          "}\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(InspectCommand, NestedBucketsStandInsideEachOther) {
    const auto result = rebolt_on(real_file("containerd-1.6-meta.db"), "inspect");
    const auto json = nlohmann::json::parse(result.out);
    const auto& v1 = json["buckets"][0];
    EXPECT_EQ(v1["name"], "v1");
    EXPECT_EQ(v1["keyN"], 1);
    EXPECT_EQ(v1["buckets"][0]["name"], "moby");
    EXPECT_EQ(v1["buckets"][0]["buckets"][0]["name"], "containers");
    EXPECT_EQ(v1["buckets"][0]["buckets"][0]["buckets"].size(), 12U);
}

TEST(InspectCommand, DamageStandsInTheTreeAndTheRestIsShown) {
    const auto result = rebolt_on(damaged_file("etcd-cycle-next.db"), "inspect");
    const auto json = nlohmann::json::parse(result.out);
    ASSERT_EQ(json["buckets"].size(), 10U);
    EXPECT_EQ(json["buckets"][5]["name"], "key");
    EXPECT_EQ(json["buckets"][5]["damage"]["code"], "page-cycle");
    EXPECT_EQ(json["buckets"][5]["damage"]["path"].dump(), "[239,238,212,212]");
    EXPECT_EQ(json["buckets"][9]["keyN"], 3);
    EXPECT_NE(result.err.find("page-cycle: page 212"), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(InspectCommand, OfEveryDamagedFileIsJson) {
    for (const auto& entry : std::filesystem::directory_iterator(REBOLT_TEST_DATA "/damaged")) {
        const auto result = rebolt_on(entry.path(), "inspect");
        EXPECT_TRUE(nlohmann::json::accept(result.out)) << entry.path() << "\n" << result.out;
        EXPECT_TRUE(result.exit_code == 0 || result.exit_code == 4) << entry.path();
    }
}

// A leaf page of buckets, each with the next page of buckets as its root: level by
// level twice as many ways, 2^40 in all.
TEST(InspectCommand, BucketsThatShareBucketsDoNotExplode) {
    constexpr std::uint64_t page_size = 4096;
    constexpr std::uint64_t levels = 40;
    test::PatchedFile patched(real_file("buildkit-cache.db"));
    patched.resize((4 + levels + 1) * page_size);
    for (std::uint64_t meta = 0; meta < 2; ++meta)
        patched.put(meta * page_size + 16 + offsetof(format::MetaFields, root), std::uint64_t{4})
            .put(meta * page_size + 16 + offsetof(format::MetaFields, high_water_mark),
                 4 + levels + 1)
            .seal_meta(meta, page_size);
    for (std::uint64_t level = 0; level <= levels; ++level) {
        const std::uint64_t at = (4 + level) * page_size;
        const std::uint16_t count = level == levels ? 0 : 2;
        patched.put(at, format::PageHeader{4 + level, format::leaf_flag, count, 0});
        for (std::uint64_t item = 0; item < count; ++item) {
            const auto pos = static_cast<std::uint32_t>(32 + item);
            patched.put(at + 16 + item * 16, format::LeafElementHeader{1, pos, 1, 16});
            patched.put(at + 48 + item * 17, static_cast<char>('a' + item));
            patched.put(at + 49 + item * 17, format::BucketHeader{4 + level + 1, 0});
        }
    }
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "inspect");
    EXPECT_NE(result.err.find("buckets share pages"), std::string::npos) << result.err;
    EXPECT_TRUE(nlohmann::json::accept(result.out));
    EXPECT_EQ(result.exit_code, 4);
}

} // namespace
} // namespace rebolt::cli
