// Against the real bbolt, through Go: the same file, the same content.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>

#include "support/describe.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

const std::string folder = std::string(REBOLT_BUILD_DIR) + "/interop";
const std::string peer = folder + "/bboltpeer";

struct Output {
    int code;
    std::string text;
};

Output run(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr)
        return {-1, {}};
    std::string text;
    char buffer[65536];
    for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, pipe)) != 0;)
        text.append(buffer, count);
    return {WEXITSTATUS(::pclose(pipe)), text};
}

class Interop : public testing::Test {
protected:
    static void SetUpTestSuite() {
        fs::create_directories(folder);
        const Output built =
            run(fmt::format("{}/tests/peers/build-peer {} 2>&1", REBOLT_SOURCE_DIR, peer));
        ASSERT_EQ(built.code, 0) << built.text;
    }

    static std::string generate(const std::string& kind, std::uint64_t seed = 1) {
        const std::string path = fmt::format("{}/{}-{}.db", folder, kind, seed);
        const Output made = run(fmt::format("{} generate {} {} {} 2>&1", peer, kind, path, seed));
        EXPECT_EQ(made.code, 0) << made.text;
        return path;
    }

    // bbolt asks for write access to the file, so it gets a copy.
    static void expect_same(const std::string& path) {
        const std::string copy = folder + "/described.db";
        fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
        fs::permissions(copy, fs::perms::owner_write, fs::perm_options::add);
        const Output theirs = run(fmt::format("{} describe {}", peer, copy));
        ASSERT_EQ(theirs.code, 0);
        const auto db = DB::open(path, {.read_only = true});
        ASSERT_TRUE(db) << db.error().to_text();
        const auto ours = describe(*db);
        ASSERT_TRUE(ours) << ours.error().to_text();
        EXPECT_FALSE(theirs.text.empty());
        EXPECT_TRUE(*ours == theirs.text) << first_difference(*ours, theirs.text);
    }

    static void expect_clean(const std::string& path) {
        const auto source = PageSource::open(path);
        ASSERT_TRUE(source);
        const auto report = check(*source);
        ASSERT_TRUE(report);
        EXPECT_EQ(report->verdict, Verdict::clean) << sentence(*report);
        EXPECT_TRUE(report->findings.empty());
    }

private:
    static std::string first_difference(const std::string& ours, const std::string& theirs) {
        std::istringstream our_lines(ours);
        std::istringstream their_lines(theirs);
        std::string our_line;
        std::string their_line;
        while (true) {
            const bool more = static_cast<bool>(std::getline(our_lines, our_line));
            if (static_cast<bool>(std::getline(their_lines, their_line)) != more || !more ||
                our_line != their_line)
                return fmt::format("ours:   {}\ntheirs: {}", our_line.substr(0, 300),
                                   their_line.substr(0, 300));
        }
    }
};

TEST_F(Interop, RealFilesAreReadAsBboltReadsThem) {
    for (const auto& entry : fs::directory_iterator(std::string(REBOLT_TEST_DATA) + "/real")) {
        SCOPED_TRACE(entry.path().filename().string());
        expect_same(entry.path().string());
        expect_clean(entry.path().string());
    }
}

TEST_F(Interop, EveryKindOfFileIsReadAsBboltReadsIt) {
    for (const char* kind : {"empty", "nested", "inline", "overflow", "empty-buckets", "sequences",
                             "page-512", "page-1024", "page-8192", "page-16384", "page-65536",
                             "big-freelist", "no-freelist", "four-levels"}) {
        SCOPED_TRACE(kind);
        const std::string path = generate(kind);
        expect_same(path);
        expect_clean(path);
    }
}

TEST_F(Interop, RandomHistoriesAreReadAsBboltReadsThem) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        const std::string path = generate("random", seed);
        expect_same(path);
        expect_clean(path);
    }
}

TEST_F(Interop, AWriterInGoShutsOutReadersHere) {
    const std::string path = generate("nested");
    const std::jthread holder([&] { run(fmt::format("{} hold {} exclusive 3000", peer, path)); });
    // Until the other has the lock; ours is let go at once, so that it can.
    Result<DB> db = DB::open(path, {.read_only = true, .timeout = std::chrono::milliseconds{0}});
    for (int tries = 0; db && tries < 200; ++tries) {
        db->close();
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        db = DB::open(path, {.read_only = true, .timeout = std::chrono::milliseconds{0}});
    }
    ASSERT_FALSE(db);
    EXPECT_EQ(db.error().code(), ErrorCode::lock_timeout);
    EXPECT_NE(db.error().message().find("bboltpeer (process "), std::string::npos)
        << db.error().message();
    // With patience it opens once the other has gone.
    EXPECT_TRUE(DB::open(path, {.read_only = true, .timeout = std::chrono::seconds{20}}));
}

TEST_F(Interop, ReadersInGoAndHereShareTheFile) {
    const std::string path = generate("nested");
    const auto db = DB::open(path, {.read_only = true});
    ASSERT_TRUE(db);
    EXPECT_EQ(run(fmt::format("{} hold {} shared 1", peer, path)).text, "held\n");
    EXPECT_NE(run(fmt::format("timeout 2 {} hold {} exclusive 1 2>&1", peer, path)).text, "held\n");
}

} // namespace
} // namespace rebolt::test
