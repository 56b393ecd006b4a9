#include "cli/commands/etcd/member_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/output.hpp"

namespace rebolt::cli {

using etcd::MemberFiles;
using etcd::Release;

void MemberCommandOptions::add_to(Arguments arguments) {
    arguments.positional("DIR", common.file, "etcd's --data-dir").required();
    common.add_for_any_file(arguments);
    common.add_for_reading(arguments);
    arguments.option("--wal-dir", wal_folder, "Where the log is, if etcd was told so")
        .value_name("FOLDER");
    arguments.option("--release", release, "The etcd that is to start: 3.3 to 3.7")
        .check(one_of({"3.3", "3.4", "3.5", "3.6", "3.7"}));
}

etcd::MemberOptions MemberCommandOptions::member() const {
    return {.wal_folder = wal_folder, .read = {.lock = !common.live, .timeout = common.timeout()}};
}

Release MemberCommandOptions::release_of(const MemberFiles& files) const {
    for (const Release one : etcd::all_releases)
        if (release == name_of(one))
            return one;
    return etcd::release_of(files);
}

Result<ShownDatabase> open_shown_database(const CommonOptions& options) {
    auto source = open_pages(options);
    if (source)
        source = options.state.shown_in(*std::move(source));
    if (!source)
        return std::move(source).error();
    ShownDatabase shown{std::move(*source), {}};
    shown.states = etcd::read_states(shown.source);
    if (shown.states.empty())
        return Error(ErrorCode::damaged, "no valid meta leads to a state; try --all-pages, or "
                                         "rebolt recover")
            .in_file(options.file);
    const etcd::DatabaseState& state = shown.state();
    if (!state.holes.empty())
        tell_incomplete(options.file,
                        fmt::format("{} of its pages cannot be used", state.holes.size()));
    if (!state.has_keyspace)
        return Error(ErrorCode::bucket_not_found, "there is no keyspace in it: no database of etcd")
            .in_file(options.file);
    return shown;
}

std::string entries_text(std::uint64_t first, std::uint64_t last) {
    if (first == 0)
        return "nothing";
    return first == last ? fmt::format("entry {}", first)
                         : fmt::format("entries {} to {}", first, last);
}

Document hash_json(const etcd::KeyspaceHash& hash) {
    return {{"hash", hash.hash}, {"revision", hash.revision}, {"compact_revision", hash.compacted}};
}

} // namespace rebolt::cli
