// TRY: the library's own name for REBOLT_TRY.
#pragma once

#include <rebolt/try.hpp>

#define TRY(...) REBOLT_TRY(__VA_ARGS__)
