// The tree keeps its own rules. Each rule is also shown to fail on a bad sample.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "rules.hpp"

namespace rebolt::tidy {
namespace {

namespace fs = std::filesystem;

const fs::path root = REBOLT_SOURCE_DIR;

SourceFile read(const fs::path& path) {
    SourceFile file{fs::relative(path, root).string(), {}};
    std::ifstream stream(path);
    for (std::string line; std::getline(stream, line);)
        file.lines.push_back(line);
    return file;
}

std::vector<SourceFile> all_sources() {
    std::vector<SourceFile> files;
    for (const char* folder : {"include", "src", "tests", "bench"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp")
                files.push_back(read(entry.path()));
    return files;
}

void expect_none(Complaints (*judge)(const SourceFile&), const char* below) {
    std::size_t judged = 0;
    for (const SourceFile& file : all_sources()) {
        if (!file.path.starts_with(below))
            continue;
        ++judged;
        for (const std::string& complaint : judge(file))
            ADD_FAILURE() << complaint;
    }
    EXPECT_GT(judged, 10U);
}

TEST(Tidy, FoldersIncludeOnlyWhatTheTableAllows) {
    expect_none(judge_includes, "src/");
    expect_none(judge_includes, "include/");
}

TEST(Tidy, FilesLinesAndFunctionsAreShort) {
    expect_none(judge_sizes, "");
}

TEST(Tidy, NothingBannedIsUsed) {
    expect_none(judge_words, "");
}

TEST(Tidy, HeadersSayWhatTheyAre) {
    expect_none(judge_header, "");
}

TEST(Tidy, EveryFindingHasAChapter) {
    std::ifstream stream(root / "docs/findings.md");
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    for (const std::string& complaint : judge_findings(text))
        ADD_FAILURE() << complaint;
}

TEST(TidyRules, FailOnBadSamples) {
    EXPECT_EQ(judge_includes({"src/check/a.cpp", {"#include \"engine/node.hpp\""}}).size(), 1U);
    EXPECT_EQ(judge_includes({"src/check/a.cpp", {"#include <rebolt/db.hpp>"}}).size(), 1U);
    EXPECT_EQ(judge_includes({"src/cli/a.cpp", {"#include \"io/file.hpp\""}}).size(), 1U);
    EXPECT_EQ(judge_includes({"include/rebolt/id.hpp", {"#include \"base/try.hpp\""}}).size(), 1U);
    EXPECT_EQ(judge_includes({"include/rebolt/new.hpp", {}}).size(), 1U);
    EXPECT_EQ(judge_sizes({"src/a/a.cpp", {std::string(101, 'x')}}).size(), 1U);
    EXPECT_EQ(judge_sizes({"src/a/a.cpp", std::vector<std::string>(401)}).size(), 1U);
    std::vector<std::string> long_function(75, "    x();");
    long_function.front() = "void f() {";
    long_function.back() = "}";
    EXPECT_EQ(judge_sizes({"src/a/a.cpp", long_function}).size(), 1U);
    for (const char* line :
         {"reinterpret_cast<int*>(p)", "std::cout << 1;", "printf(\"\");", "system(\"ls\");",
          "using namespace std;", "#define X 1", "x(); abort();"})
        EXPECT_EQ(judge_words({"src/a/a.cpp", {line}}).size(), 1U) << line;
    EXPECT_EQ(judge_header({"src/a/a.hpp", {"#include <x>"}}).size(), 2U);
    EXPECT_FALSE(judge_findings("").empty());
}

} // namespace
} // namespace rebolt::tidy
