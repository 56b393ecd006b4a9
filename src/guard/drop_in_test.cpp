// The drop-ins, and what systemd itself says of the units with them.
#include <gmock/gmock.h>

#include <sys/stat.h>

#include <rebolt/guard_install.hpp>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

class GuardDropIns : public GuardFolder {};

TEST_F(GuardDropIns, PutTheGuardInFrontOfTheService) {
    const auto drop_in = guard_drop_in("docker", {.program = "/usr/bin/rebolt"});
    ASSERT_TRUE(drop_in);
    EXPECT_EQ(drop_in->path, "/etc/systemd/system/docker.service.d/10-rebolt.conf");
    EXPECT_EQ(drop_in->content,
              "# Written by `rebolt guard install docker`; `rebolt guard "
              "uninstall docker` removes it.\n"
              "[Service]\n"
              "ExecStartPre=+/bin/sh -c 'test ! -x \"$$0\" || exec \"$$0\" guard "
              "--before-start docker' /usr/bin/rebolt\n"
              "ExecStartPost=-+/bin/sh -c 'test ! -x \"$$0\" || exec systemd-run --quiet "
              "--no-block --collect --nice=19 --property=IOSchedulingClass=idle \"$$0\" guard "
              "--after-start docker' /usr/bin/rebolt\n"
              "ExecStopPost=-+/bin/sh -c 'test ! -x \"$$0\" || exec \"$$0\" guard "
              "--after-stop docker' /usr/bin/rebolt\n"
              "NotifyAccess=exec\n"
              "TimeoutStartSec=900\n"
              "MemoryMax=75%\n"
              "MemorySwapMax=0\n");
    EXPECT_EQ(guard_drop_in("no-such-service", {.program = "/usr/bin/rebolt"}).error().code(),
              ErrorCode::invalid_argument);
}

TEST_F(GuardDropIns, HaveTheLimitsThatAreAskedFor) {
    const auto content = [](std::chrono::seconds timeout, const char* memory) {
        return guard_drop_in(
                   "docker",
                   {.program = "/usr/bin/rebolt", .start_timeout = timeout, .memory_max = memory})
            ->content;
    };
    EXPECT_THAT(content(std::chrono::seconds{1800}, "4G"),
                testing::HasSubstr("TimeoutStartSec=1800\nMemoryMax=4G\nMemorySwapMax=0\n"));
    EXPECT_THAT(content(std::chrono::seconds{0}, ""), testing::EndsWith("NotifyAccess=exec\n"));
}

TEST_F(GuardDropIns, TakeAnotherUnitAndDataRoot) {
    const auto drop_in = guard_drop_in(
        "docker",
        {.program = "/usr/bin/rebolt", .unit = "snap.docker.dockerd", .data_root = "/srv/a b"});
    EXPECT_EQ(drop_in->path, "/etc/systemd/system/snap.docker.dockerd.service.d/10-rebolt.conf");
    EXPECT_THAT(drop_in->content,
                testing::HasSubstr("guard --before-start docker --data-root \"$$1\"' "
                                   "/usr/bin/rebolt \"/srv/a b\"\n"));
    EXPECT_EQ(
        guard_drop_in("portainer", {.program = "/usr/bin/rebolt", .unit = "my-portainer"})->unit,
        "my-portainer");
}

class GuardedUnits : public GuardFolder {
protected:
    [[nodiscard]] std::string advice(std::string_view preset) const {
        return missing_unit_advice(preset, *guard_drop_in(preset, {.program = "/usr/bin/rebolt"}),
                                   path("root"));
    }
};

TEST_F(GuardedUnits, AreThereOrMasked) {
    EXPECT_EQ(advice("docker"),
              "there is no docker.service here. If another unit starts it: rebolt guard install "
              "docker --unit NAME. Without one, run this before it starts: rebolt guard docker");
    const std::string unit = path("root/usr/lib/systemd/system/docker.service");
    write_text(unit, "[Service]\n");
    EXPECT_EQ(advice("docker"), "");
    std::filesystem::create_directories(path("root/etc/systemd/system"));
    std::filesystem::create_symlink("/dev/null", path("root/etc/systemd/system/docker.service"));
    EXPECT_THAT(advice("docker"), testing::StartsWith("docker.service is masked here ("));
}

TEST_F(GuardedUnits, OfSnapsUsersAndPodsAreOthers) {
    write_text(path("root/home/ann/.config/systemd/user/docker.service"), "[Service]\n");
    EXPECT_THAT(advice("docker"),
                testing::HasSubstr("Docker is rootless here (" + path("root/home/ann/")));
    std::filesystem::create_directories(path("root/var/snap/docker"));
    EXPECT_EQ(advice("docker"),
              "there is no docker.service here. Docker is a snap here: rebolt guard install docker "
              "--unit snap.docker.dockerd --data-root /var/snap/docker/common/var-lib-docker");
    write_text(path("root/etc/kubernetes/manifests/etcd.yaml"), "");
    EXPECT_EQ(advice("etcd"), "there is no etcd.service here. etcd is a static pod here, which "
                              "kubelet starts: rebolt guard install kubeadm");
}

TEST_F(GuardDropIns, AreOfTheUnitThatStartsKubernetesEtcd) {
    const auto unit = [](std::string_view preset) {
        return guard_drop_in(preset, {.program = "/usr/bin/rebolt"})->unit;
    };
    EXPECT_EQ(unit("kubeadm"), "kubelet");
    EXPECT_EQ(unit("k3s"), "k3s");
    EXPECT_EQ(unit("rke2"), "rke2-server");
    EXPECT_EQ(unit("k0s"), "k0scontroller");
    EXPECT_EQ(guard_drop_in("kubeadm", {.program = "/usr/bin/rebolt"})->path,
              "/etc/systemd/system/kubelet.service.d/10-rebolt.conf");
}

TEST_F(GuardDropIns, PassSystemdsOwnCheck) {
    if (!std::filesystem::exists("/usr/bin/systemd-analyze"))
        GTEST_SKIP() << "there is no systemd-analyze";
    for (const char* service : {"docker", "containerd", "etcd"}) {
        const std::string program = path("my \"tools\"; $x 50%\\rebolt");
        std::filesystem::copy_file("/bin/true", program,
                                   std::filesystem::copy_options::overwrite_existing);
        const auto drop_in =
            guard_drop_in(service, {.program = program, .data_root = "/srv/a \"b\""});
        const std::string unit = path(std::string(service) + ".service");
        write_text(unit, "[Unit]\nDescription=the service\n[Service]\nType=notify\n"
                         "ExecStart=/bin/true\nTimeoutStartSec=0\n");
        write_text(unit + ".d/10-rebolt.conf", drop_in->content);
        const auto verified =
            test::run_command({"/usr/bin/systemd-analyze", "verify", "--man=no", unit});
        EXPECT_EQ(verified.exit_code, 0) << verified.err;
        EXPECT_EQ(verified.err, "");
    }
}

TEST_F(GuardDropIns, QuoteTheProgramAsSystemdWants) {
    EXPECT_THAT(guard_drop_in("docker", {.program = "/opt/my tools/re%bolt$x"})->content,
                testing::HasSubstr(" \"/opt/my tools/re%%bolt$$x\"\n"));
    EXPECT_EQ(guard_drop_in("docker", {.program = "/opt/a\nExecStart=/evil"}).error().code(),
              ErrorCode::invalid_argument);
}

TEST_F(GuardDropIns, StartTheServiceWithoutTheProgram) {
    const std::string content = guard_drop_in("docker", {.program = "/no/such/rebolt"})->content;
    const std::size_t begin = content.find("'test") + 1;
    std::string script = content.substr(begin, content.find('\'', begin) - begin);
    for (std::size_t at = script.find("$$"); at != std::string::npos; at = script.find("$$"))
        script.erase(at, 1);
    EXPECT_EQ(test::run_command({"/bin/sh", "-c", script, "/no/such/rebolt"}).exit_code, 0);
    EXPECT_EQ(test::run_command({"/bin/sh", "-c", script, "/bin/false"}).exit_code, 1);
}

TEST_F(GuardDropIns, WarnOfAProgramThatOthersCanChange) {
    write_text(path("open/rebolt"), "");
    ASSERT_EQ(::chmod(path("open").c_str(), 0777), 0);
    EXPECT_THAT(guard_drop_in("docker", {.program = path("open/rebolt")})->warning,
                testing::HasSubstr("users other than root can change "));
    EXPECT_EQ(guard_drop_in("docker", {.program = "/usr/bin/env"})->warning, "");
}

TEST_F(GuardDropIns, PassOnlyIfSystemdReadsThem) { // the check above would see a mistake
    if (!std::filesystem::exists("/usr/bin/systemd-analyze"))
        GTEST_SKIP() << "there is no systemd-analyze";
    const std::string unit = path("docker.service");
    write_text(unit, "[Service]\nType=notify\nExecStart=/bin/true\n");
    write_text(unit + ".d/10-rebolt.conf", "[Service]\nExecStartPre=/no/such/program\n");
    EXPECT_NE(test::run_command({"/usr/bin/systemd-analyze", "verify", "--man=no", unit}).exit_code,
              0);
}

} // namespace
} // namespace rebolt::guard
