#include "diagnose/open_error.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "diagnose/database_path.hpp"
#include "diagnose/line_route.hpp"
#include "diagnose/line_text.hpp"
#include "diagnose/named_files.hpp"
#include "diagnose/programs.hpp"
#include "diagnose/word_finder.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t hits_max = 16; ///< of a line; a sentence has one or two

// What must be beside an error's text.
enum class Need : std::uint8_t {
    nothing,  ///< nobody but bbolt's users says this
    database, ///< a word of databases or of opening: the text is rarely another's
    opening,  ///< a file, or words that open a database: others say this too
    file,     ///< a bolt file: it is the system's text
};

struct ErrorText {
    std::string_view text;
    Signature signature;
    Need need;
};

constexpr std::array error_texts{
    ErrorText{"another etcd process is using", Signature::lock_timeout, Need::nothing},
    ErrorText{"db file is flocked by another process", Signature::lock_timeout, Need::nothing},
    ErrorText{"waiting for response from boltdb open", Signature::lock_timeout, Need::nothing},
    ErrorText{"timed out while opening database", Signature::lock_timeout, Need::nothing},
    ErrorText{"cache may be in use by another process", Signature::lock_timeout, Need::nothing},
    ErrorText{"database may be in use by another process", Signature::lock_timeout, Need::nothing},
    ErrorText{"DB locked by another process", Signature::lock_timeout, Need::nothing},
    ErrorText{"another process has locked a portion of the file", Signature::lock_timeout,
              Need::file},
    ErrorText{"being used by another process", Signature::lock_timeout, Need::file},
    ErrorText{"invalid database", Signature::meta_invalid, Need::database},
    ErrorText{"file size too small", Signature::file_too_small, Need::database},
    ErrorText{"mmap too large", Signature::file_too_large, Need::nothing},
    ErrorText{"database not open", Signature::database_closed, Need::nothing},
    ErrorText{"checksum error", Signature::meta_invalid, Need::opening},
    ErrorText{"version mismatch", Signature::meta_invalid, Need::opening},
    ErrorText{"timeout", Signature::lock_timeout, Need::opening},
    ErrorText{"user-mapped section open", Signature::file_still_mapped, Need::file},
    ErrorText{"cannot allocate memory", Signature::address_space_exhausted, Need::file},
    ErrorText{"Not enough memory resources", Signature::address_space_exhausted, Need::file},
    ErrorText{"Not enough storage is available", Signature::address_space_exhausted, Need::file},
    ErrorText{"paging file is too small", Signature::address_space_exhausted, Need::file},
    ErrorText{"invalid argument", Signature::mmap_unsupported, Need::file},
    ErrorText{"operation not supported", Signature::mmap_unsupported, Need::file},
    ErrorText{"function not implemented", Signature::mmap_unsupported, Need::file},
    ErrorText{"no locks available", Signature::mmap_unsupported, Need::file},
    ErrorText{"no such device", Signature::mmap_unsupported, Need::file},
    ErrorText{"no space left on device", Signature::disk_full, Need::file},
    ErrorText{"disk quota exceeded", Signature::disk_full, Need::file},
    ErrorText{"not enough space on the disk", Signature::disk_full, Need::file},
    ErrorText{"input/output error", Signature::io_error, Need::file},
    ErrorText{"structure needs cleaning", Signature::io_error, Need::file},
    ErrorText{"stale NFS file handle", Signature::io_error, Need::file},
    ErrorText{"stale file handle", Signature::io_error, Need::file},
    ErrorText{"transport endpoint is not connected", Signature::io_error, Need::file},
    ErrorText{"remote I/O error", Signature::io_error, Need::file},
    ErrorText{"bad message", Signature::io_error, Need::file},
    ErrorText{"Data error (cyclic redundancy check)", Signature::io_error, Need::file},
    ErrorText{"because of an I/O device error", Signature::io_error, Need::file},
    ErrorText{"read-only file system", Signature::read_only_file_system, Need::file},
    ErrorText{"permission denied", Signature::permission_denied, Need::file},
    ErrorText{"operation not permitted", Signature::permission_denied, Need::file},
    ErrorText{"Access is denied", Signature::permission_denied, Need::file},
    ErrorText{"file too large", Signature::file_too_large, Need::file},
    ErrorText{"no such file or directory", Signature::file_missing, Need::file},
    ErrorText{"database snapshot file", Signature::file_missing, Need::nothing},
};

constexpr auto words = [] {
    std::array<std::string_view, error_texts.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = error_texts[i].text;
    return all;
}();

const WordFinder& error_finder() {
    static const WordFinder finder(words);
    return finder;
}

// Words that open a database, in the programs that use bbolt.
constexpr std::array<std::string_view, 43> opening_words{"open database",
                                                         "opening database",
                                                         "open the database",
                                                         "open db",
                                                         "open DB",
                                                         "opening db",
                                                         "open boltdb",
                                                         "opening store",
                                                         "open store",
                                                         "open state",
                                                         "open wallet",
                                                         "open cache",
                                                         "opening storage",
                                                         "open storage",
                                                         "open metadata",
                                                         "metadata database",
                                                         "state database",
                                                         "database backend",
                                                         "revocation database",
                                                         "DB error",
                                                         "db error",
                                                         "database error",
                                                         "start Raft",
                                                         "start raft",
                                                         "starting daemon",
                                                         "start daemon",
                                                         "buildkit",
                                                         "create fsm",
                                                         "vulnerability DB",
                                                         "mmap",
                                                         "open index",
                                                         "opening index",
                                                         "open channel",
                                                         "channeldb",
                                                         "open bolt",
                                                         "opening bolt",
                                                         "store for object type",
                                                         "load plugin",
                                                         "macaroon",
                                                         "storage client",
                                                         "index client",
                                                         "leve Issue Indexer",
                                                         "of type raft"};

// The last letter that is no blank before `at`, 0 at the begin.
char closest_before(std::string_view line, std::size_t at) noexcept {
    while (at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\\'))
        --at;
    return at == 0 ? '\0' : line[at - 1];
}

bool starts_as_text(std::string_view line, std::size_t at) noexcept {
    return std::string_view("\0:=(\"'|,>[.", 11).find(closest_before(line, at)) !=
           std::string_view::npos;
}

// The text is at its end: no further word belongs to it.
bool ends_as_text(std::string_view line, std::size_t end) noexcept {
    std::string_view rest = line.substr(end);
    if (rest.empty() ||
        std::string_view("\"'),;}]|\\\n\t.?:").find(rest.front()) != std::string_view::npos)
        return true;
    if (rest.front() != ' ')
        return false;
    rest = trimmed(rest);
    if (rest.empty() || is_digit(rest.front()) || rest.front() == '|' || rest.front() == '(' ||
        rest.front() == '{')
        return true;
    // `module=…` of logfmt.
    const std::size_t stop = rest.find_first_of(" =\"");
    return stop != std::string_view::npos && rest[stop] == '=';
}

// Nothing before the text but a time, a container's name and `Error:`.
bool is_bare(std::string_view line, std::size_t at) noexcept {
    const std::size_t prefix = line.size() - without_prefix(line).size();
    std::string_view head = line.substr(std::min(prefix, at), at - std::min(prefix, at));
    if (const std::size_t bar = head.rfind('|'); bar != std::string_view::npos)
        head.remove_prefix(bar + 1);
    head = trimmed(head);
    for (const std::string_view level : {"Error:", "error:", "ERROR", "FATAL", "panic:"})
        if (head.ends_with(level))
            head.remove_suffix(level.size());
    // `containerd: timeout`.
    if (head.ends_with(':') && is_known_program(head.substr(0, head.size() - 1)))
        return true;
    return std::ranges::none_of(
        head, [](char c) { return is_alphanumeric(c) && !is_digit(c) && c != 'T' && c != 'Z'; });
}

bool is_of_network(std::string_view line) noexcept {
    return contains_any(line, {"://", "dial ", "tcp", "i/o timeout", "context deadline", "http",
                               "handshake", "connection", "rpc error"});
}

PathSort best_path(std::string_view line) {
    PathSort best = PathSort::none;
    for_each_path(line, [&](std::string_view path) { best = std::max(best, sort_of_path(path)); });
    return best;
}

// Other things are called bolt, too; they have no files.
bool says_bolt(std::string_view line) noexcept {
    if (has_word(line, "boltdb") || has_word(line, "BoltDB") || has_word(line, "bbolt"))
        return true;
    if (contains_any(line, {"boltstore", ".v1.bolt", "plugin=bolt", "PortainerDB"}))
        return true;
    return has_word(line, "bolt") &&
           contains_any(line, {"open", "Open", "database", "db", "DB", "file"});
}

bool is_in_any(std::string_view line, std::span<const std::string_view> parts) noexcept {
    return std::ranges::any_of(parts, [&](std::string_view one) { return contains(line, one); });
}

// Nobody opens anything but a bolt file with these words.
bool opens_bolt(std::string_view line) noexcept {
    return says_bolt(line) || contains_any(line, {"start Raft",
                                                  "start raft",
                                                  "volume store metadata database",
                                                  "create fsm",
                                                  "state database",
                                                  "opening store",
                                                  "channeldb",
                                                  "database backends",
                                                  "revocation database",
                                                  "open wallet",
                                                  "mmap allocate error",
                                                  "mmap failed",
                                                  "failed to map db file",
                                                  "file resize error",
                                                  "file sync error",
                                                  "fdatasync failed",
                                                  "writeAt failed",
                                                  "writeMeta failed",
                                                  "growing db size failed",
                                                  "truncating file failed",
                                                  "Committing transaction failed",
                                                  "getting map size failed",
                                                  "of type raft",
                                                  "leve Issue Indexer",
                                                  "failed to load plugin"});
}

// What a line says beside the error's text.
struct Facts {
    PathSort path;
    bool is_other_database;
    bool opens;      ///< some database
    bool opens_bolt; ///< a bolt file
    bool is_of_network;
    bool has_word; ///< of databases, or of opening
};

Facts facts_of(std::string_view line) {
    return {.path = best_path(line),
            .is_other_database = is_of_other_database(line),
            .opens = is_in_any(line, opening_words),
            .opens_bolt = opens_bolt(line),
            .is_of_network = is_of_network(line),
            .has_word = contains_any(line, {"database ", "db", "DB", "open", "store"})};
}

// Those that run other programs speak of these programs' files, too.
bool runs_others(std::string_view program) noexcept {
    return contains_any(program, {"docker", "containerd", "podman", "nomad", "k3s", "k0s", "rke2",
                                  "microk8s", "balena", "buildkit"});
}

bool is_met(const ErrorText& error, const Facts& facts, const LineContext& context, bool is_alone) {
    if (error.need == Need::nothing)
        return true;
    if (facts.is_other_database && facts.path != PathSort::bolt)
        return false;
    const bool opens_bolt = facts.opens_bolt && !facts.is_of_network;
    const bool is_known = is_known_program(context.program);
    if (error.need == Need::file)
        return context.is_in_bolt || facts.path == PathSort::bolt || opens_bolt ||
               (facts.path == PathSort::possible && !runs_others(context.program) &&
                (facts.opens || is_known));
    if (facts.path != PathSort::none || opens_bolt || (facts.opens && !facts.is_of_network))
        return true;
    if (is_alone && (context.is_file_near || is_known))
        return true;
    return error.need == Need::database && (is_alone || is_known || facts.has_word);
}

constexpr std::array<std::string_view, 6> sentence_parts{"user-mapped",     "enough space",
                                                         "another process", "Not enough",
                                                         "paging file is",  "an I/O device error"};

// Whether other words of the same sentence may be before and after it.
bool is_of_sentence(const ErrorText& error) noexcept {
    return (error.need == Need::nothing && error.signature != Signature::database_closed) ||
           (error.need == Need::file && is_in_any(error.text, sentence_parts));
}

// A line that its own program does not call a failure.
bool is_calm(std::string_view line) noexcept {
    return contains_any(line, {"level=info", "level=debug", R"("level":"info")",
                               R"("level":"debug")", "lvl=info", "lvl=debug"});
}

} // namespace

std::optional<Signature> open_error_in(std::string_view line, const LineContext& context) {
    const WordFinder& finder = error_finder();
    std::size_t looked_at = 0;
    std::optional<Facts> facts;
    for (auto hit = finder.find(line); hit && looked_at < hits_max;
         hit = finder.find(line, hit->end), ++looked_at) {
        const ErrorText& error = error_texts[hit->word];
        const bool is_sentence = is_of_sentence(error);
        const bool is_text = starts_as_text(line, hit->at) || is_bare(line, hit->at);
        if (!is_sentence && !(is_text && ends_as_text(line, hit->end)))
            continue;
        if (error.need != Need::nothing && error.need != Need::database && is_calm(line))
            continue;
        if (error.text == "database snapshot file" && !contains(line, "doesn't exist"))
            continue;
        if (!facts)
            facts = facts_of(line);
        if (is_met(error, *facts, context, is_bare(line, hit->at)))
            return error.signature;
    }
    return std::nullopt;
}

bool has_error_text(std::string_view line) {
    return error_finder().find(line).has_value();
}

bool is_bare_error(std::string_view line) {
    const auto hit = error_finder().find(line);
    return hit && is_bare(line, hit->at);
}

} // namespace rebolt::diagnose
