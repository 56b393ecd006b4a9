// place_of: walks a path with one descriptor a step, so that what was judged is
// what is gone through.
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/descriptor_path.hpp"
#include "io/folder.hpp"

namespace rebolt::io {
namespace {

constexpr int links_max = 40; // as Linux

class Walk {
public:
    explicit Walk(const std::string& path) : asked_(path) {}

    Result<Place> to_end(LastLink last) {
        TRY(begin());
        while (!left_.empty()) {
            std::string name = std::move(left_.back());
            left_.pop_back();
            if (name == "..") {
                TRY(enter("..", O_NOFOLLOW));
                at_ = at_.substr(0, at_.find_last_of('/'));
                continue;
            }
            const bool is_last = left_.empty();
            struct stat status{};
            if (::fstatat(folder_->descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 &&
                !(is_last && errno == ENOENT))
                return system_error(errno, "cannot look at", at_ + "/" + name);
            if (S_ISLNK(status.st_mode) && (!is_last || last == LastLink::follow)) {
                TRY(follow(name, status));
            } else if (is_last) {
                return end(std::move(name));
            } else {
                TRY(enter(name, O_NOFOLLOW));
                at_ += "/" + name;
            }
        }
        return Error(ErrorCode::invalid_argument, "a folder, not a file").in_file(asked_);
    }

private:
    Result<void> begin() {
        if (asked_.empty())
            return Error(ErrorCode::file_not_found, "no file is named");
        std::error_code ignored;
        if (asked_.front() != '/')
            at_ = std::filesystem::current_path(ignored).string();
        if (at_ == "/")
            at_.clear();
        const auto own = parse_descriptor_path(asked_);
        if (own && !std::filesystem::exists("/proc/self/fd", ignored))
            return start_at(*own);
        push(asked_);
        return start(asked_.front() == '/' ? "/" : ".");
    }

    Result<void> start_at(const DescriptorPath& path) {
        const int descriptor = ::fcntl(path.descriptor, F_DUPFD_CLOEXEC, 0);
        if (descriptor < 0)
            return system_error(errno, "cannot open the folder", asked_);
        at_ = descriptor_path(path.descriptor);
        folder_ = std::make_shared<const Folder>(descriptor, at_);
        push(path.name);
        return {};
    }

    Result<void> start(const char* from) {
        const int descriptor = ::open(from, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
            return system_error(errno, "cannot open the folder", from);
        folder_ = std::make_shared<const Folder>(descriptor, from);
        return {};
    }

    // Puts a path's names before those that are left.
    void push(const std::string& path) {
        std::vector<std::string> names;
        for (const auto& part : std::filesystem::path(path).relative_path())
            if (const std::string name = part.string(); !name.empty() && name != ".")
                names.push_back(name);
        left_.insert(left_.end(), names.rbegin(), names.rend());
    }

    Result<void> enter(const std::string& name, int flags) {
        const int descriptor =
            ::openat(folder_->descriptor(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | flags);
        if (descriptor < 0)
            return system_error(errno, "cannot open the folder", at_ + "/" + name);
        folder_ = std::make_shared<const Folder>(descriptor, at_ + "/" + name);
        return {};
    }

    Result<void> follow(const std::string& name, const struct stat& link) {
        TRY(require_trust(name, link));
        if (++links_ > links_max)
            return system_error(ELOOP, "cannot follow", asked_);
        std::string target(PATH_MAX, '\0');
        const ssize_t length =
            ::readlinkat(folder_->descriptor(), name.c_str(), target.data(), target.size());
        if (length <= 0)
            return system_error(length == 0 ? ENOENT : errno, "cannot follow", at_ + "/" + name);
        target.resize(static_cast<std::size_t>(length));
        struct statfs system{};
        const bool leads_to_a_descriptor =
            ::fstatfs(folder_->descriptor(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
        if (leads_to_a_descriptor && target.front() == '/') { // its text is not where it leads
            TRY(enter(name, 0));
            at_ = target;
            return {};
        }
        if (target.front() == '/') {
            at_.clear();
            TRY(start("/"));
        }
        push(target);
        return {};
    }

    Result<void> require_trust(const std::string& name, const struct stat& link) const {
        struct stat folder{};
        if (::fstat(folder_->descriptor(), &folder) != 0)
            return system_error(errno, "cannot look at the folder", at_);
        const auto is_ours = [](uid_t user) { return user == 0 || user == ::geteuid(); };
        const bool others_write = (folder.st_mode & (S_IWGRP | S_IWOTH)) != 0;
        const bool is_sticky = (folder.st_mode & S_ISVTX) != 0;
        if (is_ours(folder.st_uid) && (!others_write || (is_sticky && is_ours(link.st_uid))))
            return {};
        return Error(ErrorCode::permission_denied,
                     fmt::format("{}/{} is a link that another user may have put there, and is not "
                                 "followed: name the file itself",
                                 at_, name))
            .in_file(asked_);
    }

    // Opened again, for reading and syncing.
    Result<Place> end(std::string name) {
        const int descriptor =
            ::openat(folder_->descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
            return system_error(errno, "cannot open the folder", at_.empty() ? "/" : at_);
        return Place{std::make_shared<const Folder>(descriptor, at_), std::move(name)};
    }

    const std::string& asked_;
    std::string at_; ///< where folder_ is, without a `/` at its end
    std::shared_ptr<const Folder> folder_;
    std::vector<std::string> left_; ///< names, the next one last
    int links_ = 0;
};

} // namespace

Result<Place> place_of(const std::string& path, LastLink last) {
    return Walk(path).to_end(last);
}

} // namespace rebolt::io
