#include "cli/commands/map_json.hpp"

#include <algorithm>
#include <cstring>

#include "cli/base64.hpp"
#include "cli/commands/check_json.hpp"
#include "cli/json_output.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t key_bytes_max = 64;
constexpr std::size_t all_keys_bytes_max = std::size_t{8} << 20U;
constexpr std::uint32_t no_bucket = UINT32_MAX;

/// Numbers of one size, little-endian.
template <class Number>
class Column {
public:
    void add(Number number) {
        const std::size_t end = bytes_.size();
        bytes_.resize(end + sizeof number);
        std::memcpy(bytes_.data() + end, &number, sizeof number);
    }
    [[nodiscard]] Document text() const { return base64(bytes_); }

private:
    std::string bytes_;
};

Document mapped_buckets_json(const std::vector<BucketOfTree>& buckets) {
    return array_of(buckets, [](const BucketOfTree& bucket) {
        return Document{{"name", printable(bucket.name)},
                        {"parent", bucket.parent},
                        {"root", number(bucket.root)}};
    });
}

Document mapped_state_json(const MappedState& state) {
    Column<std::uint8_t> uses;
    Column<std::uint32_t> buckets;
    Column<std::uint32_t> parents;
    for (const MappedPage& page : state.pages) {
        uses.add(static_cast<std::uint8_t>(page.use));
        buckets.add(page.bucket.value_or(no_bucket));
        parents.add(static_cast<std::uint32_t>(number(page.parent)));
    }
    return {{"transaction", state.meta.txid},
            {"root", state.meta.root},
            {"freelist", PageId{state.meta.freelist} == no_freelist
                             ? Document(nullptr)
                             : Document(state.meta.freelist)},
            {"high_water_mark", state.meta.high_water_mark},
            {"buckets", mapped_buckets_json(state.buckets)},
            {"uses", uses.text()},
            {"bucket_of", buckets.text()},
            {"parent_of", parents.text()}};
}

Document mapped_pages_json(const FileMap& map) {
    Column<std::uint8_t> types;
    Column<std::uint8_t> fills;
    Column<std::uint16_t> counts;
    Column<std::uint8_t> sound;
    for (const PageContent& page : map.pages) {
        types.add(static_cast<std::uint8_t>(page.type));
        fills.add(page.fill_percent);
        counts.add(page.count);
        sound.add(page.is_sound ? 1 : 0);
    }
    return {{"types", types.text()},
            {"fills", fills.text()},
            {"counts", counts.text()},
            {"sound", sound.text()}};
}

/// For each sound page: how many keys follow, then each with its length before it.
class KeyColumn {
public:
    KeyColumn(const PageSource& source, const FileMap& map) : source_(source), map_(map) {}

    Document text() {
        if (!add_all(UINT16_MAX)) {
            bytes_.clear();
            is_first_only_ = true;
            if (!add_all(1))
                return nullptr;
        }
        return {{"first_only", is_first_only_}, {"bytes", base64(bytes_)}};
    }

private:
    bool add_all(std::size_t keys_max) {
        for (std::uint64_t id = 0; id < map_.pages.size(); ++id) {
            add_page(PageId{id}, keys_max);
            if (bytes_.size() > all_keys_bytes_max * (keys_max == 1 ? 8 : 1))
                return false;
        }
        return true;
    }

    void add_page(PageId id, std::size_t keys_max) {
        const auto page = source_.page(id);
        const PageContent& content = map_.pages[number(id)];
        const std::size_t count =
            page && content.is_sound ? std::min<std::size_t>(content.count, keys_max) : 0;
        bytes_ += static_cast<char>(static_cast<unsigned char>(count & 0xFFU));
        bytes_ += static_cast<char>(static_cast<unsigned char>(count >> 8U));
        for (std::size_t i = 0; i < count; ++i)
            add_key(key_of(page->bytes(), content.type == format::PageType::leaf, i));
    }

    static std::string_view key_of(Bytes page, bool is_leaf, std::size_t index) {
        if (is_leaf) {
            const auto view = format::LeafView::of(page);
            const auto element = view ? view->element(index) : std::unexpected(view.error());
            return element ? element->key : std::string_view();
        }
        const auto view = format::BranchView::of(page);
        const auto element = view ? view->element(index) : std::unexpected(view.error());
        return element ? element->key : std::string_view();
    }

    void add_key(std::string_view key) {
        key = key.substr(0, key_bytes_max);
        bytes_ += static_cast<char>(static_cast<unsigned char>(key.size()));
        bytes_ += key;
    }

    const PageSource& source_;
    const FileMap& map_;
    std::string bytes_;
    bool is_first_only_ = false;
};

} // namespace

Document map_json(const PageSource& source, const FileMap& map, MapKeys keys) {
    const std::string& path = source.path();
    return {{"shape", "rebolt.map/1"},
            {"file", printable(path.substr(path.rfind('/') + 1))},
            {"file_bytes", source.file_bytes()},
            {"page_size", source.page_size_bytes()},
            {"page_count", source.page_count()},
            {"sentence", sentence(map.report)},
            {"verdict", name_of(map.report.verdict)},
            {"metas", array_of(map.report.metas, meta_json)},
            {"states", array_of(map.states, mapped_state_json)},
            {"pages", mapped_pages_json(map)},
            {"findings", array_of(map.report.findings, finding_document)},
            {"keys", keys == MapKeys::shown ? KeyColumn(source, map).text() : Document(nullptr)}};
}

std::string inside_script(std::string json) {
    std::string text;
    text.reserve(json.size());
    for (const char c : json)
        if (c == '<')
            text += "\\u003c";
        else
            text += c;
    return text;
}

} // namespace rebolt::cli
