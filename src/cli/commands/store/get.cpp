// rebolt store get URL KEY
#include <memory>

#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

struct StoreGetCommand {
    StoreConnection connection;
    std::string url;
    std::string key;
    KeyFormat format = KeyFormat::automatic;
    ParseFormat key_format = ParseFormat::ascii_encoded;
};

ExitCode run(const StoreGetCommand& options) {
    const auto key = parsed(options.key, options.key_format);
    if (!key)
        return report_store(key.error());
    const auto store = open_store(options.connection, options.url, IfMissing::fail);
    if (!store)
        return report_store(store.error());
    const auto pair = (*store)->get(*key);
    if (!pair)
        return report_store(pair.error());
    if (wants_json()) {
        Document json{{"shape", "rebolt.store-get/1"}, {"url", options.url}};
        json.merge(pair_json(pair->view()));
        print_document(std::move(json));
        return ExitCode::done;
    }
    print_bytes(pair->value, options.format);
    print("\n");
    return ExitCode::done;
}

} // namespace

void set_up_store_get(Arguments arguments) {
    auto options = std::make_shared<StoreGetCommand>();
    add_url_and_key(arguments, options->url, &options->key);
    options->connection.add_to(arguments);
    add_format_option(arguments, "--format", options->format, "How to print the value");
    add_parse_option(arguments, "--parse-format", options->key_format, "How the key is given");
    arguments.footer("Example: rebolt store get 'bolt://kv.db?bucket=app' users/7");
    arguments.exit_codes(
        "0 printed, 4 the file is damaged, 8 no such key, or the store cannot be reached");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
