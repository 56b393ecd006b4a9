// Entries of a bucket for range-for loops: each is a Result<Entry>, since any of them
// may turn out damaged, and that is then the last. One pass.
//
//   auto db = REBOLT_TRY(rebolt::DB::open("my.db"));
//   return db.view([](rebolt::Tx& tx) -> rebolt::Result<void> {
//       for (auto& found : tx.root()) {
//           const rebolt::Entry entry = REBOLT_TRY(found);
//           std::printf("%.*s\n", static_cast<int>(entry.key.size()), entry.key.data());
//       }
//       return {};
//   });
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <rebolt/cursor.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// Of an input range; move-only. Ends behind the last entry, or behind an error.
class EntryIterator {
public:
    using value_type = Result<Entry>;
    using difference_type = std::ptrdiff_t;

    /// At the first entry whose key begins with `prefix`.
    EntryIterator(Cursor cursor, std::string prefix)
        : cursor_(std::move(cursor)), prefix_(std::move(prefix)) {
        take(prefix_.empty() ? cursor_.first() : cursor_.seek(prefix_));
    }

    /// The entry or the damage; valid until the next step.
    [[nodiscard]] Result<Entry>& operator*() const noexcept { return *found_; }
    EntryIterator& operator++() {
        if (found_->has_value())
            take(cursor_.next());
        else
            found_.reset();
        return *this;
    }
    void operator++(int) { ++*this; }
    [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept { return !found_; }

private:
    void take(Result<std::optional<Entry>> found) {
        if (!found)
            found_.emplace(std::move(found).error());
        else if (found->has_value() && (*found)->key.starts_with(prefix_))
            found_.emplace(**found);
        else
            found_.reset();
    }

    Cursor cursor_;
    std::string prefix_;
    mutable std::optional<Result<Entry>> found_; ///< nullopt: at the end
};

/// Bucket::with_prefix. To be walked once.
class EntryRange {
public:
    EntryRange(Cursor cursor, std::string prefix)
        : cursor_(std::move(cursor)), prefix_(std::move(prefix)) {}

    [[nodiscard]] EntryIterator begin() { return {std::move(cursor_), std::move(prefix_)}; }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    Cursor cursor_;
    std::string prefix_;
};

} // namespace rebolt
