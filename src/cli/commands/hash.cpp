// rebolt hash FILE
#include <memory>

#include <fmt/format.h>

#include <rebolt/content_walk.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

ExitCode print_hash(const Tx& tx, const CommonOptions& options) {
    const auto hash = hash_content(tx);
    if (!hash)
        return report(hash.error());
    if (wants_json())
        print_document({{"shape", "rebolt.hash/1"},
                        {"file", options.file},
                        {"transaction", number(tx.id())},
                        {"sha256", hash->sha256},
                        {"keys", hash->keys},
                        {"buckets", hash->buckets}});
    else
        print(fmt::format("{}  {}\n", hash->sha256, printable(options.file)));
    return ExitCode::done;
}

ExitCode run_hash(const CommonOptions& options) {
    return show_database(options, Judge::whole,
                         [&](const DB& /*db*/, const Tx& tx) { return print_hash(tx, options); });
}

} // namespace

void set_up_hash(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    options->state.add_to(arguments);
    arguments.footer(
        "Two files have the same hash exactly if they hold the same buckets, keys, values and "
        "sequences,\nhowever their pages are laid out: after compact, or on another host. "
        "docs/see.md says of what it is.\n"
        "Example: rebolt hash my.db");
    arguments.exit_codes("0 done, 4 damaged, 8 failed");
    arguments.on_run([options] { return run_hash(*options); });
}

} // namespace rebolt::cli
