// Values and keys in words, where it is known whose the file is: see
// rebolt/schema.hpp. `--raw`, or a format that is asked for, shows the bytes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <rebolt/page_source.hpp>
#include <rebolt/schema.hpp>

#include "cli/arguments.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"

namespace rebolt::cli {

using schema::ReadableValue;

class Words {
public:
    using BucketNames = std::span<const std::string>;

    /// None: bytes are shown as they are.
    Words() = default;
    explicit Words(Owner owner) : owner_(owner) {}
    /// Of the file, if `format` is automatic and `raw` off.
    [[nodiscard]] static Words of(const PageSource& source, KeyFormat format, bool raw);
    [[nodiscard]] static Words of(const CommonOptions& options, KeyFormat format, bool raw);

    [[nodiscard]] bool are_known() const noexcept { return owner_ != Owner::unknown; }
    [[nodiscard]] Owner owner() const noexcept { return owner_; }
    [[nodiscard]] std::optional<ReadableValue> value(BucketNames bucket, std::string_view key,
                                                     std::string_view value);
    [[nodiscard]] std::optional<ReadableValue> key(BucketNames bucket, std::string_view key);
    /// What stands for bytes of which it is not known where they belong, in the
    /// file of an owner that keeps secrets.
    [[nodiscard]] std::optional<ReadableValue> unplaced(std::string_view bytes);

    /// Says on stderr that secrets were left out, if any were.
    void tell_secrets(bool quiet) const;

private:
    std::optional<ReadableValue> note(std::optional<ReadableValue> readable);

    Owner owner_ = Owner::unknown;
    bool left_out_ = false;
};

/// Adds --raw.
void add_raw(Arguments arguments, bool& raw);

/// The eight bytes of a number, where the bucket's keys are shown as numbers and
/// `text` is one.
[[nodiscard]] std::optional<std::string> key_of_number(Owner owner, Words::BucketNames bucket,
                                                       std::string_view text);

} // namespace rebolt::cli
