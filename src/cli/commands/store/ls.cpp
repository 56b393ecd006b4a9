// rebolt store ls URL [PREFIX]
#include <memory>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

struct StoreLsCommand {
    StoreConnection connection;
    std::string url;
    std::string prefix;
    KeyFormat format = KeyFormat::automatic;
    ParseFormat prefix_format = ParseFormat::ascii_encoded;
    bool is_long = false;
    bool values = false;
};

void print_pair(DocumentList& list, const store::PairView& pair, const StoreLsCommand& options) {
    if (wants_json())
        return list.add(pair_json(pair));
    if (options.is_long)
        print(fmt::format("{:>8} {:>10}  ", pair.last_index, pair.value.size()));
    print_bytes(pair.key, options.format);
    if (options.values) {
        print(" = ");
        print_bytes(pair.value, options.format);
    }
    print("\n");
}

ExitCode run(const StoreLsCommand& options) {
    const auto prefix = parsed(options.prefix, options.prefix_format);
    if (!prefix)
        return report_store(prefix.error());
    const auto store = open_store(options.connection, options.url, IfMissing::fail);
    if (!store)
        return report_store(store.error());
    DocumentList list(
        {{"shape", "rebolt.store-ls/1"}, {"url", options.url}, {"prefix", printable(*prefix)}},
        "keys");
    std::uint64_t count = 0;
    const auto listed =
        (*store)->for_each(*prefix, [&](const store::PairView& pair) -> Result<void> {
            if (cancelled() || output_failed())
                return Error(ErrorCode::cancelled, "the listing was interrupted");
            print_pair(list, pair, options);
            ++count;
            return {};
        });
    if (!listed)
        return report_store(listed.error());
    if (count == 0 && !options.connection.quiet)
        print_note(prefix->empty() ? "there are no keys"
                                   : fmt::format("no key begins with `{}`", printable(*prefix)));
    return ExitCode::done;
}

} // namespace

void set_up_store_ls(Arguments arguments) {
    auto options = std::make_shared<StoreLsCommand>();
    add_url_and_key(arguments, options->url, nullptr);
    arguments.positional("PREFIX", options->prefix, "Only keys that begin with this");
    options->connection.add_to(arguments);
    arguments.flag("-l,--long", options->is_long, "Also print index and bytes of the value");
    arguments.flag("--values", options->values, "Also print the values");
    add_format_option(arguments, "--format", options->format, "How to print keys and values");
    add_parse_option(arguments, "--parse-format", options->prefix_format,
                     "How the prefix is given");
    arguments.footer("Keys come in byte order, all of one state of the store.\n"
                     "Example: rebolt store ls -l "
                     "'bolt:///var/lib/docker/network/files/local-kv.db?bucket=libnetwork' "
                     "docker/network/v1.0/network/");
    arguments.exit_codes("0 listed (also if there are none), 4 the file is damaged, 8 failed");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
