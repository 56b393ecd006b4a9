// From symptoms to causes, with what the log alone proves.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/known_files.hpp"
#include "diagnose/numbers.hpp"
#include "diagnose/text.hpp"

namespace rebolt::diagnose {
namespace {

void add_page(Diagnosis& diagnosis, std::optional<std::uint64_t> page) {
    constexpr std::uint64_t plausible_end = std::uint64_t{1} << 48;
    if (page && *page < plausible_end &&
        std::ranges::find(diagnosis.pages, *page) == diagnosis.pages.end())
        diagnosis.pages.push_back(*page);
}

// The message that has these words; the symptom's own text if none does.
std::string_view message_with(const Symptom& symptom, std::string_view words) {
    for (const std::string& message : symptom.trace.messages)
        if (message.find(words) != std::string::npos)
            return message;
    return symptom.text;
}

// A page id that is text, or beyond any file, was never a page id.
void add_foreign_bytes(Diagnosis& diagnosis, std::uint64_t id) {
    if (const auto text = as_printed_text(id))
        diagnosis.proof.push_back(fmt::format(
            "the page id {} is the text `{}`: other data stands where a page should", id, *text));
    else if (id >= std::uint64_t{1} << 48)
        diagnosis.proof.push_back(fmt::format(
            "{} can be no page id: other data stands where a page should", grouped(id)));
}

void judge_cursor(Diagnosis& diagnosis) {
    const Trace& trace = diagnosis.symptom.trace;
    diagnosis.cause = "a page of the database leads back to itself: a cursor goes down without "
                      "end, and remembers each step until no memory is left";
    const auto depth = cursor_depth(trace);
    if (!depth) {
        if (trace.messages.empty()) {
            diagnosis.certainty = Certainty::hint;
            diagnosis.cause = "a goroutine is reading the database with a cursor; if the service "
                              "does not go on, a page may lead back to itself";
        } else
            diagnosis.proof.emplace_back(
                "memory ended inside bbolt's cursor, which in a sound tree needs a few hundred "
                "bytes");
        return;
    }
    diagnosis.certainty = Certainty::proven;
    diagnosis.depth = depth->pages;
    diagnosis.proof.push_back(fmt::format("the cursor's stack was {}{} pages deep ({})",
                                          depth->is_exact ? "" : "about ", grouped(depth->pages),
                                          depth->shown_by));
    diagnosis.proof.push_back(fmt::format(
        "no sound tree is deeper than {} pages: the same pages stand on that stack again and "
        "again, so a page leads back to itself",
        tree_depth_max));
    if (const auto bytes = bytes_in_use(trace))
        diagnosis.proof.push_back(fmt::format("{} were in use when memory ended, and the stack "
                                              "alone took {}",
                                              bytes_text(*bytes), bytes_text(depth->pages * 24)));
}

void judge_overflow(Diagnosis& diagnosis) {
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
        diagnosis.proof.emplace_back("a goroutine's stack of a gigabyte was filled by bbolt's walk "
                                     "over pages, which in a sound file is a few calls deep");
}

void judge_page_type(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "invalid page type: ");
    constexpr std::string_view words = "invalid page type: ";
    const std::uint64_t id = number_after(text, words).value_or(0);
    const std::size_t flags_at = text.find(": ", text.find(words) + words.size());
    const std::string_view flags = flags_at == std::string_view::npos
                                       ? std::string_view{}
                                       : trimmed(text.substr(flags_at + 2));
    diagnosis.cause = "a tree of the database leads to a page that is neither branch nor leaf";
    const std::string_view is = flags.starts_with("10")  ? "a freelist page"
                                : flags.starts_with("4") ? "a meta page"
                                : flags.starts_with("0") ? "of no type, as a page that was never "
                                                           "written"
                                                         : "of a type that does not exist";
    diagnosis.proof.push_back(
        fmt::format("the page calls itself {} and is {} (flags {})", id, is, flags.substr(0, 8)));
    if (id == 0)
        diagnosis.proof.emplace_back("a page that calls itself 0 here is all zeros, or a meta "
                                     "page: its content never reached the disk");
    add_foreign_bytes(diagnosis, id);
    if (id != 0)
        add_page(diagnosis, id);
}

void judge_freelist(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "invalid freelist page: ");
    diagnosis.cause = "the page where the list of free pages should be holds something else";
    const auto id = number_after(text, "invalid freelist page: ");
    constexpr std::string_view words = "page type is ";
    const std::size_t at = text.find(words);
    const std::string_view type =
        at == std::string_view::npos ? "unknown" : text.substr(at + words.size(), 24);
    diagnosis.proof.push_back(fmt::format("the page there calls itself {} and is of type {}",
                                          id.value_or(0), type.substr(0, type.find(' '))));
    diagnosis.proof.emplace_back(
        "the list of free pages can be found anew from the trees: it holds no data");
    add_foreign_bytes(diagnosis, id.value_or(0));
}

void judge_unreachable(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "reachable pages");
    diagnosis.cause = "bbolt walked all trees to find the free pages, and the trees are damaged";
    const std::size_t open = text.find('(');
    const std::string_view inner =
        open == std::string_view::npos ? std::string_view{} : text.substr(open + 1);
    const auto page = number_after(inner, "page ");
    if (!page)
        return;
    if (inner.find("multiple references") != std::string_view::npos) {
        diagnosis.proof.push_back(fmt::format("page {} is reached on two ways", *page));
        add_page(diagnosis, page);
    } else if (const auto end = number_after(inner, "out of bounds: ")) {
        diagnosis.proof.push_back(fmt::format(
            "a page leads to page {}, and the database ends before page {}", *page, *end));
        add_foreign_bytes(diagnosis, *page);
    }
    const std::size_t stack = inner.find("stack: [");
    if (stack != std::string_view::npos) {
        const std::string_view pages = inner.substr(stack + 8);
        diagnosis.proof.push_back(
            fmt::format("the way there, from the root, is over pages {}",
                        pages.substr(0, std::min(pages.find(']'), std::size_t{200}))));
    }
}

void judge_freed_twice(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "already freed");
    diagnosis.cause = "a page is in use and on the list of free pages at once, or in use twice: "
                      "a commit would have freed it a second time";
    const std::size_t end = text.find(" already freed");
    if (end != std::string_view::npos) {
        const std::string_view head = text.substr(0, end);
        add_page(diagnosis, leading_number(head.substr(head.rfind(' ') + 1)));
    } else
        diagnosis.cause = "a tree holds page 0 or 1, which are the file's meta pages";
    for (const std::uint64_t page : diagnosis.pages)
        diagnosis.proof.push_back(fmt::format("page {} was to be freed twice", page));
    diagnosis.proof.emplace_back("what was written since may stand on pages that are still in "
                                 "use: each further commit can spread the damage");
}

void judge_mismatch(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "Page expected to be: ");
    diagnosis.cause = "a page of the database holds another page's content, or none";
    const auto wanted = number_after(text, "Page expected to be: ");
    const auto found = number_after(text, "self identifies as ");
    add_page(diagnosis, wanted);
    if (!wanted || !found)
        return;
    diagnosis.certainty = Certainty::proven;
    diagnosis.proof.push_back(*found == 0
                                  ? fmt::format("page {} is all zeros or a meta page: its content "
                                                "never reached the disk",
                                                *wanted)
                                  : fmt::format("where page {} should be stands something that "
                                                "calls itself page {}",
                                                *wanted, *found));
    add_foreign_bytes(diagnosis, *found);
}

void judge_high_water(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "above high water mark");
    diagnosis.cause = "a page number in the database lies behind the database's end";
    auto page = number_after(text, "pgid (");
    const auto end = number_after(text, "high water mark (");
    if (page && end)
        diagnosis.proof.push_back(fmt::format("page {} is named, and the database ends before "
                                              "page {}",
                                              *page, *end));
    if (page)
        add_foreign_bytes(diagnosis, *page);
}

void judge_lock(Diagnosis& diagnosis) {
    diagnosis.cause = "another process holds the lock of the database: the service waits for it, "
                      "or gave up";
    diagnosis.proof.emplace_back("this is no damage: bbolt could not even begin to read");
    if (!diagnosis.symptom.trace.frames.empty())
        diagnosis.certainty = Certainty::hint;
}

void judge_other(Diagnosis& diagnosis) {
    switch (diagnosis.symptom.signature) {
    case Signature::key_out_of_range:
        diagnosis.cause = "an element of a page says that its key or value lies where no page is: "
                          "the page was torn, or holds other data";
        diagnosis.proof.emplace_back("Go stopped bbolt's reading of a page at the bound of the "
                                     "mapped file");
        return;
    case Signature::fault_address:
        diagnosis.cause = "bbolt read where the file has no bytes: a page number or position in "
                          "it is wrong, the file is shorter than it says, or the disk failed";
        diagnosis.proof.emplace_back("the access failed inside bbolt, on the mapped file");
        return;
    case Signature::circular_write:
        diagnosis.cause = "a branch page was about to be written that leads to itself: the tree "
                          "in the file is damaged";
        diagnosis.proof.emplace_back("bbolt stopped before it wrote the page");
        return;
    case Signature::meta_invalid:
        diagnosis.cause = "neither of the file's two meta pages is valid, or the file is no bbolt "
                          "database";
        return;
    case Signature::file_missing:
        diagnosis.cause = "a database file is not there";
        return;
    case Signature::killed_for_memory:
        diagnosis.certainty = Certainty::hint;
        diagnosis.cause = "the system ended the service because memory was short; a page that "
                          "leads back to itself does this, and so do other things";
        return;
    case Signature::bolt_panic:
        diagnosis.certainty = Certainty::hint;
        diagnosis.cause = "bbolt panicked; this may be damage, or a mistake of the program that "
                          "uses it";
        return;
    case Signature::cursor_out_of_memory:
    case Signature::tree_stack_overflow:
    case Signature::page_type_invalid:
    case Signature::freelist_page_invalid:
    case Signature::pages_unreachable:
    case Signature::page_freed_twice:
    case Signature::page_id_mismatch:
    case Signature::page_above_high_water:
    case Signature::lock_timeout:
        return;
    }
}

void judge_numbers(Diagnosis& diagnosis) {
    using Judge = void (*)(Diagnosis&);
    constexpr std::array<Judge, signature_count> judges{
        judge_cursor,   judge_overflow,    judge_other,       judge_page_type,
        judge_freelist, judge_unreachable, judge_freed_twice, judge_other,
        judge_mismatch, judge_other,       judge_high_water,  judge_other,
        judge_other,    judge_lock,        judge_other,       judge_other};
    judges[static_cast<std::size_t>(diagnosis.symptom.signature)](diagnosis);
}

// Named in the log first, then the usual places.
std::vector<std::string> files_for(const Symptom& symptom, const ScanReport& report) {
    std::vector<std::string> files;
    const auto add = [&](const std::string& path) {
        if (std::ranges::find(files, path) == files.end())
            files.push_back(path);
    };
    for (const std::string& path : report.files)
        if (symptom.text.find(path) != std::string::npos)
            add(path);
    for (const std::string& path : usual_files(symptom))
        add(path);
    // What other lines name may be another program's.
    for (const std::string& path : report.files)
        add(path);
    return files;
}

} // namespace

std::string_view name_of(Certainty certainty) noexcept {
    constexpr std::array<std::string_view, 3> names{"hint", "likely", "proven"};
    return names[static_cast<std::size_t>(certainty)];
}

std::vector<Diagnosis> judge(const ScanReport& report) {
    std::vector<Diagnosis> diagnoses;
    for (const Symptom& symptom : report.symptoms) {
        Diagnosis diagnosis;
        diagnosis.symptom = symptom;
        judge_numbers(diagnosis);
        diagnosis.files = files_for(symptom, report);
        diagnoses.push_back(std::move(diagnosis));
    }
    std::ranges::stable_sort(diagnoses, [](const Diagnosis& left, const Diagnosis& right) {
        return left.certainty > right.certainty;
    });
    return diagnoses;
}

} // namespace rebolt::diagnose
