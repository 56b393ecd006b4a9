#include "io/mapping.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <new>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/try.hpp"

namespace rebolt::io {
namespace {

// Finer than any page a kernel may use would cost memory for nothing; coarser
// would blame neighbours. Page sizes above 4 KiB only mark several at once.
constexpr std::uint64_t fault_unit_bytes = 4096;

} // namespace

/// What the handler writes and readers ask.
struct Mapping::Faults {
    std::atomic<std::uint64_t> count{0};
    std::atomic<bool> everything{false};
    int descriptor = -1;
    std::uint64_t units = 0;
    std::unique_ptr<std::atomic<std::uint64_t>[]> map;    // a bit a unit: was not there
    std::unique_ptr<std::atomic<std::uint64_t>[]> probed; // a bit a unit: touch() read it

    void mark(std::uint64_t first, std::uint64_t last) const noexcept {
        for (std::uint64_t unit = first; unit < std::min(last, units); ++unit)
            map[unit / 64].fetch_or(std::uint64_t{1} << (unit % 64), std::memory_order_relaxed);
    }
    [[nodiscard]] bool marked(std::uint64_t unit) const noexcept {
        return unit < units &&
               (map[unit / 64].load(std::memory_order_relaxed) >> (unit % 64) & 1) != 0;
    }
};

/// A place in the list that the handler walks. Slots are reused, never freed:
/// the handler may be looking at one at any time.
struct Mapping::Slot {
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};
    std::atomic<Faults*> faults{nullptr};
    std::atomic<bool> used{false};
    Slot* next = nullptr;
};

/// The process-wide answer to SIGBUS.
struct SignalHandler {
    static std::atomic<Mapping::Slot*> slots;
    static struct sigaction previous;

    static void install();
    static Mapping::Slot* take_slot();
    static void handle(int signal, siginfo_t* info, void* context);
    static bool answer(std::uintptr_t address);
    static void zero(std::uintptr_t address, const Mapping::Slot& slot, Mapping::Faults& faults);
};

std::atomic<Mapping::Slot*> SignalHandler::slots{nullptr};
struct sigaction SignalHandler::previous{};

void SignalHandler::install() {
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction action{};
        action.sa_sigaction = &SignalHandler::handle;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        sigemptyset(&action.sa_mask);
        sigaction(SIGBUS, &action, &previous);
    });
}

Mapping::Slot* SignalHandler::take_slot() {
    for (Mapping::Slot* slot = slots.load(); slot != nullptr; slot = slot->next) {
        bool expected = false;
        if (slot->used.compare_exchange_strong(expected, true))
            return slot;
    }
    auto* slot = new (std::nothrow) Mapping::Slot;
    if (slot == nullptr)
        return nullptr;
    slot->used = true;
    slot->next = slots.load();
    while (!slots.compare_exchange_weak(slot->next, slot)) {
    }
    return slot;
}

void SignalHandler::handle(int signal, siginfo_t* info, void* context) {
    const int saved_errno = errno;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast)
    const bool answered = answer((std::uintptr_t)info->si_addr);
    errno = saved_errno;
    if (answered)
        return;
    if ((previous.sa_flags & SA_SIGINFO) != 0 && previous.sa_sigaction != nullptr)
        return previous.sa_sigaction(signal, info, context);
    if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
        return previous.sa_handler(signal);
    // Not ours and nobody else's: let the access fault again and the default act.
    ::signal(SIGBUS, SIG_DFL);
}

bool SignalHandler::answer(std::uintptr_t address) {
    for (Mapping::Slot* slot = slots.load(); slot != nullptr; slot = slot->next) {
        Mapping::Faults* faults = slot->faults.load();
        if (faults == nullptr || address < slot->begin.load() || address >= slot->end.load())
            continue;
        zero(address, *slot, *faults);
        return true;
    }
    return false;
}

void SignalHandler::zero(std::uintptr_t address, const Mapping::Slot& slot,
                         Mapping::Faults& faults) {
    const auto page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const std::uintptr_t begin = slot.begin.load();
    const std::uintptr_t end = slot.end.load();
    std::uintptr_t first = address / page_bytes * page_bytes;
    std::uintptr_t last = std::min(first + page_bytes, end);
    struct stat status{};
    if (::fstat(faults.descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
        static_cast<std::uint64_t>(status.st_size) <= first - begin)
        last = end; // the file shrank: all that follows is gone too
    const auto put_zeros = [&] {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast,performance-no-int-to-ptr)
        return ::mmap((void*)first, last - first, PROT_READ,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
    };
    if (!put_zeros()) {
        faults.everything.store(true);
        first = begin;
        last = end;
        if (!put_zeros())
            ::signal(SIGBUS, SIG_DFL);
    }
    faults.mark((first - begin) / fault_unit_bytes,
                (last - begin + fault_unit_bytes - 1) / fault_unit_bytes);
    faults.count.fetch_add(1, std::memory_order_release);
}

// A mapping with all but its bytes.
Result<std::shared_ptr<Mapping>> Mapping::prepare(const File& file, std::uint64_t room_bytes) {
    SignalHandler::install();
    std::shared_ptr<Mapping> mapping(new Mapping);
    mapping->faults_ = std::make_unique<Faults>();
    Faults& faults = *mapping->faults_;
    faults.descriptor = file.descriptor();
    faults.units = (room_bytes + fault_unit_bytes - 1) / fault_unit_bytes;
    const std::uint64_t words = faults.units / 64 + 1;
    faults.map.reset(new (std::nothrow) std::atomic<std::uint64_t>[words] {});
    faults.probed.reset(new (std::nothrow) std::atomic<std::uint64_t>[words] {});
    mapping->slot_ = SignalHandler::take_slot();
    if (faults.map == nullptr || faults.probed == nullptr || mapping->slot_ == nullptr)
        return Error(ErrorCode::out_of_memory, "no memory to map the file").in_file(file.path());
    return mapping;
}

void Mapping::take(void* address, std::uint64_t room_bytes, std::shared_ptr<const File> file) {
    begin_ = static_cast<const std::byte*>(address);
    size_bytes_ = room_bytes;
    room_bytes_ = room_bytes;
    file_ = std::move(file);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast)
    const auto begin = (std::uintptr_t)address;
    slot_->begin = begin;
    slot_->end = begin + room_bytes;
    slot_->faults = faults_.get();
}

Result<std::shared_ptr<Mapping>> Mapping::map_shared(std::shared_ptr<const File> file,
                                                     std::uint64_t room_bytes, int flags) {
    std::shared_ptr<Mapping> mapping = TRY(prepare(*file, room_bytes));
    void* address =
        ::mmap(nullptr, room_bytes, PROT_READ, MAP_SHARED | flags, file->descriptor(), 0);
    if (address == MAP_FAILED)
        return system_error(errno, "cannot map", file->path());
    mapping->take(address, room_bytes, std::move(file));
    return mapping;
}

Result<std::shared_ptr<const Mapping>> Mapping::map(std::shared_ptr<const File> file,
                                                    std::uint64_t size_bytes, Populate populate) {
    return TRY(
        map_shared(std::move(file), size_bytes, populate == Populate::yes ? MAP_POPULATE : 0));
}

Result<std::shared_ptr<const Mapping>> Mapping::map_with_room(std::shared_ptr<const File> file,
                                                              std::uint64_t size_bytes,
                                                              std::uint64_t room_bytes) {
    const std::shared_ptr<Mapping> mapping = TRY(map_shared(std::move(file), room_bytes, 0));
    mapping->size_bytes_ = size_bytes;
    return mapping;
}

bool Mapping::extend(std::uint64_t size_bytes) const noexcept {
    if (size_bytes > room_bytes_)
        return false;
    size_bytes_.store(size_bytes, std::memory_order_release);
    return true;
}

Result<std::shared_ptr<Mapping>> Mapping::map_private(std::shared_ptr<const File> file,
                                                      std::uint64_t file_bytes,
                                                      std::uint64_t size_bytes) {
    std::shared_ptr<Mapping> mapping = TRY(prepare(*file, size_bytes));
    void* address =
        ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED)
        return system_error(errno, "cannot map", file->path());
    const std::uint64_t from_file = std::min(file_bytes, size_bytes);
    if (from_file != 0 &&
        ::mmap(address, from_file, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
               file->descriptor(), 0) == MAP_FAILED) {
        const int error_number = errno;
        ::munmap(address, size_bytes);
        return system_error(error_number, "cannot map", file->path());
    }
    mapping->take(address, size_bytes, std::move(file));
    return mapping;
}

Result<void> Mapping::put(std::uint64_t offset, Bytes bytes) {
    if (bytes.empty())
        return {};
    static_cast<void>(touch(offset, bytes.size())); // what is not there is zeros from here on
    const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t first = offset / page_bytes * page_bytes;
    auto* begin = const_cast<std::byte*>(begin_);
    if (::mprotect(begin + first, offset + bytes.size() - first, PROT_READ | PROT_WRITE) != 0)
        return system_error(errno, "cannot change the mapped bytes", file_->path());
    std::memcpy(begin + offset, bytes.data(), bytes.size());
    return {};
}

Mapping::~Mapping() {
    if (slot_ != nullptr) {
        slot_->faults = nullptr;
        slot_->used = false;
    }
    if (begin_ != nullptr)
        ::munmap(const_cast<std::byte*>(begin_), room_bytes_);
}

std::uint64_t Mapping::fault_count() const noexcept {
    return faults_->count.load(std::memory_order_relaxed);
}

const std::atomic<std::uint64_t>& Mapping::fault_counter() const noexcept {
    return faults_->count;
}

bool Mapping::faulted(std::uint64_t offset, std::uint64_t length) const noexcept {
    if (fault_count() == 0 || length == 0)
        return false;
    if (faults_->everything.load())
        return true;
    const std::uint64_t last = std::min((offset + length - 1) / fault_unit_bytes, faults_->units);
    for (std::uint64_t unit = offset / fault_unit_bytes; unit <= last; ++unit)
        if (faults_->marked(unit))
            return true;
    return false;
}

bool Mapping::touch(std::uint64_t offset, std::uint64_t length) const noexcept {
    const std::uint64_t end = std::min<std::uint64_t>(offset + length, size_bytes_);
    for (std::uint64_t at = offset; at < end; at = (at / fault_unit_bytes + 1) * fault_unit_bytes) {
        const std::uint64_t unit = at / fault_unit_bytes;
        std::atomic<std::uint64_t>& word = faults_->probed[unit / 64];
        const std::uint64_t bit = std::uint64_t{1} << (unit % 64);
        const std::uint64_t before = word.load(std::memory_order_relaxed);
        if ((before & bit) != 0)
            continue;
        static_cast<void>(*static_cast<const volatile std::byte*>(begin_ + at));
        // A bit that another thread sets meanwhile may be lost: it is read again.
        word.store(before | bit, std::memory_order_relaxed);
    }
    return end == offset + length && !faulted(offset, length);
}

Result<void> Mapping::lock_in_memory() const {
    if (::mlock(begin_, size_bytes_) != 0)
        return system_error(errno, "cannot keep the file in memory (mlock)", file_->path());
    return {};
}

void Mapping::forbid_reading() const noexcept {
    ::mprotect(const_cast<std::byte*>(begin_), size_bytes_, PROT_NONE);
}

void Mapping::advise_will_need() const noexcept {
    ::madvise(const_cast<std::byte*>(begin_), size_bytes_, MADV_WILLNEED);
}

} // namespace rebolt::io
