#include "recovered.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <rebolt/db.hpp>
#include <rebolt/schema.hpp>

namespace rebolt::test {
namespace {

constexpr std::size_t faults_max = 20;
class Run {
public:
    Recovered run(const std::string& source, const std::string& target, RecoverOptions options) {
        options.on_item = [this](const RecoveredItem& item) { return note(item); };
        const auto pages = PageSource::open(source);
        if (!pages) {
            result_.error = pages.error().to_text();
            return std::move(result_);
        }
        auto recovery = Recovery::begin(*pages, target, std::move(options));
        if (!recovery) {
            result_.error = recovery.error().to_text();
            return std::move(result_);
        }
        if (const auto done = recovery->run(); !done) {
            result_.error = done.error().to_text();
            if (done.error().code() != ErrorCode::damaged) // no page of it is sound
                fault("a step failed: " + result_.error);
            return std::move(result_);
        }
        result_.report = recovery->report();
        look_at(target);
        return std::move(result_);
    }

private:
    void fault(std::string text) {
        if (result_.faults.size() < faults_max)
            result_.faults.push_back(std::move(text));
    }

    Result<void> note(const RecoveredItem& item) {
        ToldItem told{std::nullopt, item.provenance, item.is_partial, number(item.page)};
        if (!item.is_bucket)
            told.value = item.value;
        const BucketNames bucket(item.bucket.begin(), item.bucket.end());
        const bool is_new =
            result_.items.emplace(std::pair(bucket, std::string(item.key)), told).second;
        if (!is_new)
            fault(fmt::format("told twice of {}: {}", to_text(bucket), printable(item.key)));
        return {};
    }

    void look_at(const std::string& target) {
        if (!std::filesystem::exists(target)) {
            fault("there is no new file");
            return;
        }
        check_file(target);
        compare_file(target);
        const RecoveredCounts& counts = result_.report.counts;
        const std::uint64_t sum = counts.total() + counts.total_buckets();
        if (sum != result_.items.size())
            fault(fmt::format("the report counts {} keys and buckets, told of {}", sum,
                              result_.items.size()));
        if (result_.report.output_bytes != std::filesystem::file_size(target))
            fault("the report's size of the new file is wrong");
    }

    void check_file(const std::string& target) {
        const auto source = PageSource::open(target);
        if (!source) {
            fault(source.error().to_text());
            return;
        }
        CheckOptions options;
        options.owners = {}; // what its owner would not write, but a sound page had, stays
        options.threads = 1;
        const auto checked = check(*source, options);
        if (!checked)
            fault(checked.error().to_text());
        else if (!checked->findings.empty())
            fault(fmt::format("the new file is {}: {} {}", name_of(checked->verdict),
                              text_of(checked->findings[0].code).name,
                              checked->findings[0].message));
    }

    // All that is in the file was told of, and the reverse.
    void compare_file(const std::string& target) {
        const auto db = DB::open(target, {.read_only = true});
        if (!db) {
            fault(db.error().to_text());
            return;
        }
        const auto tx = db->begin();
        std::vector<Bucket> buckets{tx->root()};
        std::size_t found = 0;
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            const Bucket bucket = buckets[i];
            result_.sequences[bucket.path()] = bucket.sequence();
            const Result<void> walked = bucket.for_each([&](const Entry& entry) -> Result<void> {
                ++found;
                compare_entry(bucket.path(), entry);
                if (entry.is_bucket)
                    buckets.push_back(*bucket.bucket(entry.key));
                return {};
            });
            if (!walked)
                fault(walked.error().to_text());
        }
        if (found != result_.items.size())
            fault(fmt::format("{} items in the new file, told of {}", found, result_.items.size()));
    }

    void compare_entry(const BucketNames& bucket, const Entry& entry) {
        const auto told = result_.items.find({bucket, std::string(entry.key)});
        std::optional<std::string> value;
        if (!entry.is_bucket)
            value = entry.value;
        if (told == result_.items.end() || told->second.value != value)
            fault(fmt::format("in the new file, but not told of: {}: {}", to_text(bucket),
                              printable(entry.key)));
    }

    Recovered result_;
};

} // namespace

RecoverOptions recover_options() {
    RecoverOptions options;
    return options;
}

CheckOptions check_options() {
    CheckOptions options;
    options.threads = 1;
    return options;
}

Recovered recover(const std::string& source, const std::string& target, RecoverOptions options) {
    return Run().run(source, target, std::move(options));
}

Content content_of(const std::string& path) {
    Content content;
    const auto db = DB::open(path, {.read_only = true});
    const auto tx = db->begin();
    std::vector<Bucket> buckets{tx->root()};
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        const Bucket bucket = buckets[i];
        const auto walked = bucket.for_each([&](const Entry& entry) -> Result<void> {
            std::optional<std::string> value;
            if (!entry.is_bucket)
                value = entry.value;
            content.emplace(std::pair(bucket.path(), std::string(entry.key)), value);
            if (entry.is_bucket)
                buckets.push_back(*bucket.bucket(entry.key));
            return {};
        });
        EXPECT_TRUE(walked);
    }
    return content;
}

Content content_of(const Recovered& recovery) {
    Content content;
    for (const auto& [place, item] : recovery.items)
        content.emplace(place, item.value);
    return content;
}

} // namespace rebolt::test
