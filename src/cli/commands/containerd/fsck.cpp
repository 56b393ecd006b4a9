// rebolt containerd fsck [FILE]
#include <map>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <rebolt/containerd/fsck.hpp>

#include "cli/commands/containerd/target.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

using containerd::Blob;
using containerd::FsckFinding;
using containerd::FsckReport;
using containerd::Metadata;

std::string report_text(const FsckReport& report, const Metadata& metadata,
                        const ContainerdOptions& options, std::size_t blobs) {
    std::string text = fmt::format(
        "{}: {}\n", printable(options.common.file),
        report.findings.empty()
            ? fmt::format("all {} records{} are consistent", metadata.record_count(),
                          metadata.is_whole ? "" : " that can be read")
            : fmt::format("{} {}, {} of {} damage", report.findings.size(),
                          report.findings.size() == 1 ? "finding" : "findings", report.damage_count,
                          report.findings.size() == 1 ? "it" : "them"));
    text += options.root.empty()
                ? "Not compared with the content store: name containerd's root with --root.\n"
                : fmt::format("Compared with {} blobs below {}.\n", blobs, printable(options.root));
    constexpr std::size_t shown_max = 50;
    std::size_t count = 0;
    for (const FsckFinding& finding : report.findings) {
        if (++count > shown_max && !options.common.verbose)
            continue;
        const containerd::FsckText& code = text_of(finding.code);
        text += fmt::format("\n{} {}: {}\n      containerd: {}\n",
                            code.is_damage ? red("damage") : yellow("note"), code.name,
                            printable(finding.message), code.consequence);
    }
    if (count > shown_max && !options.common.verbose)
        text += fmt::format("\nand {} more (-v shows them)\n", count - shown_max);
    return text;
}

// What to do before containerd is started.
std::string remedy_text(const FsckReport& report, const std::string& root) {
    if (report.findings.empty() ||
        report.findings.front().code != containerd::FsckCode::metadata_behind)
        return "";
    const std::string folder = shell_quoted(containerd::blob_folder(root));
    return fmt::format("\nDo not start containerd on this file. Keep the blobs first, without "
                       "copying them:\n  cp -al {} {}\nThen bring back a meta.db that lists them "
                       "(rebolt recover, a snapshot of the guard), or pull\nthe images again.\n",
                       folder, shell_quoted(containerd::blob_folder(root) + ".kept"));
}

Document report_json(const FsckReport& report, const Metadata& metadata,
                     const ContainerdOptions& options) {
    Document json{{"shape", "rebolt.containerd-fsck/1"},
                  {"file", options.common.file},
                  {"root", options.root.empty() ? Document(nullptr) : Document(options.root)}};
    put_completeness(json, metadata);
    json["records"] = metadata.record_count();
    json["damage"] = report.damage_count;
    json["unlisted_blobs"] = report.unlisted_blobs;
    json["unlisted_bytes"] = report.unlisted_bytes;
    json["findings"] = Document::array();
    for (const FsckFinding& finding : report.findings)
        json["findings"].push_back({{"code", text_of(finding.code).name},
                                    {"damage", text_of(finding.code).is_damage},
                                    {"subject", printable(finding.subject)},
                                    {"message", finding.message},
                                    {"consequence", text_of(finding.code).consequence}});
    return json;
}

// What an unlisted blob is tells whether an image can be named again.
void name_kinds(FsckReport& report, const std::vector<Blob>& blobs, const std::string& root) {
    std::map<std::string_view, const Blob*> by_digest;
    for (const Blob& blob : blobs)
        by_digest.emplace(blob.digest, &blob);
    for (FsckFinding& finding : report.findings) {
        const auto blob = by_digest.find(finding.subject);
        if (finding.code != containerd::FsckCode::blob_unlisted || blob == by_digest.end())
            continue;
        if (const std::string kind = kind_of_blob(root, *blob->second); !kind.empty())
            finding.message += fmt::format(": an {}", kind);
    }
}

ExitCode run_fsck(ContainerdOptions& options) {
    options.resolve();
    const auto source = open_shown_pages(options.common);
    if (!source)
        return report(source.error());
    const auto metadata = containerd::load_metadata(*source);
    if (!metadata)
        return report(metadata.error());
    std::vector<Blob> blobs;
    if (!options.root.empty()) {
        auto listed = containerd::list_blobs(options.root);
        if (!listed)
            return report(listed.error());
        blobs = std::move(*listed);
    }
    Metadata known = *metadata;
    if (options.root.empty()) // nothing is known of blobs
        known.contents.clear();
    FsckReport found = containerd::fsck(options.root.empty() ? known : *metadata, blobs);
    name_kinds(found, blobs, options.root);
    if (wants_json())
        print_document(report_json(found, *metadata, options));
    else
        print(report_text(found, *metadata, options, blobs.size()) +
              remedy_text(found, options.root));
    const bool is_complete = tell_completeness(*metadata, options.common.file);
    return found.damage_count != 0 || !is_complete ? ExitCode::damaged : ExitCode::done;
}

} // namespace

void set_up_containerd_fsck(Arguments arguments) {
    auto options = std::make_shared<ContainerdOptions>();
    options->add_to(arguments);
    arguments.footer("Reads only. containerd's garbage collector deletes every blob that meta.db "
                     "does not list.\nExample: rebolt containerd fsck --root /var/lib/containerd");
    arguments.exit_codes("0 all fits together, 4 damage found, 8 failed");
    arguments.on_run([options] { return run_fsck(*options); });
}

} // namespace rebolt::cli
