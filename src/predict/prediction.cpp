#include <rebolt/prediction.hpp>

#include <array>
#include <cstring>

#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/checker.hpp"
#include "predict/scan.hpp"
#include "predict/writer.hpp"

namespace rebolt {
namespace predict {
namespace {

// DB.init: what bbolt makes of an empty file.
std::vector<std::byte> new_database() {
    constexpr std::size_t page_bytes = 4096;
    std::vector<std::byte> file(page_bytes * 4);
    for (std::uint64_t page = 0; page < 4; ++page) {
        format::PageHeader header{page, page < 2 ? format::meta_flag : format::freelist_flag, 0, 0};
        if (page == 3)
            header.flags = format::leaf_flag;
        std::memcpy(file.data() + page * page_bytes, &header, sizeof header);
        if (page >= 2)
            continue;
        format::MetaFields meta{format::magic, format::version, page_bytes, 0, 3, 0, 2, 4, page, 0};
        meta.checksum = format::fnv1a(
            std::as_bytes(std::span(&meta, 1)).first(offsetof(format::MetaFields, checksum)));
        std::memcpy(file.data() + page * page_bytes + header_bytes, &meta, sizeof meta);
    }
    return file;
}

// The end of bolt.Open when it may write: a file without a freelist gets one.
Done open_for_writing(Store& store) {
    if (Done done = load_freelist(store); !done)
        return done;
    if (store.meta().freelist != no_page)
        return {};
    return Writer(store).commit();
}

Done put(Store& store) {
    if (Done done = open_for_writing(store); !done)
        return done;
    Writer writer(store);
    if (Done done = writer.put_one(); !done)
        return done;
    return writer.commit();
}

Done scan(Store& store, Prediction& prediction) {
    Scan walk(store);
    Done done = walk.run();
    prediction.entries = walk.entries();
    prediction.hash = walk.hash();
    return done;
}

Done check(Store& store, Prediction& prediction) {
    if (Done done = load_freelist(store); !done)
        return done;
    Checker checker(store);
    if (Done done = checker.run(); !done)
        return done;
    prediction.problems = checker.problems();
    prediction.hash = checker.hash();
    if (checker.problems() != 0)
        return refusal(checker.first());
    return {};
}

Done run(Store& store, BboltOperation operation, Prediction& prediction) {
    switch (operation) {
    case BboltOperation::open:
        return open_for_writing(store);
    case BboltOperation::open_read_only:
        return {};
    case BboltOperation::scan:
        return scan(store, prediction);
    case BboltOperation::check:
        return check(store, prediction);
    case BboltOperation::put:
        return put(store);
    }
    return {};
}

void tell(Prediction& prediction, const Ending& end) {
    prediction.kind = end->kind;
    prediction.words = end->words;
    prediction.page = end->page;
}

Prediction predict_bytes(Bytes file, const PredictionOptions& options) {
    Prediction prediction;
    Ended<Store> store = Store::open(file, options);
    if (!store) {
        tell(prediction, store.error());
        return prediction;
    }
    const Done done = run(*store, options.operation, prediction);
    if (!done)
        tell(prediction, done.error());
    prediction.outside_of_the_file = store->memory().went_outside();
    return prediction;
}

bool writes(BboltOperation operation) noexcept {
    return operation == BboltOperation::open || operation == BboltOperation::put;
}

} // namespace
} // namespace predict

Prediction bbolt_prediction(const PageSource& source, const PredictionOptions& options) {
    if (source.file_bytes() != 0)
        return predict::predict_bytes(source.file(), options);
    if (predict::writes(options.operation))
        return predict::predict_bytes(predict::new_database(), options);
    Prediction prediction;
    prediction.kind = OutcomeKind::error;
    prediction.words = "write FILE: bad file descriptor";
    return prediction;
}

namespace {

struct VersionName {
    BboltVersion version;
    std::string_view name;
};
constexpr std::array<VersionName, 3> version_names{{{BboltVersion::v1_3_6, "bbolt-1.3.6"},
                                                    {BboltVersion::v1_3_10, "bbolt-1.3.10"},
                                                    {BboltVersion::v1_4_3, "bbolt-1.4.3"}}};

struct OperationName {
    BboltOperation operation;
    std::string_view name;
};
constexpr std::array<OperationName, 5> operation_names{
    {{BboltOperation::open, "open"},
     {BboltOperation::open_read_only, "open-read-only"},
     {BboltOperation::scan, "scan"},
     {BboltOperation::check, "check"},
     {BboltOperation::put, "put"}}};

} // namespace

std::string_view name_of(BboltVersion version) noexcept {
    return version_names[static_cast<std::size_t>(version)].name;
}

std::optional<BboltVersion> bbolt_version(std::string_view name) noexcept {
    for (const VersionName& known : version_names)
        if (known.name == name || known.name.substr(6) == name)
            return known.version;
    return std::nullopt;
}

std::string_view name_of(BboltOperation operation) noexcept {
    return operation_names[static_cast<std::size_t>(operation)].name;
}

std::optional<BboltOperation> bbolt_operation(std::string_view name) noexcept {
    for (const OperationName& known : operation_names)
        if (known.name == name)
            return known.operation;
    return std::nullopt;
}

std::string_view name_of(OutcomeKind kind) noexcept {
    switch (kind) {
    case OutcomeKind::fine:
        return "fine";
    case OutcomeKind::error:
        return "error";
    case OutcomeKind::panic:
        return "panic";
    case OutcomeKind::hang:
        return "hang";
    }
    return "unknown";
}

} // namespace rebolt
