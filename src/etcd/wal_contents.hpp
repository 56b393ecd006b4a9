// The mapped files behind a Wal.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <rebolt/etcd/wal.hpp>

#include "io/mapping.hpp"

namespace rebolt::etcd {

struct Wal::Contents {
    std::vector<std::shared_ptr<const io::Mapping>> mappings; ///< null for an empty file
    std::vector<std::string_view> files;                      ///< as files() of the Wal
};

} // namespace rebolt::etcd
