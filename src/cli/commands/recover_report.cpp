#include "cli/commands/recover_report.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <rebolt/finding.hpp>

#include "cli/counted.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t shown_key_bytes = 60;
constexpr std::array provenances{Provenance::current, Provenance::previous, Provenance::stale,
                                 Provenance::donor};

// `52 current, 4 previous`: what there is of each.
std::string by_provenance(const RecoveredCounts& counts) {
    std::string text;
    for (const Provenance provenance : provenances)
        if (const auto count = counts.keys[static_cast<std::size_t>(provenance)]; count != 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name_of(provenance));
    if (counts.partial != 0)
        text += fmt::format(" ({} from damaged pages)", counts.partial);
    return text.empty() ? "none" : text;
}

// Buckets are counted with the keys here.
std::string proof_text(const RecoveredCounts& counts) {
    for (const Provenance provenance : provenances)
        if (counts.partial == 0 &&
            counts.keys[static_cast<std::size_t>(provenance)] == counts.total())
            return fmt::format("all {}", name_of(provenance));
    return by_provenance(counts);
}

std::string path_text(const std::vector<std::string>& path) {
    std::string text;
    for (const std::string& name : path)
        text += (text.empty() ? "" : " / ") + printable(name);
    return text.empty() ? "(top level)" : text;
}

// A long key is shown from byte `start` on.
std::string shown_key(std::string_view key, std::size_t start = 0) {
    key.remove_prefix(std::min(start, key.size()));
    return (start == 0 ? "" : "…") + printable(key.substr(0, shown_key_bytes)) +
           (key.size() > shown_key_bytes ? "…" : "");
}

// Where to begin so that both keys can be told apart.
std::size_t start_of_both(std::string_view first, std::string_view end) {
    constexpr std::size_t shown_before = 24; // of what they have in common
    const auto differ = std::ranges::mismatch(first, end).in1;
    const auto common = static_cast<std::size_t>(differ - first.begin());
    return common + shown_before < shown_key_bytes ? 0 : common - shown_before;
}

std::string keys_in(const LostRange& range) {
    if (range.first.empty() && !range.end)
        return "all keys";
    if (range.first.empty())
        return "keys before " + shown_key(*range.end);
    if (!range.end)
        return "keys from " + shown_key(range.first);
    const std::size_t start = start_of_both(range.first, *range.end);
    return fmt::format("keys from\n      {} to before\n      {}", shown_key(range.first, start),
                       shown_key(*range.end, start));
}

std::string range_text(const LostRange& range) {
    std::string text = fmt::format("page {} ({}), {}: {}\n    {} found elsewhere, ",
                                   number(range.page), text_of(range.code).name,
                                   path_text(range.bucket), keys_in(range), range.restored);
    if (!range.is_loss_known)
        text += "an unknown number lost";
    else
        text += range.lost_estimate == 0 ? std::string("nothing missing")
                                         : fmt::format("about {} lost", range.lost_estimate);
    return text + "\n";
}

std::string loss_text(const RecoverReport& report) {
    if (!report.is_loss_known)
        return fmt::format("; an unknown number lost: up to {} {} missing", report.pages_missing,
                           report.pages_missing == 1 ? "page is" : "pages are");
    return report.lost_estimate == 0 ? "" : fmt::format("; about {} lost", report.lost_estimate);
}

std::string in_place_text(const RecoverView& view) {
    const std::string file = printable(view.report.path);
    return fmt::format("\n{} now holds the recovered data ({} bytes; checked, clean).\n"
                       "The damaged file is kept: {}\nTo take it back: rebolt undo {}\n",
                       file, view.report.output_bytes, printable(view.set_aside),
                       shell_quoted(view.report.path));
}

// Docker's containers have files of their own, which name their networks too.
std::string containers_text(const RecoverView& view) {
    if (view.docker_root.empty() || view.report.outcome != RecoverOutcome::incomplete)
        return {};
    return fmt::format("Then rebuild lost networks from the containers' own files:\n"
                       "  rebolt docker fsck --repair --data-root {}\n",
                       shell_quoted(view.docker_root));
}

std::string next_text(const RecoverView& view) {
    const RecoverReport& report = view.report;
    if (!view.set_aside.empty())
        return in_place_text(view) + containers_text(view);
    if (report.outcome == RecoverOutcome::nothing)
        return fmt::format(
            "\nNo key could be recovered. {} was written, but do not put it in place of {}: that "
            "would only hide the loss. Restore a backup.\n",
            printable(view.output), printable(report.path));
    std::string text =
        fmt::format("\n{} was written ({} bytes; checked, clean). {} is unchanged.\n",
                    printable(view.output), report.output_bytes, printable(report.path));
    if (view.is_incomplete_member)
        return text + member_text();
    if (report.is_whole && report.outcome == RecoverOutcome::all)
        return text + fmt::format("{} was not damaged: the service can use it as it is.\n",
                                  printable(report.path));
    if (!view.in_place_command.empty())
        text += fmt::format("Next: stop the service, then put the data in place. The damaged file "
                            "is kept beside it, and `rebolt undo` takes it back:\n  {}\n",
                            view.in_place_command);
    return text + containers_text(view);
}

std::string states_text(const RecoverReport& report) {
    if (report.transaction)
        return fmt::format("Newest state: transaction {}{}\n", number(*report.transaction),
                           report.is_whole ? ", intact" : ", damaged");
    return "Newest state: no meta page leads to it; its root was found by its content\n";
}

Document counts_json(const RecoveredCounts& counts) {
    Document json;
    for (const Provenance provenance : provenances)
        json[std::string(name_of(provenance))] = counts.keys[static_cast<std::size_t>(provenance)];
    json["partial"] = counts.partial;
    json["total"] = counts.total();
    json["buckets"] = counts.total_buckets();
    json["bytes"] = counts.bytes;
    return json;
}

Document path_json(const std::vector<std::string>& path) {
    Document json = Document::array();
    for (const std::string& name : path)
        json.push_back(printable(name));
    return json;
}

Document range_json(const LostRange& range) {
    Document json;
    json["bucket"] = path_json(range.bucket);
    json["first"] = range.first.empty() ? Document() : Document(printable(range.first));
    json["end"] = range.end ? Document(printable(*range.end)) : Document();
    json["page"] = number(range.page);
    json["code"] = text_of(range.code).name;
    json["restored"] = range.restored;
    json["lost_estimate"] = range.lost_estimate;
    json["loss_known"] = range.is_loss_known;
    return json;
}

} // namespace

std::string member_text() {
    return "Do not start an etcd member with it: it would differ from the others. Remove the "
           "member and add it again, so that it copies its data from them. If it is the only "
           "member: `etcdctl snapshot restore`.\n";
}

std::string recover_sentence(const RecoverView& view) {
    const RecoverReport& report = view.report;
    const std::uint64_t total = report.counts.total();
    std::string text = fmt::format("Recovered {} in {}", counted(total, "key"),
                                   counted(report.counts.total_buckets(), "bucket"));
    if (total != 0)
        text += fmt::format(": {}", proof_text(report.counts));
    return text + loss_text(report);
}

std::string recover_text(const RecoverView& view) {
    const RecoverReport& report = view.report;
    std::string text = states_text(report);
    text += recover_sentence(view) + "\n" + records_text(view.records);
    if (report.lost_and_found.total() != 0)
        text += fmt::format("{} of them could not be assigned to a bucket with certainty; see "
                            "the bucket lost+found, by page\n",
                            report.lost_and_found.total());
    if (report.stale_left_out != 0)
        text += fmt::format("{} omitted, as requested\n", counted(report.stale_left_out, "key"));
    if (report.ranges != 0)
        text += "\nDamaged:\n";
    for (const LostRange& range : report.listed_ranges)
        text += "  " + range_text(range);
    if (report.ranges > report.listed_ranges.size())
        text += fmt::format("  and {} more\n", report.ranges - report.listed_ranges.size());
    text += "\nBuckets:\n";
    for (const RecoveredBucket& bucket : report.listed_buckets) {
        if (bucket.counts.total() == 0)
            continue;
        text += fmt::format("  {}: {}, {}\n", path_text(bucket.path),
                            counted(bucket.counts.total(), "key"), by_provenance(bucket.counts));
    }
    if (view.is_dry_run)
        return text + "\nThis was a dry run: no file was made.\n";
    return text + next_text(view);
}

Document recover_document(const RecoverView& view) {
    const RecoverReport& report = view.report;
    Document json;
    json["shape"] = "rebolt.recover/1";
    json["file"] = report.path;
    json["output"] = view.is_dry_run ? Document() : Document(view.output);
    json["set_aside"] = text_or_null(view.set_aside);
    json["file_bytes"] = report.file_bytes;
    json["page_size"] = report.page_size_bytes;
    json["transaction"] = report.transaction ? Document(number(*report.transaction)) : Document();
    json["previous_transaction"] =
        report.previous ? Document(number(*report.previous)) : Document();
    json["whole"] = report.is_whole;
    json["roots_guessed"] = report.roots_were_guessed;
    json["keys"] = counts_json(report.counts);
    json["data"] = records_document(view.records);
    json["lost_and_found"] = counts_json(report.lost_and_found);
    json["buckets"] = report.buckets;
    json["bucket_list"] = Document::array();
    for (const RecoveredBucket& bucket : report.listed_buckets) {
        Document one;
        one["bucket"] = path_json(bucket.path);
        one["keys"] = counts_json(bucket.counts);
        json["bucket_list"].push_back(std::move(one));
    }
    json["ranges"] = report.ranges;
    json["range_list"] = Document::array();
    for (const LostRange& range : report.listed_ranges)
        json["range_list"].push_back(range_json(range));
    json["restored"] = report.restored;
    json["outcome"] = name_of(report.outcome);
    json["lost_estimate"] = report.lost_estimate;
    json["loss_known"] = report.is_loss_known;
    json["pages_missing"] = report.pages_missing;
    json["left_out"] = report.stale_left_out;
    json["output_bytes"] = report.output_bytes;
    return json;
}

Document in_place_document(const InPlaceReport& report, const std::string& file) {
    Document json;
    if (report.outcome == InPlaceOutcome::not_damaged) {
        json["shape"] = "rebolt.recover/1";
        json["file"] = file;
        json["set_aside"] = Document();
    } else {
        json = recover_document(
            {.report = report.recovery, .output = file, .set_aside = report.set_aside});
    }
    json["output"] = report.outcome == InPlaceOutcome::replaced ? Document(file) : Document();
    json["in_place"] = name_of(report.outcome);
    return json;
}

std::string found_text(const std::vector<FoundDatabase>& found, const std::string& file) {
    if (found.empty())
        return "no bbolt database was found in it\n";
    std::string text;
    for (const FoundDatabase& database : found)
        text += fmt::format(
            "at byte {}: {} bytes in pages of {}, {}, {} sound pages seen\n"
            "  rebolt recover {} --offset {} --length {} --page-size {} -o recovered-{}.db\n",
            database.offset_bytes, database.length_bytes, database.page_size_bytes,
            database.transaction ? fmt::format("transaction {}", number(*database.transaction))
                                 : std::string("no meta left"),
            database.pages_seen, shell_quoted(file), database.offset_bytes, database.length_bytes,
            database.page_size_bytes, database.offset_bytes);
    return text;
}

Document found_document(const std::vector<FoundDatabase>& found, const std::string& file) {
    Document json;
    json["shape"] = "rebolt.scan/1";
    json["file"] = file;
    json["databases"] = Document::array();
    for (const FoundDatabase& database : found) {
        Document one;
        one["offset"] = database.offset_bytes;
        one["bytes"] = database.length_bytes;
        one["page_size"] = database.page_size_bytes;
        one["transaction"] =
            database.transaction ? Document(number(*database.transaction)) : Document();
        one["pages_seen"] = database.pages_seen;
        json["databases"].push_back(std::move(one));
    }
    return json;
}

} // namespace rebolt::cli
