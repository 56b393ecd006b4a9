// Symptom: what is wrong at one page, before it is known whether it becomes a
// finding of its own.
#pragma once

#include <cstdint>
#include <string>

#include <rebolt/finding.hpp>
#include <rebolt/page_grammar.hpp>

namespace rebolt::check_walk {

using format::KeyRange;
using format::LeafCount;
using format::PagePlace;

struct Symptom {
    FindingCode code;
    std::uint64_t offset; ///< bytes into the page
    std::string message;
    std::uint64_t more = 0; ///< further symptoms of the same page
};

[[nodiscard]] inline Symptom symptom_of(const format::Fault& fault, std::uint64_t more = 0) {
    return {fault.code, fault.offset, to_text(fault), more};
}

} // namespace rebolt::check_walk
