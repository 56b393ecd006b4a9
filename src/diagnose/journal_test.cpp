#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/diagnose.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::diagnose {
namespace {

const std::string writer = "/lib/systemd/systemd-journal-remote";

// Entries as `journalctl -o export` writes them, of a log with syslog's prefixes.
void write_export(const std::string& log, const std::string& path) {
    std::ifstream lines(log);
    std::ofstream out(path);
    std::uint64_t time = 1'638'863'072'000'000;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t end = line.find("]:");
        const bool is_dockerd = line.find(" dockerd[") != std::string::npos;
        if (end == std::string::npos || !is_dockerd)
            continue;
        time += 1000;
        out << "__REALTIME_TIMESTAMP=" << time << "\n__MONOTONIC_TIMESTAMP=" << time
            << "\n_BOOT_ID=2a2b5f5e8d7f4f0f9d5d5a0a3b1c2d3e\n_SYSTEMD_UNIT=docker.service\n"
               "SYSLOG_IDENTIFIER=dockerd\nMESSAGE="
            << line.substr(std::min(end + 3, line.size())) << "\n\n";
    }
}

TEST(Journal, AUnitsEntriesAreItsLog) {
    if (!std::filesystem::exists(writer))
        GTEST_SKIP() << "systemd-journal-remote is not installed";
    const test::TemporaryFolder folder;
    write_export(REBOLT_TEST_DATA "/logs/dockerd-cursor-growslice.log", folder.path("export"));
    const auto written =
        test::run_command({writer, "-o", folder.path("test.journal"), folder.path("export")});
    ASSERT_EQ(written.exit_code, 0) << written.err;
    JournalOptions options;
    options.unit = "docker";
    options.folder = folder.path("");
    const auto report = scan_journal(options);
    ASSERT_TRUE(report) << report.error().to_text();
    EXPECT_EQ(report->source, "the journal of docker.service");
    ASSERT_EQ(report->symptoms.size(), 1U);
    EXPECT_EQ(report->symptoms[0].signature, Signature::cursor_out_of_memory);
    EXPECT_EQ(report->symptoms[0].program, "dockerd");
    EXPECT_EQ(report->symptoms[0].time, "2021-12-07T07:44:32Z");
    options.unit = "etcd";
    EXPECT_EQ(scan_journal(options).error().code(), ErrorCode::file_not_found);
    // The newest entries only: the crash is before them.
    options.unit = "docker";
    options.entries_max = 3;
    const auto newest = scan_journal(options);
    ASSERT_TRUE(newest);
    EXPECT_LE(newest->lines, 3U);
    EXPECT_TRUE(newest->symptoms.empty());
}

TEST(Journal, AFolderWithoutEntriesIsAnError) {
    JournalOptions options;
    options.unit = "docker";
    options.folder = REBOLT_TEST_DATA "/logs/";
    const auto report = scan_journal(options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), ErrorCode::file_not_found) << report.error().to_text();
}

} // namespace
} // namespace rebolt::diagnose
