// --transaction and --meta: which of the two states of a file a command shows. The
// only place where that is said and found out.
#pragma once

#include <optional>
#include <string>

#include <rebolt/page_source.hpp>

#include "cli/arguments.hpp"

namespace rebolt::cli {

/// bbolt keeps two states: that of the newest transaction and the one before.
struct StateChoice {
    std::string transaction; ///< as typed; empty: not given
    std::string meta;

    void add_to(Arguments arguments);
    /// The user named a state: it is shown whether it is the newest or not.
    [[nodiscard]] bool is_made() const noexcept { return !transaction.empty() || !meta.empty(); }

    /// The valid meta of that state; without a choice the one that bbolt uses, and
    /// nullopt if neither is valid. Errors: invalid_argument, naming the states that
    /// are there.
    [[nodiscard]] Result<std::optional<format::MetaFields>> meta_of(const PageSource& source) const;
    /// The file as if that state were the newest: its meta stands on both meta
    /// pages. For what chooses the state itself. Errors: as meta_of, io.
    [[nodiscard]] Result<PageSource> shown_in(PageSource source) const;
};

} // namespace rebolt::cli
