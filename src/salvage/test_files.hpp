// For tests of what changes files: copies of the data to work on, and whether
// they are what they were.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>
#include <rebolt/undo.hpp>

#include "support/file_builder.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {

inline std::string damaged_data(const std::string& name) {
    return REBOLT_TEST_DATA "/damaged/" + name + ".db";
}

inline std::string real_data(const std::string& name) {
    return REBOLT_TEST_DATA "/real/" + name + ".db";
}

/// All files below tests/data.
inline std::vector<std::string> all_data() {
    std::vector<std::string> paths;
    for (const char* folder : {"/damaged", "/real"})
        for (const auto& entry :
             std::filesystem::directory_iterator(std::string(REBOLT_TEST_DATA) + folder))
            if (entry.path().extension() == ".db")
                paths.push_back(entry.path());
    return paths;
}

/// A file to be changed in place, in a folder of its own.
class WorkFile {
public:
    explicit WorkFile(const std::string& from) { write_bytes(bytes_of(from)); }
    explicit WorkFile(const std::vector<std::byte>& bytes) {
        write_bytes(std::string(as_text(bytes)));
    }

    [[nodiscard]] std::string path() const { return folder_.path("work.db"); }
    [[nodiscard]] std::string undo() const { return undo_path(path()); }
    [[nodiscard]] std::string other(const char* name) const { return folder_.path(name); }
    [[nodiscard]] std::string bytes() const { return bytes_of(path()); }
    [[nodiscard]] const std::string& original() const noexcept { return original_; }
    [[nodiscard]] bool is_original() const { return bytes() == original_; }
    [[nodiscard]] PageSource open() const {
        auto source = PageSource::open(path());
        EXPECT_TRUE(source.has_value());
        return *std::move(source);
    }
    [[nodiscard]] Verdict verdict() const { return check(open())->verdict; }
    /// Writes bytes over the file's, as another program would.
    void overwrite(std::uint64_t offset, const std::string& bytes) const {
        std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(static_cast<std::streamoff>(offset));
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }

private:
    void write_bytes(const std::string& bytes) {
        original_ = bytes;
        write_file(path(), as_bytes(original_));
    }

    TemporaryFolder folder_;
    std::string original_;
};

/// The plan is applied in place and taken back: the file is byte-identical.
inline void expect_undo_restores(const WorkFile& file, const EditPlan& plan) {
    const auto done = apply_in_place(file.path(), plan);
    ASSERT_TRUE(done) << done.error().to_text();
    if (plan.is_empty()) {
        EXPECT_FALSE(std::filesystem::exists(file.undo()));
        return;
    }
    EXPECT_FALSE(file.is_original());
    EXPECT_TRUE(std::filesystem::exists(file.undo()));
    const auto undone = undo(file.path());
    ASSERT_TRUE(undone) << undone.error().to_text();
    EXPECT_TRUE(file.is_original());
    EXPECT_FALSE(std::filesystem::exists(file.undo()));
}

} // namespace rebolt::test
