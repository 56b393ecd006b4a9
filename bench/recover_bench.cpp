// Recovery, beside reading the damaged file and writing the result plainly: see
// scripts/bench.
//
//   rebolt_recover_bench REBOLT FOLDER FILE COUNT
//
// FILE is sound; a copy of it with a branch page of zeros is recovered.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/page_source.hpp>

#include "measure.hpp"

namespace rebolt::bench {
namespace {

constexpr unsigned runs = 5;

[[noreturn]] void fail(const std::string& what) {
    fmt::print(stderr, "bench: {}\n", what);
    std::exit(8);
}

// Zeros the branch page in the middle of the file.
void damage(const std::string& path) {
    std::uint64_t offset = 0;
    std::uint32_t page_size = 0;
    {
        const auto source = PageSource::open(path);
        if (!source)
            fail(source.error().to_text());
        page_size = source->page_size_bytes();
        for (std::uint64_t id = 2; id < source->page_count() / 2; ++id) {
            const auto page = source->page(PageId{id});
            if (page && page->header().id == id && page->type() == format::PageType::branch)
                offset = id * page_size;
        }
    }
    if (offset == 0)
        fail("no branch page to damage");
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset));
    const std::string zeros(page_size, '\0');
    file.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
}

// Runs the program; returns the largest memory it had, in MiB.
double run(std::vector<std::string> words) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        if (::freopen("/dev/null", "w", stdout) != nullptr)
            ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    struct rusage usage{};
    if (::wait4(child, &status, 0, &usage) != child || status != 0)
        fail(words[0] + " failed");
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Reads all of one file, and writes as many bytes as another has, synced.
void read_and_write(const std::string& input, const std::string& like, const std::string& output) {
    std::vector<char> buffer(1U << 20);
    const auto copy_out_of = [&](const std::string& path, int to) {
        const int from = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        for (ssize_t got = 0; (got = ::read(from, buffer.data(), buffer.size())) > 0;)
            if (to >= 0 && ::write(to, buffer.data(), static_cast<std::size_t>(got)) != got)
                fail("cannot write");
        ::close(from);
    };
    copy_out_of(input, -1);
    const int to = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    copy_out_of(like, to);
    ::fsync(to);
    ::close(to);
}

void bench(const std::string& rebolt, const std::string& folder, const std::string& file,
           const std::string& count) {
    const std::string damaged = folder + "/damaged.db";
    const std::string output = folder + "/recovered.db";
    const std::string plain = folder + "/plain.db";
    std::filesystem::copy_file(file, damaged, std::filesystem::copy_options::overwrite_existing);
    damage(damaged);
    double mib = 0;
    const double ours = median_seconds(
        runs, [&] { mib = run({rebolt, "recover", damaged, "-o", output, "--force", "-q"}); });
    const double theirs = median_seconds(runs, [&] { read_and_write(damaged, output, plain); });
    fmt::print("\n### Recovery of {} keys, a branch page lost\n\n"
               "| | ms |\n|---|---:|\n| rebolt recover | {:.0f} |\n"
               "| read the damaged file, write the result, fsync | {:.0f} |\n\n"
               "{:.2f} times the plain copy; {:.0f} MiB resident at most, of which the damaged "
               "file's mapping is {:.0f} and the new one's {:.0f}\n",
               count, ours * 1000, theirs * 1000, ours / theirs, mib,
               static_cast<double>(std::filesystem::file_size(damaged)) / (1U << 20),
               static_cast<double>(std::filesystem::file_size(output)) / (1U << 20));
    for (const std::string& path : {damaged, output, plain})
        std::filesystem::remove(path);
}

} // namespace
} // namespace rebolt::bench

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() != 4) {
        fmt::print(stderr,
                   "usage: see the top of bench/recover_bench.cpp; scripts/bench runs it\n");
        return 16;
    }
    rebolt::bench::bench(arguments[0], arguments[1], arguments[2], arguments[3]);
    return 0;
}
