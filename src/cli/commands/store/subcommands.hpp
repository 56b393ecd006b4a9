// The commands of `rebolt store`.
#pragma once

#include "cli/arguments.hpp"

#include "cli/exit_code.hpp"

namespace rebolt::cli {

void set_up_store_get(Arguments arguments);
void set_up_store_put(Arguments arguments);
void set_up_store_ls(Arguments arguments);
void set_up_store_rm(Arguments arguments);
void set_up_store_watch(Arguments arguments);
void set_up_store_lock(Arguments arguments);
void set_up_store_copy(Arguments arguments);
void set_up_store_diff(Arguments arguments);

} // namespace rebolt::cli
