// The TOML configuration: every setting, and every way to get it wrong.
#include <gmock/gmock.h>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

using testing::ElementsAre;

class GuardConfiguration : public GuardFolder {
protected:
    Result<GuardConfig> read(const std::string& text) const {
        write_text(path("guard.toml"), text);
        return read_guard_config(path("guard.toml"));
    }
    [[nodiscard]] std::string error_of(const std::string& text) const {
        auto config = read(text);
        return config ? "" : config.error().message();
    }
};

TEST_F(GuardConfiguration, ReadsEverySetting) {
    const auto config = read(R"(
state_folder = "/var/lib/other"
snapshots = 5
quarantines = 2
time_budget_seconds = 90
reset_caches = true
seals = false
compact_above = 0.5
snapshot_free_share = 0.2
on_failure = "start"
presets = ["docker", "containerd"]

[[file]]
path = "/srv/app/state.db"
policy = "refuse"

[[file]]
path = "/srv/docker/network/files/local-kv.db"
docker_root = "/srv/docker"
only_complete = true
cache = true
)");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->options.state_folder, "/var/lib/other");
    EXPECT_EQ(config->options.snapshots_kept, 5U);
    EXPECT_EQ(config->options.quarantines_kept, 2U);
    EXPECT_FALSE(config->options.seals);
    EXPECT_EQ(config->options.compact_above, 0.5);
    EXPECT_EQ(config->options.snapshot_free_share, 0.2);
    EXPECT_TRUE(config->options.starts_anyway);
    EXPECT_EQ(error_of("snapshot_free_share = 0.0"),
              "line 1: `snapshot_free_share` must be above 0 and at most 1");
    EXPECT_EQ(error_of("on_failure = \"ignore\""), "line 1: `on_failure` must be stop or start");
    EXPECT_EQ(error_of("compact_above = 1.5"),
              "line 1: `compact_above` must be from 0 to less than 1");
    EXPECT_EQ(config->options.time_budget, std::chrono::seconds{90});
    EXPECT_TRUE(config->options.reset_caches);
    EXPECT_THAT(config->presets, ElementsAre("docker", "containerd"));
    ASSERT_EQ(config->files.size(), 2U);
    EXPECT_EQ(config->files[0].path, "/srv/app/state.db");
    EXPECT_EQ(config->files[0].policy, GuardPolicy::refuse);
    EXPECT_EQ(config->files[1].docker_root, "/srv/docker");
    EXPECT_TRUE(config->files[1].only_complete);
    EXPECT_TRUE(config->files[1].is_cache);
}

TEST_F(GuardConfiguration, AnEmptyOneIsTheDefaults) {
    const auto config = read("");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->options.state_folder, "/var/lib/rebolt/guard");
    EXPECT_EQ(config->options.snapshots_kept, 3U);
    EXPECT_EQ(config->options.time_budget, std::chrono::seconds{60});
}

TEST_F(GuardConfiguration, NamesTheLineOfWhatIsWrong) {
    EXPECT_EQ(error_of("\nsnapshot = 3\n"), "line 2: there is no setting `snapshot`");
    EXPECT_EQ(error_of("snapshots = \"3\"\n"), "line 1: `snapshots` has a value of another kind");
    EXPECT_EQ(error_of("snapshots = -1\n"), "line 1: `snapshots` must be from 0 to 1000000");
    EXPECT_EQ(error_of("presets = \"docker\"\n"), "line 1: `presets` must be a list");
    EXPECT_EQ(error_of("[[file]]\npath = \"x.db\"\n"),
              "line 1: a file needs a `path` that begins with /");
    EXPECT_EQ(error_of("[[file]]\npath = \"/x.db\"\npolicy = \"delete\"\n"),
              "line 1: `delete` is no policy: recover, quarantine and refuse are");
    EXPECT_THAT(error_of("a = \n"), testing::StartsWith("line 1: "));
}

// The parser asserts that these cannot be.
TEST_F(GuardConfiguration, RefusesWhatTheParserTakesForGranted) {
    EXPECT_THAT(error_of("[\x02"), testing::HasSubstr("TOML"));
    EXPECT_THAT(error_of("d = 1979-05-27Tx07:32:00Z\n"), testing::HasSubstr("TOML"));
}

TEST_F(GuardConfiguration, SaysThatThereIsNone) {
    EXPECT_EQ(read_guard_config(path("none.toml")).error().code(), ErrorCode::file_not_found);
}

} // namespace
} // namespace rebolt::guard
