// What librebolt_etcd.so shows.
#include "store/etcd/module.hpp"

#include <utility>

#include <grpc/support/log.h>

#include "base/try.hpp"
#include "store/etcd/client.hpp"
#include "store/etcd/etcd_store.hpp"

namespace rebolt::store::etcd {
namespace {

Result<std::unique_ptr<Store>> open(const Url& url, const StoreOptions& options) {
    std::unique_ptr<Client> client = TRY(Client::connect(url, options));
    return std::make_unique<EtcdStore>(std::move(client), KeySpace(url.path));
}

} // namespace
} // namespace rebolt::store::etcd

extern "C" {

[[gnu::visibility("default")]] void rebolt_etcd_build(rebolt::store::etcd::Build* into) {
    *into = {};
}

[[gnu::visibility("default")]] void rebolt_etcd_be_quiet() {
    gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
}

[[gnu::visibility("default")]] void
rebolt_etcd_open(const rebolt::store::Url* url, const rebolt::store::StoreOptions* options,
                 rebolt::Result<std::unique_ptr<rebolt::store::Store>>* into) {
    *into = rebolt::store::etcd::open(*url, *options);
}
}
