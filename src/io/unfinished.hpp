// Unfinished: the name of a file that is being made, removed with the object; and
// by a signal handler that ends the program (<rebolt/interrupt.hpp>).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "io/folder.hpp"

namespace rebolt::io {

/// Move-only.
class Unfinished {
public:
    Unfinished(std::shared_ptr<const Folder> folder, std::string name);
    Unfinished(Unfinished&& other) noexcept;
    Unfinished& operator=(Unfinished&&) = delete;
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    ~Unfinished();

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// The file has another name now, and stays.
    void forget() noexcept;

private:
    std::shared_ptr<const Folder> folder_; ///< null: nothing to remove
    std::string name_;
    std::size_t slot_; ///< where the handler finds it
};

/// While one is there a file is being changed in place.
class ChangeInPlace {
public:
    ChangeInPlace() noexcept;
    ChangeInPlace(const ChangeInPlace&) = delete;
    ChangeInPlace& operator=(const ChangeInPlace&) = delete;
    ~ChangeInPlace();
};

} // namespace rebolt::io
