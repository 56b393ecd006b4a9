// Reads a log's lines: each goes to the crash that it belongs to, or is looked
// at alone. Several programs may write into one log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/diagnose.hpp>

#include "diagnose/crash_reader.hpp"
#include "diagnose/symptom_list.hpp"

namespace rebolt::diagnose {

class LogReader {
public:
    /// `depth`: how many lines this text lies within; at most 2 are read so.
    LogReader(ScanReport& report, SymptomList& symptoms, std::uint32_t depth = 0)
        : report_(report), symptoms_(symptoms), depth_(depth) {}

    /// Takes a line, without its end, of the log's line `number`.
    /// Cost: O(line), times the writers that crash at once, at most 8.
    void take(std::string_view line, const LineOrigin& origin, std::uint64_t number);
    /// Nothing more comes.
    void finish();

private:
    CrashReader* reader_of(const LearnedRoute& learned, std::string_view line);
    CrashReader& new_reader(const LearnedRoute& learned);
    bool give_to_reader(std::string_view line);
    void take_learned(LearnedRoute learned, std::string_view line);
    void take_burst(const LearnedRoute& learned);
    void take_lone(std::string_view line, const LineOrigin& origin);
    void drop_ended();

    ScanReport& report_;
    SymptomList& symptoms_;
    std::vector<CrashReader> readers_; ///< the one that had a line last is last
    std::uint64_t number_ = 0;
    std::uint64_t file_line_ = 0; ///< the last one that names a database
    std::uint32_t depth_;
};

} // namespace rebolt::diagnose
