// rebolt etcd keys DB [PREFIX], rebolt etcd get DB KEY, rebolt etcd history DB KEY
#include <memory>

#include <fmt/format.h>

#include <rebolt/etcd/history.hpp>

#include "cli/commands/etcd/member_options.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

using etcd::Change;

struct EtcdKeysCommand {
    CommonOptions common;
    std::string key; ///< or a prefix
    std::uint64_t revision = 0;
    bool all_pages = false;
    KeyFormat format = KeyFormat::automatic;

    [[nodiscard]] std::int64_t at() const { return static_cast<std::int64_t>(revision); }
};

Document change_json(const Change& change, KeyFormat format) {
    Document json = Document::object();
    put_bytes(json, "key", change.value.key, KeyFormat::automatic);
    json["revision"] = fmt::format("{}.{}", change.revision.main, change.revision.sub);
    json["deleted"] = change.is_tombstone;
    if (!change.is_tombstone) {
        json["create_revision"] = change.value.create_revision;
        json["version"] = change.value.version;
        json["lease"] = fmt::format("{:x}", static_cast<std::uint64_t>(change.value.lease));
        put_bytes(json, "value", change.value.value, format);
    }
    json["certainty"] = name_of(change.certainty);
    if (number(change.page) != 0)
        json["page"] = number(change.page);
    return json;
}

Document head_of(const EtcdKeysCommand& options, std::string_view shape) {
    Document json{{"shape", shape}, {"file", options.common.file}};
    put_bytes(json, shape == "rebolt.etcd-keys/1" ? "prefix" : "key", options.key,
              KeyFormat::automatic);
    return json;
}

void print_key(DocumentList& list, const Change& change, const EtcdKeysCommand& options) {
    if (wants_json())
        return list.add(change_json(change, options.format));
    print_bytes(change.value.key, options.format);
    print("\n");
}

ExitCode run_keys(const EtcdKeysCommand& options) {
    const auto shown = open_shown_database(options.common);
    if (!shown)
        return report(shown.error());
    const auto keys = etcd::keys_at(shown->state(), options.at());
    if (!keys)
        return report(keys.error());
    DocumentList list(head_of(options, "rebolt.etcd-keys/1"), "keys");
    for (auto at = keys->lower_bound(options.key);
         at != keys->end() && at->first.starts_with(options.key); ++at)
        print_key(list, at->second, options);
    if (!options.all_pages)
        return ExitCode::done;
    for (const auto& [key, change] : etcd::lost_keys(shown->source, shown->state()))
        if (key.starts_with(options.key))
            print_key(list, change, options);
    return ExitCode::done;
}

ExitCode run_get(const EtcdKeysCommand& options) {
    const auto shown = open_shown_database(options.common);
    if (!shown)
        return report(shown.error());
    const auto keys = etcd::keys_at(shown->state(), options.at());
    if (!keys)
        return report(keys.error());
    const auto found = keys->find(options.key);
    if (found == keys->end())
        return report(
            Error(ErrorCode::key_not_found,
                  fmt::format("there is no key `{}` at that revision", printable(options.key)))
                .in_file(options.common.file),
            {"To see whether it ever was",
             fmt::format("rebolt etcd history {} {} --all-pages", shell_quoted(options.common.file),
                         shell_word(options.key))});
    if (wants_json()) {
        Document json = head_of(options, "rebolt.etcd-get/1");
        json.merge(change_json(found->second, options.format));
        print_document(std::move(json));
        return ExitCode::done;
    }
    print_bytes(found->second.value.value, options.format);
    print("\n");
    return ExitCode::done;
}

std::string line_of(const Change& change, KeyFormat format) {
    const std::string revision = fmt::format("{}.{}", change.revision.main, change.revision.sub);
    if (change.is_tombstone)
        return fmt::format("{:<12} {:<12} deleted\n", revision, name_of(change.certainty));
    return fmt::format(
        "{:<12} {:<12} version {}, created at {}{}: {}\n", revision, name_of(change.certainty),
        change.value.version, change.value.create_revision,
        change.value.lease == 0
            ? std::string()
            : fmt::format(", lease {:x}", static_cast<std::uint64_t>(change.value.lease)),
        formatted(change.value.value, format));
}

ExitCode run_history(const EtcdKeysCommand& options) {
    const auto shown = open_shown_database(options.common);
    if (!shown)
        return report(shown.error());
    const auto changes =
        etcd::history_of(shown->source, shown->state(), options.key, options.all_pages);
    if (changes.empty())
        return report(Error(ErrorCode::key_not_found,
                            fmt::format("nothing is known of the key `{}`", printable(options.key)))
                          .in_file(options.common.file));
    DocumentList list(head_of(options, "rebolt.etcd-history/1"), "changes");
    for (const Change& change : changes) {
        if (wants_json())
            list.add(change_json(change, options.format));
        else
            print(line_of(change, options.format));
    }
    return ExitCode::done;
}

std::shared_ptr<EtcdKeysCommand> add_common(Arguments arguments) {
    auto options = std::make_shared<EtcdKeysCommand>();
    options->common.add_to(arguments);
    options->common.state.add_to(arguments);
    arguments.find("FILE").description("A member's db, or a snapshot");
    add_format_option(arguments, "-f,--format", options->format, "How bytes are shown");
    return options;
}

void add_revision(Arguments arguments, EtcdKeysCommand& options) {
    arguments.option("--rev", options.revision, "As of this revision; 0: the newest")
        .check(whole_number());
}

void add_all_pages(Arguments arguments, EtcdKeysCommand& options) {
    arguments.flag("--all-pages", options.all_pages,
                   "Look at every page of the file, free ones too: what is compacted may still "
                   "be there");
}

} // namespace

void set_up_etcd_keys(Arguments arguments) {
    auto options = add_common(arguments);
    arguments.positional("PREFIX", options->key, "Only keys that begin with it");
    add_revision(arguments, *options);
    add_all_pages(arguments, *options);
    arguments.footer("Example: rebolt etcd keys member/snap/db /registry/secrets/");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_keys(*options); });
}

void set_up_etcd_get(Arguments arguments) {
    auto options = add_common(arguments);
    arguments.positional("KEY", options->key, "The key").required();
    add_revision(arguments, *options);
    arguments.footer("Example: rebolt etcd get member/snap/db compact_rev_key");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_get(*options); });
}

void set_up_etcd_history(Arguments arguments) {
    auto options = add_common(arguments);
    arguments.positional("KEY", options->key, "The key").required();
    add_all_pages(arguments, *options);
    arguments.footer("Example: rebolt etcd history member/snap/db compact_rev_key --all-pages");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_history(*options); });
}

} // namespace rebolt::cli
