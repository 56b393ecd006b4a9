// rebolt diff A B
#include <memory>

#include <fmt/format.h>

#include <rebolt/content_walk.hpp>
#include <rebolt/key_history.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/content_line.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

using Kind = ContentDifferenceKind;

struct DiffCommand {
    CommonOptions common; ///< `file` and `state` are A's
    std::string right;
    KeyFormat format = KeyFormat::automatic;
};

const ContentItem& item_of(const ContentDifference& difference) {
    return difference.left != nullptr ? *difference.left : *difference.right;
}

std::string place_text(const ContentItem& item) {
    std::string text;
    for (const std::string& name : item.bucket)
        text += key_text(name) + " ";
    return text + key_text(item.key) + (item.is_bucket ? " (bucket)" : "");
}

std::string change_text(const ContentDifference& difference, KeyFormat format) {
    const ContentItem& left = *difference.left;
    const ContentItem& right = *difference.right;
    if (difference.kind == Kind::sequence)
        return fmt::format(": sequence {} -> {}", left.sequence, right.sequence);
    if (difference.kind == Kind::kind)
        return fmt::format(": {} -> {}", left.is_bucket ? "a bucket" : "a value",
                           right.is_bucket ? "a bucket" : "a value");
    const ValueChange change = change_between(left.value, right.value);
    return fmt::format(": {} -> {} bytes, at byte {}: {} -> {}", left.value.size(),
                       right.value.size(), change.offset, formatted(change.removed, format),
                       formatted(change.added, format));
}

void print_text(const ContentDifference& difference, KeyFormat format) {
    const bool is_one_sided = difference.left == nullptr || difference.right == nullptr;
    print(fmt::format("{} {}{}\n",
                      !is_one_sided                 ? "!"
                      : difference.right == nullptr ? "<"
                                                    : ">",
                      place_text(item_of(difference)),
                      is_one_sided ? "" : change_text(difference, format)));
}

Document side_json(const ContentItem& item, KeyFormat format) {
    Document json{{"is_bucket", item.is_bucket}};
    if (item.is_bucket)
        json["sequence"] = item.sequence;
    else
        put_bytes(json, "value", item.value, format);
    return json;
}

Document difference_document(const ContentDifference& difference, KeyFormat format) {
    const ContentItem& item = item_of(difference);
    Document json{{"difference", name_of(difference.kind)}};
    put_names(json, "bucket", {item.bucket.begin(), item.bucket.end()});
    put_bytes(json, "key", item.key, KeyFormat::automatic);
    if (difference.left != nullptr)
        json["left"] = side_json(*difference.left, format);
    if (difference.right != nullptr)
        json["right"] = side_json(*difference.right, format);
    return json;
}

void put_sum(const ContentDiff& sum, DocumentList& list) {
    list.put("same", sum.is_same());
    list.put("left_items", sum.left_items);
    list.put("right_items", sum.right_items);
    list.put("left_only", sum.left_only);
    list.put("right_only", sum.right_only);
    list.put("values", sum.values);
    list.put("sequences", sum.sequences);
    list.put("kinds", sum.kinds);
}

void print_sum(const ContentDiff& sum) {
    if (sum.is_same())
        print(fmt::format("the same {} keys and buckets\n", sum.left_items));
    else
        print(fmt::format("{} and {} keys and buckets: {} only in the first, {} only in the "
                          "second, {} changed\n",
                          sum.left_items, sum.right_items, sum.left_only, sum.right_only,
                          sum.values + sum.sequences + sum.kinds));
}

ExitCode compare(const Tx& left, const Tx& right, const DiffCommand& options) {
    DocumentList list(
        {{"shape", "rebolt.diff/1"}, {"left", options.common.file}, {"right", options.right}},
        "differences");
    const auto sum = diff_content(left, right, [&](const ContentDifference& difference) {
        if (cancelled() || output_failed())
            return Result<void>(Error(ErrorCode::cancelled, "cancelled"));
        if (wants_json())
            list.add(difference_document(difference, options.format));
        else
            print_text(difference, options.format);
        return Result<void>();
    });
    if (!sum)
        return sum.error().code() == ErrorCode::cancelled ? report_cancelled()
                                                          : report(sum.error());
    if (wants_json())
        put_sum(*sum, list);
    else
        print_sum(*sum);
    return sum->is_same() ? ExitCode::done : ExitCode::damaged;
}

ExitCode run_diff(const DiffCommand& options) {
    CommonOptions of_right = options.common;
    of_right.file = options.right;
    of_right.state = {};
    const auto left = open_database(options.common, Judge::whole);
    if (!left)
        return report(left.error());
    const auto right = open_database(of_right, Judge::whole);
    if (!right)
        return report(right.error());
    const auto left_tx = left->begin();
    if (!left_tx)
        return report(left_tx.error());
    const auto right_tx = right->begin();
    if (!right_tx)
        return report(right_tx.error());
    return compare(*left_tx, *right_tx, options);
}

} // namespace

void set_up_diff(Arguments arguments) {
    auto options = std::make_shared<DiffCommand>();
    arguments.positional("A", options->common.file, "The first file").required();
    arguments.positional("B", options->right, "The second file").required();
    options->common.add_for_any_file(arguments);
    options->common.add_for_reading(arguments);
    options->common.state.add_to(arguments);
    add_format_option(arguments, "-f,--format", options->format, "How to print values");
    arguments.footer(
        "Compares all buckets, nested ones too. Prints `< BUCKET KEY` for what only A has, `>` for "
        "what only B\nhas, `!` for another value, and a sum. --transaction and --meta are A's: "
        "what did the last commit do?\n"
        "Example: rebolt diff before.db after.db\n"
        "Example: rebolt diff my.db my.db --transaction 98");
    arguments.exit_codes("0 the same, 4 differences (or a damaged file), 8 failed");
    arguments.on_run([options] { return run_diff(*options); });
}

} // namespace rebolt::cli
