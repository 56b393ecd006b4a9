#include "io/system_calls.hpp"

#include <cstdio>

#include <unistd.h>

namespace rebolt::io {
namespace {

// Null: the system's own.
thread_local std::shared_ptr<SystemCalls> replaced;

} // namespace

ssize_t SystemCalls::pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) {
    return ::pwrite(descriptor, bytes, count, offset);
}

int SystemCalls::ftruncate(int descriptor, off_t bytes) {
    return ::ftruncate(descriptor, bytes);
}

int SystemCalls::fdatasync(int descriptor) {
    return ::fdatasync(descriptor);
}

int SystemCalls::fsync(int descriptor) {
    return ::fsync(descriptor);
}

int SystemCalls::renameat(int old_folder, const char* from, int folder, const char* to) {
    return ::renameat(old_folder, from, folder, to);
}

int SystemCalls::linkat(int folder, const char* from, const char* to) {
    return ::linkat(folder, from, folder, to, 0);
}

int SystemCalls::unlinkat(int folder, const char* name) {
    return ::unlinkat(folder, name, 0);
}

std::shared_ptr<SystemCalls> SystemCalls::current() {
    static const auto real = std::make_shared<SystemCalls>();
    return replaced ? replaced : real;
}

ReplacedSystemCalls::ReplacedSystemCalls(std::shared_ptr<SystemCalls> calls)
    : previous_(std::exchange(replaced, std::move(calls))) {}

ReplacedSystemCalls::~ReplacedSystemCalls() {
    replaced = std::move(previous_);
}

} // namespace rebolt::io
