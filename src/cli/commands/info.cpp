// rebolt info FILE
#include <memory>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

void print_text(const DB& db, const format::MetaFields& meta, const DatabaseStats* stats,
                const CommonOptions& options) {
    print(fmt::format("Page Size: {}\n", db.page_size_bytes()));
    if (!options.verbose)
        return;
    print(fmt::format("High Water Mark: {} pages\nTransaction: {}\nRoot Page: {}\n"
                      "Freelist Page: {}\n",
                      meta.high_water_mark, meta.txid, meta.root,
                      PageId{meta.freelist} == no_freelist ? "none stored"
                                                           : fmt::to_string(meta.freelist)));
    if (stats != nullptr)
        print(fmt::format("File Size: {}\nFree Pages: {}\n", stats->file_bytes,
                          stats->free_page_count));
}

Document as_json(const DB& db, const format::MetaFields& meta, const Result<DatabaseStats>& stats) {
    const bool stored = PageId{meta.freelist} != no_freelist;
    Document json{{"shape", "rebolt.info/1"},
                  {"file", db.path()},
                  {"page_size", db.page_size_bytes()},
                  {"high_water_mark", meta.high_water_mark},
                  {"txid", meta.txid},
                  {"root", meta.root},
                  {"sequence", meta.sequence},
                  {"freelist", stored ? Document(meta.freelist) : Document(nullptr)}};
    json["file_bytes"] = stats ? Document(stats->file_bytes) : Document(nullptr);
    json["free_pages"] = stats ? Document(stats->free_page_count) : Document(nullptr);
    return json;
}

// Without a usable meta the page size may still be told from the pages.
ExitCode report_unopened(const Error& error, const CommonOptions& options) {
    if (error.code() == ErrorCode::damaged && !wants_json()) {
        const auto source = PageSource::open(options.file, {.lock = false});
        if (source && source->page_size_origin() != PageSizeOrigin::unknown)
            print(fmt::format("Page Size: {}\n", source->page_size_bytes()));
    }
    return report(error);
}

ExitCode run_info(const CommonOptions& options) {
    const auto db = open_database(options);
    if (!db)
        return report_unopened(db.error(), options);
    const auto tx = db->begin();
    if (!tx)
        return report_unopened(tx.error(), options);
    if (!wants_json() && !options.verbose) {
        print_text(*db, tx->meta(), nullptr, options);
        return ExitCode::done;
    }
    const auto stats = db->stats();
    const ExitCode code = stats ? ExitCode::done : report(stats.error());
    if (wants_json())
        print_document(as_json(*db, tx->meta(), stats));
    else
        print_text(*db, tx->meta(), stats ? &*stats : nullptr, options);
    return code;
}

} // namespace

void set_up_info(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    options->state.add_to(arguments);
    arguments.footer("With -v or --json also the transaction, the high water mark and the free "
                     "pages.\nExample: rebolt info /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_info(*options); });
}

} // namespace rebolt::cli
