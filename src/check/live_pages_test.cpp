// A model of a writer that follows bbolt's rules in single steps, and every order in
// which its steps can fall between the reader's, as far as they go.
#include "check/live_pages.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "support/random.hpp"

namespace rebolt::live {
namespace {

constexpr std::uint32_t page_size = 512;

enum class Rule : std::uint8_t {
    bbolt,       ///< what a transaction freed is used by the next at the earliest
    no_freelist, ///< the same, and none is stored
    in_place,    ///< what a transaction freed it uses itself: no reader can be right
};

// Writes pages whose every word is one number, new with each write.
class Writer {
public:
    Writer(Rule rule, std::uint64_t seed) : rule_(rule), random_(seed), disk_(16 * page_size) {
        for (std::uint64_t page = 2; page < 8; ++page) {
            stamps_[page] = random_();
            put(page, bytes_of(stamps_[page]), page_size);
        }
        high_water_mark_ = 8;
        begin_commit();
        run_to_commit();
        begin_commit();
        run_to_commit();
    }

    /// One write of some bytes; a new transaction begins when one has ended.
    void step() {
        if (steps_.empty())
            begin_commit();
        const Step next = std::move(steps_.front());
        steps_.pop_front();
        if (disk_.size() < next.offset + next.bytes.size())
            disk_.resize(next.offset + next.bytes.size());
        std::ranges::copy(next.bytes, disk_.begin() + static_cast<std::ptrdiff_t>(next.offset));
        if (steps_.empty())
            states_[txid_] = pending_state_;
        if (states_.size() > 50)
            states_.erase(states_.begin());
    }

    /// Bytes at an offset, with `between()` before each 128 of them.
    std::size_t read(std::uint64_t offset, std::span<std::byte> out,
                     const std::function<void()>& between) {
        std::size_t done = 0;
        while (done < out.size() && offset + done < disk_.size()) {
            between();
            const std::size_t count = std::min(
                {out.size() - done, std::size_t{128}, disk_.size() - std::size_t{offset} - done});
            std::memcpy(out.data() + done, disk_.data() + offset + done, count);
            done += count;
        }
        return done;
    }
    [[nodiscard]] std::uint64_t size_bytes() const { return disk_.size(); }

    /// Whether `copy` has all pages that transaction `txid` uses, as they must be.
    [[nodiscard]] bool is_state(std::uint64_t txid, const std::vector<std::byte>& copy) const {
        const State& state = states_.at(txid);
        const auto has = [&](std::uint64_t page, const std::vector<std::byte>& bytes) {
            return copy.size() >= (page + 1) * page_size &&
                   std::equal(bytes.begin(), bytes.end(),
                              copy.begin() + static_cast<std::ptrdiff_t>(page * page_size));
        };
        return (state.list == 0 || has(state.list, state.list_bytes)) &&
               std::ranges::all_of(state.stamps, [&](const auto& page) {
                   return has(page.first, bytes_of(page.second));
               });
    }

private:
    struct State {
        std::map<std::uint64_t, std::uint64_t> stamps; ///< by page in use
        std::uint64_t list = 0;
        std::vector<std::byte> list_bytes;
    };
    struct Step {
        std::uint64_t offset;
        std::vector<std::byte> bytes;
    };

    std::uint64_t below(std::uint64_t end) {
        return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random_);
    }
    static std::vector<std::byte> bytes_of(std::uint64_t stamp) {
        std::vector<std::byte> bytes(page_size);
        for (std::size_t at = 0; at < page_size; at += 8)
            std::memcpy(bytes.data() + at, &stamp, 8);
        return bytes;
    }
    std::uint64_t allocate() {
        if (free_.empty() || (high_water_mark_ < 50 && below(8) == 0)) // the list has one page
            return high_water_mark_++;
        const std::uint64_t page = *free_.begin(); // the lowest, as bbolt takes them
        free_.erase(free_.begin());
        return page;
    }
    void let_go(std::uint64_t page) {
        stamps_.erase(page);
        (rule_ == Rule::in_place ? free_ : pending_).insert(page);
    }
    void put(std::uint64_t page, const std::vector<std::byte>& bytes, std::size_t piece) {
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            const std::size_t end = std::min(at + piece, bytes.size());
            steps_.push_back({page * page_size + at,
                              {bytes.begin() + static_cast<std::ptrdiff_t>(at),
                               bytes.begin() + static_cast<std::ptrdiff_t>(end)}});
        }
    }

    void begin_commit() {
        ++txid_;
        free_.merge(pending_);
        pending_.clear();
        std::vector<std::uint64_t> written;
        for (std::uint64_t change = 0; change < 1 + below(3); ++change) {
            std::vector<std::uint64_t> used;
            for (const auto& [page, stamp] : stamps_)
                used.push_back(page);
            if (used.size() > 4 && (used.size() > 20 || below(3) != 0))
                let_go(used[below(used.size())]);
            if (below(4) != 0) {
                written.push_back(allocate());
                stamps_[written.back()] = random_();
            }
        }
        const std::uint64_t list = put_freelist_page();
        pending_state_ = {stamps_, list, {}};
        std::shuffle(written.begin(), written.end(), random_);
        for (const std::uint64_t page : written)
            if (stamps_.contains(page))
                put(page, bytes_of(stamps_.at(page)), page_size / 2);
        if (list != 0) {
            pending_state_.list_bytes = freelist_bytes(list);
            put(list, pending_state_.list_bytes, page_size);
        }
        put(txid_ % 2, meta_bytes(list), 40);
    }
    // 0: none.
    std::uint64_t put_freelist_page() {
        if (list_ != 0)
            pending_.insert(list_);
        list_ = rule_ == Rule::no_freelist ? 0 : allocate();
        return list_;
    }
    [[nodiscard]] std::vector<std::byte> freelist_bytes(std::uint64_t page) const {
        std::set<std::uint64_t> ids = free_;
        ids.insert(pending_.begin(), pending_.end());
        std::vector<std::byte> bytes(page_size);
        const format::PageHeader header{page, format::freelist_flag,
                                        static_cast<std::uint16_t>(ids.size()), 0};
        std::memcpy(bytes.data(), &header, sizeof header);
        std::size_t at = sizeof header;
        for (const std::uint64_t id : ids) {
            std::memcpy(bytes.data() + at, &id, sizeof id);
            at += sizeof id;
        }
        return bytes;
    }
    [[nodiscard]] std::vector<std::byte> meta_bytes(std::uint64_t list) const {
        std::vector<std::byte> bytes(format::page_header_bytes + sizeof(format::MetaFields));
        const format::PageHeader header{txid_ % 2, format::meta_flag, 0, 0};
        format::MetaFields meta{format::magic,
                                format::version,
                                page_size,
                                0,
                                2,
                                0,
                                list == 0 ? number(no_freelist) : list,
                                high_water_mark_,
                                txid_,
                                0};
        meta.checksum = format::fnv1a(
            std::as_bytes(std::span(&meta, 1)).first(offsetof(format::MetaFields, checksum)));
        std::memcpy(bytes.data(), &header, sizeof header);
        std::memcpy(bytes.data() + sizeof header, &meta, sizeof meta);
        return bytes;
    }
    void run_to_commit() {
        while (!steps_.empty())
            step();
    }

    Rule rule_;
    std::mt19937_64 random_;
    std::vector<std::byte> disk_;
    std::map<std::uint64_t, std::uint64_t> stamps_; ///< by page in use
    std::set<std::uint64_t> free_;
    std::set<std::uint64_t> pending_;
    std::uint64_t high_water_mark_ = 0;
    std::uint64_t list_ = 0;
    std::uint64_t txid_ = 0;
    std::deque<Step> steps_;
    State pending_state_;
    std::map<std::uint64_t, State> states_;
};

enum class Ending : std::uint8_t { right, mixed, too_fast };

struct Outcome {
    Ending ending;
    std::uint64_t followed;
    std::uint64_t restarts;
};

// Reads beside the writer, which does `steps()` of its own before each piece is read.
Outcome read_beside(Writer& writer, const std::function<unsigned()>& steps) {
    std::vector<std::byte> copy;
    const auto between = [&] {
        for (unsigned left = steps(); left > 0; --left)
            writer.step();
    };
    LivePages pages(
        {.read = [&](std::uint64_t offset, std::span<std::byte> out) -> Result<std::size_t> {
             return writer.read(offset, out, between);
         },
         .size_bytes = [&]() -> Result<std::uint64_t> { return writer.size_bytes(); },
         .write = [&](std::uint64_t offset, Bytes bytes) -> Result<void> {
             copy.resize(std::max(copy.size(), std::size_t{offset} + bytes.size()));
             std::ranges::copy(bytes, copy.begin() + static_cast<std::ptrdiff_t>(offset));
             return {};
         },
         .pause = between},
        page_size, 2);
    for (int step = 0; step < 200; ++step) {
        const auto at = pages.step();
        if (!at || *at == Progress::no_meta)
            return {Ending::mixed, 0, 0};
        if (*at == Progress::working)
            continue;
        return {writer.is_state(pages.meta().txid, copy) ? Ending::right : Ending::mixed,
                pages.commits_followed(), pages.restarts()};
    }
    return {Ending::too_fast, pages.commits_followed(), pages.restarts()};
}

// All sequences of 0, 1, 3 or 17 steps of the writer at five points of the reader's way,
// which lie `stride` pieces apart; then it stops. 17: one to three commits at once.
void read_in_every_order(Rule rule, std::size_t stride) {
    constexpr std::array<unsigned, 4> choices{0, 1, 3, 17};
    constexpr std::size_t points = 5;
    for (std::size_t order = 0; order < std::size_t{1} << (2 * points); ++order) {
        Writer writer(rule, order % 16);
        std::size_t left = order;
        std::size_t piece = 0;
        const Outcome outcome = read_beside(writer, [&]() -> unsigned {
            if (piece++ % stride != 0)
                return 0;
            const unsigned steps = choices[left & 3U];
            left >>= 2U;
            return steps;
        });
        ASSERT_EQ(outcome.ending, Ending::right) << "order " << order << ", stride " << stride;
    }
}

TEST(LivePages, AreOneWholeStateInEveryInterleaving) {
    for (const Rule rule : {Rule::bbolt, Rule::no_freelist})
        for (const std::size_t stride : {1U, 5U, 11U})
            read_in_every_order(rule, stride);
}

std::uint64_t seed_of_today() {
    const char* given = std::getenv("REBOLT_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device()();
}

TEST(LivePages, AreOneWholeStateBesideWritersOfAnySpeed) {
    const std::uint64_t seed = seed_of_today();
    test::Random random(seed);
    std::map<Ending, int> endings;
    std::uint64_t followed = 0;
    std::uint64_t restarts = 0;
    for (int run = 0; run < 300; ++run) {
        Writer writer(run % 4 == 0 ? Rule::no_freelist : Rule::bbolt, random.next());
        const std::uint64_t slowness = 10 + random.below(150);
        const std::uint64_t burst = 1 + random.below(20);
        const Outcome outcome = read_beside(writer, [&]() -> unsigned {
            return random.below(slowness) == 0 ? static_cast<unsigned>(random.below(burst)) : 0;
        });
        ++endings[outcome.ending];
        followed += outcome.followed;
        restarts += outcome.restarts;
        ASSERT_NE(outcome.ending, Ending::mixed) << "REBOLT_SEED=" << seed;
    }
    EXPECT_GT(endings[Ending::right], 100);
    EXPECT_GT(followed, 50U);
    EXPECT_GT(restarts, 50U);
}

// The model can tell: beside a writer that breaks the rule states are mixed.
TEST(LivePages, AreMixedBesideAWriterThatWritesInPlace) {
    test::Random random(1);
    int mixed = 0;
    for (int run = 0; run < 200; ++run) {
        Writer writer(Rule::in_place, random.next());
        const Outcome outcome =
            read_beside(writer, [&]() -> unsigned { return random.below(6) == 0 ? 1 : 0; });
        mixed += outcome.ending == Ending::mixed ? 1 : 0;
    }
    EXPECT_GT(mixed, 10);
}

} // namespace
} // namespace rebolt::live
