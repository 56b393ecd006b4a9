// libsystemd, loaded only when it is needed: other commands do not pay for it,
// and a machine without systemd does not have it.
#pragma once

#include <bit>
#include <optional>

#include <dlfcn.h>

namespace rebolt::systemd {

class Library {
public:
    /// nullopt: this machine has no libsystemd. It stays loaded.
    static std::optional<Library> load() {
        void* const handle = ::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
        return handle == nullptr ? std::nullopt : std::optional(Library(handle));
    }

    /// False if it has no function of this name.
    template <class Function>
    [[nodiscard]] bool find(const char* name, Function& function) const {
        void* const at = ::dlsym(handle_, name);
        function = std::bit_cast<Function>(at);
        return at != nullptr;
    }

private:
    explicit Library(void* handle) noexcept : handle_(handle) {}

    void* handle_;
};

} // namespace rebolt::systemd
