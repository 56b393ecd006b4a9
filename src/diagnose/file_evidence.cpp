#include <utility>

#include <rebolt/evidence.hpp>

namespace rebolt::diagnose {
namespace {

// What recovery would bring back, if it can bring back anything.
void rehearse(const PageSource& source, const FileOptions& options, FileEvidence& evidence) {
    using Clock = std::chrono::steady_clock;
    const auto begun = Clock::now();
    auto rehearsal = rehearse_recovery(source, {.bytes_max = options.dry_run_bytes_max,
                                                .progress = [&](const RecoverProgress& at) {
                                                    return !options.progress ||
                                                           options.progress(at.done, at.total);
                                                }});
    if (!rehearsal || !*rehearsal)
        return;
    evidence.recovery = std::move((*rehearsal)->recovery);
    evidence.records = std::move((*rehearsal)->records);
    evidence.recovery_time =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
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
    if (evidence.check.verdict == Verdict::damaged)
        rehearse(*source, options, evidence);
    if (evidence.is_damaged())
        evidence.risks = storage_risks(path);
    return evidence;
}

} // namespace rebolt::diagnose
