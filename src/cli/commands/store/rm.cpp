// rebolt store rm URL KEY
#include <memory>

#include <fmt/format.h>

#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/confirm.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct StoreRmCommand {
    StoreConnection connection;
    std::string url;
    std::string key;
    ParseFormat key_format = ParseFormat::ascii_encoded;
    std::uint64_t if_index = 0;
    bool is_tree = false;
    bool yes = false;
};

Result<std::size_t> remove(store::Store& store, const std::string& key,
                           const StoreRmCommand& options) {
    if (options.is_tree)
        return store.remove_tree(key);
    auto removed = options.if_index == 0
                       ? store.remove(key)
                       : store.atomic_remove(key, store::KeyValue{key, "", options.if_index});
    if (!removed)
        return std::move(removed).error();
    return 1;
}

ExitCode run(const StoreRmCommand& options) {
    const auto key = parsed(options.key, options.key_format);
    if (!key)
        return report_store(key.error());
    const auto store = open_store(options.connection, options.url, IfMissing::fail);
    if (!store)
        return report_store(store.error());
    if (options.is_tree) {
        const Answer answer = confirm(
            fmt::format("Remove all keys that begin with `{}`?", printable(*key)), options.yes);
        if (answer != Answer::yes)
            return report_not_done(answer);
    }
    const auto removed = remove(**store, *key, options);
    if (!removed)
        return report_store(removed.error());
    if (wants_json())
        print_document(
            {{"shape", "rebolt.store-rm/1"}, {"url", options.url}, {"removed", *removed}});
    else if (options.is_tree)
        print(fmt::format("{} {} removed\n", *removed, *removed == 1 ? "key" : "keys"));
    return ExitCode::done;
}

} // namespace

void set_up_store_rm(Arguments arguments) {
    auto options = std::make_shared<StoreRmCommand>();
    add_url_and_key(arguments, options->url, &options->key);
    options->connection.add_to(arguments);
    const Option tree = arguments.flag("--tree", options->is_tree, "All keys that begin with KEY");
    arguments.flag("-y,--yes", options->yes, "Remove a tree without asking");
    arguments.option("--if-index", options->if_index, "Only if the key's index is this one")
        .check(whole_number(1))
        .excludes(tree);
    add_parse_option(arguments, "--parse-format", options->key_format, "How the key is given");
    arguments.footer("Example: rebolt store rm 'bolt://kv.db?bucket=app' users/7\n         rebolt "
                     "store rm --tree --yes 'bolt://kv.db?bucket=app' users/");
    arguments.exit_codes("0 removed, 4 the file is damaged, 8 no such key, modified, or failed");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
