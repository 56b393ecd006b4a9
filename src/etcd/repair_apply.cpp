#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/etcd/repair.hpp>

#include "base/try.hpp"
#include "etcd/new_database.hpp"
#include "etcd/repair_record.hpp"
#include "io/mapping.hpp"
#include "io/new_file.hpp"

namespace rebolt::etcd {
namespace {

bool exists(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

Result<void> rename_file(const std::string& from, const std::string& to) {
    if (io::SystemCalls::current()->renameat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str()) != 0)
        return io::system_error(errno, "cannot rename it to " + to, from);
    return io::sync_folder_of(to);
}

// A second name, so that the first is never without a file; where the file system
// has no links, the file itself gets the other name.
Result<void> keep_as(const std::string& path, const std::string& name) {
    if (::link(path.c_str(), name.c_str()) == 0)
        return io::sync_folder_of(name);
    return rename_file(path, name);
}

class Apply {
public:
    Apply(const MemberFiles& member, const RepairPlan& plan)
        : member_(member), plan_(plan), time_(repair_time()) {}

    Result<std::vector<std::string>> run() {
        const std::string db = member_.paths.db();
        const std::string made = db + ".rebolt-new";
        const bool has_db = exists(db);
        if (plan_.database) {
            TRY(write_database(*plan_.database, made));
            const auto like = TRY(io::File::open_for_reading(has_db ? db : some_wal_file()));
            const auto file = TRY(io::File::open_for_reading(made));
            TRY(io::copy_attributes(*like, *file));
        }
        if (has_db && (plan_.database || plan_.without_database))
            add_move(db);
        const std::string wal_file = plan_.cut_log_to ? some_wal_file() : "";
        if (!wal_file.empty())
            add_move(wal_file);
        for (const std::string& path : plan_.set_aside)
            add_move(path);
        TRY(write_repair_record(member_.paths.member, time_, moves_));
        if (!wal_file.empty())
            TRY(cut(wal_file));
        for (const std::string& path : plan_.set_aside)
            TRY(rename_file(path, aside(path)));
        if (has_db && plan_.database)
            TRY(keep_as(db, aside(db)));
        if (has_db && plan_.without_database)
            TRY(rename_file(db, aside(db)));
        if (plan_.database)
            TRY(rename_file(made, db));
        std::vector<std::string> names;
        for (const FileMove& move : moves_)
            names.push_back(move.to);
        return names;
    }

private:
    [[nodiscard]] std::string aside(const std::string& path) const {
        return fmt::format("{}.aside-{}", path, time_);
    }
    void add_move(const std::string& path) { moves_.push_back({path, aside(path)}); }

    // The last one: the one that is cut, and whose owner a new database gets.
    [[nodiscard]] std::string some_wal_file() const {
        return member_.paths.wal + "/" + member_.wal->files().back().name;
    }

    Result<void> cut(const std::string& path) {
        auto opened = TRY(io::File::open_for_reading(path));
        const std::uint64_t bytes = TRY(opened->size_bytes());
        const auto mapping = TRY(io::Mapping::map(std::move(opened), bytes));
        auto file = TRY(io::NewFile::create(path, 0600));
        TRY(file.append(mapping->bytes().first(std::min(*plan_.cut_log_to, bytes))));
        TRY(file.take_attributes(mapping->file()));
        TRY(keep_as(path, aside(path)));
        return file.put_in_place();
    }

    const MemberFiles& member_;
    const RepairPlan& plan_;
    std::string time_;
    std::vector<FileMove> moves_;
};

} // namespace

Result<std::vector<std::string>> apply_repair(const MemberFiles& member, const RepairPlan& plan) {
    if (!plan.is_possible())
        return Error(ErrorCode::invalid_argument, "there is nothing that could be done")
            .in_file(member.paths.member);
    return Apply(member, plan).run();
}

Result<std::vector<std::string>> undo_repair(const std::string& folder,
                                             const MemberOptions& options) {
    const MemberFiles member = TRY(read_member(folder, options));
    const std::string record = TRY(newest_repair_record(member.paths.member));
    std::vector<FileMove> moves = TRY(read_repair_record(record));
    std::ranges::reverse(moves);
    std::vector<std::string> done;
    for (const FileMove& move : moves) {
        const bool is_of_member =
            move.from.starts_with(member.paths.snap) || move.from.starts_with(member.paths.wal);
        if (!is_of_member || !move.to.starts_with(move.from + ".aside-"))
            return Error(ErrorCode::invalid_argument, "it names files of another place")
                .in_file(record);
        if (!exists(move.to))
            continue; // the repair did not come so far
        if (exists(move.from)) {
            TRY(rename_file(move.from, move.to + ".undone"));
            done.push_back(fmt::format("{} is now {}.undone", move.from, move.to));
        }
        TRY(rename_file(move.to, move.from));
        done.push_back(move.from + " is back");
    }
    TRY(rename_file(record, record + ".undone"));
    return done;
}

} // namespace rebolt::etcd
