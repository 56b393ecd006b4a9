#include <rebolt/storage_risk.hpp>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/kernel_log.hpp"
#include "io/mount_table.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* table =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
    "30 22 0:26 / /run rw - tmpfs tmpfs rw\n"
    "40 22 8:17 / /srv/my\\040data rw shared:9 - ext4 /dev/sdb1 rw,nobarrier\n"
    "41 22 0:50 / /mnt/nfs rw - nfs4 server:/export rw,vers=4.2\n"
    "42 22 0:51 / /mnt/c rw - 9p drvfs rw,aname=drvfs\n"
    "not a mount\n";

TEST(MountTable, FindsTheNearestMount) {
    const auto mounts = io::mounts_in(table);
    EXPECT_EQ(mounts.size(), 5U);
    EXPECT_EQ(io::mount_above(mounts, "/var/lib/my.db")->source, "/dev/sda1");
    EXPECT_EQ(io::mount_above(mounts, "/srv/my data/my.db")->source, "/dev/sdb1");
    EXPECT_EQ(io::mount_above(mounts, "/srv/my data2/my.db")->source, "/dev/sda1");
    EXPECT_EQ(io::mount_above(mounts, "/run")->type, "tmpfs");
    EXPECT_EQ(io::mount_above(mounts, "/srv/my data/my.db")->options, "rw,rw,nobarrier");
}

TEST(KernelLog, CountsErrorsOfThisDiskOnly) {
    constexpr const char* log =
        "3,1,5,-;blk_update_request: I/O error, dev sda, sector 12\n"
        "3,2,6,-;Buffer I/O error on dev sda1, logical block 3, lost async page write\n"
        "3,3,7,-;Buffer I/O error on dev sda12, logical block 3\n"
        "3,4,8,-;EXT4-fs error (device sdb1): ext4_lookup:1855: inode #2\n"
        "6,5,9,-;EXT4-fs (sda1): recovery complete\n";
    const io::DiskEvents events = io::disk_events(log, "sda1");
    EXPECT_EQ(events.errors, 2U);
    EXPECT_EQ(events.last_error,
              "Buffer I/O error on dev sda1, logical block 3, lost async page write");
    EXPECT_EQ(events.recovery, "EXT4-fs (sda1): recovery complete");
    EXPECT_EQ(io::disk_events(log, "sdc1").errors, 0U);
    EXPECT_EQ(io::disk_events("nvme0n1: I/O error, dev nvme0n1, sector 1\n", "nvme0n1p2").errors,
              1U);
}

class StorageRisks : public testing::Test {
protected:
    StorageRisks() {
        write("mounts", table);
        write("kmsg", "");
        probe_ = {.mounts = folder_.path("mounts"),
                  .kernel_log = folder_.path("kmsg"),
                  .ext4_folder = folder_.path("ext4"),
                  .kernel_release = "6.1.0-13-amd64"};
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_.path(name)) << text;
    }
    // Whatever room this machine has.
    std::vector<std::string> names(const std::string& path) {
        std::vector<std::string> all;
        for (const StorageRisk& risk : storage_risks(path, probe_))
            if (risk.kind != StorageRiskKind::disk_full)
                all.emplace_back(name_of(risk.kind));
        return all;
    }

    test::TemporaryFolder folder_;
    StorageProbe probe_;
};

TEST_F(StorageRisks, AreOfTheFileSystemBelowTheFile) {
    EXPECT_THAT(names("/var/lib/docker/my.db"), IsEmpty());
    EXPECT_THAT(names("/mnt/nfs/my.db"), ElementsAre("network-file-system"));
    EXPECT_THAT(names("/mnt/c/my.db"), ElementsAre("shared-with-host"));
    EXPECT_THAT(names("/srv/my data/my.db"), ElementsAre("no-barriers"));
    EXPECT_THAT(to_text(storage_risks("/mnt/nfs/my.db", probe_).front()),
                HasSubstr("on a network file system (nfs4 at /mnt/nfs)"));
}

TEST_F(StorageRisks, AreToldFromTheKernelsLog) {
    write("kmsg", "3,1,5,-;blk_update_request: I/O error, dev sda, sector 12\n"
                  "6,5,9,-;EXT4-fs (sda1): recovery complete\n");
    EXPECT_THAT(names("/var/lib/docker/my.db"), ElementsAre("io-errors", "unclean-shutdown"));
    EXPECT_THAT(names("/srv/my data/my.db"), ElementsAre("no-barriers"));
}

TEST_F(StorageRisks, HaveFastCommitOnTheKernelsThatLoseDataWithIt) {
    std::filesystem::create_directories(folder_.path("ext4/sda1"));
    write("ext4/sda1/fc_info", "fc stats:\n812 commits\n3 ineligible\n");
    EXPECT_THAT(names("/var/my.db"), IsEmpty());
    probe_.kernel_release = "5.15.0-91-generic";
    EXPECT_THAT(names("/var/my.db"), ElementsAre("fast-commit"));
    write("ext4/sda1/fc_info", "fc stats:\n0 commits\n0 ineligible\n");
    EXPECT_THAT(names("/var/my.db"), IsEmpty());
}

TEST(StorageRisk, HasANameAndASentenceForEachKind) {
    for (int kind = 0; kind <= static_cast<int>(StorageRiskKind::unclean_shutdown); ++kind) {
        const StorageRisk risk{static_cast<StorageRiskKind>(kind), "DETAIL"};
        EXPECT_THAT(std::string(name_of(risk.kind)), testing::MatchesRegex("[a-z-]+"));
        EXPECT_THAT(to_text(risk), HasSubstr("DETAIL"));
    }
}

} // namespace
} // namespace rebolt
