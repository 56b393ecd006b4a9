// The table of docs/exit-codes.md: what every command exits with on every damaged
// file of tests/data. REBOLT_WRITE_TABLES=1 writes the table instead.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/bytes.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

const std::string page = std::string(REBOLT_SOURCE_DIR) + "/docs/exit-codes.md";

struct Command {
    std::string name;
    /// Arguments on `file`, which is a copy; `folder` is empty.
    std::function<std::vector<std::string>(const std::string& file, const std::string& folder)>
        arguments;
};

std::string bucket_of(const std::string& file) {
    return file.find("docker") != std::string::npos ? "libnetwork" : "key";
}

std::vector<Command> commands() {
    using Words = std::vector<std::string>;
    const auto reading = [](const std::string& name) {
        return Command{name, [name](const std::string& file, const std::string& /*folder*/) {
                           return Words{name, file};
                       }};
    };
    return {
        reading("check"),
        reading("info"),
        reading("buckets"),
        {"keys",
         [](const auto& file, const auto&) { return Words{"keys", file, bucket_of(file)}; }},
        reading("pages"),
        reading("stats"),
        reading("inspect"),
        {"docker", [](const auto& file, const auto&) { return Words{"docker", "networks", file}; }},
        {"startup", [](const auto& file, const auto&) { return Words{"docker", "startup", file}; }},
        {"compact",
         [](const auto& file, const auto& folder) {
             return Words{"compact", file, "-o", folder + "/compact.db"};
         }},
        {"backup",
         [](const auto& file, const auto& folder) {
             return Words{"backup", file, "-o", folder + "/backup.db"};
         }},
        {"put", [](const auto& file,
                   const auto&) { return Words{"put", file, bucket_of(file), "key", "value"}; }},
        {"recover",
         [](const auto& file, const auto& folder) {
             return Words{"recover", file, "-o", folder + "/recovered.db"};
         }},
        {"explain", [](const auto& file, const auto&) { return Words{"explain", file}; }},
    };
}

std::vector<std::string> files() {
    std::vector<std::string> files;
    for (const char* folder : {"/real", "/damaged", "/field"})
        if (fs::exists(REBOLT_TEST_DATA + std::string(folder)))
            for (const auto& entry : fs::directory_iterator(REBOLT_TEST_DATA + std::string(folder)))
                if (entry.path().extension() == ".db" && entry.file_size() < 300'000 &&
                    entry.path().string().find(".original") == std::string::npos)
                    files.push_back(entry.path().string());
    std::ranges::sort(files);
    return files;
}

// One row for a file; each command gets a copy of its own.
std::string row_of(const std::string& file) {
    std::string row = "| " + fs::path(file).filename().string() + " |";
    for (const Command& command : commands()) {
        const TemporaryFolder folder;
        const std::string copy = folder.path(fs::path(file).filename().string());
        fs::copy_file(file, copy);
        std::vector<std::string> line = command.arguments(copy, folder.path(""));
        line.insert(line.begin(), REBOLT_EXE);
        row += " " + std::to_string(run_command(line).exit_code) + " |";
        if (command.name != "put") {
            EXPECT_EQ(bytes_of(copy), bytes_of(file)) << command.name << " changed " << file;
        }
    }
    return row;
}

std::string table() {
    std::string head = "| file |";
    std::string rule = "|---|";
    for (const Command& command : commands()) {
        head += " " + command.name + " |";
        rule += "--:|";
    }
    std::string text = head + "\n" + rule + "\n";
    for (const std::string& file : files())
        text += row_of(file) + "\n";
    return text;
}

TEST(ExitCodes, AreThoseOfTheTable) {
    const std::string found = table();
    const std::string text = bytes_of(page);
    const std::size_t begin = text.find("| file |");
    ASSERT_NE(begin, std::string::npos);
    const std::size_t end = text.find("\n\n", begin) + 1;
    if (std::getenv("REBOLT_WRITE_TABLES") != nullptr) {
        std::ofstream(page) << text.substr(0, begin) << found << text.substr(end);
        return;
    }
    EXPECT_EQ(text.substr(begin, end - begin), found);
}

} // namespace
} // namespace rebolt::test
