#include "io/subprocess.hpp"

#include <chrono>
#include <csignal>
#include <string>

#include <gtest/gtest.h>

namespace rebolt::io {
namespace {

constexpr std::chrono::seconds longest{60};

Subprocess shell(const std::string& script, SubprocessOptions options = {}) {
    options.command = {"sh", "-c", script};
    auto started = Subprocess::start(options);
    EXPECT_TRUE(started) << started.error().to_text();
    return *std::move(started);
}

TEST(Subprocess, GivesTheExitCodeOrTheSignal) {
    EXPECT_EQ(shell("exit 7").wait(), 7);
    EXPECT_EQ(shell("kill -9 $$").wait(), 137);
}

TEST(Subprocess, ReadsWhatItWrites) {
    Subprocess child =
        shell("echo out; echo err >&2",
              {.command = {}, .in = Stream::null, .out = Stream::pipe, .err = Stream::null});
    EXPECT_EQ(child.read_output(longest, 1000), "out\n");
    EXPECT_EQ(child.wait(), 0);
    EXPECT_EQ(child.poll(), 0);
}

TEST(Subprocess, ReplacesAVariable) {
    Subprocess child =
        shell("echo \"$REBOLT_TEST_VARIABLE\"", {.command = {},
                                                 .in = Stream::null,
                                                 .out = Stream::pipe,
                                                 .environment = {"REBOLT_TEST_VARIABLE=new"}});
    EXPECT_EQ(child.read_output(longest, 1000), "new\n");
}

TEST(Subprocess, GetsSignals) {
    Subprocess child = shell("echo ready; while :; do sleep 0.01; done",
                             {.command = {}, .in = Stream::null, .out = Stream::pipe});
    EXPECT_EQ(child.read_output(longest, 6), "ready\n");
    EXPECT_EQ(child.poll(), std::nullopt);
    child.signal(SIGTERM);
    EXPECT_EQ(child.wait(), 128 + SIGTERM);
}

TEST(Subprocess, ThatDoesNotExistIsAnError) {
    const auto started = Subprocess::start({.command = {"/no/such/program"}});
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code(), ErrorCode::io);
    EXPECT_EQ(started.error().message(), "cannot run /no/such/program: No such file or directory");
}

} // namespace
} // namespace rebolt::io
