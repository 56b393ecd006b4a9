// The different symptoms of a log: like ones are counted, not kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

class SymptomList {
public:
    static constexpr std::size_t symptoms_max = 32;

    /// Of like symptoms the last one is kept. Cost: O(the trace).
    void add(Symptom symptom);
    /// A line of this program was read: a later symptom that names none is its.
    void note_program(std::string_view program) { program_ = program; }
    [[nodiscard]] bool is_empty() const noexcept { return symptoms_.empty(); }
    /// Moves them, by first appearance, into the report.
    void move_to(ScanReport& report);

private:
    std::vector<Symptom> symptoms_;
    std::vector<std::string> keys_; ///< what makes them alike
    std::string_view program_;      ///< a literal
    std::uint64_t left_out_ = 0;
};

} // namespace rebolt::diagnose
