// rebolt store watch URL [KEY]
#include <memory>

#include <fmt/format.h>

#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

using store::Event;
using store::EventKind;

struct StoreWatchCommand {
    StoreConnection connection;
    std::string url;
    std::string key;
    ParseFormat key_format = ParseFormat::ascii_encoded;
    std::uint64_t after = 0;
    std::uint64_t count = 0;
    bool is_tree = false;
    bool changes_only = false;
};

constexpr std::chrono::hours patience{24};

void print_event(const Event& event) {
    const bool has_key = event.kind == EventKind::put || event.kind == EventKind::removed;
    if (wants_json()) {
        Document json{{"shape", "rebolt.store-event/1"}, {"event", name_of(event.kind)}};
        if (event.kind == EventKind::put)
            json.merge(pair_json(event.pair.view()));
        else if (has_key)
            put_bytes(json, "key", event.pair.key, KeyFormat::automatic);
        print_event_document(json);
        return;
    }
    print(name_of(event.kind));
    if (has_key)
        print(" " + key_text(event.pair.key));
    if (event.kind == EventKind::put) {
        print(fmt::format(" index {}: ", event.pair.last_index));
        print_bytes(event.pair.value, KeyFormat::automatic);
    }
    print("\n");
}

ExitCode follow(store::Watch& watch, const StoreWatchCommand& options) {
    const CancelToken cancel;
    std::uint64_t changes = 0;
    while (options.count == 0 || changes < options.count) {
        const auto event = watch.next(cancel.token(), patience);
        if (!event && event.error().code() == ErrorCode::cancelled)
            return ExitCode::done; // that is how one ends it
        if (!event)
            return report_store(event.error());
        if (!*event)
            continue;
        print_event(**event);
        if (!finish_output()) // whoever reads shall see it now
            return ExitCode::done;
        changes += (*event)->kind == EventKind::put || (*event)->kind == EventKind::removed ? 1 : 0;
    }
    return ExitCode::done;
}

ExitCode run(const StoreWatchCommand& options) {
    const auto key = parsed(options.key, options.key_format);
    if (!key)
        return report_store(key.error());
    const auto store = open_store(options.connection, options.url, IfMissing::fail);
    if (!store)
        return report_store(store.error());
    const store::WatchOptions watch{.current_first = !options.changes_only,
                                    .after_index = options.after};
    const auto begun = options.is_tree || key->empty() ? (*store)->watch_tree(*key, watch)
                                                       : (*store)->watch(*key, watch);
    if (!begun)
        return report_store(begun.error());
    return follow(**begun, options);
}

} // namespace

void set_up_store_watch(Arguments arguments) {
    auto options = std::make_shared<StoreWatchCommand>();
    add_url_and_key(arguments, options->url, nullptr);
    arguments.positional("KEY", options->key, "The key; all keys if it is left out");
    options->connection.add_to(arguments);
    arguments.flag("--tree", options->is_tree, "All keys that begin with KEY");
    arguments.flag("--changes", options->changes_only,
                   "Print changes only, not what is there at the start");
    arguments.option("--after", options->after, "Only changes after this index (etcd)")
        .check(whole_number());
    arguments.option("--count", options->count, "End after so many puts and removals; 0: never")
        .check(whole_number())
        .show_default();
    add_parse_option(arguments, "--parse-format", options->key_format, "How the key is given");
    arguments.footer(
        "With --json each event is a document. Prints what is there, `caught-up`, and then changes "
        "as they happen, until Ctrl-C.\n"
        "Example: rebolt store watch --tree 'bolt://kv.db?bucket=app' users/");
    arguments.exit_codes("0 ended by Ctrl-C or --count, 4 the file is damaged, 8 failed");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
