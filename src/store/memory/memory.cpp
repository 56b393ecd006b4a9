#include "store/memory_backend.hpp"

namespace rebolt::store {
Result<std::unique_ptr<Store>> open_memory(const Url&) {
    return Error(ErrorCode::not_supported, "not yet");
}
} // namespace rebolt::store
