#include "live_state.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* image = "box:1";

void must(const CommandResult& result, const std::string& what) {
    if (result.exit_code == 0)
        return;
    std::fputs(fmt::format("{}: {}\n", what, result.err).c_str(), stderr);
    std::abort();
}

void copy(const std::string& from, const std::string& to) {
    must(run_command({"/bin/cp", "-a", "--reflink=auto", from, to}), "cp");
}

void make_network(const Box& box, std::vector<std::string> words) {
    words.insert(words.begin(), {"network", "create"});
    must(box.docker(std::move(words)), "docker network create");
}

struct NewContainer {
    std::string name;
    std::string network;
    std::string restart = "always";
    std::vector<std::string> more = {};
};

void run(const Box& box, const NewContainer& container) {
    std::vector<std::string> words{"run",           "-d",
                                   "--name",        container.name,
                                   "--network",     container.network,
                                   "--restart",     container.restart,
                                   "--stop-signal", "KILL"};
    words.insert(words.end(), container.more.begin(), container.more.end());
    words.insert(words.end(), {image, "/bin/busybox", "sleep", "1000000"});
    must(box.docker(std::move(words)), "docker run");
}

} // namespace

Possessions possessions_in(const Box& box) {
    const auto inspect = [&](std::vector<std::string> list, std::vector<std::string> words,
                             const std::string& format) {
        const std::vector<std::string> names = box.lines(std::move(list));
        words.insert(words.end(), {"inspect", "--format", format});
        words.insert(words.end(), names.begin(), names.end());
        return names.empty() ? names : box.lines(std::move(words));
    };
    const std::string network =
        "{{.Name}} {{.Id}} {{.Driver}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";
    const std::vector<std::string> users{"network", "ls", "-q", "--filter", "type=custom"};
    return {.networks = inspect(users, {"network"}, network),
            .options = inspect(users, {"network"},
                               network + " {{.Internal}} {{.EnableIPv6}} {{.Attachable}} "
                                         "{{.ConfigOnly}} {{json .Labels}} {{json .Options}} "
                                         "{{json .IPAM.Config}}"),
            .containers = inspect({"ps", "-q"}, {},
                                  "{{.Name}}{{range $name, $network := .NetworkSettings.Networks}} "
                                  "{{$name}}{{end}}"),
            .volumes = inspect({"volume", "ls", "-q"}, {"volume"}, "{{.Name}} {{.Labels}}")};
}

std::size_t count_of(const std::vector<std::string>& expected,
                     const std::vector<std::string>& found) {
    std::vector<std::string> both;
    std::ranges::set_intersection(expected, found, std::back_inserter(both));
    return both.size();
}

std::vector<std::string> LiveState::networks_in_use() const {
    std::vector<std::string> used;
    for (const std::string& network : expected_.networks)
        if (std::ranges::any_of(expected_.containers, [&](const std::string& container) {
                return (container + " ").find(" " + network.substr(0, network.find(' ') + 1)) !=
                       std::string::npos;
            }))
            used.push_back(network);
    return used;
}

LiveState& LiveState::get() {
    static LiveState state;
    return state;
}

LiveState::LiveState() {
    if (const auto missing = Box::what_is_missing())
        problem_ = *missing;
    else
        make();
}

void LiveState::restore(const Box& box) const {
    fs::remove_all(box.root());
    copy(folder_.path("saved"), box.root());
}

std::string LiveState::guard_state() const {
    const std::string state = folder_.path("guard");
    fs::remove_all(state);
    copy(first_guard_state(), state);
    return state;
}

void LiveState::import_image(const Box& box) {
    const std::string files = folder_.path("image");
    fs::create_directories(files + "/bin");
    fs::copy_file("/bin/busybox", files + "/bin/busybox");
    const std::string archive = folder_.path("image.tar");
    must(run_command({"/bin/tar", "-C", files, "-cf", archive, "."}), "tar");
    must(box.docker({"import", archive, image}), "docker import");
}

void LiveState::make_first_half(const Box& box) {
    make_network(box, {"web"});
    make_network(box, {"--internal", "db"});
    make_network(box, {"--subnet", "10.42.0.0/24", "--label", "stage=lab", "lab"});
    make_network(box, {"-o", "com.docker.network.bridge.name=br-custom", "custom"});
    for (int i = 1; i <= 4; ++i)
        make_network(box, {fmt::format("first{}", i)});
    make_network(box, {"gone"});
    make_network(box, {"--subnet", "10.99.0.0/16", "--ip-range", "10.99.5.0/24", "empty"});
    make_network(box, {"--config-only", "--subnet", "10.98.0.0/24", "settings"});
    must(box.docker({"volume", "create", "--label", "kept=yes", "data1"}), "docker volume");
    must(box.docker({"volume", "create", "--label", "kept=also", "data2"}), "docker volume");
    for (int i = 1; i <= 8; ++i)
        run(box, {fmt::format("early{}", i), fmt::format("first{}", i % 4 + 1)});
    run(box, {"front", "web", "always", {"-p", "8080:80"}});
    run(box, {"store", "db", "unless-stopped", {"-v", "data1:/data"}});
    must(box.docker({"network", "connect", "db", "front"}), "docker network connect");
}

void LiveState::make_second_half(const Box& box) {
    for (int i = 1; i <= 4; ++i)
        make_network(box, {fmt::format("second{}", i)});
    must(box.docker({"network", "rm", "gone"}), "docker network rm");
    must(box.docker({"volume", "create", "--label", "kept=yes", "data3"}), "docker volume");
    for (int i = 1; i <= 8; ++i)
        run(box, {fmt::format("late{}", i), fmt::format("second{}", i % 4 + 1)});
    for (int i = 1; i <= 2; ++i)
        run(box, {fmt::format("lab{}", i), "lab"});
    run(box, {"own", "custom"});
    run(box, {"plain", "bridge"});
    run(box, {"once", "web", "no"});
    run(box, {"removed", "web"});
    must(box.docker({"rm", "-f", "removed"}), "docker rm");
}

// Two runs with a clean stop between them, as a machine has: the second start is
// where a guard would have taken its snapshot.
void LiveState::make() {
    Box box(box_folder());
    if (const DaemonStart start = box.start(); start.fate != DaemonFate::started) {
        problem_ = "dockerd does not run here: " + start.last_words;
        return;
    }
    import_image(box);
    make_first_half(box);
    box.stop();
    must(run_command({REBOLT_EXE, "guard", "docker", "--data-root", box.root(), "--state-folder",
                      first_guard_state()}),
         "rebolt guard");
    if (const DaemonStart again = box.start(); again.fate != DaemonFate::started) {
        problem_ = "dockerd does not start a second time here: " + again.last_words;
        return;
    }
    make_second_half(box);
    const Possessions before = possessions_in(box);
    box.cut();
    copy(box.root(), folder_.path("saved"));
    takes_ = box.start().took;
    expected_ = possessions_in(box); // a restart writes some options in another way
    if (expected_.networks != before.networks ||
        expected_.containers.size() + 1 != before.containers.size())
        problem_ = "dockerd does not bring its own state back here";
    box.cut();
}

} // namespace rebolt::test
