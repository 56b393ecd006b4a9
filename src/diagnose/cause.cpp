// From symptoms to causes, with what the log alone proves.
#include "diagnose/cause.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/line_text.hpp"
#include "diagnose/number_text.hpp"
#include "diagnose/open_error.hpp"
#include "diagnose/places.hpp"
#include "diagnose/stack_depth.hpp"

namespace rebolt::diagnose {
namespace {

void explain_cursor(Diagnosis& diagnosis) {
    const Trace& trace = diagnosis.symptom.trace;
    diagnosis.cause = "a page of the database leads back to itself: a cursor descends forever, "
                      "pushing a stack entry for each page until memory runs out";
    const auto depth = cursor_depth(trace);
    if (!depth) {
        if (trace.messages.empty()) {
            diagnosis.certainty = Certainty::hint;
            diagnosis.cause = "a goroutine is reading the database with a cursor; if the service "
                              "makes no progress, a page may lead back to itself";
        } else
            diagnosis.proof.emplace_back("memory ran out inside bbolt's cursor, which needs a few "
                                         "hundred bytes in a sound tree");
        return;
    }
    diagnosis.certainty = Certainty::proven;
    diagnosis.depth = depth->pages;
    diagnosis.proof.push_back(fmt::format("the cursor's stack was {}{} pages deep ({})",
                                          depth->is_exact ? "" : "about ", grouped(depth->pages),
                                          depth->shown_by));
    diagnosis.proof.push_back(fmt::format(
        "no sound tree is deeper than {} pages: the same pages are on that stack again and again, "
        "so a page leads back to itself",
        tree_depth_max));
    if (const auto bytes = bytes_in_use(trace))
        diagnosis.proof.push_back(fmt::format("{} were in use when memory ran out, {} of them for "
                                              "that stack",
                                              bytes_text(*bytes), bytes_text(depth->pages * 24)));
}

void explain_overflow(Diagnosis& diagnosis) {
    const Trace& trace = diagnosis.symptom.trace;
    diagnosis.cause = "a page of the database leads back to a page above it: a walk over all "
                      "pages recurses until its stack is full";
    if (const auto depth = walk_depth(trace)) {
        diagnosis.depth = depth;
        diagnosis.proof.push_back(
            fmt::format("the walk was {} pages deep; no sound tree is deeper than {}",
                        grouped(*depth), tree_depth_max));
        if (*depth > tree_depth_max)
            diagnosis.certainty = Certainty::proven;
    }
    if (const auto loop = page_loop(trace)) {
        std::string path;
        for (const std::uint64_t page : loop->pages) {
            path += fmt::format("{} > ", page);
            add_page(diagnosis, page);
        }
        diagnosis.proof.push_back(
            fmt::format("the pages lead to each other: {}{}", path, loop->pages.front()));
        diagnosis.certainty = Certainty::proven;
    }
    if (diagnosis.proof.empty())
        diagnosis.proof.emplace_back("bbolt's walk over pages filled a stack of a gigabyte; in a "
                                     "sound file it is a few calls deep");
}

// One sentence each: what it is, and where it helps, what shows it.
struct PlainCause {
    Signature signature;
    Certainty certainty;
    std::string_view cause;
    std::string_view proof;
};

constexpr auto likely = Certainty::likely;
constexpr auto hint = Certainty::hint;

constexpr std::array plain_causes{
    PlainCause{Signature::key_out_of_range, likely,
               "an element of a page places its key or value outside the page: the page is torn, "
               "or holds other data",
               "Go stopped bbolt while it read a page, at the bounds of the mapped file"},
    PlainCause{Signature::fault_address, likely,
               "bbolt read where the file has no bytes: a page number or position in it is wrong, "
               "the file is shorter than it says, or the disk failed",
               "the access failed inside bbolt, on the mapped file"},
    PlainCause{Signature::circular_write, likely,
               "a branch page that leads to itself was about to be written: the tree in the file "
               "is damaged",
               "bbolt stopped before it wrote the page"},
    PlainCause{Signature::meta_invalid, likely,
               "neither of the file's two meta pages is valid, or the file is not a bbolt database",
               ""},
    PlainCause{Signature::file_missing, likely, "a database file is missing", ""},
    PlainCause{Signature::killed_for_memory, hint,
               "the system ran out of memory and killed the service; a page that leads back to "
               "itself causes this, and so do other things",
               ""},
    PlainCause{Signature::bolt_panic, hint,
               "bbolt panicked; this may be damage, or a mistake of the program that uses it", ""},
    PlainCause{Signature::page_damaged, likely,
               "a page of the database contradicts itself: it is torn, or holds other data",
               "bbolt checks this for every page that it reads, and stopped at this one"},
    PlainCause{Signature::bucket_missing, likely,
               "a bucket that the program always has is missing: a page that led to it is lost or "
               "old, or a plain key is in its place",
               "the program used the bucket without checking that it was found"},
    PlainCause{Signature::record_invalid, likely,
               "the file's pages can be read, but a record in them is not one of the program's: a "
               "page holds other data",
               "the program stopped at a record that it cannot read"},
    PlainCause{Signature::data_inconsistent, likely,
               "this member's data differ from its peers': one of them lost writes or is damaged",
               "the members compared hashes of their data"},
    PlainCause{Signature::file_too_small, likely,
               "the file is shorter than two pages: nothing in it can be recovered; restore it "
               "from a backup, or let the service create a new one",
               ""},
    PlainCause{Signature::file_too_large, likely,
               "the file claims a size that bbolt cannot map: it was damaged or grew by a wrong "
               "number",
               ""},
    PlainCause{Signature::address_space_exhausted, likely,
               "the file does not fit into the process's address space: use a 64-bit system, or "
               "make the file smaller with `rebolt compact`",
               "this is no damage: the file is as it was"},
    PlainCause{Signature::mmap_unsupported, likely,
               "the file system cannot map or lock the file, as is usual for shared folders and "
               "some network file systems: move the data to a local file system",
               "this is no damage: bbolt could not even start to read"},
    PlainCause{Signature::file_still_mapped, likely,
               "Windows does not change the size of a file that is mapped: another program, or an "
               "old process of the service, has the file open",
               "this is no damage: the file is at its last commit"},
    PlainCause{Signature::remap_failed, hint,
               "the file could not be mapped again after it grew, and the rollback of that commit "
               "crashed (fixed in bbolt 1.3.7)",
               "this is no damage: the file is at its last commit"},
    PlainCause{Signature::value_too_large, likely,
               "the program tried to write more than 256 MB at once, which bbolt cannot: no file "
               "is at fault",
               "the bound in the message is that of bbolt's arrays, not of a file"},
    PlainCause{Signature::disk_full, likely,
               "the disk is full: free some space; the file is at its last commit",
               "this is no damage: bbolt ends a commit with its meta page"},
    PlainCause{Signature::io_error, likely,
               "the disk could not read or write the file: look at the kernel's log, and copy the "
               "file before anything else",
               "the error comes from the system, not from bbolt"},
    PlainCause{Signature::read_only_file_system, likely,
               "the file system is mounted read-only, mostly after an error of the disk: look at "
               "the kernel's log",
               "the error comes from the system, not from bbolt"},
    PlainCause{Signature::permission_denied, likely,
               "the service may not open the file: its owner or mode is wrong, or a security "
               "policy forbids it",
               "this is no damage: bbolt could not open the file"},
    PlainCause{Signature::database_closed, hint,
               "the program used the database after it had closed it, mostly while it shut down",
               "this is no sign of damage"},
    PlainCause{Signature::start_hanging, hint,
               "the service is starting and has not come up; if its memory keeps growing, it is "
               "looping over a damaged page now",
               ""},
    PlainCause{Signature::database_given, hint, "this file is a bbolt database, not a log", ""},
};

void explain_lock(Diagnosis& diagnosis) {
    diagnosis.cause = "another process holds the lock of the database: the service waits for it, "
                      "or gave up";
    diagnosis.proof.emplace_back("this is no damage: bbolt could not even start to read");
    const bool is_dump =
        diagnosis.symptom.trace.messages.empty() && !diagnosis.symptom.trace.frames.empty();
    if (is_dump)
        diagnosis.certainty = hint;
}

void explain_plainly(Diagnosis& diagnosis) {
    const auto at =
        std::ranges::find(plain_causes, diagnosis.symptom.signature, &PlainCause::signature);
    if (at == plain_causes.end())
        return;
    diagnosis.certainty = at->certainty;
    diagnosis.cause = at->cause;
    if (!at->proof.empty())
        diagnosis.proof.emplace_back(at->proof);
}

// An error's text with nothing beside it may be anybody's.
bool is_of_nobody(const Symptom& symptom, const ScanReport& report) {
    return symptom.signature == Signature::meta_invalid && symptom.trace.frames.empty() &&
           report.files.empty() && is_bare_error(symptom.text);
}

} // namespace

void add_page(Diagnosis& diagnosis, std::optional<std::uint64_t> page) {
    constexpr std::uint64_t plausible_end = std::uint64_t{1} << 48;
    if (page && *page < plausible_end &&
        std::ranges::find(diagnosis.pages, *page) == diagnosis.pages.end())
        diagnosis.pages.push_back(*page);
}

std::string_view message_with(const Symptom& symptom, std::string_view words) {
    for (const std::string& message : symptom.trace.messages)
        if (message.find(words) != std::string::npos)
            return message;
    return symptom.text;
}

void add_foreign_bytes(Diagnosis& diagnosis, std::uint64_t id) {
    if (const auto text = as_printed_text(id))
        diagnosis.proof.push_back(fmt::format(
            "the page id {} is the text `{}`: other data is where a page should be", id, *text));
    else if (id >= std::uint64_t{1} << 48)
        diagnosis.proof.push_back(fmt::format(
            "{} cannot be a page id: other data is where a page should be", grouped(id)));
}

void explain(Diagnosis& diagnosis) {
    const Signature signature = diagnosis.symptom.signature;
    if (signature == Signature::cursor_out_of_memory)
        explain_cursor(diagnosis);
    else if (signature == Signature::tree_stack_overflow)
        explain_overflow(diagnosis);
    else if (signature == Signature::lock_timeout)
        explain_lock(diagnosis);
    else if (!explain_by_pages(diagnosis))
        explain_plainly(diagnosis);
}

std::string_view name_of(Certainty certainty) noexcept {
    constexpr std::array<std::string_view, 3> names{"hint", "likely", "proven"};
    return names[static_cast<std::size_t>(certainty)];
}

std::vector<Diagnosis> judge(const ScanReport& report) {
    std::vector<Diagnosis> diagnoses;
    for (const Symptom& symptom : report.symptoms) {
        Diagnosis diagnosis;
        diagnosis.symptom = symptom;
        explain(diagnosis);
        if (is_of_nobody(symptom, report))
            diagnosis.certainty = hint;
        diagnosis.files = files_for(symptom, report);
        diagnosis.units = units_for(symptom, report);
        diagnoses.push_back(std::move(diagnosis));
    }
    std::ranges::stable_sort(diagnoses, [](const Diagnosis& left, const Diagnosis& right) {
        return left.certainty > right.certainty;
    });
    return diagnoses;
}

} // namespace rebolt::diagnose
