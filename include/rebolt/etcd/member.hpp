// member: all files of an etcd member, what fits together in them, and whether
// etcd would start on them. Nothing is started, and nothing is changed.
//
//   auto member = rebolt::etcd::read_member("/var/lib/etcd");
//   if (!member)
//       return std::move(member).error();
//   const auto start = rebolt::etcd::predict_start(*member, rebolt::etcd::Release::v3_5);
//   std::puts(start.starts ? "etcd starts" : start.message.c_str());
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/etcd/database.hpp>
#include <rebolt/etcd/wal.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt::etcd {

/// A `.snap` file.
struct SnapFile {
    std::string name;
    std::string error; ///< in etcd's words, why it renames it to `.broken`; else empty
    SnapshotMark mark;
    std::uint64_t bytes = 0;
    std::vector<std::string> members; ///< ids in hex, of the v2 store
    std::string cluster_version;
    bool has_v2_keys = false; ///< keys of the v2 API, which 3.6 refuses
};

struct MemberPaths {
    std::string member; ///< the folder with `snap`
    std::string wal;
    std::string snap;

    [[nodiscard]] std::string db() const { return snap + "/db"; }
};

struct MemberOptions {
    std::string wal_folder = {}; ///< etcd's --wal-dir; empty: beside `snap`
    ReadOptions read = {};       ///< of the database
};

struct MemberFiles {
    MemberPaths paths;
    std::optional<Wal> wal;               ///< nullopt: no log is there
    std::vector<SnapFile> snaps;          ///< newest name first, as etcd tries them
    std::vector<std::uint64_t> snap_dbs;  ///< indexes of `*.snap.db` files
    std::vector<std::string> other_files; ///< in `snap/`, which etcd passes over
    std::optional<PageSource> source;     ///< of `db`; nullopt: it is not there
    std::vector<DatabaseState> states;    ///< of `db`, the newest first
    std::string db_error;                 ///< why `db` could not be read

    /// The state that etcd sees: that of the newest valid meta. Null if there is none.
    [[nodiscard]] const DatabaseState* newest() const noexcept {
        return states.empty() ? nullptr : &states.front();
    }
};

/// `folder`: etcd's --data-dir, or the `member` folder in it. Damage is no error.
/// Errors: file_not_found (no member), permission_denied, io, lock_timeout (etcd
/// runs), out_of_memory. Cost: O(all bytes).
[[nodiscard]] Result<MemberFiles> read_member(const std::string& folder,
                                              const MemberOptions& options = {});
/// Reads one `.snap` file. Errors: file_not_found, permission_denied, io.
[[nodiscard]] Result<SnapFile> read_snap(const std::string& path);

/// Minor releases, each with its newest patch release's ways.
enum class Release : std::uint8_t { v3_3, v3_4, v3_5, v3_6, v3_7 };
inline constexpr std::array all_releases{Release::v3_3, Release::v3_4, Release::v3_5, Release::v3_6,
                                         Release::v3_7};
/// `3.3`, `3.4`, …
[[nodiscard]] std::string_view name_of(Release release) noexcept;
/// The newest release that the files name; 3.5 if they name none.
[[nodiscard]] Release release_of(const MemberFiles& member);

/// What etcd does with the files.
struct StartPrediction {
    Release release = Release::v3_5;
    bool starts = false;
    std::string message;                  ///< where it stops: its own words; else empty
    std::vector<std::string> remarks;     ///< what it does not notice, or destroys
    std::optional<SnapshotMark> snapshot; ///< the one it begins with; nullopt: from entry 1
    bool cuts_torn_end = false;           ///< of the log's last file
    std::uint64_t replay_first = 0;       ///< entries that it applies to `db`; 0: none
    std::uint64_t replay_last = 0;
};
[[nodiscard]] StartPrediction predict_start(const MemberFiles& member, Release release);

} // namespace rebolt::etcd
