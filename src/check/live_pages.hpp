// LivePages: follows a file that is being written to until it has one whole state.
// The rules are in rebolt/live_copy.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <rebolt/format.hpp>
#include <rebolt/result.hpp>

namespace rebolt::live {

/// Where pages are read from and copied to: files, or a model of them.
struct Channel {
    /// Fewer bytes only at the file's end.
    std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::byte> out)> read;
    std::function<Result<std::uint64_t>()> size_bytes;
    std::function<Result<void>(std::uint64_t offset, Bytes bytes)> write;
    /// Lets some milliseconds pass.
    std::function<void()> pause;
};

enum class Progress : std::uint8_t {
    working,
    done,
    no_meta, ///< none is valid, and that lasts: no program writes to such a file
};

class LivePages {
public:
    /// `run_pages_max`: read at once, between two looks at the metas.
    LivePages(Channel channel, std::uint32_t page_size_bytes, std::uint64_t run_pages_max = 16);

    /// Reads a run of pages and the metas; a freelist, if a commit came. Errors: those
    /// of the channel.
    Result<Progress> step();

    /// The state that the copy has when step() says done.
    [[nodiscard]] const format::MetaFields& meta() const noexcept { return base_->fields; }
    [[nodiscard]] std::uint64_t pages_done() const noexcept { return done_; }
    [[nodiscard]] std::uint64_t pages_total() const noexcept { return had_.size(); }
    [[nodiscard]] std::uint64_t commits_followed() const noexcept { return commits_followed_; }
    [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }

private:
    using Page = std::vector<std::byte>;

    // Both meta pages as they were at one moment.
    struct State {
        std::vector<Page> pages{2};
        std::size_t newest = 0; ///< of the two
        format::MetaFields fields{};
        bool is_valid = false; ///< one of them
        bool other_is_valid = false;
        /// By page: listed as free. nullopt: no list is stored, or none that can be read.
        std::optional<std::vector<bool>> free;

        [[nodiscard]] std::size_t other() const noexcept { return 1 - newest; }
        [[nodiscard]] bool is_free(std::uint64_t page) const noexcept {
            return page < free->size() && (*free)[page];
        }
    };

    Result<Page> read_pages(std::uint64_t first, std::uint64_t count) const;
    Result<std::optional<State>> look() const;
    Result<bool> is_newest(const State& state) const;
    Result<std::optional<std::vector<bool>>> read_freelist(const format::MetaFields& meta,
                                                           std::uint64_t pages) const;
    Result<Progress> adopt();
    void follow(const State& next, std::uint64_t pages);
    void begin_again(std::uint64_t pages);
    Result<void> copy_run(std::uint64_t first, const Page& bytes);
    Result<Progress> finish();
    [[nodiscard]] std::uint64_t next_missing();
    void forget(std::uint64_t page);

    Channel channel_;
    std::uint32_t page_size_;
    std::uint64_t run_pages_max_;
    std::optional<State> base_;
    std::vector<bool> had_; ///< copied, and base_'s if base_ uses it
    std::uint64_t done_ = 0;
    std::uint64_t position_ = 2; ///< pages before it are had
    std::uint64_t commits_followed_ = 0;
    std::uint64_t restarts_ = 0;
    unsigned pauses_ = 0;
};

} // namespace rebolt::live
