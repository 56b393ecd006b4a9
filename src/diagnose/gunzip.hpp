// Reads gzip, as rotated logs are kept.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <rebolt/result.hpp>

namespace rebolt::diagnose {

class Gunzip {
public:
    /// Errors: invalid_argument (no libz on this machine).
    [[nodiscard]] static Result<Gunzip> start();
    Gunzip(Gunzip&&) noexcept;
    Gunzip& operator=(Gunzip&&) noexcept;
    ~Gunzip();

    /// Unpacks a piece of the file; `take` gets the text, 64 KiB at a time at
    /// most, and ends it with false. What follows damaged bytes is not read.
    /// Cost: O(what comes out).
    Result<void> add(std::string_view bytes, const std::function<bool(std::string_view)>& take);

private:
    struct Stream;
    explicit Gunzip(std::unique_ptr<Stream> stream);
    std::unique_ptr<Stream> stream_;
};

/// Whether a file that starts so is gzip.
[[nodiscard]] bool is_gzip(std::string_view start) noexcept;

} // namespace rebolt::diagnose
