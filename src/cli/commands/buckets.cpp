// rebolt buckets FILE
#include <algorithm>
#include <memory>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

// A bucket whose value is damaged has a name all the same.
ExitCode add_bucket(DocumentList& list, const Tx& tx, std::string_view name) {
    Document json = Document::object();
    put_bytes(json, "bucket", name, KeyFormat::automatic);
    const auto bucket = tx.bucket(name);
    if (bucket) {
        json["root"] = number(bucket->root());
        json["sequence"] = bucket->sequence();
        json["inline"] = bucket->is_inline();
    } else {
        json["error"] = error_document(bucket.error());
    }
    list.add(json);
    return bucket ? ExitCode::done : report(bucket.error());
}

ExitCode print_buckets(const Tx& tx, const std::string& file) {
    DocumentList list({{"shape", "rebolt.buckets/1"}, {"file", file}}, "buckets");
    ExitCode worst = ExitCode::done;
    Cursor cursor = tx.cursor();
    for (auto entry = cursor.first(); !output_failed(); entry = cursor.next()) {
        if (cancelled())
            return report_cancelled();
        if (!entry)
            return std::max(worst, report(entry.error()));
        if (!entry->has_value())
            break;
        if (!(*entry)->is_bucket)
            continue;
        if (wants_json()) {
            worst = std::max(worst, add_bucket(list, tx, (*entry)->key));
        } else {
            print_bytes((*entry)->key, KeyFormat::automatic);
            print("\n");
        }
    }
    return worst;
}

ExitCode run_buckets(const CommonOptions& options) {
    return show_database(options, Judge::metas, [&](const DB& /*db*/, const Tx& tx) {
        return print_buckets(tx, options.file);
    });
}

} // namespace

void set_up_buckets(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    options->state.add_to(arguments);
    arguments.footer("Names that cannot be printed are shown in hex.\n"
                     "Example: rebolt buckets /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_buckets(*options); });
}

} // namespace rebolt::cli
