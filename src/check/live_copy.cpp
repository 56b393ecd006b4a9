#include <rebolt/live_copy.hpp>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "check/live_pages.hpp"
#include "io/file.hpp"
#include "io/file_writer.hpp"
#include "io/lock.hpp"
#include "io/page_size.hpp"
#include "io/scratch_file.hpp"

namespace rebolt {
namespace live {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t copied_bytes = std::uint64_t{1} << 20; // at once, of no database

class Taking {
public:
    Taking(std::shared_ptr<const io::File> from, std::shared_ptr<const io::File> to,
           const LiveOptions& options)
        : from_(std::move(from)), to_(std::move(to)), writer_(to_), options_(options),
          deadline_(Clock::now() + options.timeout) {}

    /// nullopt: no meta is valid, the file was copied as it is.
    Result<std::optional<LivePages>> run() {
        const std::optional<std::uint32_t> page_size = TRY(find_page_size());
        if (!page_size) {
            TRY(copy_as_it_is());
            return std::nullopt;
        }
        LivePages pages(channel(), *page_size);
        for (Progress at = Progress::working; at != Progress::done;) {
            at = TRY(pages.step());
            if (at == Progress::no_meta) {
                TRY(copy_as_it_is());
                return std::nullopt;
            }
            TRY(go_on({pages.pages_done(), pages.pages_total()}, pages));
        }
        const std::uint64_t size = TRY(from_->size_bytes());
        TRY(writer_.resize(size));
        return pages;
    }

private:
    Channel channel() {
        return {.read = [this](std::uint64_t offset,
                               std::span<std::byte> out) { return from_->read_at(offset, out); },
                .size_bytes = [this] { return from_->size_bytes(); },
                .write = [this](std::uint64_t offset,
                                Bytes bytes) { return writer_.write_at(offset, bytes); },
                .pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(10)); }};
    }

    Result<void> go_on(const LiveProgress& at, const LivePages& pages) {
        if (options_.progress && !options_.progress(at))
            return Error(ErrorCode::cancelled, "cancelled").in_file(from_->path());
        if (Clock::now() < deadline_)
            return {};
        return Error(
                   ErrorCode::lock_timeout,
                   fmt::format("it could not be read beside its writer within {} ms: commits come "
                               "faster than {} pages can be read ({} were followed, {} were "
                               "missed)",
                               options_.timeout.count(), pages.pages_total(),
                               pages.commits_followed(), pages.restarts()))
            .in_file(from_->path());
    }

    // A meta that is just being written is not found: one of the two always is whole.
    Result<std::optional<std::uint32_t>> find_page_size() const {
        std::vector<std::byte> begin(2 * std::size_t{format::page_size_max});
        for (int tries = 0; tries < 10; ++tries) {
            begin.resize(TRY(from_->read_at(0, begin)));
            const io::PageSize found = io::find_page_size(begin);
            if (found.origin == PageSizeOrigin::meta0 || found.origin == PageSizeOrigin::meta1)
                return found.bytes;
        }
        return std::nullopt;
    }

    Result<void> copy_as_it_is() {
        const std::uint64_t size = TRY(from_->size_bytes());
        std::vector<std::byte> bytes(std::min(size, copied_bytes));
        for (std::uint64_t offset = 0; offset < size;) {
            const std::size_t count = TRY(from_->read_at(offset, bytes));
            if (count == 0)
                break;
            TRY(writer_.write_at(offset, Bytes(bytes).first(count)));
            offset += count;
            if (options_.progress && !options_.progress({offset, size}))
                return Error(ErrorCode::cancelled, "cancelled").in_file(from_->path());
        }
        return writer_.resize(size);
    }

    std::shared_ptr<const io::File> from_;
    std::shared_ptr<const io::File> to_;
    io::FileWriter writer_;
    const LiveOptions& options_;
    Clock::time_point deadline_;
};

// What is made of the copy is no more readable than the file. Best effort.
void take_mode(const io::File& from, const io::File& to) {
    constexpr mode_t permissions = 07777;
    struct stat status{};
    if (::fstat(from.descriptor(), &status) != 0)
        return;
    ::fchmod(to.descriptor(), status.st_mode & permissions);
    [[maybe_unused]] const int owned = ::fchown(to.descriptor(), status.st_uid, status.st_gid);
}

} // namespace
} // namespace live

Result<LiveCopy> LiveCopy::take(const std::string& path, const LiveOptions& options) {
    return with_memory([&]() -> Result<LiveCopy> {
        auto from = TRY(io::File::open_for_reading(path));
        LiveCopy copy;
        copy.lock_holders_ = io::lock_holders(*from);
        const std::uint64_t size = TRY(from->size_bytes());
        copy.file_ = TRY(io::ScratchFile::create(path, size)).file();
        live::take_mode(*from, *copy.file_);
        const auto pages = TRY(live::Taking(std::move(from), copy.file_, options).run());
        if (pages) {
            copy.transaction_ = TxId{pages->meta().txid};
            copy.commits_followed_ = pages->commits_followed();
            copy.restarts_ = pages->restarts();
        }
        return copy;
    });
}

Result<PageSource> LiveCopy::pages() const {
    return PageSource::open(file_, {.lock = false});
}

std::string LiveCopy::open_path() const {
    return file_->descriptor_path();
}

Result<CheckReport> check_live(const std::string& path, const CheckOptions& check_options,
                               const LiveOptions& live_options) {
    const LiveCopy first = TRY(LiveCopy::take(path, live_options));
    const PageSource pages = TRY(first.pages());
    CheckReport report = TRY(check(pages, check_options));
    if (report.verdict == Verdict::clean || first.commits_followed() == 0)
        return report;
    const LiveCopy second = TRY(LiveCopy::take(path, live_options));
    const PageSource confirming = TRY(second.pages());
    return check(confirming, check_options);
}

} // namespace rebolt
