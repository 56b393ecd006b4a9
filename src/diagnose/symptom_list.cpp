#include "diagnose/symptom_list.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rebolt::diagnose {

void SymptomList::add(Symptom symptom) {
    if (symptom.program.empty())
        symptom.program = symptom.writer.empty() ? std::string(program_) : symptom.writer;
    std::string key =
        fmt::format("{}\n{}\n{}\n{}", name_of(symptom.signature), symptom.program,
                    symptom.trace.messages.empty() ? "" : "crash", symptom.trace.call_path());
    const auto same = std::ranges::find(keys_, key);
    if (same != keys_.end()) {
        Symptom& kept = symptoms_[static_cast<std::size_t>(same - keys_.begin())];
        symptom.count += kept.count;
        kept = std::move(symptom);
    } else if (symptoms_.size() < symptoms_max) {
        symptoms_.push_back(std::move(symptom));
        keys_.push_back(std::move(key));
    } else
        ++left_out_;
}

void SymptomList::move_to(ScanReport& report) {
    report.symptoms = std::move(symptoms_);
    report.symptoms_left = left_out_;
}

} // namespace rebolt::diagnose
