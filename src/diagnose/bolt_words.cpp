#include "diagnose/bolt_words.hpp"

#include <array>
#include <utility>

#include "diagnose/frame.hpp"
#include "diagnose/word_finder.hpp"

namespace rebolt::diagnose {
namespace {

struct Entry {
    std::string_view words;
    Signature signature;
};

// `#` is a number.
constexpr std::array entries{
    Entry{"invalid page type: #", Signature::page_type_invalid},
    Entry{"invalid freelist page: #", Signature::freelist_page_invalid},
    Entry{"freepages: failed to get all reachable pages", Signature::pages_unreachable},
    Entry{"failed to get all reachable pages", Signature::pages_unreachable},
    Entry{"check fail: ", Signature::pages_unreachable},
    Entry{"cannot free page 0 or 1", Signature::page_freed_twice},
    Entry{"page # already freed", Signature::page_freed_twice},
    Entry{"freed page (#) was allocated by the same transaction", Signature::page_freed_twice},
    Entry{"Page expected to be: #", Signature::page_id_mismatch},
    Entry{"due to unexpected Page id: #", Signature::page_id_mismatch},
    Entry{"write: circular dependency occurred", Signature::circular_write},
    Entry{"pgid (#) above high water mark (#", Signature::page_above_high_water},
    Entry{"pgId (#) above high water mark (#", Signature::page_above_high_water},
    Entry{"invalid page allocation: #", Signature::freelist_damaged},
    Entry{"pgids not sorted", Signature::freelist_damaged},
    Entry{"leading element count # overflows int", Signature::freelist_damaged},
    Entry{"mergepgids bad len #", Signature::freelist_damaged},
    Entry{"detected duplicated free ID: #", Signature::freelist_damaged},
    Entry{"detected duplicated free page ID: #", Signature::freelist_damaged},
    Entry{"detected overlapped free page ID: #", Signature::freelist_damaged},
    Entry{"from a non-freelist page: ", Signature::freelist_page_invalid},
    Entry{"misplaced bucket header", Signature::page_damaged},
    Entry{"unexpected bucket header flag", Signature::page_damaged},
    Entry{"zero-length inode key", Signature::page_damaged},
    Entry{"zero-length node key", Signature::page_damaged},
    Entry{"put: zero-length old key", Signature::page_damaged},
    Entry{"put: zero-length new key", Signature::page_damaged},
    Entry{"isn't 0 for an inline bucket", Signature::page_damaged},
    Entry{"inline bucket non-zero page access", Signature::page_damaged},
    Entry{"has unexpected type/flags", Signature::page_damaged},
    Entry{"Page claims to have # overflow pages", Signature::page_damaged},
    Entry{"bolt.DB.meta(): invalid meta pages", Signature::meta_invalid},
    Entry{"both meta pages are invalid", Signature::meta_invalid},
    Entry{"database file isn't correctly mapped", Signature::remap_failed},
    Entry{"database isn't correctly mapped", Signature::remap_failed},
    // A program caught what Go stopped, and tells no more.
    Entry{"from panic opening boltdb file: runtime error", Signature::bolt_panic},
    // Lines of `bbolt check`.
    Entry{"page #: multiple references", Signature::pages_unreachable},
    Entry{"page #: out of bounds: #", Signature::pages_unreachable},
    Entry{"page #: invalid type: ", Signature::pages_unreachable},
    Entry{"page #: unreachable unfreed", Signature::pages_unreachable},
    Entry{"page #: reachable freed", Signature::freelist_damaged},
    Entry{"page #: already freed", Signature::freelist_damaged},
    Entry{"page(#) needs to be ", Signature::pages_unreachable},
    // etcd's own check of its data against its peers'.
    Entry{"found data inconsistency with peers", Signature::data_inconsistent},
    Entry{"found different hash values from remote peer", Signature::data_inconsistent},
    Entry{"checkInitialHashKV failed", Signature::data_inconsistent},
    Entry{"etcdserver: corrupt cluster", Signature::data_inconsistent},
    Entry{"invalid revision length", Signature::record_invalid},
    // dockerd, of a record of libnetwork's.
    Entry{"from store: unexpected end of JSON input", Signature::record_invalid},
    Entry{"from store: invalid character", Signature::record_invalid},
};

// What Go prints, and what programs print that catch a panic.
constexpr std::array crash_words{
    std::string_view{"panic: "},
    std::string_view{"fatal error: "},
    std::string_view{"goroutine #"},
    std::string_view{"runtime error: "},
    std::string_view{"runtime: out of memory"},
    std::string_view{"runtime: cannot allocate memory"},
    std::string_view{"runtime: goroutine stack exceeds"},
    std::string_view{"unexpected fault address"},
    std::string_view{"[signal "},
    std::string_view{"SIGBUS: bus error"},
    std::string_view{"SIGSEGV: segmentation violation"},
    std::string_view{"Exception 0x"},
    std::string_view{"panic serving "},
    std::string_view{"panic in handler"},
    std::string_view{"panic recovered"},
    std::string_view{"recovered from panic"},
    std::string_view{"Recovered from panic"},
};

constexpr auto bolt_words = [] {
    std::array<std::string_view, entries.size()> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = entries[i].words;
    return words;
}();

constexpr auto all_words = [] {
    std::array<std::string_view, crash_words.size() + bolt_words.size()> words{};
    for (std::size_t i = 0; i < crash_words.size(); ++i)
        words[i] = crash_words[i];
    for (std::size_t i = 0; i < bolt_words.size(); ++i)
        words[crash_words.size() + i] = bolt_words[i];
    return words;
}();
constexpr std::size_t goroutine_word = 2;

} // namespace

std::optional<BoltWords> bolt_words_in(std::string_view text) {
    static const WordFinder finder(bolt_words);
    const auto hit = finder.find(text);
    return hit ? std::optional(BoltWords{entries[hit->word].signature, hit->at}) : std::nullopt;
}

std::optional<std::size_t> crash_start(std::string_view line) {
    static const WordFinder finder(all_words);
    for (auto hit = finder.find(line); hit; hit = finder.find(line, hit->at + 1)) {
        // "created by … in goroutine 7" starts nothing.
        const bool is_header =
            hit->word != goroutine_word || starts_with_goroutine_header(line.substr(hit->at));
        if (is_header)
            return hit->at;
    }
    return std::nullopt;
}

} // namespace rebolt::diagnose
