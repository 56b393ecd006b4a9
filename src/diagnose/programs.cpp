#include "diagnose/programs.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "diagnose/line_text.hpp"
#include "diagnose/word_finder.hpp"

namespace rebolt::diagnose {
namespace {

using Program = std::pair<std::string_view, std::string_view>;

constexpr std::array<std::string_view, 38> known_programs{
    "dockerd",    "containerd",  "etcd",        "influxd",      "influxdb", "consul",
    "vault",      "nomad",       "buildkitd",   "podman",       "lnd",      "k3s",
    "k0s",        "rke2",        "microk8s",    "balenad",      "balena",   "docker-containe",
    "portainer",  "AdGuardHome", "filebrowser", "trivy",        "loki",     "gitea",
    "drand",      "rclone",      "storagenode", "elvish",       "otelcol",  "chronograf",
    "kapacitor",  "swarmd",      "buildkit",    "beacon-chain", "treefmt",  "prysm",
    "tendermint", "docker"};

// Parts of packages. The innermost frame that is known decides: dockerd may
// hold containerd's code, and a vendored package has its program before it.
constexpr std::array programs_by_code{
    Program{"containerd/containerd", "containerd"},
    Program{"moby/buildkit", "buildkitd"},
    Program{"balena-os/balena-engine", "balenad"},
    Program{"docker/swarmkit", "dockerd"},
    Program{"moby/swarmkit", "dockerd"},
    Program{"github.com/docker/docker/", "dockerd"},
    Program{"moby/moby", "dockerd"},
    Program{"docker/libnetwork", "dockerd"},
    Program{"docker/libkv", "dockerd"},
    Program{"DaemonCli", "dockerd"},
    Program{"coreos/etcd", "etcd"},
    Program{"go.etcd.io/etcd", "etcd"},
    Program{"influxdata/influxdb", "influxd"},
    Program{"influxdata/chronograf", "chronograf"},
    Program{"influxdata/kapacitor", "kapacitor"},
    Program{"hashicorp/consul", "consul"},
    Program{"hashicorp/vault", "vault"},
    Program{"hashicorp/nomad", "nomad"},
    Program{"openbao/openbao", "vault"},
    Program{"containers/podman", "podman"},
    Program{"containers/libpod", "podman"},
    Program{"projectatomic/libpod", "podman"},
    Program{"lightningnetwork/lnd", "lnd"},
    Program{"portainer/portainer", "portainer"},
    Program{"AdguardTeam/AdGuardHome", "AdGuardHome"},
    Program{"filebrowser/filebrowser", "filebrowser"},
    Program{"aquasecurity/trivy", "trivy"},
    Program{"aquasecurity/fanal", "trivy"},
    Program{"grafana/loki", "loki"},
    Program{"cortexproject/cortex", "loki"},
    Program{"code.gitea.io/gitea", "gitea"},
    Program{"drand/drand", "drand"},
    Program{"ncw/rclone", "rclone"},
    Program{"rclone/rclone", "rclone"},
    Program{"storj.io/storj", "storagenode"},
    Program{"opentelemetry-collector", "otelcol"},
    Program{"blevesearch/bleve", "bleve"},
    Program{"numtide/treefmt", "treefmt"},
};

// Words of lines, which may name source files too.
constexpr std::array programs_by_words{
    Program{"portainer", "portainer"},
    Program{"chronograf", "chronograf"},
    Program{"component=boltstore", "chronograf"},
    Program{"kapacitor", "kapacitor"},
    Program{"volume store metadata database", "dockerd"},
    Program{"starting daemon", "dockerd"},
    Program{"start daemon", "dockerd"},
    Program{"local-kv.db", "dockerd"},
    Program{"*libnetwork.", "dockerd"},
    Program{"/swarm/worker", "dockerd"},
    Program{"waiting for response from boltdb open", "containerd"},
    Program{"containerd", "containerd"},
    Program{"etcdserver", "etcd"},
    Program{"etcdmain", "etcd"},
    Program{"etcd process", "etcd"},
    Program{"v3 backend", "etcd"},
    Program{"backend/backend.go", "etcd"},
    Program{"/member/snap/db", "etcd"},
    Program{"Consul server", "consul"},
    Program{"consul", "consul"},
    Program{"Nomad process", "nomad"},
    Program{"client setup failed", "nomad"},
    Program{"server setup failed", "nomad"},
    Program{"nomad", "nomad"},
    Program{"storage of type raft", "vault"},
    Program{"libpod", "podman"},
    Program{"revocation database", "storagenode"},
    Program{"AdGuardHome", "AdGuardHome"},
    Program{"filebrowser", "filebrowser"},
    Program{"vulnerability DB", "trivy"},
    Program{"image scan error", "trivy"},
    Program{"initialize fs cache", "trivy"},
    Program{"initialize a scanner", "trivy"},
    Program{"trivy", "trivy"},
    Program{"unable to open boltdb", "influxd"},
    Program{"influxd", "influxd"},
    Program{"chain control", "lnd"},
    Program{"database backends", "lnd"},
    Program{"channel.db", "lnd"},
    Program{"channeldb", "lnd"},
    Program{"[lncli]", "lnd"},
    Program{"] LTND: ", "lnd"},
    Program{"] DISC: ", "lnd"},
    Program{"] CHDB: ", "lnd"},
    Program{"] HSWC: ", "lnd"},
    Program{"error running loki", "loki"},
    Program{"issues.bleve", "gitea"},
    Program{"rclone", "rclone"},
    Program{"failed to open bolt file", "vault"},
    Program{"Error response from daemon", "dockerd"},
};

// Words that a program's other lines have, and no other's.
constexpr std::array programs_by_own_words{
    Program{"loading PortainerDB", "portainer"},
    Program{"github.com/portainer/", "portainer"},
    Program{"etcdmain: ", "etcd"},
    Program{"etcdserver: ", "etcd"},
    Program{"\"caller\":\"etcdmain/", "etcd"},
    Program{"\"caller\":\"embed/etcd.go", "etcd"},
    Program{"\"caller\":\"etcdserver/", "etcd"},
    Program{"starting containerd", "containerd"},
    Program{"loading plugin", "containerd"},
    Program{"Starting up Docker", "dockerd"},
    Program{"Loading containers: start.", "dockerd"},
    Program{"[graphdriver] using prior", "dockerd"},
    Program{"Gitea v", "gitea"},
    Program{"AdGuard Home, version", "AdGuardHome"},
    Program{"Consul agent running", "consul"},
    Program{"Starting Consul agent", "consul"},
    Program{"Nomad agent started", "nomad"},
    Program{"Starting Nomad agent", "nomad"},
    Program{"Vault server started", "vault"},
    Program{"Vault server configuration", "vault"},
    Program{"] LTND: ", "lnd"},
    Program{"] LNWL: ", "lnd"},
    Program{"Welcome to InfluxDB", "influxd"},
    Program{"InfluxDB starting", "influxd"},
    Program{"Using database: ", "filebrowser"},
    Program{"harbor-scanner-trivy", "trivy"},
};

// `dockerd` of the kernel's `Killed process 812 (dockerd)`.
std::string_view killed_program(std::string_view line) noexcept {
    std::size_t at = line.find("Killed process ");
    at = at == std::string_view::npos ? line.find("Kill process ") : at;
    if (at == std::string_view::npos)
        return {};
    const std::size_t open = line.find('(', at);
    const std::size_t close = line.find(')', at);
    return open < close && close != std::string_view::npos ? line.substr(open + 1, close - open - 1)
                                                           : std::string_view{};
}

} // namespace

bool is_known_program(std::string_view name) noexcept {
    return std::ranges::find(known_programs, name) != known_programs.end();
}

std::string_view program_of(const Frame& frame) noexcept {
    for (const auto& [part, program] : programs_by_code)
        if (contains(frame.function, part))
            return program;
    return {};
}

std::string_view program_of(const Trace& trace) noexcept {
    for (const Frame& frame : trace.frames)
        if (const std::string_view program = program_of(frame); !program.empty())
            return program;
    return {};
}

std::string_view program_that_says(std::string_view line) {
    static constexpr auto words = [] {
        std::array<std::string_view, programs_by_own_words.size()> all{};
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = programs_by_own_words[i].first;
        return all;
    }();
    static const WordFinder finder(words);
    const auto hit = finder.find(line);
    return hit ? programs_by_own_words[hit->word].second : std::string_view{};
}

std::string_view program_of_line(std::string_view line) noexcept {
    if (const std::string_view killed = killed_program(line); !killed.empty())
        return killed;
    // systemd's own lines are about a unit.
    const std::size_t unit = line.find(".service: ");
    if (unit != std::string_view::npos) {
        const std::size_t blank = line.substr(0, unit).rfind(' ');
        const std::string_view name =
            line.substr(blank == std::string_view::npos ? 0 : blank + 1, unit);
        const std::string_view bare = name.substr(0, name.find(".service"));
        return bare == "docker" ? std::string_view("dockerd") : bare;
    }
    for (const auto& [part, program] : programs_by_words)
        if (contains(line, part))
            return program;
    return {};
}

} // namespace rebolt::diagnose
