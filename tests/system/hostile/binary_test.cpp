// What the program itself is made like: where it looks for libraries, and what of it
// can be written to while it runs.
#include <bit>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <elf.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

// The parts of an ELF file that the loader reads.
class Elf {
public:
    explicit Elf(const std::string& path) : bytes_(bytes_of(path)) {
        const auto header = at<Elf64_Ehdr>(0);
        for (unsigned i = 0; i < header.e_phnum; ++i)
            segments_.push_back(at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr)));
        for (const Elf64_Phdr& segment : segments_)
            for (std::uint64_t offset = 0;
                 segment.p_type == PT_DYNAMIC && offset < segment.p_filesz;
                 offset += sizeof(Elf64_Dyn))
                dynamic_.push_back(at<Elf64_Dyn>(segment.p_offset + offset));
    }

    [[nodiscard]] std::optional<std::uint64_t> value(std::int64_t tag) const {
        for (const Elf64_Dyn& entry : dynamic_)
            if (entry.d_tag == tag)
                return entry.d_un.d_val;
        return std::nullopt;
    }
    [[nodiscard]] bool has_flag(std::int64_t tag, std::uint64_t flag) const {
        return (value(tag).value_or(0) & flag) != 0;
    }
    [[nodiscard]] const Elf64_Phdr* segment(std::uint32_t type) const {
        for (const Elf64_Phdr& one : segments_)
            if (one.p_type == type)
                return &one;
        return nullptr;
    }
    /// The run path in it; empty: none.
    [[nodiscard]] std::string run_path() const {
        const auto offset = value(DT_RUNPATH) ? value(DT_RUNPATH) : value(DT_RPATH);
        return offset ? text_at(*value(DT_STRTAB) + *offset) : "";
    }
    [[nodiscard]] bool names(const std::string& symbol) const {
        return bytes_.find('\0' + symbol + '\0') != std::string::npos ||
               bytes_.find('\0' + symbol + '@') != std::string::npos;
    }

private:
    template <class T>
    [[nodiscard]] T at(std::uint64_t offset) const {
        T value{};
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }
    [[nodiscard]] std::string text_at(std::uint64_t address) const {
        for (const Elf64_Phdr& one : segments_)
            if (one.p_type == PT_LOAD && address >= one.p_vaddr &&
                address < one.p_vaddr + one.p_filesz)
                return bytes_.c_str() + one.p_offset + (address - one.p_vaddr);
        return "?";
    }

    std::string bytes_;
    std::vector<Elf64_Phdr> segments_;
    std::vector<Elf64_Dyn> dynamic_;
};

// The program, and the module if it is built.
std::vector<std::string> binaries() {
    std::vector<std::string> found{REBOLT_EXE};
    if (const std::string module = REBOLT_BUILD_DIR "/librebolt_etcd.so";
        std::filesystem::exists(module))
        found.push_back(module);
    return found;
}

TEST(Binary, LooksForNoLibraryInAFolderOfItsOwn) {
    for (const std::string& path : binaries())
        EXPECT_EQ(Elf(path).run_path(), "") << path;
}

TEST(Binary, HasNothingToWriteToThatFunctionsAreCalledThrough) {
    for (const std::string& path : binaries()) {
        const Elf elf(path);
        EXPECT_TRUE(elf.has_flag(DT_FLAGS, DF_BIND_NOW) || elf.has_flag(DT_FLAGS_1, DF_1_NOW))
            << path;
        EXPECT_NE(elf.segment(PT_GNU_RELRO), nullptr) << path;
        const Elf64_Phdr* stack = elf.segment(PT_GNU_STACK);
        ASSERT_NE(stack, nullptr) << path;
        EXPECT_EQ(stack->p_flags & PF_X, 0U) << path;
    }
    EXPECT_TRUE(Elf(REBOLT_EXE).has_flag(DT_FLAGS_1, DF_1_PIE));
}

// The sanitizers' builds have no need of these.
TEST(Binary, StopsAtASmashedStackAndAtACopyThatIsTooLong) {
    if (std::string(REBOLT_CXX_FLAGS).find("-fsanitize") != std::string::npos)
        GTEST_SKIP() << "of builds without sanitizers";
    const Elf elf(REBOLT_EXE);
    EXPECT_TRUE(elf.names("__stack_chk_fail"));
    EXPECT_TRUE(elf.names("__memcpy_chk") || elf.names("__read_chk") || elf.names("__pread64_chk"));
}

// The program above may be a sanitizers' build: a release is what users run.
TEST(Binary, OfAReleaseHasEveryFileHardened) {
    const TemporaryFolder folder;
    const std::string build = folder.path("build");
    const CommandResult configured = run_command(
        {"/usr/bin/cmake", "-S", REBOLT_SOURCE_DIR, "-B", build, "-DCMAKE_BUILD_TYPE=Release",
         "-DREBOLT_TESTS=OFF", "-DREBOLT_ETCD=OFF", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"});
    ASSERT_EQ(configured.exit_code, 0) << configured.err;
    std::istringstream lines(bytes_of(build + "/compile_commands.json"));
    std::size_t compiled = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("\"command\": ") == std::string::npos)
            continue;
        ++compiled;
        EXPECT_THAT(line, testing::HasSubstr(" -fstack-protector-strong "));
        EXPECT_THAT(line, testing::HasSubstr(" -D_FORTIFY_SOURCE=3 "));
    }
    EXPECT_GT(compiled, 100U);
}

} // namespace
} // namespace rebolt::test
