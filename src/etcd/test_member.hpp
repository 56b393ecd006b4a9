// Copies of recorded members, for tests that damage them.
#pragma once

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/bytes.hpp>
#include <rebolt/etcd/member.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"
#include "support/tree_survey.hpp"

namespace rebolt::etcd::test_member {

/// What a real etcd answers on a recorded member (see `scripts/e2e-etcd --record`).
struct Recorded {
    const char* name;
    std::uint32_t hash;
    std::int64_t revision;
    std::int64_t compacted;
    Release release;
    std::array<std::pair<std::int64_t, std::uint32_t>, 3> older; ///< revision and HashKV
};
inline constexpr std::array recorded{
    Recorded{"member-3.4.23",
             2209341967,
             222,
             103,
             Release::v3_4,
             {{{110, 324321444}, {150, 2176261890}, {199, 1999808758}}}},
    Recorded{"member-3.5.16",
             3084304215,
             222,
             103,
             Release::v3_5,
             {{{110, 157594228}, {150, 1152525312}, {199, 3604412105}}}},
    Recorded{"member-3.5.30",
             4015575579,
             253,
             125,
             Release::v3_5,
             {{{125, 4248548216}, {172, 46431909}, {230, 3784317622}}}},
};

/// A member's folder of its own.
class Copy {
public:
    explicit Copy(const std::string& name) {
        std::filesystem::copy(REBOLT_TEST_DATA "/etcd/" + name, folder(),
                              std::filesystem::copy_options::recursive);
    }
    [[nodiscard]] std::string folder() const { return folder_.path("member"); }
    [[nodiscard]] std::string db() const { return folder() + "/snap/db"; }
    [[nodiscard]] std::string wal() const {
        return folder() + "/wal/0000000000000000-0000000000000000.wal";
    }
    [[nodiscard]] MemberFiles read() const {
        auto member = read_member(folder());
        EXPECT_TRUE(member) << member.error().to_text();
        return std::move(*member);
    }
    /// Changes a file's bytes.
    static void change(const std::string& path, const std::function<void(std::string&)>& work) {
        std::string bytes = test::bytes_of(path);
        work(bytes);
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    }
    /// Zeroes pages of the database.
    void zero_pages(const std::vector<std::uint64_t>& pages) const {
        change(db(), [&](std::string& bytes) {
            for (const std::uint64_t page : pages)
                bytes.replace(page * 4096, 4096, 4096, '\0');
        });
    }
    [[nodiscard]] test::TreeSurvey survey() const {
        const std::string bytes = test::bytes_of(db());
        return test::survey(as_bytes(bytes), 4096);
    }
    /// The page of the newest tree whose records begin with a main revision from
    /// `first` on, the nearest to it.
    [[nodiscard]] std::uint64_t leaf_of_revision(std::int64_t first) const;

private:
    test::TemporaryFolder folder_;
};

inline std::uint64_t Copy::leaf_of_revision(std::int64_t first) const {
    const std::string bytes = test::bytes_of(db());
    std::uint64_t best = 0;
    std::int64_t best_revision = 0;
    for (const std::uint64_t page : survey().leaves) {
        const auto view = format::LeafView::of(as_bytes(bytes).subspan(page * 4096));
        if (!view || view->count() == 0)
            continue;
        const auto record = parse_stored_key(view->element(0)->key);
        if (!record || record->revision.main < first)
            continue;
        if (best == 0 || record->revision.main < best_revision) {
            best = page;
            best_revision = record->revision.main;
        }
    }
    EXPECT_NE(best, 0U);
    return best;
}

} // namespace rebolt::etcd::test_member
