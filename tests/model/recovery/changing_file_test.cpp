// A file that another program writes to while it is read, without regard for locks:
// what comes back may be wrong, but nothing crashes.
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "recovered.hpp"
#include "support/random.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

// Puts random bytes into the headers and elements of random pages, and the right ones
// back.
void write_until(const std::stop_token& stop, const std::string& path, const std::string& sound) {
    constexpr std::size_t page_size = 4096;
    constexpr std::size_t torn_bytes = 64;
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    Random random(1);
    std::string noise(torn_bytes, '\0');
    while (!stop.stop_requested()) {
        const std::size_t at = page_size * random.below(sound.size() / page_size);
        for (char& byte : noise)
            byte = static_cast<char>(random.below(256));
        const std::size_t inside = random.below(page_size / 8);
        EXPECT_GT(::pwrite(file, noise.data(), noise.size(), static_cast<off_t>(at + inside)), 0);
        EXPECT_GT(::pwrite(file, sound.data() + at, page_size, static_cast<off_t>(at)), 0);
    }
    ::close(file);
}

TEST(ChangingFile, CannotCrashARecovery) {
    const TemporaryFolder folder;
    const std::string path = folder.path("busy.db");
    const std::string sound = bytes_of(REBOLT_TEST_DATA "/real/docker-20.10-many.db");
    std::ofstream(path, std::ios::binary) << sound;
    const std::jthread writer([&](const std::stop_token& stop) { write_until(stop, path, sound); });
    ReadOptions unlocked;
    unlocked.lock = false;
    for (int i = 0; i < 40; ++i) {
        const auto source = PageSource::open(path, unlocked);
        ASSERT_TRUE(source);
        RecoverOptions options = recover_options();
        options.dry_run = true;
        auto recovery = Recovery::begin(*source, {}, std::move(options));
        ASSERT_TRUE(recovery);
        static_cast<void>(recovery->run()); // an error is an answer
    }
}

} // namespace
} // namespace rebolt::test
