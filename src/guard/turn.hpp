// Turn: one guard at a time for a file, and an end to what a killed one left.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "io/file.hpp"

namespace rebolt::guard {

/// What a guard makes beside a file, before it takes the file's place.
[[nodiscard]] std::string name_in_the_making(const std::string& path);

/// Held while a guard works on a file. It is best effort: where the state folder
/// cannot be written it holds nothing, and the guard works all the same.
class Turn {
public:
    Turn() = default; ///< holds nothing
    /// Makes `folder` if need be; waits for another guard's turn to end.
    Turn(const std::string& folder, std::chrono::milliseconds longest);

    /// Removes what a guard that was killed left half done: beside the file, and
    /// in its folder. Only if this turn is held: nobody else is at work then.
    void sweep(const std::string& path) const;

private:
    std::string folder_;
    std::shared_ptr<const io::File> file_; ///< null: not held
};

} // namespace rebolt::guard
