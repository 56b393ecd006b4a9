// A real etcd, of one node and of three. All tests share the servers: each has a
// prefix of its own.
#include <fmt/format.h>

#include "model/store_contract/contract.hpp"
#include "support/etcd_cluster.hpp"

namespace rebolt::test {
namespace {

class EtcdPlace final : public Place {
public:
    explicit EtcdPlace(const EtcdCluster& cluster)
        : url_(cluster.url(fmt::format("contract/{}", ++count_))) {}
    [[nodiscard]] std::string url() const override { return url_; }

private:
    static inline int count_ = 0;
    std::string url_;
};

template <std::size_t nodes>
std::unique_ptr<Place> make_place() {
    if (!EtcdCluster::is_installed())
        return nullptr;
    static const EtcdCluster cluster({.nodes = nodes});
    return std::make_unique<EtcdPlace>(cluster);
}

const BackendRegistration one_node({"etcd", make_place<1>});
const BackendRegistration three_nodes({"etcd_cluster", make_place<3>});

} // namespace
} // namespace rebolt::test
