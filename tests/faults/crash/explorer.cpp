#include "explorer.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

Error wrong(std::string text) {
    return Error(ErrorCode::invalid_argument, std::move(text));
}

} // namespace

Explorer::Explorer(const History& history, const ExplorerOptions& options, std::uint64_t seed)
    : history_(history), options_(options), random_(seed) {}

void Explorer::run() {
    SimulatedDisk disk(history_.image);
    play(disk, 0);
    for (std::size_t i = 0; i < history_.effects.size(); ++i) {
        const Effect& effect = history_.effects[i];
        if (effect.is_sync())
            seen_.clear();
        disk.take(effect);
        play(disk, i + 1);
        if (failures_.size() >= options_.failures_max)
            return;
    }
}

void Explorer::play(const SimulatedDisk& disk, std::size_t moment) {
    for_each_power_cut(disk, options_.limits, random_, [&](const Survival& survival) {
        disk.cut_power(survival, image_);
        if (!seen_.insert(std::hash<std::string>{}(image_)).second ||
            failures_.size() >= options_.failures_max)
            return;
        ++state_count_;
        judge(image_, moment, disk, survival);
    });
}

// What the file must hold; null: it was being made, and may be empty or new.
Result<const Committed*> Explorer::expected(const std::string& image, std::size_t moment) {
    const auto& commits = history_.commits;
    const auto next = std::ranges::upper_bound(commits, moment, {}, &Committed::effects);
    if (next == commits.begin())
        return nullptr;
    const Committed& last = *std::prev(next);
    const auto newest = newest_transaction(image, history_.page_size);
    if (newest == last.txid)
        return &last;
    if (next != commits.end() && newest == next->txid) {
        ++early_count_;
        return &*next;
    }
    return wrong(fmt::format("the newest meta is of transaction {}, but {} was committed",
                             newest.value_or(0), last.txid));
}

void Explorer::judge(const std::string& image, std::size_t moment, const SimulatedDisk& disk,
                     const Survival& survival) {
    file_.show(image);
    const auto run = [&]() -> Result<void> {
        const auto committed = expected(image, moment);
        if (!committed)
            return wrong(committed.error().message());
        if (Result<void> read = *committed == nullptr ? judge_new_file() : judge_file(**committed);
            !read)
            return read;
        if (options_.second_cut_every == 0 || random_.below(options_.second_cut_every) != 0)
            return {};
        return write_on(image, *committed);
    };
    Result<void> judged = run();
    if (!judged)
        failures_.push_back({fmt::format("{}, after effect {} of {}: {}\n{}", history_.name, moment,
                                         history_.effects.size(), to_text(disk, survival),
                                         judged.error().to_text()),
                             image});
}

Result<void> Explorer::judge_new_file() {
    file_.forget(); // it may be made again
    {
        const auto db = DB::open(file_.path(), history_.options);
        if (!db)
            return wrong("a new file cannot be opened: " + db.error().to_text());
        if (Result<void> same = compare(*db, {}); !same)
            return same;
    }
    return require_clean(file_.path());
}

Result<void> Explorer::judge_file(const Committed& expected) {
    if (Result<void> clean = require_clean(file_.path(), options_.whole); !clean)
        return clean;
    const auto db = DB::open(file_.path(), history_.options);
    if (!db)
        return wrong("cannot be opened: " + db.error().to_text());
    if (!db->findings_at_open().empty())
        return wrong("found at opening: " + db->findings_at_open().front().message);
    const auto tx = db->begin();
    if (!tx)
        return wrong("cannot be read: " + tx.error().to_text());
    if (number(tx->id()) != expected.txid) {
        file_.forget(); // opening stored a freelist, as there was none
        if (history_.options.no_freelist_sync || number(tx->id()) != expected.txid + 1)
            return wrong(fmt::format("opened with transaction {}, expected {}", number(tx->id()),
                                     expected.txid));
    }
    return compare(tx->root(), expected.contents);
}

// More transactions, and the power cut in them. Without a committed state the
// file was being made.
Result<void> Explorer::write_on(const std::string& image, const Committed* committed) {
    try {
        Recorder recorder("second power cut", history_.options, image,
                          committed == nullptr ? std::nullopt : std::optional(committed->contents));
        recorder.update([](Tx& tx, Contents& all) -> Result<void> {
            auto bucket = tx.create_bucket_if_missing("after the crash");
            if (!bucket)
                return std::move(bucket).error();
            all.buckets["after the crash"].values["key"] = "value";
            return bucket->put("key", "value");
        });
        recorder.change(5, {}, random_);
        const History history = recorder.finish();
        Explorer second(
            history,
            {.limits = {.exhaustive_effects_max = 3, .torn_sectors_max = 2, .random_count = 2},
             .second_cut_every = 0,
             .whole = Trees::newest,
             .failures_max = 1},
            random_.next());
        second.run();
        state_count_ += second.state_count();
        early_count_ += second.early_count();
        return second.failures().empty() ? Result<void>() : wrong(second.failures()[0].text);
    } catch (const std::exception& error) {
        return wrong(std::string("writing on: ") + error.what());
    }
}

} // namespace rebolt::test
