// The tree keeps its own rules. Each rule is also shown to fail on a bad sample.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "functions.hpp"
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

std::string text_of_file(const char* path) {
    std::ifstream stream(root / path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Tidy, FoldersIncludeOnlyWhatTheTableAllows) {
    expect_none(judge_includes, "src/");
    expect_none(judge_includes, "include/");
    for (const SourceFile& file : all_sources())
        if (file.path.starts_with("tests/support/"))
            for (const std::string& complaint : judge_includes(file))
                ADD_FAILURE() << complaint;
}

TEST(Tidy, EveryLayerHasARow) {
    const std::string page = text_of_file("docs/architecture.md");
    for (const auto& entry : fs::directory_iterator(root / "src"))
        EXPECT_NE(page.find("\n| `" + entry.path().filename().string() + "` |"), std::string::npos)
            << entry.path();
}

TEST(Tidy, SourcesEndInHppOrCpp) {
    for (const char* folder : {"include", "src", "tests", "bench"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            for (const char* other : {".h", ".hh", ".c", ".cc", ".cxx"})
                EXPECT_TRUE(entry.path().extension() != other ||
                            entry.path().filename() == "rebolt.h") // for C
                    << entry.path();
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

TEST(Tidy, EveryPublicEnumHasNames) {
    for (const std::string& complaint : judge_enum_names(all_sources()))
        ADD_FAILURE() << complaint;
}

TEST(Tidy, EveryFindingHasAChapter) {
    for (const std::string& complaint : judge_findings(text_of_file("docs/findings.md")))
        ADD_FAILURE() << complaint;
}

TEST(Tidy, TestsThatDocumentsNameExist) {
    std::vector<std::string> tests;
    for (const SourceFile& file : all_sources())
        for (std::string& test : tests_in(file))
            tests.push_back(std::move(test));
    EXPECT_GT(tests.size(), 400U);
    for (const std::string& complaint :
         judge_tests_named(text_of_file("docs/bbolt-tests.md"), tests))
        ADD_FAILURE() << "docs/bbolt-tests.md: " << complaint;
}

using Lines = std::vector<std::string>;

Lines repeated(std::size_t count, Lines begin, const char* end) {
    while (begin.size() + 1 < count)
        begin.emplace_back("    x();");
    begin.emplace_back(end);
    return begin;
}

TEST(TidyRules, CatchForbiddenIncludes) {
    const auto complaints = [](const char* path, const char* line) {
        return judge_includes({path, {line}}).size();
    };
    EXPECT_EQ(complaints("src/check/a.cpp", "#include \"engine/node.hpp\""), 1U);
    EXPECT_EQ(complaints("src/check/a.cpp", "  #  include \"engine/node.hpp\""), 1U);
    EXPECT_EQ(complaints("src/check/a.cpp", "#include <rebolt/db.hpp>"), 1U);
    EXPECT_EQ(complaints("src/cli/a.cpp", "#include \"io/file.hpp\""), 1U);
    EXPECT_EQ(complaints("src/io/a.cpp", "#include <gtest/gtest.h>"), 1U);
    EXPECT_EQ(complaints("src/io/a.cpp", "#include <nlohmann/json.hpp>"), 1U);
    EXPECT_EQ(complaints("src/store/a.cpp", "#include <grpcpp/grpcpp.h>"), 1U);
    EXPECT_EQ(complaints("src/store/etcd/a.cpp", "#include <grpcpp/grpcpp.h>"), 0U);
    EXPECT_EQ(complaints("src/engine/a.cpp", "#include <CLI/CLI.hpp>"), 1U);
    EXPECT_EQ(complaints("src/cli/a.cpp", "#include <CLI/CLI.hpp>"), 1U);
    EXPECT_EQ(complaints("src/cli/arguments.cpp", "#include <CLI/CLI.hpp>"), 0U);
    EXPECT_EQ(complaints("src/cli/a.cpp", "#include <nlohmann/json.hpp>"), 1U);
    EXPECT_EQ(complaints("tests/support/a.cpp", "#include <rebolt/check.hpp>"), 1U);
    EXPECT_EQ(complaints("include/rebolt/id.hpp", "#include \"base/try.hpp\""), 1U);
    EXPECT_EQ(complaints("include/rebolt/id.hpp", "#include \"try.hpp\""), 2U);
    EXPECT_EQ(judge_includes({"include/rebolt/new.hpp", {}}).size(), 1U);
    for (const char* line : {"#include <sys/file.h>", "#include <span>", "#include <fmt/format.h>",
                             "#include \"io/lock.hpp\"", "#include <rebolt/id.hpp>"})
        EXPECT_EQ(complaints("src/io/a.cpp", line), 0U) << line;
}

TEST(TidyRules, CatchHeadersAndDocuments) {
    EXPECT_EQ(judge_header({"src/a/a.hpp", {"#include <x>"}}).size(), 2U);
    EXPECT_FALSE(judge_findings("").empty());
    EXPECT_EQ(judge_findings("\n## no-such-finding\n").size(), judge_findings("").size() + 1);
}

TEST(TidyRules, CatchEnumsWithoutNames) {
    const SourceFile bad{"include/rebolt/a.hpp", {"enum class Way : std::uint8_t { up };"}};
    EXPECT_EQ(judge_enum_names({bad}).size(), 1U);
    const SourceFile names{"include/rebolt/b.hpp", {"std::string_view name_of(Way way);"}};
    EXPECT_TRUE(judge_enum_names({bad, names}).empty());
}

TEST(TidyRules, CatchLongLinesAndFiles) {
    EXPECT_EQ(judge_sizes({"src/a/a.cpp", {std::string(101, 'x')}}).size(), 1U);
    EXPECT_EQ(judge_sizes({"src/a/a.cpp", Lines(401)}).size(), 1U);
    EXPECT_EQ(judge_sizes({"src/a/a.hpp", Lines(201)}).size(), 1U);
    EXPECT_TRUE(judge_sizes({"src/a/a.cpp", Lines(400)}).empty());
}

TEST(TidyRules, CatchLongFunctionsWhereverTheyStand) {
    const Lines free_one = {"void f() {"};
    const Lines two_lines = {"void f(int first,", "       int second) {"};
    const Lines initializers = {"F::F() : a_{1}, b_{2} {"};
    const Lines with_braces_in_text = {"void f() {", "x('{', \"}}\", R\"(}})\"); // }}", "#if }"};
    for (const Lines& begin : {free_one, two_lines, initializers, with_braces_in_text}) {
        EXPECT_EQ(judge_sizes({"src/a/a.cpp", repeated(71, begin, "}")}).size(), 1U) << begin[0];
        EXPECT_TRUE(judge_sizes({"src/a/a.cpp", repeated(70, begin, "}")}).empty()) << begin[0];
    }
    Lines member = repeated(72, {"struct S {", "  public:", "    void f() {"}, "    }");
    member.emplace_back("};");
    EXPECT_TRUE(judge_sizes({"src/a/a.cpp", member}).empty());
    member.insert(member.begin() + 3, "    x(1'000, '\\'');");
    EXPECT_EQ(judge_sizes({"src/a/a.cpp", member}).size(), 1U);
    EXPECT_TRUE(functions_of(repeated(90, {"enum class E : int {"}, "};")).empty());
}

TEST(TidyRules, FindTheFunctionsOfTheTree) {
    std::size_t count = 0;
    for (const SourceFile& file : all_sources())
        count += functions_of(file.lines).size();
    EXPECT_GT(count, 500U);
}

TEST(TidyRules, CatchBannedWords) {
    for (const char* line :
         {"reinterpret_cast<int*>(p)", "std::cout << 1;", "printf(\"\");", "std::fprintf(f, \"\");",
          "fmt::print(\"\");", "system(\"ls\");", "using namespace std;", "#define X 1",
          "#define TRY_HARDER", "x(); abort();", "// TODO later", "x(); // FIXME: later",
          "open(\"/home/me/x\");", "x(); "})
        EXPECT_EQ(judge_words({"src/a/a.cpp", {line}}).size(), 1U) << line;
    EXPECT_EQ(judge_words({"include/rebolt/id.hpp", {"#define TRY(x) x"}}).size(), 1U);
    for (const char* line : {"#define TRY(x) x", "// TODO #12: later", "snprintf(p, 1, \"\");"})
        EXPECT_TRUE(judge_words({"src/a/a.cpp", {line}}).empty()) << line;
}

TEST(TidyRules, CatchTestsThatAreNotThere) {
    const Lines lines = {"TEST(One, Holds) {", "// TEST(Not, This)", "TEST_F(Long,",
                         "       Name) {"};
    EXPECT_EQ(tests_in({"src/a/a_test.cpp", lines}), (Lines{"One.Holds", "Long.Name"}));
    EXPECT_TRUE(judge_tests_named("`One.Holds`, `not.this`", {"One.Holds"}).empty());
    EXPECT_EQ(judge_tests_named("`One.Held`", {"One.Holds"}).size(), 1U);
}

} // namespace
} // namespace rebolt::tidy
