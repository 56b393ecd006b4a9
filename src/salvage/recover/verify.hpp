// Verify: the new file is checked and its keys are counted before it gets its
// name. Values are not judged: what the damaged file had in sound pages stays.
#pragma once

#include "salvage/recover/entry_writer.hpp"

namespace rebolt::salvage {

class Verify {
public:
    Verify(Context& context, EntryWriter& entries) : context_(context), entries_(entries) {}

    /// Closes, checks, and puts the file in its place; false when that is done.
    /// Errors: damaged (the new file is not as it should be), io, cancelled.
    Result<bool> step();

private:
    Result<void> check_file(const FileTarget& file) const;

    Context& context_;
    EntryWriter& entries_;
};

} // namespace rebolt::salvage
