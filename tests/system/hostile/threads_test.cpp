// Where the system gives no thread, check works with those there are.
#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rebolt/check.hpp>

namespace rebolt::test {
namespace {

// From now on this process gets no thread.
bool refuse_threads() {
    std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const unsigned call : {SYS_clone, SYS_clone3}) {
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN));
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(Threads, ThatAreRefusedAreDoneWithout) {
    constexpr int no_filter = 77;
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(60); // it hung once
        if (!refuse_threads())
            ::_exit(no_filter);
        const auto source = PageSource::open(REBOLT_TEST_DATA "/real/etcd-3.4.db");
        CheckOptions options;
        options.threads = 4;
        options.parallel_pages_min = 0;
        const auto checked = check(*source, options);
        ::_exit(checked && checked->verdict == Verdict::clean ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == no_filter)
        GTEST_SKIP() << "no seccomp here";
    EXPECT_EQ(status, 0);
}

} // namespace
} // namespace rebolt::test
