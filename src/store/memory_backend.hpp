// Where store::open hands over to the model: a std::map that is right by
// inspection, for tests of stores and of what is built on them.
#pragma once

#include <memory>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

#include "store/url.hpp"

namespace rebolt::store {

/// `memory://NAME`: stores of one name in one process share their keys, as long
/// as one of them is open. `memory://`: a store of its own.
[[nodiscard]] Result<std::unique_ptr<Store>> open_memory(const Url& url);

} // namespace rebolt::store
