// The stages' steps grow with the pages, whatever is lost; and each of them stops when
// it is told to.
#include <algorithm>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "salvage/recover/attribution.hpp"
#include "salvage/recover/choose_state.hpp"
#include "salvage/recover/fill_holes.hpp"
#include "salvage/recover/keep.hpp"
#include "salvage/recover/lost_found.hpp"
#include "salvage/recover/place_orphans.hpp"
#include "salvage/recover/suspects.hpp"
#include "support/file_builder.hpp"
#include "support/temporary_folder.hpp"
#include "support/tree_builder.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::uint32_t page_size = 512;

// A file of one bucket whose branches are all zero: its leaves are orphans.
std::vector<std::byte> without_branches(std::size_t keys) {
    test::BucketContent content;
    for (std::size_t i = 0; i < keys; ++i)
        content.buckets["things"].values[fmt::format("key-{:08}", i)] = std::string(60, 'v');
    std::vector<std::byte> bytes = test::build_file(content, {.page_size = page_size});
    for (std::size_t at = 2 * page_size; at + page_size <= bytes.size(); at += page_size)
        if (load<format::PageHeader>(bytes.data() + at).type() == format::PageType::branch)
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), page_size, std::byte{0});
    return bytes;
}

template <class Stage>
Result<void> to_its_end(Stage& stage) {
    for (;;) {
        auto goes_on = stage.step();
        if (!goes_on)
            return std::move(goes_on).error();
        if (!*goes_on)
            return {};
    }
}

class Stages {
public:
    Stages(const PageSource& source, RecoverOptions options)
        : context_(source, std::move(options)) {}

    Result<void> run() {
        while (context_.pages.step())
            ;
        ChooseState choose(context_);
        if (auto done = to_its_end(choose); !done)
            return done;
        auto entries = EntryWriter::create(context_, {});
        if (!entries)
            return std::move(entries).error();
        Keep keep(context_, *entries);
        if (auto done = to_its_end(keep); !done)
            return done;
        Suspects suspects(context_, *entries, std::move(keep.suspects()));
        if (auto done = to_its_end(suspects); !done)
            return done;
        spread_homes(context_);
        PlaceOrphans orphans(context_, *entries);
        if (auto done = to_its_end(orphans); !done)
            return done;
        FillHoles holes(context_, *entries, orphans);
        if (auto done = to_its_end(holes); !done)
            return done;
        LostFound rest(context_, *entries, orphans);
        auto done = to_its_end(rest);
        keys_ = entries->key_count();
        return done;
    }
    [[nodiscard]] std::uint64_t steps() const { return context_.pulse.beats(); }
    [[nodiscard]] std::uint64_t keys() const { return keys_; }

private:
    Context context_;
    std::uint64_t keys_ = 0;
};

class Steps : public testing::Test {
protected:
    PageSource source_of(const std::vector<std::byte>& bytes) {
        const std::string path = folder_.path(fmt::format("{}.db", ++files_));
        test::write_file(path, bytes);
        return *PageSource::open(path);
    }

private:
    test::TemporaryFolder folder_;
    int files_ = 0;
};

TEST_F(Steps, OfOrphanLeavesDoubleWithTheirNumber) {
    std::uint64_t before = 0;
    for (const std::size_t keys : {1000U, 2000U, 4000U}) {
        const PageSource source = source_of(without_branches(keys));
        Stages stages(source, {});
        const auto done = stages.run();
        ASSERT_TRUE(done) << done.error().to_text();
        EXPECT_GE(stages.keys(), keys);
        EXPECT_TRUE(before == 0 || stages.steps() <= before * 9 / 4) << keys;
        before = stages.steps();
    }
}

TEST_F(Steps, EndWhenTheyAreToldToStop) {
    const PageSource source = source_of(without_branches(4000));
    std::stop_source stop;
    stop.request_stop();
    RecoverOptions options;
    options.stop = stop.get_token();
    Stages stages(source, options);
    const auto done = stages.run();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), ErrorCode::cancelled);
    EXPECT_LE(stages.steps(), 4096U);
}

} // namespace
} // namespace rebolt::salvage
