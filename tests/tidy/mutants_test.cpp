// tests/mutants/list.txt, for scripts/mutants: each fault has its place.
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace rebolt::tidy {
namespace {

struct Mutant {
    std::string name;
    std::string file;
    std::string tests;
    std::string before;
    std::string after;
};

std::vector<Mutant> mutants() {
    std::ifstream list(REBOLT_SOURCE_DIR "/tests/mutants/list.txt");
    std::vector<Mutant> found;
    bool is_new = true;
    for (std::string line; std::getline(list, line);) {
        if (line.empty() || line.starts_with("#")) {
            is_new = true;
        } else if (std::exchange(is_new, false)) {
            found.push_back({line, {}, {}, {}, {}});
        } else {
            Mutant& mutant = found.back();
            const std::size_t end = line.find(' ');
            const std::string word = line.substr(0, end);
            std::string& part = word == "in"      ? mutant.file
                                : word == "tests" ? mutant.tests
                                : word == "-"     ? mutant.before
                                                  : mutant.after;
            part = line.substr(end + 1);
        }
    }
    return found;
}

TEST(Mutants, AllHaveTheirPlace) {
    const auto all = mutants();
    EXPECT_EQ(all.size(), 40U);
    std::set<std::string> names;
    for (const Mutant& mutant : all) {
        SCOPED_TRACE(mutant.name);
        EXPECT_TRUE(names.insert(mutant.name).second);
        EXPECT_FALSE(mutant.tests.empty());
        EXPECT_NE(mutant.before, mutant.after);
        std::ifstream file(REBOLT_SOURCE_DIR "/" + mutant.file);
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        const std::size_t at = text.find(mutant.before);
        ASSERT_NE(at, std::string::npos);
        EXPECT_EQ(text.find(mutant.before, at + 1), std::string::npos);
    }
}

} // namespace
} // namespace rebolt::tidy
