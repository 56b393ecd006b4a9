// dump-text, load, hash and diff.
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/test_run.hpp"
#include "support/file_builder.hpp"
#include "support/sample_files.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string first_word(const std::string& text) {
    return text.substr(0, text.find(' '));
}

TEST(DumpTextCommand, LoadMakesTheSameContentOfIt) {
    const test::TemporaryFolder folder;
    const std::string copy = folder.path("copy.db");
    const std::string lines = folder.path("lines");
    for (const test::SampleFile& sample : test::sample_files()) {
        const std::string file = folder.path("sample.db");
        test::write_file(file, sample.bytes);
        const auto dumped = rebolt_on(file, "dump-text");
        EXPECT_EQ(dumped.exit_code, 0) << sample.name << dumped.err;
        write_text(lines, dumped.out);
        const auto loaded = rebolt({"load", copy, "-i", lines, "--force"});
        EXPECT_EQ(loaded.exit_code, 0) << sample.name << loaded.err;
        EXPECT_EQ(first_word(rebolt({"hash", copy}).out), first_word(rebolt({"hash", file}).out))
            << sample.name;
        EXPECT_EQ(rebolt({"diff", file, copy}).exit_code, 0) << sample.name;
        EXPECT_EQ(rebolt({"check", copy}).exit_code, 0) << sample.name;
        EXPECT_EQ(nlohmann::json::parse(rebolt({"check", "--json", copy}).out)["page_size"],
                  sample.page_size);
    }
}

TEST(DumpTextCommand, EachLineStandsForItself) {
    const test::TemporaryFolder folder;
    const std::string file = folder.path("a.db");
    test::FileBuilder(4096)
        .leaf(3,
              {{"b\xFF", test::FileBuilder::inline_bucket({{"k", std::string("\0v", 2)}}, 7), 1}})
        .write_to(file);
    EXPECT_EQ(rebolt_on(file, "dump-text").out,
              R"({"shape":"rebolt.dump-text/1","page_size":4096,"transaction":1}
{"bucket_hex":["62ff"],"sequence":7}
{"bucket_hex":["62ff"],"key":"k","value":"\u0000v"}
{"items":2}
)");
}

TEST(DumpTextCommand, OfADamagedFileNothingIsPrinted) {
    const auto result = rebolt_on(damaged_file("docker-zero-leaf.db"), "dump-text");
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("page-zeroed"), std::string::npos) << result.err;
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_EQ(rebolt_on(damaged_file("docker-zero-leaf.db"), "hash").exit_code, 4);
}

struct LoadCase {
    const char* text;
    const char* complaint;
};

TEST(LoadCommand, SaysWhichLineIsWrongAndMakesNoFile) {
    const test::TemporaryFolder folder;
    const std::string head = R"({"shape":"rebolt.dump-text/1","page_size":512})"
                             "\n";
    const std::string item = R"({"bucket":["a"],"key":"k","value":"v"})"
                             "\n";
    const LoadCase cases[] = {
        {"{\"bucket\":[\"a\"],\"sequence\":0}\n[]\n", "line 2: this is not a JSON object"},
        {"{}\n", "line 1: `bucket` or `bucket_hex` must be there"},
        {"{\"bucket\":[\"a\"],\"key\":\"k\"}\n", "line 1: `value` or `value_hex` must be there"},
        {"{\"bucket\":[],\"sequence\":0}\n", "line 1: a bucket has a name"},
        {"{\"bucket\":[\"a\"],\"sequence\":-1}\n", "line 1: `sequence` must be a whole number"},
        {"{\"bucket\":[\"a\"],\"key_hex\":\"zz\",\"value\":\"v\"}\n", "line 1: "},
        {"{\"bucket\":[\"a\"],\"key\":\"\",\"value\":\"v\"}\n", "key"},
        {"{\"shape\":\"other/1\"}\n", "line 1: the shape is not `rebolt.dump-text/1`"},
    };
    for (const LoadCase& one : cases) {
        write_text(folder.path("lines"), one.text);
        const auto result = rebolt({"load", folder.path("new.db"), "-i", folder.path("lines")});
        EXPECT_NE(result.err.find(one.complaint), std::string::npos) << one.text << result.err;
        EXPECT_EQ(result.exit_code, 8) << one.text;
        EXPECT_FALSE(std::filesystem::exists(folder.path("new.db"))) << one.text;
    }
    write_text(folder.path("lines"), head + item); // cut off
    EXPECT_NE(rebolt({"load", folder.path("new.db"), "-i", folder.path("lines")})
                  .err.find("the dump is not whole: 1 items"),
              std::string::npos);
    write_text(folder.path("lines"), head + item + "{\"items\":1}\n");
    EXPECT_EQ(rebolt({"load", folder.path("new.db"), "-i", folder.path("lines")}).exit_code, 0);
    EXPECT_EQ(rebolt({"load", folder.path("new.db"), "-i", folder.path("lines")}).exit_code, 8);
}

TEST(LoadCommand, LinesOfYourOwnNeedNoHeadAndNoBuckets) {
    const test::TemporaryFolder folder;
    write_text(folder.path("lines"),
               "{\"bucket\":[\"a\",\"b\"],\"key\":\"k\",\"value_hex\":\"00ff\"}\n\n"
               "{\"bucket\":[\"a\"],\"key\":\"k\",\"value\":\"\xC3\xA4\"}\n");
    const std::string made = folder.path("new.db");
    EXPECT_EQ(rebolt({"load", made, "-i", folder.path("lines")}).out,
              made + ": 2 keys and buckets\n");
    EXPECT_EQ(rebolt({"get", made, "a", "b", "k", "--format", "hex"}).out, "00ff\n");
    EXPECT_EQ(rebolt({"get", made, "a", "k"}).out, "\xC3\xA4\n");
}

TEST(DiffCommand, TellsDifferencesInTextAndJson) {
    const test::TemporaryFolder folder;
    const auto bucket = [](const std::vector<test::LeafItem>& items) {
        return test::FileBuilder::inline_bucket(items);
    };
    test::FileBuilder(4096)
        .leaf(3, {{"fruit", bucket({{"apple", "red"}, {"fig", "1"}}), 1}})
        .write_to(folder.path("a.db"));
    test::FileBuilder(4096)
        .leaf(3, {{"fruit", bucket({{"apple", "rad"}, {"pear", "2"}}), 1}})
        .write_to(folder.path("b.db"));
    const auto text = rebolt({"diff", folder.path("a.db"), folder.path("b.db")});
    EXPECT_EQ(text.out, "! \"fruit\" \"apple\": 3 -> 3 bytes, at byte 1: e -> a\n"
                        "< \"fruit\" \"fig\"\n"
                        "> \"fruit\" \"pear\"\n"
                        "3 and 3 keys and buckets: 1 only in the first, 1 only in the second, 1 "
                        "changed\n");
    EXPECT_EQ(text.exit_code, 4);
    const auto json = rebolt({"diff", "--json", folder.path("a.db"), folder.path("b.db")});
    const auto sums = nlohmann::json::parse(json.out);
    EXPECT_EQ(sums["differences"][0].dump(),
              R"({"bucket":["fruit"],"difference":"value","key":"apple","left":{"is_bucket":false,)"
              R"("value":"red"},"right":{"is_bucket":false,"value":"rad"}})");
    EXPECT_EQ(sums["left_only"], 1);
    EXPECT_EQ(rebolt({"diff", folder.path("a.db"), folder.path("missing.db")}).exit_code, 8);
    EXPECT_EQ(rebolt({"diff", folder.path("a.db")}).exit_code, 16);
}

} // namespace
} // namespace rebolt::cli
