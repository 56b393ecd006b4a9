// Who may use a file: for a new file that takes another's place, or holds the
// same data.
#pragma once

#include <string>

#include <rebolt/result.hpp>

namespace rebolt {

/// Gives `to` the mode, owner, group and extended attributes (ACLs, SELinux
/// labels) of `from`. What the system does not let this user give is left as it
/// is, and the mode is then narrowed to what is safe with another owner: no more
/// than the user's part. Errors: file_not_found, io.
Result<void> copy_file_attributes(const std::string& from, const std::string& to);

} // namespace rebolt
