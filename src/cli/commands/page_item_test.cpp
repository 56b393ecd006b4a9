#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

test::CommandResult page_item(const std::string& file, const std::vector<std::string>& words) {
    return rebolt_on(file, "page-item", words);
}

TEST(PageItemCommand, PrintsKeyAndValue) {
    const std::string file = real_file("docker-20.10-running.db");
    const auto both = page_item(file, {"21", "0"});
    EXPECT_EQ(both.out, "libnetwork\n12000000000000000000000000000000\n");
    EXPECT_EQ(both.err, "");
    EXPECT_EQ(both.exit_code, 0);
    EXPECT_EQ(page_item(file, {"21", "0", "--key-only"}).out, "libnetwork\n");
    EXPECT_EQ(
        page_item(file, {"21", "0", "--value-only", "--format", "ascii-encoded"}).out,
        "\"\\x12\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"\n");
    EXPECT_EQ(page_item(file, {"21", "0", "--key-only", "--format", "hex"}).out,
              "6c69626e6574776f726b\n");
    EXPECT_EQ(page_item(file, {"21", "0", "--key-only", "--value-only"}).exit_code, 16);
}

TEST(PageItemCommand, SaysWhatThereIsWhenTheItemIsNot) {
    const std::string file = real_file("docker-20.10-running.db");
    const auto item = page_item(file, {"21", "1"});
    EXPECT_NE(item.err.find("page 21 has no item 1: it has 1"), std::string::npos);
    EXPECT_EQ(item.exit_code, 8);
    const auto branch = page_item(file, {"18", "0"});
    EXPECT_NE(branch.err.find("page 18 is of type branch"), std::string::npos);
    EXPECT_NE(branch.err.find("rebolt page " + file + " 18"), std::string::npos);
    EXPECT_EQ(branch.exit_code, 8);
    EXPECT_EQ(page_item(file, {"999", "0"}).exit_code, 8);
}

TEST(PageItemCommand, ABrokenItemIsDamage) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    patched.put(std::uint64_t{21} * 4096 + 16 + 8, std::uint32_t{5000});
    const TemporaryFile file(patched);
    const auto result = page_item(file.path(), {"21", "0"});
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("element-out-of-page: page 21"), std::string::npos) << result.err;
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PageItemCommand, Json) {
    const auto result =
        page_item(real_file("docker-20.10-running.db"), {"21", "0", "--json", "--key-only"});
    EXPECT_EQ(result.out,
              "{\"shape\":\"rebolt.page-item/1\",\"file\":\"" +
                  real_file("docker-20.10-running.db") +
                  "\",\"page\":21,\"item\":0,\"key\":\"libnetwork\",\"is_bucket\":true}\n");
}

} // namespace
} // namespace rebolt::cli
