#include "io/confine.hpp"

#include <array>
#include <cstdint>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace rebolt::io {
namespace {

// By the version of the interface; Debian 12's header has those up to the second.
constexpr std::uint64_t all_since_1 =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t refer_since_2 = LANDLOCK_ACCESS_FS_REFER;
constexpr std::uint64_t truncate_since_3 = std::uint64_t{1} << 14U;
constexpr std::uint64_t tcp_since_4 = 3; // bind, connect
// A folder's files are written, not run, and no device is made.
constexpr std::uint64_t never =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK;

struct Rights {
    std::uint64_t files;
    std::uint64_t network;
};

Rights handled_by(long version) noexcept {
    Rights rights{all_since_1, 0};
    if (version >= 2)
        rights.files |= refer_since_2;
    if (version >= 3)
        rights.files |= truncate_since_3;
    if (version >= 4)
        rights.network = tcp_since_4;
    return rights;
}

void allow(int rules, const std::string& folder, std::uint64_t rights) {
    const int at = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return;
    const landlock_path_beneath_attr rule{.allowed_access = rights & ~never, .parent_fd = at};
    ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    ::close(at);
}

} // namespace

bool confine_writing_to(const std::vector<std::string>& folders) {
    const long version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    const Rights handled = handled_by(version);
    const std::size_t size = version >= 4 ? sizeof handled : sizeof handled.files;
    const auto rules = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, size, 0));
    if (rules < 0)
        return false;
    for (const std::string& folder : folders)
        allow(rules, folder, handled.files);
    const bool is_confined = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                             ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    ::close(rules);
    return is_confined;
}

} // namespace rebolt::io
