// Logs of public reports with what is to be said of each: tests/data/logs/field.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <fnmatch.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/evidence.hpp>

namespace rebolt::diagnose {
namespace {

const std::string folder = REBOLT_TEST_DATA "/logs/field/";

struct Expectation {
    std::string log;
    std::vector<std::string> signatures; ///< any of them is right
    std::vector<std::string> files;
    std::vector<std::string> units;
    std::vector<std::string> exits;
    std::vector<std::string> also; ///< all of them are to be there
};

std::vector<std::string> any_of(const std::string& field) {
    std::vector<std::string> values;
    std::istringstream stream(field);
    for (std::string value; std::getline(stream, value, '|');)
        if (value != "-")
            values.push_back(value);
    return values;
}

std::vector<Expectation> expectations() {
    std::vector<Expectation> all;
    std::ifstream stream(folder + "expected.tsv");
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with('#'))
            continue;
        std::vector<std::string> fields;
        std::istringstream row(line);
        for (std::string field; std::getline(row, field, '\t');)
            fields.push_back(field);
        EXPECT_EQ(fields.size(), 6U) << line;
        fields.resize(6);
        all.push_back({fields[0], any_of(fields[1]), any_of(fields[2]), any_of(fields[3]),
                       any_of(fields[4]), any_of(fields[5])});
    }
    return all;
}

bool has(const std::vector<std::string>& values, const std::string& value) {
    return values.empty() || std::ranges::find(values, value) != values.end();
}

bool fits(const std::vector<std::string>& patterns, const std::string& path) {
    return patterns.empty() || std::ranges::any_of(patterns, [&](const std::string& pattern) {
               return ::fnmatch(pattern.c_str(), path.c_str(), FNM_NOESCAPE) == 0;
           });
}

std::string bare_unit(std::string unit) {
    const std::size_t suffix = unit.rfind(".service");
    return suffix == std::string::npos ? unit : unit.substr(0, suffix);
}

TEST(FieldLogs, EachHasItsDiagnosisFileAndUnit) {
    const auto all = expectations();
    ASSERT_GE(all.size(), 100U);
    for (const Expectation& expected : all) {
        SCOPED_TRACE(expected.log);
        const auto report = scan_file(folder + expected.log);
        ASSERT_TRUE(report);
        Evidence evidence;
        evidence.diagnoses = judge(*report);
        std::vector<std::string> names;
        for (const Diagnosis& one : evidence.diagnoses)
            names.emplace_back(name_of(one.symptom.signature));
        const bool is_found = !evidence.diagnoses.empty();
        const Diagnosis first = is_found ? evidence.diagnoses.front() : Diagnosis{};
        EXPECT_TRUE(has(expected.signatures, is_found ? names.front() : "none"))
            << ::testing::PrintToString(names);
        EXPECT_TRUE(fits(expected.files, first.files.empty() ? "" : first.files.front()))
            << ::testing::PrintToString(first.files);
        EXPECT_TRUE(has(expected.units, first.units.empty() ? "" : bare_unit(first.units.back())))
            << ::testing::PrintToString(first.units);
        EXPECT_TRUE(has(expected.exits, conclude(evidence).is_cause_found ? "4" : "0"));
        EXPECT_THAT(names, ::testing::IsSupersetOf(expected.also));
    }
}

} // namespace
} // namespace rebolt::diagnose
