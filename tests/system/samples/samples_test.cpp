// What is taken for a sample, and what is made of it. The samples themselves are
// run by the generated samples.cpp.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract.hpp"

namespace rebolt::samples {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(SamplesOfPages, AreTheBlocksMarkedCpp) {
    const auto found = samples_in("a.md", "text\n```cpp\none;\ntwo;\n```\n```cmake\nno;\n```\n"
                                          "    no;\n```cpp\nthree;\n```\n");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].document, "a.md");
    EXPECT_EQ(found[0].line, 3U);
    EXPECT_THAT(found[0].lines, ElementsAre("one;", "two;"));
    EXPECT_EQ(found[1].line, 11U);
    EXPECT_THAT(found[1].lines, ElementsAre("three;"));
}

TEST(SamplesOfHeaders, AreIndentedBlocksOfTheOpeningComment) {
    const auto found =
        samples_in("a.hpp", "// a: text.\n//\n//   one {\n//       two;\n//   }\n//\n"
                            "// - a list\n//   goes on;\n//\n//   Says: one; two.\n"
                            "#pragma once\n//\n//   no;\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].line, 3U);
    EXPECT_THAT(found[0].lines, ElementsAre("one {", "    two;", "}"));
}

TEST(SamplesOfHeaders, AreBlocksMarkedAsCode) {
    const auto found = samples_in(
        "a.hpp",
        "// a\n#pragma once\n    /// Text.\n    /// @code\n    /// one;\n    /// @endcode\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].line, 5U);
    EXPECT_THAT(found[0].lines, ElementsAre("one;"));
}

TEST(SampleProgram, HasATestForEachSampleAtItsLine) {
    const std::string made = test_program({{"docs/a.md", 7, {"call();"}}});
    EXPECT_THAT(made, HasSubstr("#line 7 \"docs/a.md\"\ncall();\n"));
    EXPECT_THAT(made,
                HasSubstr("TEST_F(Samples, DocsAMdLine7) {\n    run(sample_DocsAMdLine7::run"));
}

TEST(SampleProgram, PutsTypesBeforeTheFunctionAndIncludesFirst) {
    const std::string made = test_program(
        {{"a.md", 1, {"#include <map>", "struct A {", "    int b;", "};", "A a{1};"}}});
    EXPECT_LT(made.find("#include <map>"), made.find("struct A {"));
    EXPECT_LT(made.find("struct A {"), made.find("static rebolt::Result<void> run()"));
    EXPECT_LT(made.find("static rebolt::Result<void> run()"), made.find("A a{1};"));
    EXPECT_EQ(made.find("struct A {"), made.rfind("struct A {"));
}

TEST(SampleProgram, RunsWholeProgramsAsTheyAre) {
    const std::string made = test_program({{"a.md", 1, {"int main(int argc, char**) {", "}"}}});
    EXPECT_THAT(made, HasSubstr("run(sample_AMdLine1::main)"));
    EXPECT_THAT(made, Not(HasSubstr("static rebolt::Result<void> run()")));
}

TEST(SampleProgram, TouchesNoFileOfTheSystem) {
    EXPECT_THAT(test_program({{"a.md", 1, {"open(\"bolt:///var/lib/app/kv.db\");"}}}),
                HasSubstr("open(\"bolt://var/lib/app/kv.db\");"));
}

// A change of form must not make samples vanish from the test.
TEST(DocumentedSamples, AreFoundWhereTheyAre) {
    const std::filesystem::path root = REBOLT_SOURCE_DIR;
    for (const char* document :
         {"docs/embedding.md", "docs/store.md", "include/rebolt/datastore.hpp",
          "include/rebolt/db.hpp", "include/rebolt/docker/datastore.hpp",
          "include/rebolt/docker/fsck.hpp", "include/rebolt/edit_plan.hpp",
          "include/rebolt/guard.hpp", "include/rebolt/recover.hpp", "include/rebolt/repair.hpp",
          "include/rebolt/store.hpp", "include/rebolt/store_copy.hpp"}) {
        std::ifstream file(root / document);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        EXPECT_FALSE(samples_in(document, text).empty()) << document;
    }
}

} // namespace
} // namespace rebolt::samples
