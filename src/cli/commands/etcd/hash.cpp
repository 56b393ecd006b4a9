// rebolt etcd hash DB, rebolt etcd verify SNAPSHOT
#include <memory>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "cli/commands/etcd/member_options.hpp"
#include "cli/output.hpp"
#include <rebolt/sha256.hpp>

namespace rebolt::cli {
namespace {

struct HashOptions {
    CommonOptions common;
    std::uint64_t revision = 0;
};

ExitCode run_hash(const HashOptions& options) {
    const auto shown = open_shown_database(options.common);
    if (!shown)
        return report(shown.error());
    const auto hash = etcd::hash_kv(shown->state(), static_cast<std::int64_t>(options.revision));
    if (!hash)
        return report(hash.error());
    if (wants_json()) {
        Document json{{"shape", "rebolt.etcd-hash/1"}, {"file", options.common.file}};
        json.merge(hash_json(*hash));
        print_document(json);
    } else {
        print(fmt::format("HashKV {} at revision {}, compacted at {}\n", hash->hash, hash->revision,
                          hash->compacted));
    }
    return ExitCode::done;
}

constexpr std::uint64_t checksum_bytes = 32; // SHA-256 of all before it
constexpr std::uint64_t sector_bytes = 512;

// What is wrong with a snapshot's checksum; empty: nothing.
std::string checksum_fault(std::string_view bytes) {
    if (bytes.size() % sector_bytes != checksum_bytes)
        return "it has no checksum: it is no finished `etcdctl snapshot save`, but a copied "
               "database, or was cut off";
    const std::string_view content = bytes.substr(0, bytes.size() - checksum_bytes);
    std::string stored;
    for (const char byte : bytes.substr(content.size()))
        stored += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    const std::string counted = sha256_hex(content);
    if (counted == stored)
        return "";
    return fmt::format("its SHA-256 is {}, and {} is written after it", counted, stored);
}

ExitCode run_verify(const CommonOptions& options) {
    const auto source = open_pages(options);
    if (!source)
        return report(source.error());
    const std::string fault = checksum_fault(as_text(source->file()));
    const auto checked = check(*source);
    if (!checked)
        return report(checked.error());
    const auto states = etcd::read_states(*source);
    const bool is_whole =
        checked->verdict == Verdict::clean && !states.empty() && states.front().is_whole();
    const bool is_well = fault.empty() && is_whole;
    const auto hash =
        is_whole ? etcd::hash_kv(states.front()) : Result<etcd::KeyspaceHash>(etcd::KeyspaceHash{});
    if (wants_json()) {
        Document json{{"shape", "rebolt.etcd-verify/1"},
                      {"file", options.file},
                      {"checksum_fault", fault},
                      {"verdict", name_of(checked->verdict)},
                      {"whole", is_whole}};
        if (is_whole && hash)
            json.merge(hash_json(*hash));
        print_document(json);
        return is_well ? ExitCode::done : ExitCode::damaged;
    }
    print(fmt::format("checksum: {}\n", fault.empty() ? green("right") : red(fault)));
    print(fmt::format("content: {}\n", sentence(*checked)));
    if (is_whole && hash)
        print(fmt::format("revision {}, {} records, HashKV {}\n", hash->revision,
                          states.front().records.size(), hash->hash));
    else if (checked->verdict == Verdict::clean)
        print("content: it is no database of etcd\n");
    return is_well ? ExitCode::done : ExitCode::damaged;
}

} // namespace

void set_up_etcd_hash(Arguments arguments) {
    auto options = std::make_shared<HashOptions>();
    options->common.add_to(arguments);
    arguments.find("FILE").description("A member's db, or a snapshot");
    arguments.option("--rev", options->revision, "As of this revision; 0: the newest")
        .check(whole_number());
    arguments.footer("As `etcdctl endpoint hashkv`: equal hashes at equal revisions mean equal "
                     "contents.\nExample: rebolt etcd hash member/snap/db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return run_hash(*options); });
}

void set_up_etcd_verify(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    arguments.find("FILE").description("What `etcdctl snapshot save` wrote");
    arguments.footer("Example: rebolt etcd verify backup.db");
    arguments.exit_codes("0 checksum and content are right, 4 they are not, 8 failed");
    arguments.on_run([options] { return run_verify(*options); });
}

} // namespace rebolt::cli
