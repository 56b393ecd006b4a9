// A dry run of the guard, and what it keeps of a run.
#include <rebolt/guard.hpp>
#include <rebolt/storage_risk.hpp>

#include <gmock/gmock.h>

#include "guard/guard_record.hpp"
#include "guard/test_folder.hpp"
#include "io/folder.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

using GuardRehearsal = GuardFolder;

TEST_F(GuardRehearsal, SaysInADryRunWhatARunWouldDoAndChangesNothing) {
    put(damaged_file("docker-cycle-next.db"));
    options_.dry_run = true;
    for (const GuardPolicy policy :
         {GuardPolicy::recover, GuardPolicy::quarantine, GuardPolicy::refuse}) {
        const GuardReport report = run({.path = file(), .policy = policy});
        EXPECT_THAT(names(), ElementsAre("local-kv.db"));
        EXPECT_FALSE(fs::exists(options_.state_folder));
        EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(damaged_file("docker-cycle-next.db")));
        options_.dry_run = false;
        const GuardReport real = run({.path = file(), .policy = policy});
        EXPECT_EQ(report.outcome, real.outcome);
        EXPECT_EQ(report.may_start, real.may_start);
        options_.dry_run = true;
        fs::remove_all(options_.state_folder);
        for (const auto& name : names())
            fs::remove(fs::path(file()).parent_path() / name);
        put(damaged_file("docker-cycle-next.db"));
    }
    EXPECT_THAT(run().line, HasSubstr("; would be recovered: 56 keys (56 current), none lost. "
                                      "This is a dry run: nothing was changed"));
}

TEST_F(GuardRehearsal, RecordsWhatMayHaveDamagedTheFile) {
    put(damaged_file("docker-cycle-next.db"));
    EXPECT_EQ(run().outcome, GuardOutcome::recovered);
    const std::string record = test::bytes_of(
        folder_of(options_.state_folder, io::place_of(file(), io::LastLink::follow)->path()) +
        "/record.json");
    EXPECT_THAT(record, HasSubstr("\"last_risks\": ["));
    for (const StorageRisk& risk : storage_risks(file()))
        if (risk.kind != StorageRiskKind::disk_full) { // how much is free has changed
            EXPECT_THAT(record, HasSubstr(to_text(risk).substr(0, 30)));
        }
}

} // namespace
} // namespace rebolt::guard
