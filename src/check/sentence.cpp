// The verdict in one sentence.
#include <rebolt/check.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "format/newer_meta.hpp"

namespace rebolt {
namespace {

const MetaReport* invalid_meta(const CheckReport& report) {
    for (const MetaReport& meta : report.metas)
        if (!meta.valid)
            return &meta;
    return nullptr;
}

bool is_finding_of_tree(const Finding& finding) {
    return !finding.place.path.empty();
}

// The tree of an invalid meta may be whole, and newer than the one in use.
std::string about_tree_behind(const CheckReport& report, const MetaReport& meta) {
    for (const TreeReport& tree : report.trees)
        if (tree.meta == meta.page && tree.whole)
            return fmt::format("; so is the tree of transaction {} behind that meta",
                               number(tree.transaction));
    return {};
}

// What bbolt does without the invalid meta, and whether that is the newest state.
std::string about_fallback(const CheckReport& report, const MetaReport& meta,
                           const TreeReport& newest) {
    const auto current = std::ranges::find_if(report.metas, &MetaReport::current);
    const auto age = current == report.metas.end() ? format::MetaAge::unknown
                                                   : format::age_of(meta.fields, current->fields);
    const std::string behind = about_tree_behind(report, meta);
    if (age == format::MetaAge::older)
        return fmt::format("meta {}, of the transaction before, cannot be used; transaction {} is "
                           "whole{}",
                           number(meta.page), number(newest.transaction), behind);
    return fmt::format("meta {} cannot be used, so bbolt falls back on transaction {}, which is "
                       "whole{}",
                       number(meta.page), number(newest.transaction), behind);
}

// What is said of transactions: which is damaged, which is whole.
std::string about_trees(const CheckReport& report) {
    if (report.trees.empty())
        return "no transaction can be read";
    const TreeReport& newest = report.trees.front();
    const std::uint64_t newest_id = number(newest.transaction);
    if (newest.whole) {
        if (const MetaReport* meta = invalid_meta(report); meta != nullptr && newest.current)
            return about_fallback(report, *meta, newest);
        return newest.current ? fmt::format("the data of transaction {} is whole", newest_id)
                              : fmt::format("no meta is valid, but the tree of transaction {} is "
                                            "whole",
                                            newest_id);
    }
    const TreeReport* whole = report.whole_tree();
    if (newest.is_sound) // only its freelist is damaged
        return fmt::format("the tree of transaction {} is sound{}", newest_id,
                           whole == nullptr ? std::string()
                                            : fmt::format("; transaction {} is whole, with its "
                                                          "freelist",
                                                          number(whole->transaction)));
    if (whole != nullptr)
        return fmt::format("the newest transaction {} is damaged, transaction {} is whole",
                           newest_id, number(whole->transaction));
    const bool is_one =
        report.trees.size() == 1 || report.trees[1].transaction == report.trees.front().transaction;
    return is_one ? fmt::format("transaction {} is damaged", newest_id)
                  : fmt::format("the newest transaction {} is damaged, and so is transaction {}",
                                newest_id, number(report.trees[1].transaction));
}

std::string about_damage(const CheckReport& report) {
    std::string text = about_trees(report);
    if (report.findings.empty()) // none were to be listed
        return text;
    const Finding& worst = report.findings.front();
    if (is_finding_of_tree(worst) || report.trees.empty())
        return text;
    const TreeReport& newest = report.trees.front();
    if (!newest.whole && !newest.is_sound && worst.code != FindingCode::pages_unreachable)
        return text;
    return fmt::format("{}; {}", text_of(worst.code).summary, text);
}

} // namespace

std::string sentence(const CheckReport& report) {
    switch (report.verdict) {
    case Verdict::not_a_bolt_file:
        return report.foreign ? fmt::format("not a bolt file: {}", report.foreign->name)
                              : fmt::format("not a bolt file: {}",
                                            text_of(report.findings.front().code).summary);
    case Verdict::damaged:
        return fmt::format("damaged: {}", about_damage(report));
    case Verdict::clean:
        break;
    }
    std::string text = "clean: ";
    if (report.pages.leaked == 0)
        text += "every page is accounted for";
    if (!report.trees.empty())
        text += fmt::format("{}transaction {} is whole", report.pages.leaked == 0 ? ", " : "",
                            number(report.trees.front().transaction));
    if (report.pages.leaked != 0)
        text += fmt::format("; {} leaked {}", report.pages.leaked,
                            report.pages.leaked == 1 ? "page" : "pages");
    return text;
}

} // namespace rebolt
