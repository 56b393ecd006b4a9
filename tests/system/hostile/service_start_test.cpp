// Whatever happens to the guard, a service whose file is not known to be damaged
// starts: it may be killed, have no time, nowhere to write, nothing to be told by.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/subprocess.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ServiceStart : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string file() const { return path("data/state.db"); }
    void put(const std::string& name) const {
        fs::create_directories(path("data"));
        fs::copy_file(std::string(REBOLT_TEST_DATA) + "/" + name, file(),
                      fs::copy_options::overwrite_existing);
    }
    [[nodiscard]] std::vector<std::string> guard(std::vector<std::string> more) const {
        std::vector<std::string> words{REBOLT_EXE, "guard", "--state-folder", path("state")};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    // The folder of the file's record, made by a first run.
    [[nodiscard]] std::string folder_of_record() const {
        EXPECT_EQ(run_command(guard({file()})).exit_code, 0);
        for (const auto& entry : fs::directory_iterator(path("state")))
            return entry.path().string();
        return {};
    }

private:
    TemporaryFolder folder_;
};

// Held by this process: the guard waits for it, as for another guard.
class HeldLock {
public:
    explicit HeldLock(const std::string& path)
        : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        EXPECT_EQ(::flock(descriptor_, LOCK_EX), 0);
    }
    HeldLock(const HeldLock&) = delete;
    HeldLock& operator=(const HeldLock&) = delete;
    ~HeldLock() { ::close(descriptor_); }

private:
    int descriptor_;
};

// The process that the guard works in, once it has the file open.
std::optional<pid_t> worker_of(pid_t guard, const std::string& opened) {
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos || std::stoi(name) == guard)
            continue;
        std::ifstream stat(entry.path() / "stat");
        const std::string text((std::istreambuf_iterator<char>(stat)), {});
        const std::size_t end = text.rfind(')');
        if (end == std::string::npos || std::stoi(text.substr(end + 4)) != guard)
            continue;
        std::error_code gone;
        for (fs::directory_iterator at(entry.path() / "fd", gone), last; !gone && at != last;
             at.increment(gone))
            if (fs::read_symlink(at->path(), gone) == opened)
                return std::stoi(name);
    }
    return std::nullopt;
}

TEST_F(ServiceStart, IsNotStoppedByACrashOfTheGuard) {
    put("real/docker-20.10-running.db");
    const std::string record = folder_of_record();
    const std::string second = path("data/second.db");
    fs::copy_file(file(), second);
    const HeldLock lock(record + "/lock");
    auto process = io::Subprocess::start(
        {.command = guard({file(), second}), .out = io::Stream::pipe, .err = io::Stream::null});
    ASSERT_TRUE(process);
    std::optional<pid_t> worker;
    while (!worker) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
        worker = worker_of(process->process(), record + "/lock");
    }
    ASSERT_EQ(::kill(*worker, SIGKILL), 0);
    const std::string said = process->read_output(std::chrono::seconds{60}, 65536);
    EXPECT_EQ(process->wait(), 0);
    EXPECT_THAT(said, HasSubstr("state.db: not-judged: not judged: the guard's process was ended "
                                "by signal 9 (Killed): started anyway; to look at it: rebolt "
                                "check "));
    EXPECT_THAT(said, HasSubstr("second.db: clean: "));
}

TEST_F(ServiceStart, IsNotStoppedWithoutTime) {
    put("real/docker-20.10-running.db");
    const HeldLock lock(folder_of_record() + "/lock");
    const auto result = run_command(guard({"--budget", "0.2", file()}));
    EXPECT_EQ(result.exit_code, 0) << result.out;
    EXPECT_THAT(result.out, HasSubstr("started anyway; to look at it: rebolt check "));
}

TEST_F(ServiceStart, IsNotStoppedByAnOutputThatCannotBeWritten) {
    put("real/docker-20.10-running.db");
    const auto run = [&](const std::string& redirected) {
        std::string line;
        for (const std::string& word : guard({file()}))
            line += word + " ";
        return run_command({"/bin/sh", "-c", line + redirected}).exit_code;
    };
    EXPECT_EQ(run(">/dev/full"), 0);
    EXPECT_EQ(run(">&-"), 0);
    EXPECT_EQ(run(">/dev/full 2>&1"), 0);
    put("damaged/docker-cycle-next.db");
    EXPECT_EQ(run("--policy refuse >/dev/full"), 4);
}

TEST_F(ServiceStart, IsNotStoppedByAMistakeInTheConfiguration) {
    put("real/docker-20.10-running.db");
    std::ofstream(path("guard.toml")) << "snapshots = \"three\"\n";
    const auto result =
        run_command(guard({"--config", path("guard.toml"), "--before-start", file()}));
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("Nothing was guarded; the service starts."));
    EXPECT_EQ(run_command(guard({"--config", path("guard.toml"), file()})).exit_code, 16);
}

// As of a unit with User=, whose guard is not root.
TEST_F(ServiceStart, IsNotStoppedWithoutAPlaceForTheState) {
    put("real/docker-20.10-running.db");
    std::ofstream(path("state")) << "a file in place of the folder";
    const auto result = run_command(guard({file()}));
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, HasSubstr("state.db: clean: "));
    EXPECT_THAT(result.out, HasSubstr("; no snapshot of it: "));
}

TEST_F(ServiceStart, IsStoppedByAFileThatIsDamagedAndCannotBeReplaced) {
    fs::create_directories(path("data"));
    std::ofstream(file()) << std::string(8192, '\0');
    EXPECT_EQ(run_command(guard({file()})).exit_code, 8);
}

} // namespace
} // namespace rebolt::test
