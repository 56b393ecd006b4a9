// Where the presets look, on systems made of files.
#include <gmock/gmock.h>

#include "guard/test_folder.hpp"
#include "systemd/unit_command.hpp"

namespace rebolt::guard {
namespace {

using testing::ElementsAre;

class GuardPreset : public GuardFolder {
protected:
    void etc(const std::string& name, const std::string& text) const {
        write_text(path("system") + name, text);
    }
    [[nodiscard]] std::string first_file(std::string_view preset) const {
        const auto files = guard_preset(preset, {.data_root = "", .system_root = path("system")});
        return files ? files->front().path : files.error().to_text();
    }
};

TEST_F(GuardPreset, DockerIsInItsUsualPlace) {
    EXPECT_EQ(first_file("docker"), "/var/lib/docker/network/files/local-kv.db");
}

TEST_F(GuardPreset, DockersFilesAndWhichOfThemAreCaches) {
    const auto files = guard_preset("docker", {.data_root = "/d", .system_root = {}});
    std::vector<std::string> caches;
    std::vector<std::string> others;
    for (const GuardedFile& file : *files)
        (file.is_cache ? caches : others).push_back(file.path);
    EXPECT_THAT(others, ElementsAre("/d/network/files/local-kv.db", "/d/volumes/metadata.db",
                                    "/d/containerd/daemon/io.containerd.metadata.v1.bolt/meta.db"));
    EXPECT_THAT(caches, ElementsAre("/d/buildkit/cache.db", "/d/buildkit/metadata_v2.db",
                                    "/d/buildkit/snapshots.db", "/d/buildkit/containerdmeta.db"));
    EXPECT_EQ(files->front().docker_root, "/d");
}

TEST_F(GuardPreset, DockersOtherFilesAreGuardedWhereTheyAre) {
    const std::string root = path("system/d");
    for (const char* name :
         {"buildkit/history.db", "buildkit/history_c8d.db", "image/identity-cache.db",
          "swarm/worker/tasks.db",
          "containerd/daemon/io.containerd.snapshotter.v1.overlayfs/metadata.db"})
        etc(std::string("/d/") + name, "");
    const auto files = guard_preset("docker", {.data_root = root, .system_root = {}});
    const auto is_cache = [&](const std::string& name) {
        const auto found = std::ranges::find(*files, root + "/" + name, &GuardedFile::path);
        return found == files->end() ? std::string("absent") : found->is_cache ? "cache" : "data";
    };
    EXPECT_EQ(files->size(), 12U);
    EXPECT_EQ(is_cache("buildkit/history.db"), "data");
    EXPECT_EQ(is_cache("buildkit/history_c8d.db"), "data");
    EXPECT_EQ(is_cache("image/identity-cache.db"), "cache");
    EXPECT_EQ(is_cache("swarm/worker/tasks.db"), "cache");
    EXPECT_EQ(is_cache("containerd/daemon/io.containerd.snapshotter.v1.overlayfs/metadata.db"),
              "data");
}

TEST_F(GuardPreset, DockerIsWhereDaemonJsonSays) {
    etc("/etc/docker/daemon.json", R"({"data-root": "/srv/docker"})");
    EXPECT_EQ(first_file("docker"), "/srv/docker/network/files/local-kv.db");
}

TEST_F(GuardPreset, DockerIsWhereItsCommandLineSays) {
    etc("/etc/docker/daemon.json", R"({"debug": true})");
    etc("/lib/systemd/system/docker.service",
        "[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  --data-root=/srv/d\n");
    EXPECT_EQ(first_file("docker"), "/srv/d/network/files/local-kv.db");
}

TEST_F(GuardPreset, DockerIsWhereADropInSays) {
    etc("/lib/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd -g /old\n");
    etc("/etc/systemd/system/docker.service.d/20-root.conf",
        "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd --data-root \"/with space\"\n");
    EXPECT_EQ(first_file("docker"), "/with space/network/files/local-kv.db");
}

TEST_F(GuardPreset, DockerIsWhereDebiansDefaultsSay) {
    etc("/lib/systemd/system/docker.service",
        "[Service]\nEnvironmentFile=-/etc/default/docker\n"
        "ExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS\n");
    etc("/etc/default/docker", "# options\nDOCKER_OPTS=\"--debug --data-root /big/docker\"\n");
    EXPECT_EQ(first_file("docker"), "/big/docker/network/files/local-kv.db");
}

TEST_F(GuardPreset, DockerIsWhereAnotherConfigurationFileSays) {
    etc("/lib/systemd/system/docker.service",
        "[Service]\nExecStart=/usr/bin/dockerd --config-file /etc/other.json\n");
    etc("/etc/other.json", R"({"graph": "/graph"})");
    EXPECT_EQ(first_file("docker"), "/graph/network/files/local-kv.db");
}

TEST_F(GuardPreset, SaysWhatItCannotUnderstand) {
    etc("/etc/docker/daemon.json", "{nonsense");
    const auto files = guard_preset("docker", {.data_root = "", .system_root = path("system")});
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(files.error().file(), path("system/etc/docker/daemon.json"));
    EXPECT_THAT(files.error().message(), testing::HasSubstr("name the data root with --data-root"));
}

TEST_F(GuardPreset, ContainerdIsWhereItsConfigurationSays) {
    EXPECT_EQ(first_file("containerd"),
              "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db");
    etc("/etc/containerd/config.toml", "version = 2\nroot = \"/srv/c\"\n");
    EXPECT_EQ(first_file("containerd"), "/srv/c/io.containerd.metadata.v1.bolt/meta.db");
}

TEST_F(GuardPreset, ContainerdsSnapshottersAreGuardedWhereTheyAre) {
    etc("/c/io.containerd.snapshotter.v1.overlayfs/metadata.db", "");
    etc("/c/io.containerd.snapshotter.v1.native/other.db", "");
    const std::string root = path("system/c");
    const auto files = guard_preset("containerd", {.data_root = root, .system_root = {}});
    ASSERT_EQ(files->size(), 2U);
    EXPECT_EQ((*files)[1].path, root + "/io.containerd.snapshotter.v1.overlayfs/metadata.db");
}

TEST_F(GuardPreset, EtcdIsWhereItsEnvironmentSays) {
    EXPECT_EQ(first_file("etcd"), "/var/lib/etcd/default/member/snap/db");
    etc("/lib/systemd/system/etcd.service",
        "[Service]\nEnvironment=ETCD_NAME=a ETCD_DATA_DIR=/first\n"
        "EnvironmentFile=-/etc/default/%p\nExecStart=/usr/bin/etcd $DAEMON_ARGS\n");
    EXPECT_EQ(first_file("etcd"), "/first/member/snap/db");
    etc("/etc/default/etcd", "ETCD_DATA_DIR='/second'\n");
    EXPECT_EQ(first_file("etcd"), "/second/member/snap/db");
    etc("/etc/default/etcd", "DAEMON_ARGS=\"--data-dir /third\"\n");
    EXPECT_EQ(first_file("etcd"), "/third/member/snap/db");
}

TEST_F(GuardPreset, EtcdsFileIsReplacedOnlyByACompleteOne) {
    const auto files = guard_preset("etcd", {.data_root = "/e", .system_root = {}});
    ASSERT_EQ(files->size(), 1U);
    EXPECT_TRUE(files->front().only_complete);
}

TEST_F(GuardPreset, ThereAreNoOthers) {
    EXPECT_EQ(guard_preset("no-such-service", {}).error().code(), ErrorCode::invalid_argument);
}

TEST_F(GuardPreset, VariablesInAUnitsCommandLine) {
    etc("/lib/systemd/system/x.service",
        "[Service]\nEnvironment=\"A=1 2\" B=three\nExecStart=/x $A ${A} --b=${B} '' plain$A\n");
    EXPECT_THAT(systemd::read_unit_command(path("system"), "x.service").words,
                ElementsAre("/x", "1", "2", "1 2", "--b=three", "", "plain$A"));
}

} // namespace
} // namespace rebolt::guard
