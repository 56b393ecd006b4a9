#include "io/subprocess.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::io {
namespace {

constexpr int signal_base = 128; // as in a shell

Error cannot_run(const SubprocessOptions& options, int error_number) {
    return {ErrorCode::io, fmt::format("cannot run {}: {}", options.command.front(),
                                       std::generic_category().message(error_number))};
}

int exit_code_of(int status) {
    return WIFSIGNALED(status) ? signal_base + WTERMSIG(status) : WEXITSTATUS(status);
}

// Pointers as exec wants them; posix_spawn does not write to the strings.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (const std::string& text : texts)
        pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

std::string_view name_of_variable(std::string_view assignment) {
    return assignment.substr(0, assignment.find('='));
}

// This program's environment with `added` in place of variables of the same name.
std::vector<char*> environment_with(const std::vector<std::string>& added) {
    std::vector<char*> all = pointers_to(added);
    all.pop_back();
    for (char** at = environ; *at != nullptr; ++at)
        if (std::ranges::none_of(added, [&](const std::string& assignment) {
                return name_of_variable(assignment) == name_of_variable(*at);
            }))
            all.push_back(*at);
    all.push_back(nullptr);
    return all;
}

// A pipe to the program; its ends are closed with it unless they are taken.
class Pipe {
public:
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        for (const int end : ends_)
            if (end >= 0)
                ::close(end);
    }
    [[nodiscard]] bool open() { return ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
    [[nodiscard]] int writing_end() const noexcept { return ends_[1]; }
    [[nodiscard]] int take_reading_end() noexcept { return std::exchange(ends_[0], -1); }

private:
    std::array<int, 2> ends_{-1, -1};
};

class FileActions {
public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

    // False if no pipe could be opened.
    [[nodiscard]] bool connect(int descriptor, Stream stream, Pipe& pipe) {
        if (stream == Stream::null)
            ::posix_spawn_file_actions_addopen(&actions_, descriptor, "/dev/null", O_RDWR, 0);
        if (stream != Stream::pipe)
            return true;
        if (!pipe.open())
            return false;
        ::posix_spawn_file_actions_adddup2(&actions_, pipe.writing_end(), descriptor);
        return true;
    }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// Signals that this program ignores or handles have their default effect in the
// other one. Returns 0, or the error number.
int spawn(pid_t& process, const SubprocessOptions& options, const FileActions& actions) {
    const std::vector<char*> arguments = pointers_to(options.command);
    const std::vector<char*> environment = environment_with(options.environment);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    for (const int number : {SIGINT, SIGTERM, SIGPIPE})
        ::sigaddset(&defaults, number);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int failed = ::posix_spawnp(&process, arguments.front(), actions.get(), &attributes,
                                      arguments.data(), environment.data());
    ::posix_spawnattr_destroy(&attributes);
    return failed;
}

} // namespace

Result<Subprocess> Subprocess::start(const SubprocessOptions& options) {
    Pipe in;
    Pipe out;
    Pipe err;
    FileActions actions;
    if (!actions.connect(STDIN_FILENO, options.in, in) ||
        !actions.connect(STDOUT_FILENO, options.out, out) ||
        !actions.connect(STDERR_FILENO, options.err, err))
        return cannot_run(options, errno);
    Subprocess started;
    if (const int failed = spawn(started.process_, options, actions); failed != 0) {
        started.process_ = -1;
        return cannot_run(options, failed);
    }
    started.out_ = out.take_reading_end();
    started.err_ = err.take_reading_end();
    return started;
}

Subprocess::Subprocess(Subprocess&& other) noexcept
    : process_(std::exchange(other.process_, -1)), out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)), exit_code_(other.exit_code_) {}

Subprocess::~Subprocess() {
    for (const int end : {out_, err_})
        if (end >= 0)
            ::close(end);
    if (process_ < 0)
        return;
    signal(SIGKILL);
    static_cast<void>(wait());
}

std::string Subprocess::read_output(std::chrono::milliseconds longest,
                                    std::size_t bytes_max) const {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + longest;
    std::string text;
    while (out_ >= 0 && text.size() < bytes_max) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd ready{.fd = out_, .events = POLLIN, .revents = 0};
        if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0)
            break;
        std::array<char, 4096> piece{};
        const ssize_t size = ::read(out_, piece.data(), piece.size());
        if (size <= 0)
            break;
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return text;
}

std::optional<int> Subprocess::poll() {
    int status = 0;
    if (!exit_code_ && process_ > 0 && ::waitpid(process_, &status, WNOHANG) == process_)
        exit_code_ = exit_code_of(status);
    return exit_code_;
}

int Subprocess::wait() {
    while (!exit_code_) {
        int status = 0;
        if (::waitpid(process_, &status, 0) == process_)
            exit_code_ = exit_code_of(status);
        else if (errno != EINTR)
            exit_code_ = -1; // somebody else has waited for it
    }
    return *exit_code_;
}

void Subprocess::signal(int number) const noexcept {
    if (process_ > 0 && !exit_code_)
        ::kill(process_, number);
}

} // namespace rebolt::io
