// The guard in front of an etcd member.
#include <filesystem>

#include <gmock/gmock.h>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

using testing::HasSubstr;

class GuardEtcd : public GuardFolder {
protected:
    GuardEtcd() {
        std::filesystem::copy(REBOLT_TEST_DATA "/etcd/member-3.4.23", root() + "/member",
                              std::filesystem::copy_options::recursive);
    }
    [[nodiscard]] std::string root() const { return path("data"); }
    [[nodiscard]] std::string db() const { return root() + "/member/snap/db"; }
    [[nodiscard]] GuardReport guard() {
        const auto files = guard_preset("etcd", {.data_root = root(), .system_root = {}});
        EXPECT_EQ(files->size(), 1U);
        return guard_file(files->front(), options_);
    }
    /// Zeroes the newest meta's tree: the root's page and all behind it.
    void cut_in_the_middle() const {
        std::filesystem::resize_file(db(), std::filesystem::file_size(db()) / 2);
    }
};

TEST_F(GuardEtcd, ASoundMemberIsLeftAlone) {
    const std::string before = test::bytes_of(db());
    EXPECT_EQ(guard().outcome, GuardOutcome::clean);
    EXPECT_TRUE(test::bytes_of(db()) == before);
}

TEST_F(GuardEtcd, ADamagedDatabaseIsRepairedAsAMember) {
    cut_in_the_middle();
    const GuardReport report = guard();
    EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("HashKV will be 2209341967 at revision 222"));
    EXPECT_TRUE(std::filesystem::exists(report.quarantine));
}

TEST_F(GuardEtcd, AMissingDatabaseIsRepairedToo) {
    std::filesystem::remove(db());
    const GuardReport report = guard();
    EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
}

TEST_F(GuardEtcd, WhatWouldLoseSomethingIsRefused) {
    std::filesystem::remove_all(root() + "/member/wal");
    std::filesystem::create_directories(root() + "/member/wal");
    cut_in_the_middle();
    const GuardReport report = guard();
    EXPECT_EQ(report.outcome, GuardOutcome::refused) << report.line;
    EXPECT_FALSE(report.may_start);
}

} // namespace
} // namespace rebolt::guard
