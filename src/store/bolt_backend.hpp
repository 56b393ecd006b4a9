// Where store::open hands over to the embedded backend.
#pragma once

#include <memory>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

#include "store/url.hpp"

namespace rebolt::store {

/// `url` is of scheme `bolt`; `options` are resolved. Errors: invalid_argument
/// (no path, no bucket), file_not_found, permission_denied, lock_timeout, damaged.
[[nodiscard]] Result<std::unique_ptr<Store>> open_bolt(const Url& url, const StoreOptions& options);

} // namespace rebolt::store
