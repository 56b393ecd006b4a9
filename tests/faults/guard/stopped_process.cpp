#include "stopped_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <set>
#include <utility>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

// The system calls that change files; openat only when it makes one.
constexpr std::array<std::pair<unsigned, const char*>, 19> changing_calls{
    {{SYS_write, "write"},
     {SYS_pwrite64, "pwrite"},
     {SYS_copy_file_range, "copy_file_range"},
     {SYS_openat, "openat"},
     {SYS_ftruncate, "ftruncate"},
     {SYS_rename, "rename"},
     {SYS_renameat, "renameat"},
     {SYS_renameat2, "renameat2"},
     {SYS_linkat, "linkat"},
     {SYS_unlink, "unlink"},
     {SYS_unlinkat, "unlinkat"},
     {SYS_fsync, "fsync"},
     {SYS_fdatasync, "fdatasync"},
     {SYS_fchmod, "fchmod"},
     {SYS_fchown, "fchown"},
     {SYS_mkdir, "mkdir"},
     {SYS_mkdirat, "mkdirat"},
     {SYS_rmdir, "rmdir"},
     {SYS_fsetxattr, "fsetxattr"}}};

// The sanitizers write to pipes, to see whether memory is there.
bool is_file(pid_t process, unsigned long long descriptor) {
    struct stat status{};
    const std::string link = fmt::format("/proc/{}/fd/{}", process, descriptor);
    return ::stat(link.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// What it is about to ask; null if that changes no file.
const char* change_of(pid_t process, const user_regs_struct& registers) {
    const auto* at = std::ranges::find(changing_calls, registers.orig_rax,
                                       &std::pair<unsigned, const char*>::first);
    const bool is_change = at != changing_calls.end() &&
                           (at->first != SYS_openat || (registers.rdx & O_CREAT) != 0) &&
                           (at->first != SYS_write || is_file(process, registers.rdi));
    return is_change ? at->second : nullptr;
}

// Lets the kernel stop it at these calls alone: at all of them it would take
// twenty times as long.
void stop_at_changes() {
    std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const auto& [call, name] : changing_calls) {
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

[[noreturn]] void become(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str())); // execv does not write to them
    arguments.push_back(nullptr);
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(nowhere, descriptor);
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1); // it cannot look while it is traced
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP); // until the other side has said what it wants to be told of
    stop_at_changes();
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

int wait_for(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

// The program with all processes and threads that it starts.
class Traced {
public:
    explicit Traced(pid_t first) : first_(first), all_{first} {
        static_cast<void>(wait_for(first));
        ::ptrace(PTRACE_SETOPTIONS, first, nullptr,
                 PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK |
                     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE);
        ::ptrace(PTRACE_CONT, first, nullptr, nullptr);
    }

    /// Goes on to the next change; null when the program has ended.
    const char* next_change(int& exit_code) {
        while (true) {
            int status = 0;
            const pid_t who = ::waitpid(-1, &status, __WALL);
            if (who < 0 && errno == EINTR)
                continue;
            if (who < 0)
                return nullptr;
            all_.insert(who);
            if (WIFSTOPPED(status)) {
                if (const char* change = change_at(who, status))
                    return change;
                continue;
            }
            all_.erase(who);
            if (who != first_)
                continue;
            exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            return nullptr;
        }
    }
    /// After next_change().
    void go_on() const { ::ptrace(PTRACE_CONT, stopped_, nullptr, nullptr); }
    /// As by a power cut.
    void kill_all() {
        for (const pid_t one : all_)
            ::kill(one, SIGKILL);
        while (::waitpid(-1, nullptr, __WALL) > 0 || errno == EINTR) {
        }
    }

private:
    const char* change_at(pid_t who, int status) {
        const int event = status >> 16;
        user_regs_struct registers{};
        if (event == PTRACE_EVENT_SECCOMP &&
            ::ptrace(PTRACE_GETREGS, who, nullptr, &registers) == 0)
            if (const char* change = change_of(who, registers)) {
                stopped_ = who;
                return change;
            }
        const int signal = WSTOPSIG(status);
        const bool is_of_tracing = event != 0 || signal == SIGSTOP || signal == SIGTRAP;
        ::ptrace(PTRACE_CONT, who, nullptr, is_of_tracing ? 0L : static_cast<long>(signal));
        return nullptr;
    }

    pid_t first_;
    pid_t stopped_ = -1;
    std::set<pid_t> all_;
};

} // namespace

StoppedRun run_until_change(const std::vector<std::string>& words, std::size_t kill_at) {
    const pid_t process = ::fork();
    if (process == 0)
        become(words);
    Traced traced(process);
    StoppedRun run;
    while (const char* change = traced.next_change(run.exit_code)) {
        if (run.changes == kill_at) {
            run.killed_before = change;
            traced.kill_all();
            run.was_killed = true;
            return run;
        }
        ++run.changes;
        traced.go_on();
    }
    return run;
}

} // namespace rebolt::test
