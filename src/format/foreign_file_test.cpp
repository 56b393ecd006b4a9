#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include <rebolt/foreign_file.hpp>

namespace rebolt {
namespace {

using std::string_view_literals::operator""sv;

std::string name_of(std::string_view content) {
    const auto found = foreign_file(as_bytes(content));
    return found ? std::string(found->name) : "unknown";
}

std::string command_for(std::string_view content) {
    const auto found = foreign_file(as_bytes(content));
    return found ? std::string(found->command) : "none";
}

TEST(ForeignFile, KnowsCompressedCopies) {
    EXPECT_EQ(command_for("\x1f\x8b\x08\0"sv), "gunzip < FILE > FILE.db");
    EXPECT_EQ(command_for("\xfd"
                          "7zXZ\0\0\4"sv),
              "xz -dc FILE > FILE.db");
    EXPECT_EQ(command_for("\x28\xb5\x2f\xfd\x04"sv), "zstd -dc FILE > FILE.db");
}

TEST(ForeignFile, KnowsWhatIsPutWhereADatabaseShouldBe) {
    EXPECT_EQ(name_of("SQLite format 3\0\x10"sv), "SQLite database");
    EXPECT_EQ(name_of("\xef\xbb\xbf\n <!DOCTYPE html><html>"sv), "web page (HTML)");
    EXPECT_EQ(name_of("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"sv),
              "Git LFS pointer");
    EXPECT_EQ(name_of("{\"a\": 1}"sv), "JSON");
    EXPECT_EQ(name_of("hello\n"sv), "text");
    EXPECT_EQ(name_of("\x01\x02\x03\x04"sv), "unknown");
    EXPECT_EQ(name_of(""sv), "unknown");
}

TEST(ForeignFile, KnowsTar) {
    std::string tar(512, '\0');
    tar.replace(0, 8, "local-kv");
    tar.replace(257, 5, "ustar");
    EXPECT_EQ(command_for(tar), "tar -xvf FILE");
}

TEST(ForeignFile, KnowsADatabaseAsBase64) {
    EXPECT_EQ(name_of("AAAAAAAAAAAEAAAAAAAAAO3aDO0CAAAAABAAAAAAAAAVAAAAAAAA"sv),
              "database as base64 text");
    EXPECT_EQ(name_of("AAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAVAAAAAAAA"sv), "text");
}

} // namespace
} // namespace rebolt
