// What the guard's process can do after it was confined. Each test asks a child: a
// confined process stays so.
#include <cerrno>
#include <functional>

#include <fcntl.h>
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

TEST_F(ConfinedGuard, StartsNoProgram) {
    const auto start = [] {
        ::execl("/bin/true", "true", nullptr);
        return errno;
    };
    EXPECT_EQ(in_child(start), EACCES);
}

} // namespace
} // namespace rebolt::guard
