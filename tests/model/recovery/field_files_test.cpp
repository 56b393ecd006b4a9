// Damage as public reports describe it, on files of real programs and of the real
// bbolt. What each must give back is known: the file before the damage is beside it.
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "recovered.hpp"
#include "support/patched_file.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

std::string data(const std::string& name) {
    return fmt::format("{}/{}.db", REBOLT_TEST_DATA, name);
}

Recovered recovered(const std::string& path, RecoverPolicy policy = RecoverPolicy::best) {
    const TemporaryFolder folder;
    RecoverOptions options = recover_options();
    options.policy = policy;
    Recovered result = recover(path, folder.path("whole.db"), options);
    EXPECT_EQ(result.error, "");
    for (const std::string& fault : result.faults)
        ADD_FAILURE() << fault;
    return result;
}

// Keys and buckets.
std::uint64_t current(const Recovered& recovery) {
    constexpr auto at = static_cast<std::size_t>(Provenance::current);
    return recovery.report.counts.keys[at] + recovery.report.counts.buckets[at];
}

class PatchedReal {
public:
    explicit PatchedReal(const std::string& name) : file_(data(name)) {}

    [[nodiscard]] PatchedFile& file() { return file_; }
    [[nodiscard]] format::MetaFields newest() {
        const auto first = file_.get<format::MetaFields>(format::page_header_bytes);
        const auto second = file_.get<format::MetaFields>(page_size + format::page_header_bytes);
        return second.txid > first.txid ? second : first;
    }
    void lead_both_metas_to(std::uint64_t root) {
        for (const std::uint64_t begin : {std::uint64_t{0}, page_size}) {
            auto meta = file_.get<format::MetaFields>(begin + format::page_header_bytes);
            meta.root = root;
            const auto bytes = std::as_bytes(std::span(&meta, 1));
            meta.checksum = format::fnv1a(bytes.first(offsetof(format::MetaFields, checksum)));
            file_.put(begin + format::page_header_bytes, meta);
        }
    }

    static constexpr std::uint64_t page_size = 4096;

private:
    PatchedFile file_;
};

// For every file that check calls clean, recovery gives its content, whatever its
// freelist says: also one that bbolt left with pages that nothing leads to.
TEST(FieldFiles, WhatCheckCallsCleanComesBackExactly) {
    std::size_t clean = 0;
    for (const char* folder : {"real", "field", "damaged"})
        for (const auto& entry :
             std::filesystem::directory_iterator(fmt::format("{}/{}", REBOLT_TEST_DATA, folder))) {
            const std::string path = entry.path();
            if (entry.path().extension() != ".db" ||
                check(*PageSource::open(path), check_options())->verdict != Verdict::clean)
                continue;
            SCOPED_TRACE(path);
            ++clean;
            const Recovered recovery = recovered(path);
            EXPECT_EQ(content_of(recovery), content_of(path));
            EXPECT_EQ(current(recovery), recovery.items.size());
            EXPECT_EQ(recovery.report.outcome, RecoverOutcome::all);
        }
    EXPECT_GE(clean, 10U);
}

// boltdb/bolt#348, portainer#12393: `page N already freed`.
TEST(FieldFiles, AnOlderFreelistTakesNothingFromAWholeTree) {
    const Recovered recovery = recovered(data("field/flat-stale-freelist"));
    EXPECT_EQ(recovery.items.size(), 311U);
    EXPECT_EQ(current(recovery), 311U);
    EXPECT_TRUE(recovery.report.is_whole);
    EXPECT_EQ(recovery.report.outcome, RecoverOutcome::all);
}

TEST(FieldFiles, AFreelistWithoutItsIdsTakesNothingFromAWholeTree) {
    PatchedReal real("real/containerd-1.6-meta");
    const std::uint64_t count =
        real.newest().freelist * PatchedReal::page_size + offsetof(format::PageHeader, count);
    for (const std::uint16_t ids : {std::uint16_t{0}, std::uint16_t{1}}) {
        real.file().put(count, ids);
        const Recovered recovery = recovered(real.file().path());
        EXPECT_EQ(content_of(recovery), content_of(data("real/containerd-1.6-meta")));
        EXPECT_EQ(current(recovery), recovery.items.size());
    }
}

TEST(FieldFiles, ALostWriteOfARootComesBackInPlace) {
    const Recovered recovery = recovered(data("field/flat-lost-root-write"));
    EXPECT_EQ(content_of(recovery), content_of(data("field/flat-lost-root-write.original")));
    EXPECT_EQ(current(recovery), 302U); // all but the bucket itself, which the root named
    EXPECT_EQ(recovery.report.outcome, RecoverOutcome::incomplete);
}

TEST(FieldFiles, ALostWriteOfABranchComesBackInPlace) {
    const Recovered recovery = recovered(data("field/flat-lost-branch-write"));
    EXPECT_EQ(content_of(recovery), content_of(data("field/flat-lost-branch-write.original")));
    EXPECT_EQ(current(recovery), 317U);
}

TEST(FieldFiles, ARootThatIsAnOldLeafComesBackInPlace) {
    const Recovered recovery = recovered(data("field/docker-root-is-stale-leaf"));
    EXPECT_EQ(content_of(recovery), content_of(data("real/docker-20.10-running")));
}

// etcd-io/bbolt#537: the root is the freelist's page.
TEST(FieldFiles, ARootThatIsTheFreelistIsLookedForByItsContent) {
    EXPECT_EQ(content_of(recovered(data("field/flat-root-is-freelist"))),
              content_of(data("field/flat-root-is-freelist.original")));
    for (const char* name : {"real/docker-20.10-running", "real/containerd-1.6-meta"}) {
        PatchedReal real(name);
        real.lead_both_metas_to(real.newest().freelist);
        const Recovered recovery = recovered(real.file().path());
        EXPECT_EQ(content_of(recovery), content_of(data(name)));
        EXPECT_EQ(current(recovery), recovery.items.size());
    }
}

// A commit whose meta arrived and whose data did not.
TEST(FieldFiles, AMetaWithoutItsDataGivesTheTransactionBefore) {
    const std::string before = data("field/nested-1024-transaction-60");
    const Recovered best = recovered(data("field/nested-1024-meta-without-data"));
    EXPECT_EQ(content_of(best), content_of(before));
    EXPECT_EQ(current(best), 0U); // what transaction 61 changed nobody knows
    EXPECT_EQ(best.report.outcome, RecoverOutcome::incomplete);
    const Recovered whole =
        recovered(data("field/nested-1024-meta-without-data"), RecoverPolicy::newest_whole);
    EXPECT_EQ(content_of(whole), content_of(before));
    EXPECT_EQ(number(*whole.report.transaction), 60U);
}

// containerd: the one root that both metas share has lost a sector.
TEST(FieldFiles, ALostRootTakesItsNamesFromAnOlderOne) {
    PatchedReal real("real/containerd-1.6-meta");
    const std::uint64_t begin = real.newest().root * PatchedReal::page_size;
    for (std::uint64_t at = begin; at < begin + 512; at += sizeof(std::uint64_t))
        real.file().put(at, std::uint64_t{0});
    const Recovered recovery = recovered(real.file().path());
    EXPECT_EQ(content_of(recovery), content_of(data("real/containerd-1.6-meta")));
}

// etcd-io/bbolt#883: `surgery clear-page` sets the count to 0 and leaves the rest.
TEST(FieldFiles, AClearedPageComesBackWhole) {
    const Recovered recovery = recovered(data("field/docker-bbolt-surgery-clear-page-15"));
    EXPECT_EQ(content_of(recovery), content_of(data("real/docker-20.10-running")));
}

TEST(FieldFiles, NoSoundLeafIsLeftOut) {
    const Recovered recovery = recovered(data("field/nested-roots-and-freelist-zero"));
    const Content all = content_of(recovery);
    std::size_t missing = 0;
    for (const auto& [place, value] :
         content_of(data("field/nested-roots-and-freelist-zero.original"))) {
        bool is_there = !value;
        for (const auto& [other, found] : all)
            is_there = is_there || (other.second == place.second && found == value);
        missing += is_there ? 0 : 1;
    }
    EXPECT_LT(missing, 130U); // in the pages that are zero
    EXPECT_GT(recovery.report.lost_and_found.total(), 300U);
    EXPECT_FALSE(recovery.report.is_loss_known);
}

TEST(FieldFiles, WhatACutFileLacksIsNotGuessed) {
    const Recovered recovery = recovered(data("field/docker-cut-20000"));
    EXPECT_EQ(recovery.items.size(), 8U);
    EXPECT_FALSE(recovery.report.is_loss_known);
    EXPECT_GE(recovery.report.pages_missing, 19U);
    EXPECT_EQ(recovery.report.outcome, RecoverOutcome::incomplete);
}

} // namespace
} // namespace rebolt::test
