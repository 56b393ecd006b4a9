// Causes that bbolt's messages prove with page numbers.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/cause.hpp"
#include "diagnose/line_text.hpp"
#include "diagnose/number_text.hpp"

namespace rebolt::diagnose {
namespace {

void explain_page_type(Diagnosis& diagnosis) {
    constexpr std::string_view phrase = "invalid page type: ";
    const std::string_view text = message_with(diagnosis.symptom, phrase);
    const std::uint64_t id = number_after(text, phrase).value_or(0);
    const std::size_t at = text.find(phrase);
    const std::size_t flags_at =
        at == std::string_view::npos ? at : text.find(": ", at + phrase.size());
    const std::string_view flags = flags_at == std::string_view::npos
                                       ? std::string_view{}
                                       : trimmed(text.substr(flags_at + 2));
    const std::string_view kind = flags.starts_with("10")  ? "a freelist page"
                                  : flags.starts_with("4") ? "a meta page"
                                  : flags.starts_with("0") ? "a page that was never written"
                                                           : "of no known type";
    diagnosis.cause = "a tree of the database leads to a page that is neither a branch nor a leaf";
    diagnosis.proof.push_back(
        fmt::format("page {} identifies itself as {} (flags {})", id, kind,
                    flags.substr(0, std::min<std::size_t>(8, flags.find_first_of(" \"\\")))));
    if (id == 0)
        diagnosis.proof.emplace_back("a page that identifies itself as page 0 here is all zeros "
                                     "or a meta page: its content never reached the disk");
    add_foreign_bytes(diagnosis, id);
    if (id != 0)
        add_page(diagnosis, id);
}

void explain_freelist(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "invalid freelist page: ");
    diagnosis.cause = "the page that should hold the list of free pages holds something else";
    const auto id = number_after(text, "invalid freelist page: ");
    constexpr std::string_view phrase = "page type is ";
    const std::size_t at = text.find(phrase);
    const std::string_view type =
        at == std::string_view::npos ? "unknown" : text.substr(at + phrase.size(), 24);
    if (id)
        diagnosis.proof.push_back(fmt::format("that page identifies itself as page {}, of type {}",
                                              *id, type.substr(0, type.find_first_of(" \\\n\"'"))));
    if (id == 0)
        diagnosis.proof.emplace_back("a page that identifies itself as page 0 here is all zeros: "
                                     "its content never reached the disk");
    diagnosis.proof.emplace_back(
        "the list of free pages holds no data: it can be rebuilt from the trees");
    add_foreign_bytes(diagnosis, id.value_or(0));
}

// The way from the root, as bbolt prints it with either capital.
void add_way(Diagnosis& diagnosis, std::string_view text) {
    std::size_t at = text.find("tack: [");
    at = at == std::string_view::npos ? text.find("(stack [") : at;
    if (at == std::string_view::npos)
        return;
    const std::string_view pages = text.substr(text.find('[', at) + 1);
    constexpr std::size_t shown = 200;
    diagnosis.proof.push_back(fmt::format("the path from the root is pages {}",
                                          pages.substr(0, std::min(pages.find(']'), shown))));
}

void explain_unreachable(Diagnosis& diagnosis) {
    std::string_view text = message_with(diagnosis.symptom, "reachable pages");
    text.remove_prefix(std::min(text.find("reachable pages"), text.size()));
    if (text.empty())
        text = diagnosis.symptom.text;
    diagnosis.cause = "bbolt walked all trees and found them damaged";
    auto page = number_after(text, "page ");
    if (const auto in_brackets = number_after(text, "page(")) {
        page = in_brackets;
        diagnosis.proof.push_back(
            fmt::format("a key on page {} is out of order: the page is older than the one that "
                        "leads to it, or holds another page's content",
                        *page));
        add_page(diagnosis, page);
    } else if (page && contains(text, "multiple references")) {
        diagnosis.proof.push_back(fmt::format(
            "page {} is referenced twice: two pages lead to it, or it leads to itself", *page));
        add_page(diagnosis, page);
    } else if (const auto end = number_after(text, "out of bounds: "); page && end) {
        diagnosis.proof.push_back(fmt::format(
            "a page leads to page {}, and the database ends before page {}", *page, *end));
        add_foreign_bytes(diagnosis, *page);
    } else if (page && contains(text, "unreachable unfreed")) {
        diagnosis.cause = "bbolt's check found pages that are in use and that nothing leads to: a "
                          "page that leads to them is old or lost";
        diagnosis.proof.push_back(
            fmt::format("nothing leads to page {}, which is not free", *page));
        add_page(diagnosis, page);
    } else
        add_page(diagnosis, page);
    add_way(diagnosis, text);
}

void explain_freed_twice(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "already freed");
    diagnosis.cause = "a page is both in use and free, or in use twice: a commit was about to free "
                      "it a second time";
    const std::size_t end = text.find(" already freed");
    if (end != std::string_view::npos) {
        const std::string_view head = text.substr(0, end);
        add_page(diagnosis, leading_number(head.substr(head.rfind(' ') + 1)));
    } else if (const auto page = number_after(text, "freed page (")) {
        add_page(diagnosis, page);
        diagnosis.cause = "a page was allocated and freed in one commit";
        return;
    } else
        diagnosis.cause = "a tree contains page 0 or 1, which are the file's meta pages";
    for (const std::uint64_t page : diagnosis.pages)
        diagnosis.proof.push_back(fmt::format("page {} was about to be freed twice", page));
    diagnosis.proof.emplace_back("earlier commits may have overwritten pages that are in use, and "
                                 "each further commit can spread the damage");
}

void explain_mismatch(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "Page expected to be: ");
    diagnosis.cause = "a page of the database holds another page's content, or none";
    const auto wanted = number_after(text, "Page expected to be: ");
    const auto found = number_after(text, "self identifies as ");
    add_page(diagnosis, wanted);
    if (!wanted || !found)
        return;
    diagnosis.certainty = Certainty::proven;
    diagnosis.proof.push_back(
        *found == 0 ? fmt::format("page {} is all zeros or a meta page: its content never reached "
                                  "the disk",
                                  *wanted)
                    : fmt::format("page {} holds something that identifies itself as page {}",
                                  *wanted, *found));
    add_foreign_bytes(diagnosis, *found);
}

void explain_high_water(Diagnosis& diagnosis) {
    const std::string_view text = message_with(diagnosis.symptom, "above high water mark");
    diagnosis.cause = "a page number in the database is beyond the database's end";
    auto page = number_after(text, "pgid (");
    page = page ? page : number_after(text, "pgId (");
    const auto end = number_after(text, "high water mark (");
    if (page && end)
        diagnosis.proof.push_back(fmt::format(
            "page {} is referenced, and the database ends before page {}", *page, *end));
    if (page)
        add_foreign_bytes(diagnosis, *page);
}

void explain_freelist_damaged(Diagnosis& diagnosis) {
    diagnosis.cause = "the list of free pages in the file is damaged";
    const std::string_view text = diagnosis.symptom.text;
    if (const auto page = number_after(text, "invalid page allocation: "))
        diagnosis.proof.push_back(fmt::format("it lists page {}, which is a meta page", *page));
    if (const auto count = number_after(text, "leading element count "))
        diagnosis.proof.push_back(fmt::format("it says that it has {} entries", grouped(*count)));
    if (const auto page = number_after(text, "free page ID: "))
        diagnosis.proof.push_back(fmt::format("it lists page {} twice", *page));
    if (const auto page = number_after(text, "page "); page && contains(text, "reachable freed"))
        diagnosis.proof.push_back(fmt::format(
            "it lists page {}, which a tree leads to: a commit may overwrite it", *page));
    diagnosis.proof.emplace_back(
        "the list of free pages holds no data: it can be rebuilt from the trees");
}

} // namespace

bool explain_by_pages(Diagnosis& diagnosis) {
    struct Entry {
        Signature signature;
        void (*explain)(Diagnosis&);
    };
    static constexpr std::array entries{
        Entry{Signature::page_type_invalid, explain_page_type},
        Entry{Signature::freelist_page_invalid, explain_freelist},
        Entry{Signature::pages_unreachable, explain_unreachable},
        Entry{Signature::page_freed_twice, explain_freed_twice},
        Entry{Signature::page_id_mismatch, explain_mismatch},
        Entry{Signature::page_above_high_water, explain_high_water},
        Entry{Signature::freelist_damaged, explain_freelist_damaged},
    };
    const auto at = std::ranges::find(entries, diagnosis.symptom.signature, &Entry::signature);
    if (at == entries.end())
        return false;
    at->explain(diagnosis);
    return true;
}

} // namespace rebolt::diagnose
