#include "history.hpp"

#include <algorithm>
#include <utility>

namespace rebolt::test {

std::optional<std::uint64_t> newest_transaction(const std::string& image, std::uint32_t page_size) {
    std::optional<std::uint64_t> newest;
    for (const std::uint64_t begin : {std::uint64_t{0}, std::uint64_t{page_size}}) {
        const std::size_t at = begin + format::page_header_bytes;
        if (at + sizeof(format::MetaFields) > image.size())
            continue;
        const Bytes bytes = as_bytes(image).subspan(at, sizeof(format::MetaFields));
        const auto meta = load<format::MetaFields>(bytes.data());
        if (meta.magic == format::magic && meta.page_size == page_size &&
            meta.checksum == format::fnv1a(bytes.first(offsetof(format::MetaFields, checksum))))
            newest = std::max(newest.value_or(0), meta.txid);
    }
    return newest;
}

std::string new_file(const OpenOptions& options) {
    const MemoryFile file;
    must(DB::open(file.path(), options));
    return file.content();
}

Recorder::Recorder(std::string name, const OpenOptions& options, const std::string& image,
                   std::optional<Contents> contents)
    : file_(image), contents_(contents.value_or(Contents())) {
    history_.name = std::move(name);
    history_.image = image;
    open(options);
    if (contents) // opening may have made a transaction of its own
        history_.commits.insert(
            history_.commits.begin(),
            {0, newest_transaction(image, history_.page_size).value_or(0), *std::move(contents)});
}

void Recorder::open(const OpenOptions& options) {
    history_.options = options;
    const io::ReplacedSystemCalls scope(disk_);
    db_ = must(DB::open(file_.path(), options));
    history_.page_size = db_->page_size_bytes();
    note_commit();
}

void Recorder::note_commit() {
    const std::uint64_t txid = number(must(db_->begin()).id());
    if (history_.commits.empty() || history_.commits.back().txid != txid)
        history_.commits.push_back({disk_->effects().size(), txid, contents_});
}

void Recorder::update(const std::function<Result<void>(Tx&, Contents&)>& work) {
    must(db_->update([&](Tx& tx) { return work(tx, contents_); }));
    note_commit();
}

void Recorder::change(std::size_t count, const Style& style, Random& random) {
    update([&](Tx& tx, Contents& contents) -> Result<void> {
        for (std::size_t i = 0; i < count; ++i)
            if (auto changed = test::change(tx.root(), contents, style, random); !changed)
                return changed;
        return {};
    });
}

void Recorder::hold_reader() {
    readers_.push_back({must(db_->begin()), contents_});
}

void Recorder::release_readers() {
    for (const Reader& reader : readers_)
        must(compare(reader.tx.root(), reader.contents));
    readers_.clear();
}

void Recorder::reopen(const OpenOptions& options) {
    release_readers();
    db_.reset();
    open(options);
}

History Recorder::finish() {
    release_readers();
    must(compare(*db_, contents_));
    db_.reset();
    must(require_clean(file_.path()));
    history_.effects = disk_->effects();
    return std::move(history_);
}

} // namespace rebolt::test
