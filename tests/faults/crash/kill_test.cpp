// kill -9, at any moment, of a process that writes: what it said was committed
// is there, and nothing is there by halves. REBOLT_SEED chooses other moments.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "contents.hpp"
#include "io/subprocess.hpp"
#include "numbered_writer.hpp"
#include "support/random.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

constexpr int kills = 200;
constexpr int kills_a_file = 20;

std::uint64_t seed_from_environment() {
    const char* text = std::getenv("REBOLT_SEED");
    return text == nullptr ? 20261123 : std::strtoull(text, nullptr, 10);
}

// This program, as a writer.
class Writer {
public:
    Writer(const std::string& path, std::uint32_t page_size)
        : process_(*io::Subprocess::start(
              {.command = {"/proc/self/exe"},
               .out = io::Stream::pipe,
               .environment = {fmt::format("{}={}", writer_variable, path),
                               fmt::format("{}={}", page_size_variable, page_size)}})) {}

    /// The next number that it reported; nullopt: it has ended.
    std::optional<std::uint64_t> next_report() {
        std::uint64_t number = 0;
        ssize_t size = 0;
        while ((size = ::read(process_.out(), &number, sizeof number)) < 0 && errno == EINTR) {
        }
        return size == sizeof number ? std::optional(number) : std::nullopt;
    }

    /// False if it had ended already, with an error.
    bool kill() {
        process_.signal(SIGKILL);
        return process_.wait() == 128 + SIGKILL;
    }

private:
    io::Subprocess process_;
};

// Kills the writer within 30 ms; half of the time not before some commits.
// Returns the last number that it reported.
std::uint64_t let_write(Writer& writer, Random& random) {
    EXPECT_EQ(writer.next_report(), begun);
    std::uint64_t reported = 0;
    for (std::uint64_t wait = random.below(2) * random.below(9); wait != 0; --wait)
        reported = writer.next_report().value_or(reported);
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(30'000)));
    EXPECT_TRUE(writer.kill()) << "the writer ended by itself";
    while (const auto number = writer.next_report())
        reported = *number;
    return reported;
}

// The number of the last transaction in the file.
std::uint64_t expect_whole(const std::string& path, std::uint64_t reported) {
    if (::access(path.c_str(), F_OK) != 0) {
        EXPECT_EQ(reported, 0U);
        return 0;
    }
    std::uint64_t number = 0;
    {
        const auto db = DB::open(path);
        EXPECT_TRUE(db) << db.error().to_text();
        if (!db)
            return 0;
        const auto last = last_transaction(*db);
        EXPECT_TRUE(last) << last.error().to_text();
        number = last.value_or(0);
        EXPECT_GE(number, reported);
        EXPECT_LE(number, reported + 1);
    }
    const Result<void> clean = require_clean(path);
    EXPECT_TRUE(clean) << clean.error().to_text();
    return number;
}

TEST(Kill, LeavesTheLastTransactionOrTheNext) {
    const std::uint64_t seed = seed_from_environment();
    Random random(seed);
    const TemporaryFolder folder;
    std::string path;
    std::uint64_t last = 0; // in the file
    std::uint64_t transactions = 0;
    for (int i = 0; i < kills; ++i) {
        SCOPED_TRACE(fmt::format("kill {}; set REBOLT_SEED={} for the same moments", i, seed));
        if (i % kills_a_file == 0) {
            path = folder.path(fmt::format("{}.db", i));
            last = 0;
        }
        Writer writer(path, 512U << (i / kills_a_file % 4));
        const std::uint64_t reported = std::max(last, let_write(writer, random));
        transactions += reported - last;
        last = expect_whole(path, reported);
        if (HasFailure())
            return;
    }
    fmt::print("seed {}: {} transactions in {} processes\n", seed, transactions, kills);
    EXPECT_GE(transactions, std::uint64_t{kills}); // about twice as many are waited for
}

} // namespace
} // namespace rebolt::test
