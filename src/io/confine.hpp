// Taking rights from this process, before it reads what others wrote.
#pragma once

#include <string>
#include <vector>

namespace rebolt::io {

/// From here on this process and its children write, make, rename and remove files
/// only below `folders`, start no program, and open no TCP connection; files that are
/// open stay so, and reading is as before. For good. By Landlock, landlock(7): a kernel
/// before 5.13, or one without it, allows more; false then. Folders that are not there
/// are passed over.
bool confine_writing_to(const std::vector<std::string>& folders);

} // namespace rebolt::io
