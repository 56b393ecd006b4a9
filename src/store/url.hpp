// What a store's URL says of its options (the URL itself: rebolt/store_url.hpp).
#pragma once

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>
#include <rebolt/store_url.hpp>

namespace rebolt::store {

/// `options` with what the URL says in their place: user, password, `ca`, `cert`,
/// `key`, `persistent`, `create`. Errors: invalid_argument (an unknown query or value).
[[nodiscard]] Result<StoreOptions> with_url(StoreOptions options, const Url& url);

} // namespace rebolt::store
