#include <rebolt/finding.hpp>

#include "cli/commands/diagnose_report.hpp"
#include "cli/records.hpp"

namespace rebolt::cli {
namespace {

Document frame_json(const diagnose::Frame& frame) {
    return {{"function", frame.function}, {"file", frame.file}, {"line", frame.line}};
}

Document diagnosis_json(const diagnose::Diagnosis& diagnosis) {
    const diagnose::Symptom& symptom = diagnosis.symptom;
    return {{"signature", name_of(symptom.signature)},
            {"certainty", name_of(diagnosis.certainty)},
            {"program", symptom.program},
            {"writer", symptom.writer},
            {"text", symptom.text},
            {"line", symptom.line},
            {"time", symptom.time},
            {"count", symptom.count},
            {"cause", diagnosis.cause},
            {"proof", diagnosis.proof},
            {"pages", diagnosis.pages},
            {"depth", diagnosis.depth ? Document(*diagnosis.depth) : Document(nullptr)},
            {"files", diagnosis.files},
            {"units", diagnosis.units},
            {"goroutine", symptom.trace.goroutine},
            {"call_path", symptom.trace.call_path()},
            {"messages", symptom.trace.messages},
            {"frames", array_of(symptom.trace.frames, frame_json)}};
}

Document log_json(const diagnose::ScanReport& log) {
    return {{"source", log.source},    {"lines", log.lines},
            {"bytes", log.bytes},      {"lines_cut", log.lines_cut},
            {"traces", log.traces},    {"symptoms_left_out", log.symptoms_left},
            {"files_named", log.files}};
}

Document file_json(const diagnose::FileEvidence& file) {
    Document json = {{"file", file.path},
                     {"verdict", name_of(file.check.verdict)},
                     {"sentence", sentence(file.check)},
                     {"lock_holders", file.lock_holders},
                     {"findings", array_of(file.check.findings, finding_document)},
                     {"recoverable", nullptr},
                     {"data", nullptr}};
    if (file.recovery) {
        json["data"] = records_document(file.records);
        json["recoverable"] = {{"keys", file.recovery->counts.total()},
                               {"lost_estimate", file.recovery->lost_estimate}};
    }
    return json;
}

Document process_json(const diagnose::ProcessEvidence& process) {
    Document json = {{"pid", process.process_id},
                     {"program", process.program},
                     {"state", process.state},
                     {"growing", process.is_growing()},
                     {"growth_bytes_per_second", process.growth_bytes_per_second()},
                     {"databases", Document::array()},
                     {"memory", Document::array()}};
    for (const diagnose::OpenDatabase& database : process.databases)
        json["databases"].push_back({{"file", database.path},
                                     {"bytes", database.bytes},
                                     {"lock", name_of(database.lock)},
                                     {"lock_holders", database.lock_holders}});
    for (const diagnose::MemorySample& sample : process.samples)
        json["memory"].push_back({{"seconds", sample.seconds}, {"bytes", sample.used_bytes}});
    return json;
}

Document unit_json(const diagnose::UnitEvidence& unit) {
    return {{"unit", unit.unit},        {"unavailable", unit.unavailable},
            {"active", unit.active},    {"sub", unit.sub},
            {"result", unit.result},    {"main_pid", unit.main_process},
            {"restarts", unit.restarts}};
}

Document step_json(const diagnose::Step& step) {
    return {{"why", step.why}, {"command", step.words}, {"optional", step.is_optional}};
}

} // namespace

Document diagnose_document(const DiagnoseView& view) {
    const diagnose::Conclusion& conclusion = view.conclusion;
    const diagnose::Evidence& evidence = view.evidence;
    return {{"shape", "rebolt.diagnose/1"},
            {"cause_found", conclusion.is_cause_found},
            {"certainty", name_of(conclusion.certainty)},
            {"happened", conclusion.happened},
            {"proof", conclusion.proof},
            {"why", conclusion.why},
            {"facts", conclusion.facts},
            {"safe", conclusion.safe},
            {"next", array_of(conclusion.next, step_json)},
            {"block", conclusion.is_block},
            {"undo", conclusion.undo},
            {"log", view.log ? log_json(*view.log) : Document(nullptr)},
            {"diagnoses", array_of(evidence.diagnoses, diagnosis_json)},
            {"files", array_of(evidence.files, file_json)},
            {"process", evidence.process ? process_json(*evidence.process) : Document(nullptr)},
            {"unit", evidence.unit ? unit_json(*evidence.unit) : Document(nullptr)}};
}

} // namespace rebolt::cli
