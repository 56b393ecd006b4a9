// `rebolt browse` in a real terminal, which tmux is: keys are typed, the screen is read.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

const std::string data = REBOLT_TEST_DATA;

// A terminal with a shell command in it. It is over when the command has ended.
class Terminal {
public:
    explicit Terminal(const std::string& command) {
        tmux({"-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30",
              command + "; echo exit code $?; read line"});
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() { tmux({"kill-server"}); }

    void press(const std::vector<std::string>& keys) const {
        for (const std::string& key : keys)
            tmux({"send-keys", key});
    }
    void type(const std::string& text) const { tmux({"send-keys", "-l", text}); }
    void resize(int columns, int rows) const {
        tmux({"resize-window", "-x", std::to_string(columns), "-y", std::to_string(rows)});
    }
    [[nodiscard]] std::string screen() const { return tmux({"capture-pane", "-p"}); }

    // Waits until the text is there; what is there in the end, to be told.
    void expect(const std::string& text) const {
        std::string shown;
        for (int look = 0; look < 600; ++look) {
            shown = screen();
            if (shown.find(text) != std::string::npos)
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
        ADD_FAILURE() << "'" << text << "' is not shown:\n" << shown;
    }

private:
    std::string tmux(std::vector<std::string> words) const {
        words.insert(words.begin(), {"/usr/bin/tmux", "-S", folder_.path("socket")});
        return run_command(words).out;
    }

    const TemporaryFolder folder_;
};

std::string browse(const std::string& file) {
    return std::string("TERM=screen LC_ALL=C.UTF-8 " REBOLT_EXE " browse '") + file + "'";
}

TEST(Browse, OpensBucketsKeysAndValues) {
    const Terminal terminal(browse(data + "/real/docker-20.10-running.db"));
    terminal.expect("Buckets of transaction 99, the newest");
    terminal.press({"Enter"});
    terminal.expect("> libnetwork");
    terminal.press({"Enter"});
    terminal.expect("1 of 56 ");
    terminal.press({"End"});
    terminal.expect("56 of 56 ");
    terminal.press({"Home", "/"});
    terminal.type("v1.0/sandbox/");
    terminal.press({"Enter"});
    terminal.expect("48 of 56 ");
    terminal.press({"n"});
    terminal.expect("49 of 56 ");
    terminal.press({"Enter"});
    terminal.expect("\"Cid\":\"5fda");
    terminal.press({"BSpace"});
    terminal.expect("49 of 56 ");
    terminal.press({"/"});
    terminal.type("no such key");
    terminal.press({"Enter"});
    terminal.expect("not found: no such key");
    terminal.press({"BSpace", "BSpace"});
    terminal.expect("Buckets of transaction 98, the one before");
    terminal.press({"q"});
    terminal.expect("exit code 0");
}

TEST(Browse, ShowsWhatCanBeReadOfAnyDamagedFile) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(data + "/damaged"))
        files.push_back(entry.path().string());
    std::ranges::sort(files);
    for (const std::string& file : files) {
        SCOPED_TRACE(file);
        const std::string before = bytes_of(file);
        const Terminal terminal(browse(file));
        terminal.expect("Buckets of ");
        terminal.press({"End"}); // the findings
        terminal.expect("Findings (");
        terminal.press({"Enter"});
        terminal.expect("1 of ");
        terminal.press({"Enter", "BSpace", "BSpace", "BSpace", "Home", "Enter", "Enter", "End",
                        "PPage", "Enter", "q"});
        terminal.expect("exit code 0");
        EXPECT_EQ(bytes_of(file), before);
    }
}

TEST(Browse, FitsASmallTerminal) {
    const Terminal terminal(browse(data + "/damaged/docker-cycle-next.db"));
    terminal.expect("Buckets of ");
    terminal.resize(20, 4);
    terminal.press({"Down", "Down"});
    terminal.expect("3 of 4");
    terminal.resize(1, 1);
    terminal.press({"Enter", "End"});
    terminal.resize(100, 30);
    terminal.expect("32 of 32 ");
    terminal.press({"C-c"});
    terminal.expect("exit code 0");
}

TEST(Browse, WantsATerminal) {
    const CommandResult result =
        run_command({REBOLT_EXE, "browse", data + "/real/docker-20.10-running.db"});
    EXPECT_EQ(result.exit_code, 16);
    EXPECT_NE(result.err.find("this needs a terminal"), std::string::npos) << result.err;
}

} // namespace
} // namespace rebolt::test
