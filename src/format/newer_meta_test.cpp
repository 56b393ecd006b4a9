#include "format/newer_meta.hpp"

#include <cstddef>
#include <span>

#include <gtest/gtest.h>

namespace rebolt::format {
namespace {

MetaFields meta_of(std::uint64_t txid) {
    MetaFields fields{};
    fields.magic = magic;
    fields.version = version;
    fields.page_size = 4096;
    fields.root = 3;
    fields.freelist = 2;
    fields.high_water_mark = 4;
    fields.txid = txid;
    const Bytes bytes = std::as_bytes(std::span(&fields, 1));
    fields.checksum = fnv1a(bytes.first(offsetof(MetaFields, checksum)));
    return fields;
}

TEST(NewerMeta, IsProvenByItsChecksumWhereOneFieldIsWrong) {
    const MetaFields taken = meta_of(98);
    for (const auto field : {&MetaFields::magic, &MetaFields::version, &MetaFields::page_size}) {
        MetaFields damaged = meta_of(99);
        damaged.*field ^= 4U;
        const auto newer = newer_than(taken, damaged);
        ASSERT_TRUE(newer);
        EXPECT_TRUE(newer->is_proven);
        EXPECT_EQ(newer->fields.txid, 99U);
        EXPECT_EQ(age_of(damaged, taken), MetaAge::newer);
    }
}

TEST(NewerMeta, IsProvenWhereOnlyItsTransactionIsWrong) {
    MetaFields damaged = meta_of(99);
    damaged.txid = 97; // as that of the older one
    EXPECT_EQ(age_of(damaged, meta_of(98)), MetaAge::newer);
}

TEST(NewerMeta, IsLikelyWhereItsChecksumIsWrong) {
    MetaFields damaged = meta_of(99);
    damaged.checksum ^= 1U;
    const auto newer = newer_than(meta_of(98), damaged);
    ASSERT_TRUE(newer);
    EXPECT_FALSE(newer->is_proven);
}

TEST(NewerMeta, IsNoneThatNamesTheTransactionBefore) {
    MetaFields damaged = meta_of(97);
    damaged.checksum ^= 1U;
    EXPECT_FALSE(newer_than(meta_of(98), damaged));
    EXPECT_EQ(age_of(damaged, meta_of(98)), MetaAge::older);
}

TEST(NewerMeta, IsNotKnownOfZeros) {
    EXPECT_EQ(age_of(MetaFields{}, meta_of(98)), MetaAge::unknown);
    EXPECT_EQ(age_of(MetaFields{}, meta_of(1)), MetaAge::unknown);
}

} // namespace
} // namespace rebolt::format
