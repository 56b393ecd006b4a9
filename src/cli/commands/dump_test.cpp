#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* page_4 = "0004000 0400 0000 0000 0000 0200 0400 0000 0000\n"
                               "0004010 0100 0000 4000 0000 0a00 0000 2000 0000\n"
                               "0004020 0100 0000 5a00 0000 0900 0000 2000 0000\n"
                               "0004030 0100 0000 7300 0000 0600 0000 2000 0000\n"
                               "0004040 0100 0000 8900 0000 0700 0000 2000 0000\n"
                               "0004050 5f62 6163 6b6c 696e 6b73 0000 0000 0000\n"
                               "0004060 0000 0000 0000 0000 0000 0000 0000 0000\n"
                               "0004070 0000 0200 0000 0000 0000 5f62 7972 6573\n"
                               "0004080 756c 7400 0000 0000 0000 0000 0000 0000\n"
                               "0004090 0000 0000 0000 0000 0000 0002 0000 0000\n"
                               "00040a0 0000 005f 6c69 6e6b 7300 0000 0000 0000\n"
                               "00040b0 0000 0000 0000 0000 0000 0000 0000 0000\n"
                               "00040c0 0002 0000 0000 0000 005f 7265 7375 6c74\n"
                               "00040d0 0000 0000 0000 0000 0000 0000 0000 0000\n"
                               "00040e0 0000 0000 0000 0000 0200 0000 0000 0000\n"
                               "00040f0 0000 0000 0000 0000 0000 0000 0000 0000\n"
                               "0004100 *\n"
                               "0004ff0 0000 0000 0000 0000 0000 0000 0000 0000\n"
                               "\n";

TEST(DumpCommand, PrintsLinesOfSixteenBytesAsBboltDoes) {
    const auto result = rebolt_on(real_file("buildkit-cache.db"), "dump", {"4"});
    EXPECT_EQ(result.out, page_4);
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(DumpCommand, SeparatesPages) {
    const auto result = rebolt_on(real_file("buildkit-cache.db"), "dump", {"4", "4"});
    EXPECT_EQ(result.out,
              std::string(page_4) + "===============================================\n" + page_4);
}

TEST(DumpCommand, GoesOnAfterAPageThatIsNotThere) {
    const auto result = rebolt_on(real_file("buildkit-cache.db"), "dump", {"8", "4"});
    EXPECT_EQ(result.out, page_4);
    EXPECT_NE(result.err.find("there is no page 8: the file has pages 0 to 7"), std::string::npos);
    EXPECT_EQ(result.exit_code, 8);
}

TEST(DumpCommand, APageCutOffByTruncationIsDamage) {
    const auto result = rebolt_on(damaged_file("docker-truncate.db"), "dump", {"10"});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.exit_code, 4);
}

TEST(DumpCommand, JsonHoldsTheBytesInHex) {
    const auto result = rebolt_on(real_file("buildkit-cache.db"), "dump", {"--json", "4"});
    EXPECT_TRUE(result.out.starts_with(R"({"shape":"rebolt.dump/1",)")) << result.out;
    EXPECT_NE(result.out.find(
                  "\n{\"page\":4,\"offset\":16384,\"bytes_hex\":\"0400000000000000020004000000"),
              std::string::npos);
    EXPECT_TRUE(result.out.ends_with("\"}\n]}\n"));
}

TEST(DumpCommand, NeedsAPage) {
    EXPECT_EQ(rebolt_on(real_file("buildkit-cache.db"), "dump").exit_code, 16);
}

} // namespace
} // namespace rebolt::cli
