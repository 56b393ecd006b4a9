// The table of docs/exit-codes.md: what every command exits with on every damaged
// file of tests/data. REBOLT_WRITE_TABLES=1 writes the table instead.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>
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

// A bucket that the file had when it was whole.
std::string bucket_of(const std::string& file) {
    using Pair = std::pair<const char*, const char*>;
    static const std::vector<Pair> buckets = {{"volumes-metadata", "volumes"},
                                              {"docker-", "libnetwork"},
                                              {"flat-", "data"},
                                              {"nested-", "ns0"},
                                              {"tiny-512-pages", "a"},
                                              {"tiny-512-forgotten", "top"},
                                              {"buildkit-", "_links"},
                                              {"etcd-", "key"}};
    const std::string name = fs::path(file).filename().string();
    const auto found = std::ranges::find_if(
        buckets, [&](const Pair& pair) { return name.find(pair.first) != std::string::npos; });
    return found == buckets.end() ? "no bucket is known" : found->second;
}

using Words = std::vector<std::string>;

// The name, and the file as the only argument.
Command reading(const std::string& name) {
    return {name, [name](const std::string& file, const std::string& /*folder*/) {
                return Words{name, file};
            }};
}

// The name, the file, and a new file.
Command copying(const std::string& name) {
    return {name, [name](const std::string& file, const std::string& folder) {
                return Words{name, file, "-o", folder + "/new"};
            }};
}

std::vector<Command> general_commands() {
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
        copying("compact"),
        copying("backup"),
        {"put", [](const auto& file,
                   const auto&) { return Words{"put", file, bucket_of(file), "key", "value"}; }},
        copying("recover"),
        reading("explain"),
    };
}

std::vector<Command> other_commands() {
    return {
        {"get",
         [](const auto& file, const auto&) { return Words{"get", file, bucket_of(file), "key"}; }},
        {"page", [](const auto& file, const auto&) { return Words{"page", file, "2"}; }},
        {"dump", [](const auto& file, const auto&) { return Words{"dump", file, "2"}; }},
        {"history", [](const auto& file,
                       const auto&) { return Words{"history", file, bucket_of(file), "key"}; }},
        reading("hash"),
        {"diff", [](const auto& file, const auto&) { return Words{"diff", file, file}; }},
        reading("dump-text"),
        copying("map"),
        copying("metadump"),
        {"scrub",
         [](const auto& file, const auto& folder) {
             return Words{"scrub", "--state-folder", folder, file};
         }},
        reading("fsck"),
        {"docker fsck",
         [](const auto& file, const auto&) { return Words{"docker", "fsck", file}; }},
        {"containerd",
         [](const auto& file, const auto&) { return Words{"containerd", "images", file}; }},
        {"etcd", [](const auto& file, const auto&) { return Words{"etcd", "keys", file}; }},
        {"k8s", [](const auto& file, const auto&) { return Words{"k8s", "ls", file}; }},
        {"delete", [](const auto& file,
                      const auto&) { return Words{"delete", file, bucket_of(file), "key"}; }},
        {"create-bucket",
         [](const auto& file, const auto&) { return Words{"create-bucket", file, "new"}; }},
        {"repair", [](const auto& file, const auto&) { return Words{"repair", "--yes", file}; }},
    };
}

bool may_change(const std::string& command) {
    return command == "put" || command == "delete" || command == "create-bucket" ||
           command == "repair";
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
std::string row_of(const std::string& file, const std::vector<Command>& commands) {
    std::string row = "| " + fs::path(file).filename().string() + " |";
    for (const Command& command : commands) {
        const TemporaryFolder folder;
        const std::string copy = folder.path(fs::path(file).filename().string());
        fs::copy_file(file, copy);
        Words line = command.arguments(copy, folder.path(""));
        line.insert(line.begin(), REBOLT_EXE);
        const int code = run_command(line, std::chrono::seconds{300}).exit_code;
        row += " " + std::to_string(code) + " |";
        // A writer that fails for another reason has opened the file, which may write a
        // new freelist for one that is damaged.
        const bool refuses_damage = code == 4;
        if (!may_change(command.name) || refuses_damage) {
            EXPECT_TRUE(bytes_of(copy) == bytes_of(file)) << command.name << " changed " << file;
        }
    }
    return row;
}

std::vector<std::string> rows_of(const std::vector<std::string>& paths,
                                 const std::vector<Command>& commands) {
    std::vector<std::string> rows(paths.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < paths.size(); i = next++)
            rows[i] = row_of(paths[i], commands);
    };
    constexpr std::size_t workers = 4;
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < workers; ++i)
        threads.emplace_back(work);
    threads.clear();
    return rows;
}

std::string table(const std::vector<Command>& commands) {
    std::string head = "| file |";
    std::string rule = "|---|";
    for (const Command& command : commands) {
        head += " " + command.name + " |";
        rule += "--:|";
    }
    std::string text = head + "\n" + rule + "\n";
    for (const std::string& row : rows_of(files(), commands))
        text += row + "\n";
    return text;
}

// Holds the table of the page that follows `heading` to the program.
void hold(const std::string& heading, const std::vector<Command>& commands) {
    const std::string found = table(commands);
    const std::string text = bytes_of(page);
    const std::size_t begin = text.find("| file |", text.find(heading));
    ASSERT_NE(begin, std::string::npos);
    const std::size_t end = text.find("\n\n", begin) + 1;
    if (std::getenv("REBOLT_WRITE_TABLES") != nullptr) {
        std::ofstream(page) << text.substr(0, begin) << found << text.substr(end);
        return;
    }
    EXPECT_EQ(text.substr(begin, end - begin), found);
}

TEST(ExitCodes, AreThoseOfTheTable) {
    hold("What each command exits with", general_commands());
}

TEST(ExitCodes, OfTheOtherCommandsToo) {
    hold("The other commands", other_commands());
}

} // namespace
} // namespace rebolt::test
