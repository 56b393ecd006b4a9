// docs/embedding.md: its program is built as a user would build it, against an
// installed rebolt, and does what the page says.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

const std::string source = REBOLT_SOURCE_DIR;

TEST(Embedding, ThePageShowsTheFilesThatAreBuilt) {
    const std::string page = bytes_of(source + "/docs/embedding.md");
    for (const char* file : {"main.cpp", "CMakeLists.txt", "list.c", "recover.py"})
        EXPECT_NE(page.find(bytes_of(source + "/docs/embedding/" + file) + "```"),
                  std::string::npos)
            << file;
}

// Installs what the build tree has, and runs what outsiders would.
class Embedded : public ::testing::Test {
protected:
    static std::string run(const std::vector<std::string>& command) {
        const CommandResult result = run_command(command, std::chrono::seconds{300});
        EXPECT_EQ(result.exit_code, 0) << command[0] << ": " << result.out << result.err;
        return result.out;
    }
    void SetUp() override {
        run({"/usr/bin/cmake", "--install", REBOLT_BUILD_DIR, "--prefix", prefix_});
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    // Where what was installed has its pkg-config files.
    [[nodiscard]] std::string pkg_config() const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(prefix_))
            if (entry.path().filename() == "rebolt.pc")
                return "PKG_CONFIG_PATH=" + entry.path().parent_path().string() + " pkg-config";
        return "";
    }

    const TemporaryFolder folder_;
    const std::string prefix_ = folder_.path("prefix");
};

TEST_F(Embedded, WithFindPackageTheProgramBuildsAndRuns) {
    const std::string build = path("build");
    run({"/usr/bin/cmake", "-S", source + "/docs/embedding", "-B", build,
         "-DCMAKE_PREFIX_PATH=" + prefix_, "-DCMAKE_CXX_FLAGS=" REBOLT_CXX_FLAGS});
    run({"/usr/bin/cmake", "--build", build});
    for (int times = 0; times < 2; ++times)
        EXPECT_EQ(run({build + "/phone-book", path("book.db")}), "Hopper: 1906\nLovelace: 1815\n");
    EXPECT_EQ(run({prefix_ + "/bin/rebolt", "check", "-q", path("book.db")})
                  .substr(0, path("book.db").size() + 8),
              path("book.db") + ": clean:");
    // Nobody's program is given a run path.
    EXPECT_EQ(run({"/usr/bin/readelf", "-d", build + "/phone-book"}).find("(RUNPATH)"),
              std::string::npos);
}

// An empty part of a run path is the current folder: whoever owns that would choose
// what code runs.
TEST_F(Embedded, WhatIsInstalledLooksForNoLibraryInAFolderOfItsOwn) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(prefix_)) {
        const std::string name = entry.path().filename();
        const bool is_program = name == "rebolt" && entry.path().parent_path().filename() == "bin";
        if (!is_program && name.find(".so") == std::string::npos)
            continue;
        if (!entry.is_regular_file())
            continue;
        const std::string dynamic = run({"/usr/bin/readelf", "-d", entry.path().string()});
        EXPECT_EQ(dynamic.find("(RUNPATH)"), std::string::npos) << entry.path();
        EXPECT_EQ(dynamic.find("(RPATH)"), std::string::npos) << entry.path();
        EXPECT_NE(dynamic.find("NOW"), std::string::npos) << entry.path();
    }
}

TEST_F(Embedded, WithPkgConfigTheProgramBuildsAndRuns) {
    const std::string program = path("phone-book");
    run({"/bin/sh", "-c",
         "c++ " REBOLT_CXX_FLAGS " " + source + "/docs/embedding/main.cpp -o " + program + " $(" +
             pkg_config() + " --static --cflags --libs rebolt)"});
    EXPECT_EQ(run({program, path("book.db")}), "Hopper: 1906\nLovelace: 1815\n");
}

TEST_F(Embedded, AProgramInCBuildsAndRuns) {
    const std::string program = path("list");
    run({"/bin/sh", "-c",
         "cc -std=c99 -Wall -Wextra -Wpedantic -Werror " REBOLT_CXX_FLAGS " " + source +
             "/docs/embedding/list.c -o " + program + " $(" + pkg_config() +
             " --static --cflags --libs rebolt-c)"});
    const std::string sound = source + "/tests/data/real/docker-20.10-volumes-metadata.db";
    const CommandResult listed = run_command({program, sound, "volumes"});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    const CommandResult missing = run_command({program, sound, "none"});
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_NE(missing.err.find("list: "), std::string::npos);
    const CommandResult damaged =
        run_command({program, source + "/tests/data/damaged/docker-cycle-next.db", "libnetwork"});
    EXPECT_EQ(damaged.exit_code, 1);
    EXPECT_TRUE(damaged.out.starts_with("fatal page-cycle: ")) << damaged.out;
}

// The shared library is made of the same objects as the installed archive.
TEST_F(Embedded, AProgramInPythonRuns) {
    if (std::string_view(REBOLT_CXX_FLAGS).find("-fsanitize") != std::string_view::npos)
        GTEST_SKIP() << "a sanitizer wants to be loaded before Python";
    const std::string library = path("librebolt.so");
    run({"/bin/sh", "-c",
         "archive=$(find " + prefix_ + " -name librebolt.a) && c++ -shared -o " + library +
             " -Wl,--whole-archive $archive -Wl,--no-whole-archive $(pkg-config --libs fmt)"});
    EXPECT_EQ(run({"/usr/bin/python3", source + "/docs/embedding/recover.py", library,
                   source + "/tests/data/damaged/docker-cycle-next.db", path("new.db")}),
              "56 keys, 56 of them current\nbuckets: libnetwork\n");
}

TEST_F(Embedded, AsASubdirectoryNobodyGetsOurTestsOrFlags) {
    const std::string project = path("project");
    const std::string build = path("build");
    std::filesystem::create_directory(project);
    std::ofstream(project + "/main.cpp") << "int main() {}\n";
    std::ofstream(project + "/CMakeLists.txt")
        << "cmake_minimum_required(VERSION 3.25)\nproject(outside LANGUAGES CXX)\n"
           "set(CMAKE_EXPORT_COMPILE_COMMANDS ON)\nadd_subdirectory("
        << source
        << " rebolt)\nadd_executable(outside main.cpp)\n"
           "target_link_libraries(outside PRIVATE rebolt::rebolt)\n";
    run({"/usr/bin/cmake", "-S", project, "-B", build});
    const std::string commands = bytes_of(build + "/compile_commands.json");
    EXPECT_NE(commands.find("src/engine/commit.cpp"), std::string::npos);
    for (const char* ours : {"-Werror", "_test.cpp", "src/cli/", "src/store/etcd/"})
        EXPECT_EQ(commands.find(ours), std::string::npos) << ours;
}

} // namespace
} // namespace rebolt::test
