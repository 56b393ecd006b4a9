// Damage: every call ends, within as many pages as the database has, and says
// where. The steps are counted, not timed.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_file.hpp"
#include "support/patched_file.hpp"

namespace rebolt::test {
namespace {

using enum FindingCode;
using testing::ElementsAre;

struct Opened {
    explicit Opened(const std::string& name)
        : db(*DB::open(test_data(name), {.read_only = true})), tx(*db.begin()),
          bucket(*tx.bucket("libnetwork")) {}
    DB db;
    Tx tx;
    Bucket bucket;
};

TEST(ReadDamaged, TheCycleThatKilledDockerIsAnErrorWithItsPath) {
    const Opened cycle("damaged/docker-cycle-next.db");
    const Opened sound("real/docker-20.10-running.db");
    const Listing listing = list(cycle.bucket);
    EXPECT_EQ(listing.code, page_cycle);
    EXPECT_THAT(listing.path, ElementsAre(18, 2, 2));
    auto keys = list(sound.bucket).keys; // all before the cycle were delivered
    keys.resize(16);
    EXPECT_EQ(listing.keys, keys);
    EXPECT_EQ(listing.pages_entered, 6U);
}

TEST(ReadDamaged, TheListingThatDockerDoesAtItsStartEndsAtOnce) {
    const Opened cycle("damaged/docker-cycle-next.db");
    int visits = 0;
    const auto listed = cycle.bucket.for_each_prefix("docker/network/v1.0/endpoint/",
                                                     [&](const Entry&) -> Result<void> {
                                                         ++visits;
                                                         return {};
                                                     });
    ASSERT_FALSE(listed);
    const Finding& finding = *listed.error().finding();
    EXPECT_EQ(finding.code, page_cycle);
    EXPECT_EQ(finding.place.page, PageId{2});
    EXPECT_EQ(finding.place.offset, 8192U);
    EXPECT_THAT(finding.place.bucket, ElementsAre("libnetwork"));
    EXPECT_THAT(finding.place.path, ElementsAre(PageId{18}, PageId{2}, PageId{2}));
    EXPECT_THAT(listed.error().to_text(), testing::HasSubstr("path 18 > 2 > 2"));
}

// A meta's checksum fits whatever was written into it.
TEST(ReadDamaged, ADatabaseThatEndsBeforeItsMetasIsJudged) {
    constexpr std::uint64_t root_at = 32;
    constexpr std::uint64_t high_water_mark_at = 56;
    constexpr std::uint64_t own_root = 21;
    for (const std::uint64_t pages : {0U, 1U, 2U})
        for (const std::uint64_t root : {std::uint64_t{0}, std::uint64_t{1}, own_root}) {
            PatchedFile file(test_data("real/docker-20.10-running.db"));
            for (const std::uint64_t meta : {0U, 1U})
                file.put(meta * 4096 + root_at, root)
                    .put(meta * 4096 + high_water_mark_at, pages)
                    .seal_meta(meta, 4096);
            const auto db = DB::open(file.path(), {.read_only = true});
            const auto tx = db ? db->begin() : Result<Tx>(Error(ErrorCode::damaged, "not opened"));
            const auto judged =
                tx ? tx->judge() : Result<void>(Error(tx.error().code(), tx.error().message()));
            ASSERT_FALSE(judged) << pages << " " << root;
            EXPECT_EQ(judged.error().code(), ErrorCode::damaged) << pages << " " << root;
        }
}

TEST(ReadDamaged, EveryWayIntoTheCycleEnds) {
    const Opened cycle("damaged/docker-cycle-next.db");
    EXPECT_EQ(list(cycle.bucket, Way::backward).code, page_cycle);
    EXPECT_EQ(list(cycle.bucket, Way::backward).keys.size(), 38U);
    EXPECT_EQ(cycle.bucket.stats().error().finding()->code, page_cycle);
    const auto got = cycle.bucket.get("docker/network/v1.0/endpoint/");
    EXPECT_EQ(got.error().finding()->code, page_cycle);
    Cursor at = cycle.bucket.cursor();
    EXPECT_FALSE(at.seek("docker/network/v1.0/endpoint/"));
    EXPECT_FALSE(at.next()->has_value()); // unpositioned now
    EXPECT_TRUE(at.first()->has_value());
}

TEST(ReadDamaged, DoubledBranchesEndWithinThePagesOfTheDatabase) {
    const Opened dag("damaged/docker-dag.db");
    const std::uint64_t pages = dag.tx.meta().high_water_mark;
    for (const Way way : {Way::forward, Way::backward}) {
        const Listing listing = list(dag.bucket, way);
        EXPECT_EQ(listing.code, key_outside_parent_range);
        EXPECT_LE(listing.pages_entered, pages);
    }
    EXPECT_EQ(dag.bucket.stats().error().finding()->code, page_shared);
}

// A page fits one place alone, unless it has no keys.
TEST(ReadDamaged, AnEmptyLeafThatIsMetAgainAndAgainEndsToo) {
    TestFile built(20);
    std::vector<Child> children;
    for (char key = 'a'; key <= 'z'; ++key)
        children.push_back({std::string(1, key), 5});
    built.bucket_b().branch(4, children).leaf(5, {});
    const Tx tx = *built.open().begin();
    for (const Way way : {Way::forward, Way::backward}) {
        const Listing listing = list(*tx.bucket("b"), way);
        EXPECT_EQ(listing.code, page_shared);
        EXPECT_EQ(listing.pages_entered, 21U); // the one that is too much is counted
    }
    EXPECT_EQ(tx.bucket("b")->stats().error().finding()->code, page_shared);
}

TEST(ReadDamaged, TheDepthOfATreeIsBounded) {
    TestFile built(200);
    built.bucket_b();
    for (std::uint64_t page = 4; page < 199; ++page)
        built.branch(page, {{"a", page + 1}});
    built.leaf(199, {{"a", ""}});
    const Tx tx = *built.open().begin();
    const Bucket bucket = *tx.bucket("b");
    EXPECT_EQ(list(bucket).code, tree_too_deep);
    EXPECT_EQ(bucket.get("a").error().finding()->code, tree_too_deep);
    EXPECT_EQ(bucket.stats().error().finding()->code, tree_too_deep);
}

TEST(ReadDamaged, ABucketInsideItselfIsACycle) {
    TestFile built(5);
    built.bucket_b().leaf(4, {{"b", bucket_value(4), 1}});
    const Tx tx = *built.open().begin();
    EXPECT_EQ(tx.bucket("b")->bucket("b").error().finding()->code, page_cycle);
    EXPECT_EQ(tx.bucket("b")->stats().error().finding()->code, page_cycle);
}

TEST(ReadDamaged, MalformedBucketValuesAreErrors) {
    TestFile built(5);
    built.bucket_b().leaf(4,
                          {{"deep", bucket_value(0) + std::string(15, '\0'), 1},
                           {"far", bucket_value(999), 1},
                           {"flags", bucket_value(0) + std::string(16, '\0'), 1},
                           {"many", bucket_value(0) + leaf_image(0, {{"k", "v"}}).substr(0, 20), 1},
                           {"short", "15 bytes of this", 1}});
    built.file().put(4 * 4096 + 16 + 4 * 16 + 12, std::uint32_t{15}); // its value's size
    const Tx tx = *built.open().begin();
    const Bucket bucket = *tx.bucket("b");
    EXPECT_EQ(bucket.bucket("short").error().finding()->code, bucket_value_malformed);
    EXPECT_EQ(bucket.bucket("deep").error().finding()->code, inline_bucket_malformed);
    EXPECT_EQ(bucket.bucket("flags")->get("a").error().finding()->code, inline_bucket_malformed);
    EXPECT_EQ(list(*bucket.bucket("many")).code, inline_bucket_malformed);
    EXPECT_EQ(bucket.bucket("far")->get("a").error().finding()->code, page_out_of_range);
}

struct PageDamage {
    const char* name;
    std::uint64_t offset; // in page 4
    std::uint64_t bytes;
    std::uint64_t value;
    FindingCode code;
};

TEST(ReadDamaged, EveryFieldOfAPageIsCheckedBeforeItIsUsed) {
    const PageDamage cases[] = {
        {"id", 0, 8, 5, page_id_mismatch},
        {"type", 8, 2, 0x10, page_type_invalid},
        {"two types", 8, 2, 3, page_type_invalid},
        {"count", 10, 2, 0xFFFF, element_out_of_page},
        {"overflow", 12, 4, 1, page_overflow_out_of_range},
        {"largest overflow", 12, 4, 0xFFFF'FFFF, page_overflow_out_of_range},
        {"position", 20, 4, 4095, element_out_of_page},
        {"largest position", 20, 4, 0xFFFF'FFFF, element_out_of_page},
        {"key size", 24, 4, 0xFFFF'FFFF, element_out_of_page},
        {"value size", 28, 4, 0xFFFF'FFFF, element_out_of_page},
    };
    for (const PageDamage& damage : cases) {
        SCOPED_TRACE(damage.name);
        TestFile built(5);
        built.bucket_b().leaf(4, {{"k", "v"}});
        std::memcpy(built.file().bytes().data() + 4 * 4096 + damage.offset, &damage.value,
                    damage.bytes);
        const Tx tx = *built.open().begin();
        const Bucket bucket = *tx.bucket("b");
        EXPECT_EQ(list(bucket).code, damage.code);
        EXPECT_EQ(list(bucket, Way::backward).code, damage.code);
        EXPECT_EQ(bucket.get("k").error().finding()->code, damage.code);
    }
}

TEST(ReadDamaged, AChildIdIsCheckedBeforeItIsFollowed) {
    for (const std::uint64_t child : {0UL, 1UL, 6UL, 1UL << 52, ~0UL}) {
        SCOPED_TRACE(child);
        TestFile built(6);
        built.bucket_b().branch(4, {{"a", child}}).leaf(5, {});
        const Tx tx = *built.open().begin();
        EXPECT_EQ(list(*tx.bucket("b")).code, page_out_of_range);
        EXPECT_EQ(tx.bucket("b")->get("a").error().finding()->code, page_out_of_range);
    }
}

TEST(ReadDamaged, EmptyBranchesAndZeroedPagesAreErrors) {
    TestFile built(6);
    built.bucket_b().branch(4, {});
    const Tx tx = *built.open().begin();
    EXPECT_EQ(list(*tx.bucket("b")).code, branch_empty);
    built.branch(4, {{"a", 5}});
    const Tx zeroed = *built.open().begin();
    EXPECT_EQ(list(*zeroed.bucket("b")).code, page_zeroed);
}

TEST(ReadDamaged, KeysMustLieInTheRangeOfTheirParent) {
    TestFile built(7);
    built.bucket_b()
        .branch(4, {{"a", 5}, {"m", 6}})
        .leaf(5, {{"a", ""}, {"z", ""}})
        .leaf(6, {{"m", ""}, {"n", ""}});
    const Tx tx = *built.open().begin();
    const Listing forward = list(*tx.bucket("b"));
    EXPECT_TRUE(forward.keys.empty());
    EXPECT_EQ(forward.code, key_outside_parent_range);
    EXPECT_THAT(forward.path, ElementsAre(4, 5));
    const Listing backward = list(*tx.bucket("b"), Way::backward);
    EXPECT_THAT(backward.keys, ElementsAre("n", "m"));
    EXPECT_EQ(backward.code, key_outside_parent_range);
}

// A key that starts inside the elements: `keys` once showed it, and get refused it.
TEST(ReadDamaged, AKeyAmongTheElementsIsNeitherShownNorFound) {
    TestFile built(6);
    built.bucket_b().leaf(4, {{"a", "1"}, {"b", "2"}, {"c", "3"}});
    built.file().put(4 * 4096 + 16 + 2 * 16 + 4, std::uint32_t{8}); // c's position
    const Tx tx = *built.open().begin();
    const Bucket bucket = *tx.bucket("b");
    const Listing listing = list(bucket);
    EXPECT_TRUE(listing.keys.empty());
    EXPECT_EQ(listing.code, element_out_of_page);
    const auto got = bucket.get("a");
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().message(),
              "element 2's key starts at byte 56, among the elements, which end at byte 64");
}

TEST(ReadDamaged, AKeyOutOfOrderIsToldWithItsNeighbour) {
    TestFile built(6);
    built.bucket_b().leaf(4, {{"bb", "1"}, {"aa", "2"}});
    const Tx tx = *built.open().begin();
    const auto got = tx.bucket("b")->get("zz");
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().message(), "key \"aa\" does not sort after the previous key \"bb\"");
}

// Lists, seeks, gets and counts everything; returns pages entered.
std::uint64_t use_all(const Bucket& bucket) {
    std::uint64_t entered = 0;
    for (const Way way : {Way::forward, Way::backward}) {
        const Listing listing = list(bucket, way);
        entered = std::max(entered, listing.pages_entered);
        for (const std::string& key : listing.keys) {
            static_cast<void>(bucket.get(key));
            static_cast<void>(bucket.cursor().seek(key));
            if (const auto inside = bucket.bucket(key))
                entered = std::max(entered, use_all(*inside));
        }
    }
    static_cast<void>(bucket.stats());
    return entered;
}

TEST(ReadDamaged, EveryDamagedFileCanBeUsedInEveryWay) {
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(test_data("damaged"))) {
        SCOPED_TRACE(file.path());
        const DB db = *DB::open(file.path(), {.read_only = true});
        static_cast<void>(db.stats());
        const Tx tx = *db.begin();
        EXPECT_LE(use_all(tx.root()), tx.meta().high_water_mark);
        ++files;
    }
    EXPECT_EQ(files, 17U);
}

} // namespace
} // namespace rebolt::test
