// For tests of the guard: a folder with a file to guard and a state folder.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/guard.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::guard {

inline std::string real_file(const std::string& name) {
    return REBOLT_TEST_DATA "/real/" + name;
}
inline std::string damaged_file(const std::string& name) {
    return REBOLT_TEST_DATA "/damaged/" + name;
}

inline void write_text(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

class GuardFolder : public testing::Test {
protected:
    GuardFolder() {
        options_.state_folder = folder_.path("state");
        std::filesystem::create_directories(folder_.path("data"));
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string file() const { return folder_.path("data/local-kv.db"); }
    void put(const std::string& source) const { write_text(file(), test::bytes_of(source)); }
    GuardReport run(GuardedFile guarded = {}) {
        if (guarded.path.empty())
            guarded.path = file();
        return guard_file(guarded, options_);
    }
    /// The names in the folder of the file, sorted.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path("data")))
            found.push_back(entry.path().filename().string());
        std::ranges::sort(found);
        return found;
    }
    [[nodiscard]] static Verdict verdict_of(const std::string& path) {
        const auto source = PageSource::open(path);
        return check(*source)->verdict;
    }

    GuardOptions options_;

private:
    test::TemporaryFolder folder_;
};

} // namespace rebolt::guard
