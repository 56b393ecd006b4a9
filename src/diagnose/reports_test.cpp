// Lines as many programs, loggers and releases of bbolt print them, and others
// that only look so, each with what is to be said: tests/data/logs/reports.txt
// and panics.tsv.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <fnmatch.h>

#include <gtest/gtest.h>

#include <rebolt/evidence.hpp>

namespace rebolt::diagnose {
namespace {

struct ReportCase {
    std::string name;
    std::string signatures; ///< any of them is right; `none`
    std::string exits;
    std::string file; ///< a pattern, or `-`
    std::string unit; ///< or `-`
    std::string text;
};

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) {
        parts.push_back(part);
    }
    return parts;
}

// Blocks that begin with `### name|signature|exit code|first file|unit`.
std::vector<ReportCase> report_cases() {
    std::vector<ReportCase> cases;
    std::ifstream stream(REBOLT_TEST_DATA "/logs/reports.txt");
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("### ")) {
            const auto fields = split(line.substr(4), '|');
            EXPECT_EQ(fields.size(), 5U) << line;
            cases.push_back(
                {fields.at(0), fields.at(1), fields.at(2), fields.at(3), fields.at(4), {}});
        } else if (!cases.empty()) {
            cases.back().text += line + "\n";
        }
    }
    return cases;
}

// What bbolt prints before a stack: `text<tab>signature<tab>exit code`.
std::vector<ReportCase> panic_cases() {
    std::vector<ReportCase> cases;
    std::ifstream stream(REBOLT_TEST_DATA "/logs/panics.tsv");
    for (std::string line; std::getline(stream, line);) {
        const auto fields = split(line, '\t');
        EXPECT_EQ(fields.size(), 3U) << line;
        std::string text;
        for (const std::string& part : split(fields.at(0), '@')) {
            text += part + "\n";
        }
        text += "\ngoroutine 1 [running]:\n"
                "go.etcd.io/bbolt.(*freelist).read(0xc00012a570, 0x7f5e1a82d000)\n"
                "\t/go/pkg/mod/go.etcd.io/bbolt@v1.3.6/freelist.go:170 +0x9a\n"
                "go.etcd.io/bbolt.Open({0xc000042, 0x2f}, 0x180, 0x0)\n"
                "\t/go/pkg/mod/go.etcd.io/bbolt@v1.3.6/db.go:293 +0x4a5\n"
                "main.main()\n\t/src/main.go:20 +0x85\n";
        cases.push_back({fields.at(0), fields.at(1), fields.at(2), "-", "-", text});
    }
    return cases;
}

bool is_one_of(const std::string& value, const std::string& wanted) {
    const auto all = split(wanted, '/');
    return std::ranges::find(all, value) != all.end();
}

void expect_diagnosis(const ReportCase& one, const std::string& text) {
    SCOPED_TRACE(one.name);
    LogScan scan("test");
    scan.add(text);
    Evidence evidence;
    evidence.diagnoses = judge(scan.finish());
    const bool is_found = !evidence.diagnoses.empty();
    const Diagnosis first = is_found ? evidence.diagnoses.front() : Diagnosis{};
    const std::string signature(is_found ? name_of(first.symptom.signature) : "none");
    EXPECT_TRUE(is_one_of(signature, one.signatures)) << signature << ", not " << one.signatures;
    EXPECT_TRUE(is_one_of(conclude(evidence).is_cause_found ? "4" : "0", one.exits));
    const std::string file = first.files.empty() ? "" : first.files.front();
    EXPECT_TRUE(one.file == "-" || ::fnmatch(one.file.c_str(), file.c_str(), FNM_NOESCAPE) == 0)
        << "'" << file << "', not " << one.file;
    EXPECT_TRUE(one.unit == "-" ||
                (!first.units.empty() && first.units.back() == one.unit + ".service"))
        << ::testing::PrintToString(first.units);
}

TEST(Reports, EachHasItsDiagnosis) {
    const auto cases = report_cases();
    ASSERT_GT(cases.size(), 200U);
    for (const ReportCase& one : cases) {
        expect_diagnosis(one, one.text);
    }
}

TEST(Reports, EachPanicOfBboltHasItsDiagnosis) {
    const auto cases = panic_cases();
    ASSERT_GT(cases.size(), 60U);
    for (const ReportCase& one : cases) {
        expect_diagnosis(one, one.text);
    }
}

// What a logger puts around a line does not change what it says.
TEST(Reports, EachHasItsDiagnosisBehindAPrefix) {
    for (const ReportCase& one : panic_cases()) {
        for (const std::string prefix : {"Jan 02 03:04:05 host1 app[812]: ", "app-1  | ",
                                         "2024-01-02T03:04:05.678901234Z stderr F "}) {
            std::string text;
            for (const std::string& line : split(one.text, '\n')) {
                text += prefix + line + "\r\n";
            }
            expect_diagnosis(one, text);
        }
    }
}

} // namespace
} // namespace rebolt::diagnose
