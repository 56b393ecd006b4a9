// The presets of the known owners, and when a recovered file may not take the
// damaged one's place.
#include <cstring>

#include <gmock/gmock.h>

#include <rebolt/guard_install.hpp>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OwnerPreset : public GuardFolder {
protected:
    [[nodiscard]] std::vector<GuardedFile> files(std::string_view preset) const {
        const auto found = guard_preset(preset, {.data_root = "", .system_root = path("system")});
        return found ? *found : std::vector<GuardedFile>{};
    }
    /// The owner's file with these pages zeroed.
    void put_damaged(const std::string& name, const std::vector<std::size_t>& pages) const {
        std::string bytes = test::bytes_of(REBOLT_TEST_DATA "/owners/" + name);
        for (const std::size_t page : pages)
            bytes.replace(page * 4096, 4096, std::string(4096, '\0'));
        write_text(file(), bytes);
    }
};

TEST_F(OwnerPreset, KnowsWhereEachServiceKeepsItsFiles) {
    EXPECT_EQ(files("podman")[0].path, "/var/lib/containers/storage/libpod/bolt_state.db");
    EXPECT_TRUE(files("podman")[1].is_cache);
    EXPECT_EQ(files("consul")[0].path, "/opt/consul/raft/raft.db");
    EXPECT_EQ(files("nomad")[1].path, "/opt/nomad/data/client/state.db");
    EXPECT_EQ(files("vault")[0].path, "/opt/vault/data/raft/raft.db");
    EXPECT_EQ(files("influxdb")[0].path, "/var/lib/influxdb/influxd.bolt");
    EXPECT_EQ(files("lnd")[0].path, "/var/lib/lnd/data/graph/mainnet/channel.db");
    EXPECT_EQ(files("trivy")[0].policy, GuardPolicy::quarantine);
}

TEST_F(OwnerPreset, ServicesAreWhereTheirUnitsAndConfigurationsSay) {
    write_text(path("system") + "/lib/systemd/system/consul.service",
               "[Service]\nExecStart=/usr/bin/consul agent -data-dir=/srv/consul\n");
    write_text(path("system") + "/etc/containers/storage.conf",
               "[storage]\ndriver = \"overlay\"\ngraphroot = \"/srv/storage\"\n");
    EXPECT_EQ(files("consul")[0].path, "/srv/consul/raft/raft.db");
    EXPECT_EQ(files("podman")[0].path, "/srv/storage/libpod/bolt_state.db");
}

TEST_F(OwnerPreset, KubernetesKeepsAnEtcdMemberAndOftenAContainerd) {
    const auto kubeadm = files("kubeadm");
    ASSERT_EQ(kubeadm.size(), 1U);
    EXPECT_EQ(kubeadm[0].path, "/var/lib/etcd/member/snap/db");
    EXPECT_EQ(kubeadm[0].etcd_root, "/var/lib/etcd");
    EXPECT_TRUE(kubeadm[0].only_complete);
    const auto k3s = files("k3s");
    ASSERT_EQ(k3s.size(), 2U);
    EXPECT_EQ(k3s[0].path, "/var/lib/rancher/k3s/server/db/etcd/member/snap/db");
    EXPECT_EQ(k3s[1].path,
              "/var/lib/rancher/k3s/agent/containerd/io.containerd.metadata.v1.bolt/meta.db");
    EXPECT_EQ(files("rke2")[0].etcd_root, "/var/lib/rancher/rke2/server/db/etcd");
    EXPECT_EQ(files("k0s")[0].etcd_root, "/var/lib/k0s/etcd");
    EXPECT_EQ(files("microk8s")[0].etcd_root, "/var/snap/microk8s/common/var/run/etcd");
    EXPECT_EQ(files("minikube")[0].etcd_root, "/var/lib/minikube/etcd");
    EXPECT_EQ(files("kind")[0].etcd_root, "/var/lib/etcd");
}

TEST_F(OwnerPreset, KubernetesIsWhereItsPodsAndConfigurationsSay) {
    const std::string etc = path("system") + "/etc";
    write_text(etc + "/kubernetes/manifests/etcd.yaml",
               "spec:\n  containers:\n  - command:\n    - etcd\n"
               "    - --data-dir=/srv/etcd\n    - --name=one\n");
    write_text(etc + "/rancher/k3s/config.yaml", "# data-dir: /old\ndata-dir: \"/srv/k3s\"\n");
    write_text(path("system") + "/etc/systemd/system/k0scontroller.service",
               "[Service]\nExecStart=/usr/local/bin/k0s controller --data-dir=/srv/k0s\n");
    EXPECT_EQ(files("kubeadm")[0].etcd_root, "/srv/etcd");
    EXPECT_EQ(files("k3s")[0].etcd_root, "/srv/k3s/server/db/etcd");
    EXPECT_EQ(files("k0s")[0].etcd_root, "/srv/k0s/etcd");
}

TEST_F(OwnerPreset, ChannelsNeverGoBack) {
    put_damaged("lnd.db", {8, 9, 10, 11});
    GuardedFile channels = files("lnd")[0];
    channels.path = file();
    const GuardReport report = run(channels);
    EXPECT_EQ(report.outcome, GuardOutcome::refused) << report.line;
    EXPECT_FALSE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("static channel backup"));
    EXPECT_THAT(names(), ElementsAre("local-kv.db"));
}

// The last entry was the newest transaction's: without its meta the log would end
// before it.
TEST_F(OwnerPreset, ALogThatWouldEndEarlierIsRefused) {
    std::string bytes = test::bytes_of(REBOLT_TEST_DATA "/owners/raft.db");
    const auto txid = [&](std::size_t meta) {
        std::uint64_t id = 0;
        std::memcpy(&id, bytes.data() + meta * 4096 + 16 + 48, sizeof id);
        return id;
    };
    put_damaged("raft.db", {txid(0) > txid(1) ? 0UL : 1UL});
    GuardedFile log = files("consul")[0];
    log.path = file();
    const GuardReport report = run(log);
    if (report.outcome == GuardOutcome::recovered) // proven complete without the meta
        return;
    EXPECT_EQ(report.outcome, GuardOutcome::refused) << report.line;
    EXPECT_THAT(report.line, HasSubstr("let it join again"));
}

TEST_F(OwnerPreset, HasAServiceWhereThereIsOne) {
    EXPECT_EQ(guard_drop_in("consul", {.program = "/usr/bin/rebolt"})->path,
              "/etc/systemd/system/consul.service.d/10-rebolt.conf");
    EXPECT_THAT(guard_drop_in("portainer", {.program = "/usr/bin/rebolt"}).error().message(),
                HasSubstr("there is no service of a preset `portainer`"));
}

} // namespace
} // namespace rebolt::guard
