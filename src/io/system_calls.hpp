// The system calls of writers. Tests replace them: with a disk that is full,
// fails, forgets what was not synced, or is cut off at any write.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include <sys/types.h>

namespace rebolt::io {

/// What a writer asks of the system. Results and errno are the system's.
class SystemCalls {
public:
    virtual ~SystemCalls() = default;
    virtual ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset);
    virtual int ftruncate(int descriptor, off_t bytes);
    virtual int fdatasync(int descriptor);
    virtual int fsync(int descriptor);
    virtual int renameat(int old_folder, const char* from, int folder, const char* to);
    virtual int linkat(int folder, const char* from, const char* to);
    virtual int unlinkat(int folder, const char* name);

    /// The calls of this thread: the system's own, unless a ReplacedSystemCalls
    /// is in scope. A writer takes them when it is made and keeps them, whichever
    /// thread uses it later.
    [[nodiscard]] static std::shared_ptr<SystemCalls> current();
};

/// Replaces the calls of this thread until it goes out of scope. Scopes nest.
class ReplacedSystemCalls {
public:
    explicit ReplacedSystemCalls(std::shared_ptr<SystemCalls> calls);
    ReplacedSystemCalls(const ReplacedSystemCalls&) = delete;
    ReplacedSystemCalls& operator=(const ReplacedSystemCalls&) = delete;
    ~ReplacedSystemCalls();

private:
    std::shared_ptr<SystemCalls> previous_;
};

} // namespace rebolt::io
