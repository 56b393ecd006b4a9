#include "store/etcd_backend.hpp"

namespace rebolt::store {

Result<std::unique_ptr<Store>> open_etcd(const Url& /*url*/, const StoreOptions& /*options*/) {
    return Error(ErrorCode::not_supported, "this build has no etcd backend");
}

} // namespace rebolt::store
