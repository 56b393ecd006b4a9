#include "sample_folder.hpp"

#include <array>
#include <string>

#include <rebolt/store.hpp>

namespace rebolt::samples {
namespace {

namespace fs = std::filesystem;

const fs::path data = REBOLT_TEST_DATA;

void write_application_file() {
    auto store = store::open("bolt://var/lib/app/kv.db?bucket=app");
    ASSERT_TRUE(store) << store.error().to_text();
    const auto put = (*store)->put("users/7", "old");
    ASSERT_TRUE(put) << put.error().to_text();
}

} // namespace

void SampleFolder::SetUp() {
    fs::current_path(folder_.path(""));
    fs::create_directories("var/lib/app");
    fs::create_directories("var/lib/docker/network/files");
    fs::create_directories("var/lib/docker/containers");
    fs::copy_file(data / "real/docker-20.10-stopped.db", "my.db");
    fs::copy_file(data / "real/docker-20.10-running.db",
                  "var/lib/docker/network/files/local-kv.db");
    fs::copy_file(data / "damaged/docker-cycle-next.db", "broken.db");
    write_application_file();
}

void SampleFolder::TearDown() {
    fs::current_path(folder_before_);
}

void SampleFolder::run(Result<void> (*sample)()) {
    const Result<void> done = sample();
    EXPECT_TRUE(done) << done.error().to_text();
}

void SampleFolder::run(int (*program)(int, char**)) {
    std::string name = "program";
    std::string file = "program.db";
    std::array<char*, 3> arguments{name.data(), file.data(), nullptr};
    EXPECT_EQ(program(2, arguments.data()), 0);
}

} // namespace rebolt::samples
