// Where Docker keeps its data, told from the path of a file in it.
#pragma once

#include <string>

namespace rebolt::cli {

/// The data root, of a path where Docker keeps its network state; else empty.
[[nodiscard]] std::string docker_root_of(const std::string& path);

} // namespace rebolt::cli
