// The drop-ins, and what systemd itself says of the units with them.
#include <gmock/gmock.h>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

class GuardDropIns : public GuardFolder {};

TEST_F(GuardDropIns, PutTheGuardInFrontOfTheService) {
    const auto drop_in = guard_drop_in("docker", "/usr/bin/rebolt");
    ASSERT_TRUE(drop_in);
    EXPECT_EQ(drop_in->path, "/etc/systemd/system/docker.service.d/10-rebolt.conf");
    EXPECT_EQ(drop_in->content, "# Written by `rebolt guard install docker`; `rebolt guard "
                                "uninstall docker` removes it.\n"
                                "[Service]\n"
                                "ExecStartPre=/usr/bin/rebolt guard docker\n"
                                "NotifyAccess=exec\n"
                                "TimeoutStartSec=5min\n"
                                "MemoryMax=75%\n"
                                "MemorySwapMax=0\n");
    EXPECT_EQ(guard_drop_in("no-such-service", "/usr/bin/rebolt").error().code(),
              ErrorCode::invalid_argument);
}

TEST_F(GuardDropIns, PassSystemdsOwnCheck) {
    if (!std::filesystem::exists("/usr/bin/systemd-analyze"))
        GTEST_SKIP() << "there is no systemd-analyze";
    for (const char* service : {"docker", "containerd", "etcd"}) {
        const auto drop_in = guard_drop_in(service, REBOLT_EXE);
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
