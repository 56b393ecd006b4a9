#include "io/call_filter.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace rebolt::io {
namespace {

#if defined(__x86_64__)
constexpr unsigned own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned own_architecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned own_architecture = 0;
#endif
constexpr unsigned x32_bit = 0x40000000; // the other numbers of x86-64

// Numbers that both architectures share, and Debian 12's headers may not have.
constexpr unsigned first_since_5_1 = 424; // pidfd_send_signal, io_uring, new mounts
constexpr unsigned last_of_5_1 = 433;

constexpr std::array refused_calls{
    // other programs
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_execve, SYS_execveat, SYS_ptrace, SYS_kill,
    SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_process_vm_readv, SYS_process_vm_writev,
    SYS_kcmp, SYS_pidfd_open, SYS_pidfd_getfd, SYS_process_madvise,
    // files past their folders
    SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_mount, SYS_umount2, SYS_pivot_root,
    SYS_chroot, SYS_mount_setattr, SYS_unshare, SYS_setns, SYS_swapon, SYS_swapoff, SYS_quotactl,
    SYS_fanotify_init, SYS_mknodat,
    // the kernel
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_bpf,
    SYS_perf_event_open, SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_acct,
    SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname,
    SYS_setdomainname, SYS_personality};

constexpr unsigned refuse = SECCOMP_RET_ERRNO | EPERM;

std::vector<sock_filter> call_filter() {
    constexpr auto number_at = static_cast<unsigned>(offsetof(seccomp_data, nr));
    constexpr auto architecture_at = static_cast<unsigned>(offsetof(seccomp_data, arch));
    std::vector<sock_filter> filter{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, architecture_at),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own_architecture, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, refuse),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number_at),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, x32_bit, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_since_5_1, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last_of_5_1, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, refuse),
    };
    for (const long call : refused_calls) {
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, refuse));
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    return filter;
}

constexpr std::array kept_capabilities{CAP_CHOWN,        CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
                                       CAP_FOWNER,       CAP_FSETID,       CAP_SETFCAP,
                                       CAP_SYS_RESOURCE, CAP_SYSLOG};

} // namespace

bool refuse_calls_beyond_files() {
    if (own_architecture == 0)
        return false;
    std::vector<sock_filter> filter = call_filter();
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void keep_file_capabilities() noexcept {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0)
        return;
    std::array<unsigned, _LINUX_CAPABILITY_U32S_3> kept{};
    for (const unsigned capability : kept_capabilities)
        kept[CAP_TO_INDEX(capability)] |= CAP_TO_MASK(capability);
    for (std::size_t at = 0; at < sets.size(); ++at) {
        sets[at].effective &= kept[at];
        sets[at].permitted &= kept[at];
        sets[at].inheritable = 0;
    }
    (void)::syscall(SYS_capset, &header, sets.data());
}

} // namespace rebolt::io
