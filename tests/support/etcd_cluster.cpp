#include "support/etcd_cluster.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

constexpr const char* server = "/usr/bin/etcd";
constexpr const char* control_tool = "/usr/bin/etcdctl";
constexpr std::chrono::seconds patience{30};

[[noreturn]] void give_up(const std::string& what) {
    std::fputs((what + "\n").c_str(), stderr);
    std::abort();
}

class Socket {
public:
    Socket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval longest{.tv_sec = 2, .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(descriptor_); }

    [[nodiscard]] std::uint16_t bind_to_any() const {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        if (::bind(descriptor_, as_plain(address), size) != 0 ||
            ::getsockname(descriptor_, as_plain(address), &size) != 0)
            give_up("no free port");
        return ntohs(address.sin_port);
    }

    // An HTTP answer, or "".
    [[nodiscard]] std::string ask(std::uint16_t port, const std::string& path) const {
        sockaddr_in address = loopback(port);
        if (::connect(descriptor_, as_plain(address), sizeof address) != 0)
            return "";
        const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
        if (::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL) < 0)
            return "";
        std::string answer;
        std::array<char, 65536> piece{};
        for (ssize_t size = 0; (size = ::read(descriptor_, piece.data(), piece.size())) > 0;)
            answer.append(piece.data(), static_cast<std::size_t>(size));
        return answer;
    }

private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static sockaddr* as_plain(sockaddr_in& address) {
        return static_cast<sockaddr*>(static_cast<void*>(&address));
    }

    int descriptor_;
};

// Three at a time, so that they differ.
std::array<std::uint16_t, 3> free_ports() {
    const std::array<Socket, 3> sockets;
    return {sockets[0].bind_to_any(), sockets[1].bind_to_any(), sockets[2].bind_to_any()};
}

void wait_until(const std::string& what, const std::function<bool()>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline)
            give_up(what);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

pid_t spawn(const std::vector<std::string>& words, const std::string& log) {
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str())); // execv does not write to them
    arguments.push_back(nullptr);
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const pid_t child = ::fork();
    if (child != 0) {
        ::close(output);
        return child;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test program that dies leaves none behind
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

} // namespace

bool EtcdCluster::is_installed() {
    return std::filesystem::exists(server) && std::filesystem::exists(control_tool);
}

EtcdCluster::EtcdCluster(EtcdOptions options) : options_(std::move(options)) {
    if (!is_installed())
        give_up("no etcd-server or etcd-client here: scripts/setup test");
    for (std::size_t i = 0; i < options_.nodes; ++i) {
        const auto [client, peer, metrics] = free_ports();
        nodes_.push_back({.name = fmt::format("node{}", i),
                          .client_port = client,
                          .peer_port = peer,
                          .metrics_port = metrics});
    }
    for (std::size_t i = 0; i < nodes(); ++i)
        start(i);
    for (std::size_t i = 0; i < nodes(); ++i)
        wait_healthy(i);
}

EtcdCluster::~EtcdCluster() {
    for (std::size_t i = 0; i < nodes(); ++i)
        kill(i);
}

std::string EtcdCluster::endpoint(std::size_t node) const {
    return fmt::format("127.0.0.1:{}", nodes_[node].client_port);
}

std::string EtcdCluster::endpoints() const {
    std::string all;
    for (std::size_t i = 0; i < nodes(); ++i)
        all += (i == 0 ? "" : ",") + endpoint(i);
    return all;
}

std::string EtcdCluster::url(std::string_view prefix) const {
    return fmt::format("etcd://{}{}{}", endpoints(), prefix.empty() ? "" : "/", prefix);
}

std::string EtcdCluster::initial_cluster() const {
    std::string all;
    for (const Node& node : nodes_)
        all += fmt::format("{}{}=http://127.0.0.1:{}", all.empty() ? "" : ",", node.name,
                           node.peer_port);
    return all;
}

std::vector<std::string> EtcdCluster::command(const Node& node) const {
    const bool has_tls = !options_.cert.empty();
    const std::string client =
        fmt::format("{}://127.0.0.1:{}", has_tls ? "https" : "http", node.client_port);
    const std::string peer = fmt::format("http://127.0.0.1:{}", node.peer_port);
    std::vector<std::string> words = {
        server, "--name", node.name, "--data-dir", folder_.path(node.name), "--listen-client-urls",
        client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
        "--initial-advertise-peer-urls", peer, "--initial-cluster", initial_cluster(),
        "--listen-metrics-urls", fmt::format("http://127.0.0.1:{}", node.metrics_port),
        // A new leader in half a second; leases of one second and more.
        "--heartbeat-interval", "50", "--election-timeout", "500"};
    if (has_tls)
        words.insert(words.end(), {"--cert-file", options_.cert, "--key-file", options_.key});
    if (!options_.ca.empty())
        words.insert(words.end(), {"--trusted-ca-file", options_.ca, "--client-cert-auth"});
    words.insert(words.end(), options_.more.begin(), options_.more.end());
    return words;
}

void EtcdCluster::start(std::size_t node) {
    nodes_[node].process = spawn(command(nodes_[node]), folder_.path(nodes_[node].name + ".log"));
}

void EtcdCluster::start_anew(std::size_t node, const std::string& token) {
    kill(node);
    std::filesystem::remove_all(folder_.path(nodes_[node].name));
    options_.more.insert(options_.more.end(), {"--initial-cluster-token", token});
    start(node);
    wait_healthy(node);
}

void EtcdCluster::kill(std::size_t node) {
    pid_t& process = nodes_[node].process;
    if (process <= 0)
        return;
    ::kill(process, SIGKILL);
    while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
    process = -1;
}

void EtcdCluster::pause(std::size_t node) {
    ::kill(nodes_[node].process, SIGSTOP);
    ::waitpid(nodes_[node].process, nullptr, WUNTRACED); // the signal takes a moment to stop it
}

void EtcdCluster::go_on(std::size_t node) {
    ::kill(nodes_[node].process, SIGCONT);
}

void EtcdCluster::wait_healthy(std::size_t node) {
    const std::uint16_t port = nodes_[node].metrics_port;
    wait_until(nodes_[node].name + " of etcd does not come up", [port] {
        return Socket().ask(port, "/health").find("\"true\"") != std::string::npos;
    });
}

std::size_t EtcdCluster::leader() {
    std::size_t found = 0;
    wait_until("etcd has no leader", [&] {
        for (found = 0; found < nodes(); ++found)
            if (nodes_[found].process > 0 &&
                Socket().ask(nodes_[found].metrics_port, "/metrics")
                        .find("\netcd_server_is_leader 1") != std::string::npos)
                return true;
        return false;
    });
    return found;
}

std::string EtcdCluster::control(std::vector<std::string> words) const {
    words.insert(words.begin(),
                 {"/usr/bin/env", "ETCDCTL_API=3", control_tool, "--endpoints", endpoints()});
    const CommandResult result = run_command(words);
    if (result.exit_code != 0)
        give_up("etcdctl: " + result.err);
    return result.out;
}

} // namespace rebolt::test
