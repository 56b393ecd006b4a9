// EtcdCluster: real etcd servers (Debian's etcd-server) on free ports of the
// loopback, with their data in a temporary folder; ended with the object, or
// with the thread that made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "support/temporary_folder.hpp"

namespace rebolt::test {

struct EtcdOptions {
    std::size_t nodes = 1;
    /// With TLS towards clients: files in PEM; `ca` makes clients show theirs.
    std::string cert = {};
    std::string key = {};
    std::string ca = {};
    std::vector<std::string> more = {}; ///< arguments for each node
};

class EtcdCluster {
public:
    [[nodiscard]] static bool is_installed();

    /// Starts all nodes and waits until each is healthy. Ends the test program if
    /// they do not come up.
    explicit EtcdCluster(EtcdOptions options = {});
    EtcdCluster(const EtcdCluster&) = delete;
    EtcdCluster& operator=(const EtcdCluster&) = delete;
    ~EtcdCluster();

    [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }
    /// 127.0.0.1:port,…: of all, or of one node.
    [[nodiscard]] std::string endpoints() const;
    [[nodiscard]] std::string endpoint(std::size_t node) const;
    /// etcd://endpoints/prefix
    [[nodiscard]] std::string url(std::string_view prefix = {}) const;

    /// SIGKILL, and waits for its end.
    void kill(std::size_t node);
    /// After kill(). Does not wait; see wait_healthy.
    void start(std::size_t node);
    /// Kills it and starts it without its data, as a cluster of another id.
    void start_anew(std::size_t node, const std::string& token);
    void pause(std::size_t node); ///< SIGSTOP: connections stay, nothing is answered
    void go_on(std::size_t node);
    void wait_healthy(std::size_t node);
    /// The node that says it leads; waits until there is one.
    [[nodiscard]] std::size_t leader();

    /// etcdctl, with these arguments, on all endpoints. Returns its output; a
    /// failure ends the test program.
    std::string control(std::vector<std::string> words) const;

private:
    struct Node {
        std::string name;
        std::uint16_t client_port;
        std::uint16_t peer_port;
        std::uint16_t metrics_port;
        pid_t process = -1;
    };
    [[nodiscard]] std::vector<std::string> command(const Node& node) const;
    [[nodiscard]] std::string initial_cluster() const;

    EtcdOptions options_;
    TemporaryFolder folder_;
    std::vector<Node> nodes_;
};

} // namespace rebolt::test
