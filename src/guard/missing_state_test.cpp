// Docker's network state deleted, with the containers' files of a real host.
#include <filesystem>

#include <gmock/gmock.h>

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/network_state.hpp>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class MissingState : public GuardFolder {
protected:
    MissingState() {
        fs::copy(REBOLT_TEST_DATA "/roots/docker-28.5", path("root"), fs::copy_options::recursive);
    }
    [[nodiscard]] std::string state() const { return docker::network_state_path(path("root")); }
    GuardReport run() { return GuardFolder::run({.path = state(), .docker_root = path("root")}); }
};

TEST_F(MissingState, IsOfferedAndNotWrittenUnasked) {
    const GuardReport report = run();
    EXPECT_EQ(name_of(report.outcome), "absent");
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("rebolt guard --rebuild docker"));
    EXPECT_FALSE(fs::exists(state()));
}

TEST_F(MissingState, IsWrittenAnewWhereThatIsAsked) {
    options_.rebuild = true;
    options_.dry_run = true;
    EXPECT_EQ(name_of(run().outcome), "absent");
    EXPECT_FALSE(fs::exists(state()));
    options_.dry_run = false;
    const GuardReport report = run();
    EXPECT_EQ(name_of(report.outcome), "recovered") << report.line;
    EXPECT_TRUE(report.may_start);
    EXPECT_EQ(verdict_of(state()), Verdict::clean);
    const auto found = docker::load_network_state(*PageSource::open(state()));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->networks.size(), 10U);
    EXPECT_EQ(name_of(run().outcome), "clean");
}

TEST_F(MissingState, WithoutContainersIsNothingToSpeakOf) {
    fs::remove_all(path("root/containers"));
    options_.rebuild = true;
    EXPECT_EQ(name_of(run().outcome), "absent");
    EXPECT_FALSE(fs::exists(state()));
}

} // namespace
} // namespace rebolt::guard
