#include "sample_folder.hpp"

#include <array>
#include <string>

#include <rebolt/containerd/metadata.hpp>
#include <rebolt/store.hpp>

namespace rebolt::samples {
namespace {

namespace fs = std::filesystem;

const fs::path data = REBOLT_TEST_DATA;

void write_files() {
    const fs::path docker_file = data / "real/docker-20.10-stopped.db";
    fs::copy_file(docker_file, "my.db");
    fs::copy_file(docker_file, "local-kv.db");
    fs::copy_file(data / "owners/podman.db", "bolt_state.db");
    fs::copy_file(data / "damaged/docker-cycle-next.db", "broken.db");
}

/// What Docker, containerd and etcd keep under `var/lib`.
void write_owners_files() {
    fs::create_directories("var/lib/docker/network/files");
    fs::create_directories("var/lib/docker/containers");
    fs::copy_file(data / "real/docker-20.10-running.db",
                  "var/lib/docker/network/files/local-kv.db");
    const fs::path metadata = containerd::metadata_path("var/lib/containerd");
    fs::create_directories(metadata.parent_path());
    fs::copy_file(data / "real/containerd-1.6-meta.db", metadata);
    for (const char* member : {"member", "var/lib/etcd/member"}) {
        fs::create_directories(member);
        fs::copy(data / "etcd/member-3.5.16", member, fs::copy_options::recursive);
    }
}

void write_application_file() {
    fs::create_directories("var/lib/app");
    auto store = store::open("bolt://var/lib/app/kv.db?bucket=app");
    ASSERT_TRUE(store) << store.error().to_text();
    const auto put = (*store)->put("users/7", "old");
    ASSERT_TRUE(put) << put.error().to_text();
}

} // namespace

void SampleFolder::SetUp() {
    fs::current_path(folder_.path(""));
    write_files();
    write_owners_files();
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
