// What the real dockerd did with damaged network state, recorded in
// tests/data/outcomes/dockerd.txt, and what walk_startup says: the same for each.
// REBOLT_WRITE_CASES=FOLDER writes the damaged files there instead, for recording.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/bytes.hpp>
#include <rebolt/db.hpp>
#include <rebolt/docker/network_state.hpp>
#include <rebolt/docker/startup.hpp>

#include "docker/test_damage.hpp"
#include "support/damage_kinds.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::docker {
namespace {

using test_damage::logical_damage;

// The releases that were run, and a sound file that each has written.
struct Daemon {
    const char* version;
    const char* file;
};
constexpr std::array<Daemon, 3> daemons{{{"20.10.24", "docker-20.10-running.db"},
                                         {"26.1.5", "docker-26.1-killed.db"},
                                         {"28.5.2", "docker-28.5-killed.db"}}};

std::vector<std::byte> damaged_bytes(const std::string& file, const std::string& kind) {
    const auto read = [](const std::string& path) {
        const std::string text = test::bytes_of(path);
        const Bytes bytes = as_bytes(text);
        return std::vector<std::byte>{bytes.begin(), bytes.end()};
    };
    const std::string sound = REBOLT_TEST_DATA "/real/" + file;
    for (const test::DamageKind& physical : test::damage_kinds())
        if (physical.name == kind)
            return physical.inflict({.bytes = read(sound), .key = "docker/network/v1.0/network/"})
                .value_or(std::vector<std::byte>{});
    if (kind == "metas-zero") {
        std::vector<std::byte> bytes = read(sound);
        std::fill_n(bytes.begin(), 8192, std::byte{});
        return bytes;
    }
    const test::TemporaryFolder folder;
    const std::string path = folder.path("local-kv.db");
    std::filesystem::copy_file(sound, path);
    const auto state = load_network_state(*PageSource::open(path));
    {
        const auto db = DB::open(path);
        EXPECT_TRUE(db->update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket("libnetwork");
            logical_damage().at(kind)(*bucket, *state);
            return {};
        }));
    }
    return read(path);
}

void write_file(const std::string& path, const std::vector<std::byte>& bytes) {
    const std::string_view text = as_text(bytes);
    std::ofstream(path, std::ios::binary)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
}

void write_cases(const std::string& folder) {
    std::vector<std::string> kinds{"metas-zero"};
    for (const test::DamageKind& kind : test::damage_kinds())
        kinds.emplace_back(kind.name);
    for (const auto& [name, change] : logical_damage())
        kinds.push_back(name);
    for (const Daemon& daemon : daemons)
        for (const std::string& kind : kinds)
            if (const auto bytes = damaged_bytes(daemon.file, kind); !bytes.empty())
                write_file(fmt::format("{}/{}.{}.db", folder, daemon.version, kind), bytes);
}

// `26.1.5|zero-leaf|panic|panic: assertion failed: …`; the id that a network would
// have got is `<its new id>`.
std::vector<std::array<std::string, 4>> recorded() {
    std::vector<std::array<std::string, 4>> rows;
    std::ifstream file(REBOLT_TEST_DATA "/outcomes/dockerd.txt");
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#'))
            continue;
        std::array<std::string, 4> row;
        std::size_t at = 0;
        for (std::string& part : row) {
            const std::size_t end = &part == &row.back() ? line.size() : line.find('|', at);
            part = line.substr(at, end - at);
            at = end + 1;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string kind_of(const StartupReport& report) {
    if (!report.fate)
        return report.writes_meet.empty() ? "starts" : "may panic";
    return std::string(name_of(report.fate->kind));
}

TEST(DockerStartup, EndsAsTheRealDaemonsDid) {
    if (const char* folder = std::getenv("REBOLT_WRITE_CASES"))
        return write_cases(folder);
    std::size_t rows = 0;
    for (const auto& [version, kind, fate, words] : recorded()) {
        const auto* daemon = std::ranges::find_if(
            daemons, [&](const Daemon& one) { return one.version == version; });
        ASSERT_NE(daemon, daemons.end()) << version;
        const test::TemporaryFolder folder;
        write_file(folder.path("local-kv.db"), damaged_bytes(daemon->file, kind));
        const auto source = PageSource::open(folder.path("local-kv.db"));
        ASSERT_TRUE(source);
        const auto report = walk_startup(*source, parse_version(version)->from);
        ASSERT_TRUE(report);
        const std::string found = kind_of(*report);
        ++rows;
        if (found == "may panic") { // its first changes meet damage: both are seen
            EXPECT_TRUE(fate == "starts" || fate == "panic") << version << " " << kind;
        } else {
            EXPECT_EQ(found, fate) << version << " " << kind << ": " << report->last_words;
        }
        if (found == fate && found != "loop" && found != "starts") {
            EXPECT_EQ(report->last_words, words) << version << " " << kind;
        }
    }
    EXPECT_GT(rows, 60U);
}

} // namespace
} // namespace rebolt::docker
