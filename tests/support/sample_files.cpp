#include "support/sample_files.hpp"

#include <fmt/format.h>

#include <rebolt/format.hpp>

namespace rebolt::test {
namespace {

BucketContent numbered(std::size_t count, std::size_t value_bytes) {
    BucketContent content;
    for (std::size_t i = 0; i < count; ++i)
        content.values[fmt::format("key-{:04}", i)] = std::string(value_bytes, 'v');
    return content;
}

std::vector<SampleFile> make_samples() {
    std::vector<SampleFile> samples;
    const BucketContent content = content_of_every_kind();
    const auto add = [&](const char* name, const FileShape& shape) {
        samples.push_back({fmt::format("{}-{}", name, shape.page_size), shape.page_size,
                           build_file(content, shape)});
    };
    for (std::uint32_t size = format::page_size_min; size <= format::page_size_max; size *= 2)
        add("every-kind", {.page_size = size});
    add("no-freelist", {.page_size = 1024, .freelist = FreelistKind::none});
    add("barely-filled", {.page_size = 512, .fill_percent = 20, .free_pages = 30, .txid = 8});
    return samples;
}

} // namespace

BucketContent content_of_every_kind() {
    BucketContent content;
    content.sequence = 3;
    content.buckets["empty"].sequence = 4;
    content.buckets["inline"].values = {{"a", "1"}, {"b", ""}};
    content.buckets["long"] = numbered(3, 2500);
    content.buckets["many"] = numbered(120, 10);
    content.buckets["many"].sequence = 120;
    BucketContent& nested = content.buckets["nested"];
    nested.values["beside"] = "a value";
    nested.buckets["inline"].values = {{"x", "1"}};
    nested.buckets["left"].buckets["deeper"].buckets["deepest"] = numbered(30, 20);
    nested.buckets["right"] = numbered(40, 30);
    return content;
}

const std::vector<SampleFile>& sample_files() {
    static const std::vector<SampleFile> samples = make_samples();
    return samples;
}

} // namespace rebolt::test
