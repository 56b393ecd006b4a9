#include <rebolt/docker/startup.hpp>

#include <gtest/gtest.h>

namespace rebolt::docker {
namespace {

StartupReport start(const std::string& name) {
    const auto source = PageSource::open(REBOLT_TEST_DATA "/" + name);
    EXPECT_TRUE(source);
    auto report = walk_startup(*source);
    EXPECT_TRUE(report);
    return std::move(*report);
}

TEST(DockerStartup, Show) {
    for (const char* name :
         {"branch-to-freed", "count", "cycle-next", "cycle-self", "dag", "flags16", "freelist-leaf",
          "meta0", "shared", "stale-leaf", "torn", "truncate", "zero-branch", "zero-leaf"}) {
        const auto r = start(std::string("damaged/docker-") + name + ".db");
        std::printf("%s: steps %zu nets %lu lost %lu %s | %s | %s | at %s %s\n", name,
                    r.steps.size(), r.networks, r.networks_lost,
                    r.fate ? std::string(name_of(r.fate->kind)).c_str() : "starts",
                    r.fate ? r.fate->words.c_str() : "", r.last_words.c_str(),
                    r.steps.back().place.c_str(), r.steps.back().prefix.c_str());
    }
}

} // namespace
} // namespace rebolt::docker
