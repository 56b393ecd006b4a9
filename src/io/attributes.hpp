// Who may use a file: for a new file that takes another's place, or holds the
// same data.
#pragma once

#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

/// Gives `to` the mode, owner, group and extended attributes (ACLs, SELinux
/// labels) of `from`. What the system does not let this user give is left as it
/// is, and the mode is then narrowed to what is safe with another owner: no more
/// than the user's own bits. Errors: io, permission_denied.
Result<void> copy_attributes(const File& from, const File& to);

} // namespace rebolt::io
