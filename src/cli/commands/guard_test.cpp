// guard: lines, JSON, exit codes, the drop-in, and what systemd is told.
#include "cli/test_run.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class GuardCommand : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string file() const { return folder_.path("state.db"); }
    void put(const std::string& source) const {
        fs::copy_file(source, file(), fs::copy_options::overwrite_existing);
    }
    [[nodiscard]] test::CommandResult guard(std::vector<std::string> words) const {
        words.insert(words.begin(), "guard");
        words.insert(words.end(), {"--state-folder", path("state")});
        return rebolt(std::move(words));
    }
    static std::size_t lines_in(const std::string& text) {
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(GuardCommand, SaysOneLineOfACleanFile) {
    put(real_file("docker-20.10-running.db"));
    const auto result = guard({file()});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "rebolt guard: " + file() +
                              ": clean: every page is accounted for, transaction 99 is "
                              "whole\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(guard({"-q", file()}).out, "");
}

TEST_F(GuardCommand, RecoversBringsBackAndTakesBack) {
    put(damaged_file("docker-cycle-next.db"));
    const auto result = guard({file()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(lines_in(result.out), 1U);
    EXPECT_THAT(result.out, StartsWith("rebolt guard: " + file() + ": recovered: damaged: "));
    EXPECT_EQ(rebolt({"check", "-q", file()}).exit_code, 0);
    const auto undone = guard({"undo", file()});
    EXPECT_EQ(undone.exit_code, 0) << undone.err;
    EXPECT_THAT(undone.out, StartsWith(file() +
                                       " is as it was before the guard; the file that was there "
                                       "is now " +
                                       file() + ".replaced-"));
    EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(damaged_file("docker-cycle-next.db")));
    const auto left = guard({file()});
    EXPECT_EQ(left.exit_code, 0);
    EXPECT_THAT(left.out, HasSubstr(": not-judged: left alone: `rebolt guard undo` put this file "
                                    "back, and it has not changed since. To recover it: rebolt "
                                    "guard --again " +
                                    file()));
    const auto twice = guard({"undo", file()});
    EXPECT_EQ(twice.exit_code, 8);
    EXPECT_THAT(twice.err, HasSubstr("the guard set no file aside here: there is nothing to undo"));
    EXPECT_THAT(guard({"--again", file()}).out, HasSubstr(": recovered: damaged: "));
}

TEST_F(GuardCommand, StopsTheStartByPolicy) {
    put(damaged_file("docker-cycle-next.db"));
    const auto result = guard({"--policy", "refuse", file()});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_THAT(result.out, HasSubstr(": refused: damaged: "));
    EXPECT_EQ(result.err, "The service must not start on these files: see the lines above.\n");
    EXPECT_EQ(guard({"--dry-run", file()}).exit_code, 0); // as a run would
    EXPECT_EQ(guard({"--policy", "delete", file()}).exit_code, 16);
}

TEST_F(GuardCommand, SaysAsMuchInJson) {
    put(damaged_file("docker-cycle-next.db"));
    const json report = json::parse(guard({"--json", file(), path("none.db")}).out);
    EXPECT_EQ(report["shape"], "rebolt.guard/1");
    EXPECT_EQ(report["may_start"], true);
    ASSERT_EQ(report["files"].size(), 2U);
    EXPECT_EQ(report["files"][0]["outcome"], "recovered");
    EXPECT_EQ(report["files"][0]["keys"]["current"], 56);
    EXPECT_EQ(report["files"][0]["lost_estimate"], 0);
    EXPECT_EQ(report["files"][0]["restored_from"], nullptr);
    EXPECT_TRUE(fs::exists(report["files"][0]["quarantine"].get<std::string>()));
    EXPECT_EQ(report["files"][1]["outcome"], "absent");
}

TEST_F(GuardCommand, KeepsARecordForMachines) {
    put(damaged_file("docker-cycle-next.db"));
    (void)guard({file()});
    std::string found;
    for (const auto& entry : fs::recursive_directory_iterator(path("state")))
        if (entry.path().filename() == "record.json")
            found = entry.path();
    const json record = json::parse(test::bytes_of(found));
    EXPECT_EQ(record["shape"], "rebolt.guard-record/1");
    EXPECT_EQ(record["file"], file());
    EXPECT_EQ(record["last_outcome"], "recovered");
}

TEST_F(GuardCommand, GuardsDockersFilesOneLineEach) {
    fs::create_directories(path("root/network/files"));
    fs::create_directories(path("root/volumes"));
    fs::copy_file(damaged_file("docker-zero-leaf.db"), path("root/network/files/local-kv.db"));
    fs::copy_file(real_file("docker-20.10-volumes-metadata.db"), path("root/volumes/metadata.db"));
    const auto result = guard({"docker", "--data-root", path("root")});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(lines_in(result.out), 7U);
    EXPECT_THAT(result.out, HasSubstr("local-kv.db: recovered: "));
    EXPECT_THAT(result.out, HasSubstr("metadata.db: clean: "));
    EXPECT_THAT(result.out, HasSubstr("cache.db: absent: missing: the service will create it"));
}

TEST_F(GuardCommand, TakesTheDataRootFromThePlaceOfTheFile) {
    fs::create_directories(path("root/network/files"));
    fs::create_directories(path("root/containers/c1"));
    const std::string place = path("root/network/files/local-kv.db");
    fs::copy_file(damaged_file("docker-zero-leaf.db"), place);
    std::ofstream(path("root/containers/c1/config.v2.json"))
        << R"({"ID":"c1","Name":"/c1","State":{"Running":false},"NetworkSettings":{
              "SandboxID":"","Networks":{"lost":{"NetworkID":"77aa","EndpointID":"",
              "Gateway":"172.30.0.1","IPAddress":"172.30.0.2","IPPrefixLen":16}}}})";
    EXPECT_THAT(guard({place}).out, HasSubstr(" repaired from the containers' own files"));
}

TEST_F(GuardCommand, DoesWhatItsConfigurationSays) {
    put(damaged_file("docker-cycle-next.db"));
    std::ofstream(path("guard.toml"))
        << "state_folder = \"" << path("other") << "\"\n"
        << "[[file]]\npath = \"" << file() << "\"\npolicy = \"quarantine\"\n";
    const auto result = rebolt({"guard", "--config", path("guard.toml")});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("state.db: quarantined: damaged: "));
    EXPECT_FALSE(fs::exists(file()));
    EXPECT_TRUE(fs::exists(path("other")));
    std::ofstream(path("guard.toml")) << "colour = \"red\"\n";
    const auto wrong = rebolt({"guard", "--config", path("guard.toml")});
    EXPECT_EQ(wrong.exit_code, 16);
    EXPECT_THAT(wrong.err, HasSubstr("line 1: there is no setting `colour`"));
}

TEST_F(GuardCommand, WantsSomethingToGuard) {
    std::ofstream(path("empty.toml")) << "";
    const auto result = rebolt({"guard", "--config", path("empty.toml")});
    EXPECT_EQ(result.exit_code, 16);
    EXPECT_THAT(result.err, HasSubstr("nothing to guard: name docker, containerd, etcd or a file"));
}

TEST_F(GuardCommand, LetsAFileInUseBe) {
    put(damaged_file("docker-cycle-next.db"));
    const int held = ::open(file().c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    const auto result = guard({file()});
    ::close(held);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("state.db: in-use: not judged: "));
}

// A line in angle brackets is what systemd reads as priority; and the service's
// start is given more time.
TEST_F(GuardCommand, TellsSystemdWhatItDoes) {
    put(damaged_file("docker-cycle-next.db"));
    const int listener = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string place = path("notify");
    ASSERT_LT(place.size(), sizeof address.sun_path);
    place.copy(address.sun_path, place.size());
    ASSERT_EQ(::bind(listener, static_cast<const sockaddr*>(static_cast<const void*>(&address)),
                     sizeof address),
              0);
    const auto result =
        test::run_command({"/usr/bin/env", "NOTIFY_SOCKET=" + place, "JOURNAL_STREAM=1:2",
                           REBOLT_EXE, "guard", file(), "--state-folder", path("state")});
    EXPECT_THAT(result.out, StartsWith("<4>rebolt guard: "));
    std::string told(4096, '\0');
    const ssize_t size = ::recv(listener, told.data(), told.size(), MSG_DONTWAIT);
    ::close(listener);
    ASSERT_GT(size, 0);
    told.resize(static_cast<std::size_t>(size));
    EXPECT_EQ(told, "EXTEND_TIMEOUT_USEC=90000000\nSTATUS=rebolt guard: checking " + file());
}

class GuardInstall : public GuardCommand {
protected:
    GuardInstall() {
        fs::create_directories(root() + "/usr/lib/systemd/system");
        std::ofstream(root() + "/usr/lib/systemd/system/docker.service") << "[Service]\n";
    }
    [[nodiscard]] std::string root() const { return path("system"); }
    [[nodiscard]] std::string drop_in() const {
        return root() + "/etc/systemd/system/docker.service.d/10-rebolt.conf";
    }
    [[nodiscard]] test::CommandResult install(std::vector<std::string> more) const {
        std::vector<std::string> words{"guard", "install",   "--root",
                                       root(),  "--program", REBOLT_EXE};
        words.insert(words.end(), more.begin(), more.end());
        return rebolt(std::move(words));
    }
};

TEST_F(GuardInstall, ShowsWritesAndRemovesTheDropIn) {
    const auto shown = install({"docker"});
    EXPECT_EQ(shown.exit_code, 16);
    EXPECT_THAT(shown.out, StartsWith(drop_in() + ":\n# Written by `rebolt guard install docker`"));
    EXPECT_THAT(shown.out, HasSubstr("guard --before-start docker' " REBOLT_EXE "\n"));
    EXPECT_THAT(shown.err, EndsWith("rebolt: nothing was changed; to do it, add --yes\n"));
    EXPECT_FALSE(fs::exists(drop_in()));
    const auto installed = install({"docker", "--yes"});
    EXPECT_EQ(installed.exit_code, 0);
    EXPECT_THAT(installed.out,
                EndsWith("Now: systemctl daemon-reload\nTry it: rebolt guard docker --dry-run\n"));
    EXPECT_TRUE(shown.out == drop_in() + ":\n" + test::bytes_of(drop_in()));
    EXPECT_EQ(rebolt({"guard", "install", "docker", "--remove", "--root", root(), "-y"}).exit_code,
              0);
    EXPECT_FALSE(fs::exists(fs::path(drop_in()).parent_path()));
    EXPECT_EQ(rebolt({"guard", "uninstall", "docker", "--root", root(), "-y"}).out,
              "There is no " + drop_in() + ": nothing to remove.\n");
    EXPECT_EQ(install({"mongodb"}).exit_code, 16);
}

// As by Ansible: nobody is asked, and the second time changes nothing.
TEST_F(GuardInstall, TwiceIsAsOnce) {
    EXPECT_EQ(install({"docker", "--yes"}).exit_code, 0);
    const std::string content = test::bytes_of(drop_in());
    const auto again = install({"docker"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, StartsWith(drop_in() + " is installed already.\n"));
    EXPECT_EQ(json::parse(install({"docker", "--json"}).out)["changed"], false);
    EXPECT_EQ(test::bytes_of(drop_in()), content);
    EXPECT_EQ(install({"docker", "--memory-max", "none"}).exit_code, 16); // another one: ask
    EXPECT_EQ(test::bytes_of(drop_in()), content);
}

TEST_F(GuardInstall, TakesLimitsAndRefusesWhatIsNone) {
    const auto shown = install({"docker", "--start-timeout", "90.5", "--memory-max", "4G"});
    EXPECT_THAT(shown.out, EndsWith("TimeoutStartSec=91\nMemoryMax=4G\nMemorySwapMax=0\n"));
    const auto none = install({"docker", "--start-timeout", "0", "--memory-max", "none"});
    EXPECT_THAT(none.out, EndsWith("NotifyAccess=exec\n"));
    for (const char* wrong : {"0", "4 G", "many", "%", "75%%", "4G\nExecStart=/evil"}) {
        EXPECT_EQ(install({"docker", "--memory-max", wrong}).exit_code, 16) << wrong;
    }
}

TEST_F(GuardInstall, NeedsAUnitAndAnInstalledProgram) {
    const auto no_unit = install({"etcd", "--yes"});
    EXPECT_EQ(no_unit.exit_code, 8);
    EXPECT_THAT(no_unit.err, HasSubstr("there is no etcd.service here. If another unit starts it"));
    EXPECT_EQ(install({"etcd", "--yes", "--without-unit"}).exit_code, 0);
    const auto not_installed = rebolt({"guard", "install", "docker", "--root", root(), "--yes"});
    if (not_installed.exit_code != 0) { // else one is in /usr/bin, and is taken
        EXPECT_EQ(not_installed.exit_code, 8);
        EXPECT_THAT(not_installed.err, HasSubstr("is not installed, and a service needs one that "
                                                 "stays"));
    }
}

} // namespace
} // namespace rebolt::cli
