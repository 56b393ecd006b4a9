#include "stopped_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
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
constexpr std::array<std::pair<unsigned, const char*>, 15> changing_calls{
    {{SYS_write, "write"},
     {SYS_pwrite64, "pwrite"},
     {SYS_openat, "openat"},
     {SYS_ftruncate, "ftruncate"},
     {SYS_rename, "rename"},
     {SYS_renameat2, "renameat2"},
     {SYS_link, "link"},
     {SYS_unlink, "unlink"},
     {SYS_unlinkat, "unlinkat"},
     {SYS_fsync, "fsync"},
     {SYS_fdatasync, "fdatasync"},
     {SYS_chmod, "chmod"},
     {SYS_chown, "chown"},
     {SYS_mkdir, "mkdir"},
     {SYS_setxattr, "setxattr"}}};

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

} // namespace

StoppedRun run_until_change(const std::vector<std::string>& words, std::size_t kill_at) {
    const pid_t process = ::fork();
    if (process == 0)
        become(words);
    StoppedRun run;
    int status = wait_for(process);
    ::ptrace(PTRACE_SETOPTIONS, process, nullptr, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
    for (; WIFSTOPPED(status); status = wait_for(process)) {
        user_regs_struct registers{};
        const bool is_call = status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8));
        if (is_call && ::ptrace(PTRACE_GETREGS, process, nullptr, &registers) == 0)
            if (const char* change = change_of(process, registers)) {
                if (run.changes == kill_at) {
                    run.killed_before = change;
                    ::kill(process, SIGKILL);
                    (void)wait_for(process);
                    run.was_killed = true;
                    return run;
                }
                ++run.changes;
            }
        ::ptrace(PTRACE_CONT, process, nullptr, nullptr);
    }
    run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return run;
}

} // namespace rebolt::test
