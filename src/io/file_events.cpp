#include "io/file_events.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace rebolt::io {
namespace {

constexpr std::chrono::milliseconds look_interval{50};
// A change that inotify does not tell: another machine's, on a shared disk.
constexpr std::chrono::milliseconds safety_interval{1000};
constexpr std::uint32_t changes = IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE |
                                  IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

// Takes all that is there to read; the descriptor does not block.
void drain(int descriptor) {
    std::array<char, 4096> buffer;
    while (::read(descriptor, buffer.data(), buffer.size()) > 0) {
    }
}

} // namespace

FileEvents::FileEvents(const std::string& path)
    : folder_(std::filesystem::path(path).parent_path()),
      inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      wakeup_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (folder_.empty())
        folder_ = ".";
    watch_folder();
}

FileEvents::~FileEvents() {
    if (inotify_ >= 0)
        ::close(inotify_);
    if (wakeup_ >= 0)
        ::close(wakeup_);
}

void FileEvents::watch_folder() {
    is_watching_ = inotify_ >= 0 && ::inotify_add_watch(inotify_, folder_.c_str(), changes) >= 0;
}

void FileEvents::wait(std::chrono::milliseconds timeout) {
    const auto slice =
        std::min(timeout, is_watching_ && wakeup_ >= 0 ? safety_interval : look_interval);
    std::array<pollfd, 2> sources{pollfd{inotify_, POLLIN, 0}, pollfd{wakeup_, POLLIN, 0}};
    ::poll(sources.data(), sources.size(), static_cast<int>(std::max<long>(slice.count(), 0)));
    if (inotify_ >= 0)
        drain(inotify_);
    if (wakeup_ >= 0)
        drain(wakeup_);
    // Again each time: the folder may be new under its old name. Costs little.
    watch_folder();
}

void FileEvents::wake() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t woken = ::write(wakeup_, &one, sizeof one); // or it is awake
}

} // namespace rebolt::io
