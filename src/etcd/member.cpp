#include <rebolt/etcd/member.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/file.hpp"

namespace rebolt::etcd {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

Result<MemberPaths> paths_of(const std::string& folder, const std::string& wal_folder) {
    MemberPaths paths;
    paths.member = is_folder(folder + "/member") ? folder + "/member" : folder;
    paths.snap = paths.member + "/snap";
    paths.wal = wal_folder.empty() ? paths.member + "/wal" : wal_folder;
    if (!is_folder(paths.snap) && !is_folder(paths.wal))
        return Error(ErrorCode::file_not_found,
                     "there is no etcd member here: neither `member/snap` nor `member/wal`")
            .in_file(folder);
    return paths;
}

// `0000000000000af4.snap.db`
std::optional<std::uint64_t> index_of_snap_db(std::string_view name) {
    constexpr std::string_view suffix = ".snap.db";
    if (!name.ends_with(suffix))
        return std::nullopt;
    name.remove_suffix(suffix.size());
    std::uint64_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index, 16);
    if (error != std::errc{} || end != name.data() + name.size())
        return std::nullopt;
    return index;
}

Result<void> read_snap_folder(MemberFiles& member) {
    std::error_code failed;
    fs::directory_iterator entries(member.paths.snap, failed);
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
        const std::string name = entries->path().filename().string();
        if (name.ends_with(".snap"))
            member.snaps.push_back(TRY(read_snap(member.paths.snap + "/" + name)));
        else if (const auto index = index_of_snap_db(name))
            member.snap_dbs.push_back(*index);
        else if (name != "db")
            member.other_files.push_back(name);
    }
    if (failed)
        return io::system_error(failed.value(), "cannot read the folder", member.paths.snap);
    std::ranges::sort(member.snaps, std::greater<>(), &SnapFile::name);
    std::ranges::sort(member.snap_dbs);
    std::ranges::sort(member.other_files);
    return {};
}

Result<void> read_database(MemberFiles& member, const ReadOptions& options) {
    auto source = PageSource::open(member.paths.db(), options);
    if (!source && source.error().code() == ErrorCode::file_not_found)
        return {};
    if (!source && source.error().code() == ErrorCode::lock_timeout)
        return std::move(source).error();
    if (!source) {
        member.db_error = source.error().message();
        return {};
    }
    member.source = std::move(*source);
    member.states = read_states(*member.source);
    return {};
}

} // namespace

Result<MemberFiles> read_member(const std::string& folder, const MemberOptions& options) {
    MemberFiles member;
    member.paths = TRY(paths_of(folder, options.wal_folder));
    if (is_folder(member.paths.snap)) {
        TRY(read_snap_folder(member));
        TRY(read_database(member, options.read));
    }
    if (is_folder(member.paths.wal)) {
        Wal wal = TRY(Wal::open(member.paths.wal));
        if (!wal.files().empty())
            member.wal = std::move(wal);
    }
    return member;
}

Release release_of(const MemberFiles& member) {
    std::string name;
    if (const DatabaseState* state = member.newest()) {
        const auto storage = state->value("meta", "storageVersion");
        name = storage ? *storage : state->value("cluster", "clusterVersion").value_or("");
    }
    if (name.empty() && !member.snaps.empty())
        name = member.snaps.front().cluster_version;
    for (const Release one : all_releases)
        if (name.starts_with(name_of(one)))
            return one;
    return Release::v3_5;
}

std::string_view name_of(Release release) noexcept {
    constexpr std::array<std::string_view, all_releases.size()> names{"3.3", "3.4", "3.5", "3.6",
                                                                      "3.7"};
    return names[static_cast<std::size_t>(release)];
}

} // namespace rebolt::etcd
