// The static program has no etcd backend: it loads nothing.
#include "store/etcd_backend.hpp"

namespace rebolt::store {

std::optional<std::string> etcd_module_path() {
    return std::nullopt;
}

Result<std::unique_ptr<Store>> open_etcd(const Url& /*url*/, const StoreOptions& /*options*/) {
    return Error(ErrorCode::not_supported,
                 "this is the static rebolt, which has no etcd://; the packages rebolt and "
                 "rebolt-etcd have it");
}

} // namespace rebolt::store
