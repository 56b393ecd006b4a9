#include "cli/commands/page_text.hpp"

#include <fmt/format.h>

#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/printable.hpp"

namespace rebolt::cli {
namespace {

std::string bucket_text(std::string_view value) {
    const auto bucket = format::BucketView::of(value);
    if (!bucket)
        return fmt::format("<{}>", to_text(bucket.error()));
    return fmt::format("<pgid={},seq={}>", number(bucket->root()), bucket->sequence());
}

// Text of several lines would be taken for several items.
KeyFormat in_one_line(std::string_view value, KeyFormat format) {
    return format == KeyFormat::automatic && is_text(value) && !is_printable(value)
               ? KeyFormat::ascii_encoded
               : format;
}

void print_items(const ShownPage& shown, KeyFormat value_format) {
    const bool is_leaf = shown.page.type() == format::PageType::leaf;
    print(fmt::format("Item Count: {}\n\n", shown.page.header().count));
    for (std::size_t index = 0; index < shown.items.size() && !output_failed(); ++index) {
        const PageItem& item = shown.items[index];
        if (item.fault) {
            print(red(fmt::format("<item {}: {}: {}>", index, text_of(item.fault->code).name,
                                  to_text(*item.fault))) +
                  "\n");
            continue;
        }
        print((item.key_words ? item.key_words->text : key_text(item.key)) + ": ");
        if (!is_leaf)
            print(fmt::format("<pgid={}>", number(item.child)));
        else if (item.is_bucket)
            print(bucket_text(item.value));
        else if (item.value_words)
            print(item.value_words->text);
        else
            print_bytes(item.value, in_one_line(item.value, value_format));
        print("\n");
    }
    print("\n");
}

void print_meta(const format::PageView& page) {
    const auto meta = format::MetaView::of(page.bytes());
    if (!meta)
        return;
    const format::MetaFields& fields = meta->fields();
    print(fmt::format("Version:    {}\nPage Size:  {} bytes\nFlags:      {:08x}\n"
                      "Root:       <pgid={}>\nFreelist:   <pgid={}>\nHWM:        <pgid={}>\n"
                      "Txn ID:     {}\nChecksum:   {:016x}\n\n",
                      fields.version, fields.page_size, fields.flags, fields.root, fields.freelist,
                      fields.high_water_mark, fields.txid, fields.checksum));
}

void print_freelist(const format::PageView& page) {
    print(
        fmt::format("Item Count: {}\nOverflow: {}\n\n", item_count(page), page.header().overflow));
    if (const auto freelist = format::FreelistView::of(page.bytes()))
        for (std::uint64_t index = 0; index < freelist->count() && !output_failed(); ++index)
            print(fmt::format("{}\n", number(freelist->id(index))));
    print("\n");
}

Document meta_json(const format::PageView& page) {
    const auto meta = format::MetaView::of(page.bytes());
    if (!meta)
        return nullptr;
    const format::MetaFields& fields = meta->fields();
    const bool stored = PageId{fields.freelist} != no_freelist;
    return {{"valid", !meta->validate()},
            {"version", fields.version},
            {"page_size", fields.page_size},
            {"flags", fields.flags},
            {"root", fields.root},
            {"sequence", fields.sequence},
            {"freelist", stored ? Document(fields.freelist) : Document(nullptr)},
            {"high_water_mark", fields.high_water_mark},
            {"txid", fields.txid},
            {"checksum", fmt::format("{:016x}", fields.checksum)}};
}

Document item_json(const PageItem& item, bool is_leaf, KeyFormat value_format) {
    if (item.fault)
        return {{"fault", fault_document({item.fault->code, to_text(*item.fault)})}};
    Document json = Document::object();
    if (!item.key_words || !item.key_words->has_secret)
        put_bytes(json, "key", item.key, KeyFormat::automatic);
    if (item.key_words)
        json["key_readable"] = item.key_words->text;
    if (item.value_words)
        json["readable"] = item.value_words->text;
    if (!is_leaf) {
        json["child"] = number(item.child);
    } else if (!item.is_bucket) {
        if (!item.value_words || !item.value_words->has_secret)
            put_bytes(json, "value", item.value, value_format);
    } else if (const auto bucket = format::BucketView::of(item.value)) {
        json["bucket"] = {{"root", number(bucket->root())}, {"sequence", bucket->sequence()}};
    } else {
        json["fault"] = fault_document({bucket.error().code, to_text(bucket.error())});
    }
    return json;
}

Document ids_json(const format::PageView& page) {
    Document ids = Document::array();
    if (const auto freelist = format::FreelistView::of(page.bytes()))
        for (std::uint64_t index = 0; index < freelist->count(); ++index)
            ids.push_back(number(freelist->id(index)));
    return ids;
}

} // namespace

void print_page_text(const ShownPage& shown, KeyFormat value_format) {
    const format::PageHeader& header = shown.page.header();
    const bool is_own = header.id == number(shown.id);
    print(fmt::format("Page ID:    {}{}\nPage Type:  {}\nTotal Size: {} bytes\n"
                      "Overflow pages: {}\n",
                      number(shown.id),
                      is_own ? "" : red(fmt::format(" (its header says {})", header.id)),
                      type_text(header), shown.page.bytes().size(), header.overflow));
    switch (shown.page.type()) {
    case format::PageType::meta:
        return print_meta(shown.page);
    case format::PageType::leaf:
    case format::PageType::branch:
        return print_items(shown, value_format);
    case format::PageType::freelist:
        return print_freelist(shown.page);
    case format::PageType::unknown:
        break;
    }
}

rebolt::report::Document page_json(const ShownPage& shown, KeyFormat value_format) {
    const format::PageHeader& header = shown.page.header();
    const format::PageType type = shown.page.type();
    Document json{{"page", number(shown.id)},
                  {"header_id", header.id},
                  {"type", type_text(header)},
                  {"in_use", shown.in_use ? Document(*shown.in_use) : Document(nullptr)},
                  {"bytes", shown.page.bytes().size()},
                  {"overflow", header.overflow},
                  {"count", item_count(shown.page)}};
    if (type == format::PageType::meta)
        json["meta"] = meta_json(shown.page);
    if (type == format::PageType::freelist)
        json["free"] = ids_json(shown.page);
    if (type == format::PageType::leaf || type == format::PageType::branch) {
        json["items"] = Document::array();
        for (const PageItem& item : shown.items)
            json["items"].push_back(item_json(item, type == format::PageType::leaf, value_format));
    }
    json["faults"] = array_of(shown.faults, fault_document);
    return json;
}

} // namespace rebolt::cli
