#include <rebolt/content_sample.hpp>
#include <rebolt/evidence.hpp>

namespace rebolt::diagnose {
namespace {

// Counts what recovery would bring back, if it can.
void dry_run(const PageSource& source, const FileOptions& options, FileEvidence& evidence) {
    RecordCount records(owner_of(source, known_owner_rules()));
    RecoverOptions recover;
    recover.dry_run = true;
    recover.on_item = [&](const RecoveredItem& item) -> Result<void> {
        records.add(item);
        return {};
    };
    auto recovery = Recovery::begin(source, {}, std::move(recover));
    if (!recovery)
        return;
    const auto ran = recovery->run([&](const RecoverProgress& at) {
        return !options.progress || options.progress(at.done, at.total);
    });
    if (!ran)
        return;
    evidence.recovery = recovery->report();
    evidence.records = records.sums(*evidence.recovery);
}

} // namespace

Result<FileEvidence> examine_file(const std::string& path, const FileOptions& options,
                                  const std::string& open_as) {
    const std::string& name = open_as.empty() ? path : open_as;
    FileEvidence evidence;
    evidence.path = path;
    auto source = PageSource::open(name, {.timeout = options.lock_timeout});
    if (!source && source.error().code() == ErrorCode::lock_timeout) {
        // Whoever hangs on the file does not write to it; whoever works may.
        source = PageSource::open(name, {.lock = false});
        if (source)
            evidence.lock_holders = source->lock_holders();
    }
    if (!source)
        return std::move(source).error();
    CheckOptions check_options;
    check_options.findings_max = 100;
    check_options.progress = [&](const CheckProgress& at) {
        return !options.progress || options.progress(at.pages_done, at.pages_total);
    };
    auto checked = check(*source, check_options);
    if (!checked)
        return std::move(checked).error();
    evidence.check = std::move(*checked);
    evidence.check.path = path;
    if (evidence.check.verdict == Verdict::damaged &&
        evidence.check.file_bytes <= options.dry_run_bytes_max)
        dry_run(*source, options, evidence);
    return evidence;
}

} // namespace rebolt::diagnose
