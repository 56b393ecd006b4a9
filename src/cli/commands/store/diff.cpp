// rebolt store diff A B
#include <memory>

#include <fmt/format.h>

#include <rebolt/store_copy.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/counted.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

using store::Difference;
using store::DifferenceKind;
using store::DiffReport;

struct StoreDiffCommand {
    StoreConnection connection;
    std::string left;
    std::string right;
    std::string prefix;
};

void print_difference(DocumentList& list, const Difference& difference) {
    if (wants_json()) {
        Document json{{"difference", name_of(difference.kind)}};
        put_bytes(json, "key", difference.key, KeyFormat::automatic);
        if (difference.left != nullptr)
            put_bytes(json, "left", difference.left->value, KeyFormat::automatic);
        if (difference.right != nullptr)
            put_bytes(json, "right", difference.right->value, KeyFormat::automatic);
        list.add(json);
        return;
    }
    print(difference.kind == DifferenceKind::left_only    ? "< "
          : difference.kind == DifferenceKind::right_only ? "> "
                                                          : "! ");
    print_bytes(difference.key, KeyFormat::automatic);
    print("\n");
}

void print_sum(DocumentList& list, const DiffReport& report) {
    list.put("same", report.is_same());
    list.put("left_keys", report.left_keys);
    list.put("right_keys", report.right_keys);
    list.put("left_only", report.left_only);
    list.put("right_only", report.right_only);
    list.put("values", report.values);
    if (wants_json())
        return;
    if (report.is_same())
        print(fmt::format("the same {} with the same values\n", counted(report.left_keys, "key")));
    else
        print(fmt::format("{} and {}: {} only in the first, {} only in the second, {} "
                          "with another value\n",
                          counted(report.left_keys, "key"), counted(report.right_keys, "key"),
                          report.left_only, report.right_only, report.values));
}

ExitCode run(const StoreDiffCommand& options) {
    const auto left = open_store(options.connection, options.left, IfMissing::fail);
    if (!left)
        return report_store(left.error());
    const auto right = open_store(options.connection, options.right, IfMissing::fail);
    if (!right)
        return report_store(right.error());
    DocumentList list(
        {{"shape", "rebolt.store-diff/1"}, {"left", options.left}, {"right", options.right}},
        "differences");
    store::DiffOptions diff{.prefix = options.prefix};
    diff.on_difference = [&](const Difference& difference) -> Result<void> {
        if (output_failed())
            return Error(ErrorCode::cancelled, "the comparison was interrupted");
        print_difference(list, difference);
        return {};
    };
    diff.progress = [](std::uint64_t) { return !cancelled(); };
    const auto report = store::diff(**left, **right, diff);
    if (!report)
        return report_store(report.error());
    print_sum(list, *report);
    return report->is_same() ? ExitCode::done : ExitCode::damaged;
}

} // namespace

void set_up_store_diff(Arguments arguments) {
    auto options = std::make_shared<StoreDiffCommand>();
    arguments.positional("A", options->left, "The URL of the first store").required();
    arguments.positional("B", options->right, "The URL of the second store").required();
    options->connection.add_to(arguments);
    arguments.option("--prefix", options->prefix, "Only keys that begin with this")
        .value_name("PREFIX");
    arguments.footer(
        "Prints `< KEY` for a key that only A has, `> KEY` for one that only B has, `! KEY` for "
        "another value, and a sum. Indexes are not compared: each store counts its own.\nExample: "
        "rebolt store diff 'bolt://kv.db?bucket=app' etcd://localhost:2379/app");
    arguments.exit_codes("0 the same, 4 differences (or a damaged file), 8 failed");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
