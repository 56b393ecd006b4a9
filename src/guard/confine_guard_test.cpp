// What the guard's process can do after it was confined. Each test asks a child: a
// confined process stays so.
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

constexpr int no_landlock = 77;

class ConfinedGuard : public GuardFolder {
protected:
    /// What `ask` returns in a child that guards the file; -1 if it was ended.
    int in_child(const std::function<int()>& ask) {
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(confine_guard({{.path = file()}}, options_) ? ask() : no_landlock);
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    static bool has_landlock() {
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(confine_guard({}, {.state_folder = "/"}) ? 0 : no_landlock);
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    void SetUp() override {
        put(damaged_file("docker-cycle-next.db"));
        if (!has_landlock()) {
            GTEST_SKIP() << "this kernel has no Landlock";
        }
    }
};

int error_of_opening(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return file < 0 ? errno : 0;
}

TEST_F(ConfinedGuard, RecoversAsBefore) {
    const int outcome = in_child([&] { return static_cast<int>(run().outcome); });
    EXPECT_EQ(outcome, static_cast<int>(GuardOutcome::recovered));
    EXPECT_EQ(verdict_of(file()), Verdict::clean);
}

TEST_F(ConfinedGuard, WritesNowhereElse) {
    write_text(path("other/file"), "untouched");
    EXPECT_EQ(in_child([&] { return error_of_opening(path("other/file")); }), EACCES);
    EXPECT_EQ(in_child([&] { return error_of_opening(path("new")); }), EACCES);
    EXPECT_EQ(in_child([&] { return error_of_opening(path("data/new")); }), 0);
    EXPECT_EQ(test::bytes_of(path("other/file")), "untouched");
}

// Before Landlock can refuse it, the filter of calls does.
TEST_F(ConfinedGuard, StartsNoProgram) {
    const auto start = [] {
        ::execl("/bin/true", "true", nullptr);
        return errno;
    };
    EXPECT_EQ(in_child(start), EPERM);
}

int error_of(long result) {
    return result < 0 ? errno : 0;
}

TEST_F(ConfinedGuard, SpeaksToNoOtherProgram) {
    EXPECT_EQ(in_child([] { return error_of(::socket(AF_UNIX, SOCK_STREAM, 0)); }), EPERM);
    EXPECT_EQ(in_child([] { return error_of(::socket(AF_INET, SOCK_DGRAM, 0)); }), EPERM);
    EXPECT_EQ(in_child([] { return error_of(::kill(::getppid(), 0)); }), EPERM);
    EXPECT_EQ(in_child([] { return error_of(::ptrace(PTRACE_ATTACH, ::getppid(), 0, 0)); }), EPERM);
}

TEST_F(ConfinedGuard, ChangesNothingOfTheSystem) {
    EXPECT_EQ(in_child([] { return error_of(::unshare(CLONE_NEWUSER)); }), EPERM);
    EXPECT_EQ(in_child([] { return error_of(::mount("none", "/mnt", "tmpfs", 0, nullptr)); }),
              EPERM);
    EXPECT_EQ(in_child([] { return error_of(::syscall(SYS_bpf, 0, nullptr, 0)); }), EPERM);
    constexpr long io_uring_setup = 425; // also what is newer than the headers
    EXPECT_EQ(in_child([] { return error_of(::syscall(io_uring_setup, 1, nullptr)); }), EPERM);
}

TEST_F(ConfinedGuard, KeepsTheRightsThatFilesNeed) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "not as root";
    }
    write_text(path("data/others"), "of another user");
    ASSERT_EQ(::chown(path("data/others").c_str(), 4242, 4242), 0);
    EXPECT_EQ(in_child([&] { return error_of(::chmod(path("data/others").c_str(), 0600)); }), 0);
    EXPECT_EQ(in_child([&] { return error_of(::chown(path("data/others").c_str(), 0, 0)); }), 0);
    EXPECT_EQ(in_child([] { return error_of(::nice(-1)); }), EPERM); // CAP_SYS_NICE is none
}

TEST_F(ConfinedGuard, ChecksWithManyThreads) {
    const auto check_it = [&] {
        CheckOptions options;
        options.threads = 4;
        options.parallel_pages_min = 0;
        const auto source = PageSource::open(REBOLT_TEST_DATA "/real/etcd-3.4.db");
        const auto checked = source ? check(*source, options) : Result<CheckReport>(CheckReport());
        return source && checked && checked->verdict == Verdict::clean ? 0 : 1;
    };
    EXPECT_EQ(in_child(check_it), 0);
}

// Beside the file's own folder, below the root that containerd has.
TEST_F(ConfinedGuard, KeepsContainerdsBlobs) {
    namespace fs = std::filesystem;
    fs::copy(REBOLT_TEST_DATA "/roots/containerd-2.1", path("c"), fs::copy_options::recursive);
    const std::string metadata = path("c/io.containerd.metadata.v1.bolt/meta.db");
    write_text(path("c/io.containerd.content.v1.content/blobs/sha256/") + std::string(64, 'a'),
               "x");
    std::fstream broken(metadata, std::ios::in | std::ios::out | std::ios::binary);
    broken.seekp(16 + 56); // the checksum of the first meta
    broken.write("damaged!", 8);
    broken.close();
    const GuardedFile guarded{.path = metadata};
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(confine_guard({guarded}, options_) && guard_file(guarded, options_).may_start ? 0
                                                                                              : 1);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(fs::exists(path("c/rebolt-kept-blobs/sha256/") + std::string(64, 'a')));
}

} // namespace
} // namespace rebolt::guard
