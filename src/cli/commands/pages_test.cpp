#include <sstream>

#include <nlohmann/json.hpp>

#include <rebolt/format.hpp>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* heading = "ID       TYPE       ITEMS  OVRFLW\n"
                                "======== ========== ====== ======\n";

TEST(PagesCommand, PrintsBboltsTable) {
    const auto result = rebolt_on(real_file("docker-20.10-volumes-metadata.db"), "pages");
    EXPECT_EQ(result.out, std::string(heading) + "0        meta       0            \n"
                                                 "1        meta       0            \n"
                                                 "2        free                    \n"
                                                 "3        leaf       1            \n"
                                                 "4        free                    \n"
                                                 "5        freelist   2            \n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(PagesCommand, NamesWhatIsWrongBehindThePageAndGoesOn) {
    const auto result = rebolt_on(damaged_file("docker-zero-leaf.db"), "pages");
    EXPECT_NE(result.out.find("14       leaf       3            \n"
                              "15       unknown<00> 0             page-zeroed\n"
                              "16       leaf       5            \n"
                              "17       free                    \n"),
              std::string::npos)
        << result.out;
    EXPECT_NE(result.err.find("page-zeroed: page 15, offset 61440"), std::string::npos);
    EXPECT_NE(result.err.find("rebolt check "), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PagesCommand, OfATruncatedFileShowsWhatIsThere) {
    const auto result = rebolt_on(damaged_file("docker-truncate.db"), "pages");
    EXPECT_TRUE(result.out.ends_with("8        leaf       2            \n"
                                     "9        leaf       5            \n"))
        << result.out;
    EXPECT_NE(result.err.find("pages 10 to 22 are not in the file"), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PagesCommand, AnOverflowThatRunsOutOfTheDatabaseIsNotFollowed) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    patched.put(std::uint64_t{3} * 4096 + 12, std::uint32_t{0xFFFF'FFFF});
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "pages");
    EXPECT_NE(result.out.find("3        leaf       2      4294967295 page-overflow-out-of-range\n"
                              "4        leaf       11           \n"),
              std::string::npos)
        << result.out;
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PagesCommand, WithoutAValidMetaShowsAllPagesOfTheFile) {
    test::PatchedFile patched(real_file("docker-20.10-volumes-metadata.db"));
    patched.put(16 + 56, std::uint64_t{0}).put(4096 + 16 + 56, std::uint64_t{0});
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "pages");
    EXPECT_NE(result.out.find("0        meta       0             meta-checksum\n"),
              std::string::npos)
        << result.out;
    EXPECT_NE(result.out.find("\n7 "), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PagesCommand, AHighWaterMarkBeyondAllMeasureEndsAtTheFilesEnd) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    const std::uint64_t field = 4096 + 16 + offsetof(format::MetaFields, high_water_mark);
    patched.put(field, ~std::uint64_t{0}).seal_meta(1, 4096);
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "pages");
    EXPECT_NE(result.out.find("\n31 "), std::string::npos) << result.out;
    EXPECT_EQ(result.out.find("\n32 "), std::string::npos) << result.out;
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PagesCommand, JsonListsThePages) {
    const auto result = rebolt_on(damaged_file("docker-zero-leaf.db"), "pages", {"--json"});
    const auto pages = nlohmann::json::parse(result.out)["pages"];
    ASSERT_EQ(pages.size(), 23U);
    EXPECT_EQ(pages[2].dump(), R"({"faults":[],"items":null,"overflow":0,"page":2,"type":"free"})");
    EXPECT_EQ(pages[15]["faults"][0]["code"], "page-zeroed");
    EXPECT_EQ(pages[18]["items"], 14);
    EXPECT_EQ(result.exit_code, 4);
}

} // namespace
} // namespace rebolt::cli
