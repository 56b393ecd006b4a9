// Which rebolt this is: the headers' version as macros, the library's as a
// function, so that a program can see whether the two differ.
#pragma once

#define REBOLT_VERSION_MAJOR 0
#define REBOLT_VERSION_MINOR 2
#define REBOLT_VERSION_PATCH 0

namespace rebolt {

/// Of the library that is linked, as "0.2.0". Cost: none.
[[nodiscard]] const char* version() noexcept;

} // namespace rebolt
