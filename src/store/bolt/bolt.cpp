#include "store/bolt_backend.hpp"

namespace rebolt::store {
Result<std::unique_ptr<Store>> open_bolt(const Url&, const StoreOptions&) {
    return Error(ErrorCode::not_supported, "not yet");
}
} // namespace rebolt::store
