// Where store::open hands over to the etcd backend: the only thing the rest of
// the store knows of it.
#pragma once

#include <memory>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

#include "store/url.hpp"

namespace rebolt::store {

/// `url` is of scheme `etcd` or `etcds`, with at least one endpoint; `path` is the
/// prefix of all keys. `options` are resolved: what the URL says is in them
/// already. TLS is on for `etcds` and wherever `options.ca_file` is set.
/// Errors: not_supported (a build without etcd), not_reachable, permission_denied,
/// invalid_argument.
[[nodiscard]] Result<std::unique_ptr<Store>> open_etcd(const Url& url, const StoreOptions& options);

} // namespace rebolt::store
