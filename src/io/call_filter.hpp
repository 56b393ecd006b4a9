// Taking system calls from this process, before it reads what others wrote.
#pragma once

namespace rebolt::io {

/// From here on this process, its threads and its children speak to no other program
/// (no sockets, signals, debugging), start none, and change nothing of the system but
/// files: no mounts, namespaces, modules, keys, clocks. Such a call fails with EPERM. For good. By
/// seccomp(2); false on a kernel without it, or on a processor other than x86-64 and
/// arm64: then nothing is changed.
bool refuse_calls_beyond_files();

/// Keeps, of root's capabilities, those to read, write, own and mark files, to use the
/// disk's reserve, and to read the kernel's log. Best effort; nothing without root.
void keep_file_capabilities() noexcept;

} // namespace rebolt::io
