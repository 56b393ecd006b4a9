// Seeds that are made here: small built databases, and real values for the
// schema. The files in corpus/ must be these, byte for byte; after a change
// REBOLT_WRITE_SEEDS=1 writes them anew. And the whole corpus runs through the
// harnesses that fuzz_smoke_test.cpp does not know.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/db.hpp>

#include "agreement.hpp"
#include "schema_harness.hpp"
#include "support/file_builder.hpp"
#include "support/run_command.hpp"
#include "support/tree_builder.hpp"

namespace rebolt::fuzz {
namespace {

namespace fs = std::filesystem;
using test::BucketContent;
using test::FreelistKind;
using Seeds = std::map<std::string, std::string>; // by file name

const fs::path corpus = fs::path(REBOLT_SOURCE_DIR) / "tests/fuzz/corpus";
const fs::path test_data = REBOLT_TEST_DATA;
constexpr std::size_t seed_bytes_max = 8192;

BucketContent numbered(std::size_t count) {
    BucketContent content;
    for (std::size_t i = 0; i < count; ++i)
        content.values[fmt::format("k{:02}", i)] = "value";
    return content;
}

std::string built(const BucketContent& content, FreelistKind freelist = FreelistKind::stored) {
    return std::string(as_text(build_file(
        content,
        {.page_size = 512, .free_pages = 1, .freelist = freelist, .txid = 3, .pages_behind = 0})));
}

Seeds built_seeds() {
    Seeds seeds;
    BucketContent content;
    content.buckets["inline"] = numbered(2);
    seeds["built-inline"] = built(content);
    content.buckets["paged"] = numbered(30);
    seeds["built-branch"] = built(content);
    content.buckets["paged"].buckets["nested"].buckets["deeper"] = numbered(20);
    seeds["built-nested"] = built(content);
    seeds["built-no-freelist"] = built(content, FreelistKind::none);
    content.buckets["long"].values["key"] = std::string(700, 'v');
    seeds["built-overflow"] = built(content);
    return seeds;
}

bool is_at(const std::vector<std::string>& path, const std::vector<std::string>& place) {
    return std::ranges::equal(path, place, [](const std::string& name, const std::string& wanted) {
        return wanted == "*" || name == wanted;
    });
}

// The first small value of each place that the bucket, or one inside it, is.
Result<void> collect(const Bucket& bucket, schema::Owner owner, Seeds& seeds) {
    constexpr std::size_t value_bytes_max = 1200;
    const std::span<const SchemaPlace> places = schema_places();
    const std::vector<std::string> path = bucket.path();
    Result<void> walked = bucket.for_each([&](const Entry& entry) -> Result<void> {
        for (std::size_t i = 0; i < places.size(); ++i)
            if (!entry.is_bucket && entry.value.size() <= value_bytes_max &&
                places[i].owner == owner && is_at(path, places[i].bucket))
                seeds.try_emplace(fmt::format("schema-{:02}", i),
                                  schema_input(i, entry.key, entry.value));
        return {};
    });
    if (!walked)
        return walked;
    return bucket.for_each_bucket([&](std::string_view, const Bucket& inside) -> Result<void> {
        return collect(inside, owner, seeds);
    });
}

Result<void> collect_file(const std::string& path, Seeds& seeds) {
    auto db = DB::open(path);
    if (!db)
        return std::move(db).error();
    return db->view([&](Tx& tx) -> Result<void> {
        std::vector<std::string> names;
        Result<void> walked = tx.for_each([&](std::string_view name, const Bucket&) {
            names.emplace_back(name);
            return Result<void>();
        });
        return walked ? collect(tx.root(), schema::identify(names), seeds) : std::move(walked);
    });
}

void expect_in_corpus(const Seeds& seeds) {
    for (const auto& [name, content] : seeds) {
        SCOPED_TRACE(name);
        EXPECT_LE(content.size(), seed_bytes_max);
        const std::string path = (corpus / name).string();
        if (std::getenv("REBOLT_WRITE_SEEDS") != nullptr)
            test::write_file(path, as_bytes(content));
        ASSERT_TRUE(fs::exists(path)) << "REBOLT_WRITE_SEEDS=1 writes it";
        EXPECT_TRUE(test::bytes_of(path) == content) << "REBOLT_WRITE_SEEDS=1 writes it anew";
    }
}

std::vector<std::uint8_t> input_of(const fs::path& path) {
    const std::string text = test::bytes_of(path.string());
    return {text.begin(), text.end()};
}

TEST(FuzzSeeds, OfBuiltFilesAreInTheCorpus) {
    expect_in_corpus(built_seeds());
}

TEST(FuzzSeeds, OfRealValuesAreInTheCorpus) {
    Seeds seeds;
    for (const char* name : {"docker-20.10-running.db", "docker-20.10-volumes-metadata.db",
                             "containerd-1.6-meta.db", "etcd-3.4.db"}) {
        const Result<void> collected = collect_file((test_data / "real" / name).string(), seeds);
        ASSERT_TRUE(collected) << collected.error().to_text();
    }
    EXPECT_GE(seeds.size(), 10U);
    expect_in_corpus(seeds);
}

TEST(FuzzSeeds, RunThroughTheSchema) {
    for (const auto& entry : fs::directory_iterator(corpus))
        judge_value(input_of(entry.path()));
}

TEST(FuzzSeeds, AreReadAsTheyAreChecked) {
    for (const fs::path& folder : {corpus, test_data / "real", test_data / "damaged"})
        for (const auto& entry : fs::directory_iterator(folder)) {
            SCOPED_TRACE(entry.path().filename().string());
            std::vector<std::uint8_t> input = input_of(entry.path());
            judge_agreement(input);
            seal_metas(input);
            judge_agreement(input);
        }
}

} // namespace
} // namespace rebolt::fuzz
