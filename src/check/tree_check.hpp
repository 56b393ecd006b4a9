// Walks one meta's tree: every bucket, branch, leaf and inline bucket in it.
//
// Depth first on an explicit stack. Each page is entered once: a page that is
// met again is a finding (page-cycle if it is on the way down, else
// page-shared) and is not followed. Pages that are listed as free, or whose keys
// all lie outside the range that led there, are put off until the rest is
// walked: if a wrong child id led there, the pages have been taken by their
// rightful parents by then, and what is met below counts as its symptoms.
//
// The other tree shares most pages with the primary one: what that has found
// sound is not entered again; where it found anything, it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

#include "check/check_context.hpp"
#include "check/symptom.hpp"

namespace rebolt::check_walk {

class TreeCheck {
public:
    TreeCheck(CheckContext& context, const Tree& tree);

    /// Errors: cancelled.
    Result<TreeReport> run();

private:
    struct Frame {
        PageId page;
        Bytes bytes; ///< the page with its overflow, or an inline bucket's image
        std::uint64_t bucket_bytes_left; ///< of elements with buckets to follow
        KeyRange range;
        std::uint32_t next = 0;
        std::uint32_t count = 0;
        std::uint16_t level = 0;        ///< below the bucket's root
        std::uint16_t bucket_depth = 0; ///< names that apply
        bool is_leaf = false;
        bool trusts_keys = true; ///< its keys may bound its children
    };
    /// A page to be entered: who leads there, and what it must hold.
    struct Step {
        PageId page;
        KeyRange range;
        std::uint16_t level;
        FindingCode out_of_range; ///< what an id outside the database is here
    };
    struct PutOff {
        Step step;
        std::vector<PageId> path;
        std::vector<std::string> names;
    };

    Result<void> walk_frames();
    Result<void> enter(const Step& step);
    Result<void> follow_branch_element(Frame& frame);
    Result<void> follow_leaf_element(Frame& frame);
    void enter_inline(const Frame& host, Bytes image);
    Result<void> enter_bucket(const Frame& host, std::string_view name, std::string_view value);
    Result<void> walk_put_off();

    bool may_enter(const Step& step);
    bool may_claim(const Step& step);
    bool take(PageId page, Role role);
    bool is_taken(PageId page) const;
    bool is_known_sound(PageId page) const;
    bool is_listed_free(PageId page) const;
    bool is_stranger(const Step& step) const;
    bool is_on_path(PageId page) const;
    std::optional<Symptom> judge_header(PageId page) const;
    Bytes claim_pages(PageId page, Role role);
    bool is_readable(PageId page);
    void taint(PageId page);
    void enter_content(const Step& step, Bytes bytes, bool is_leaf);
    void judge_values(PageId page, Bytes bytes);
    bool root_is_of_a_tree();
    [[nodiscard]] PageId first_page() const;
    void report_plain_keys(PageId page, Bytes bytes);
    bool put_off(const Step& step);
    Result<void> count_page();

    void report(PageId page, Symptom symptom, bool is_hole);
    void report_shared(PageId page);
    std::vector<PageId> path_to(PageId page, FindingCode code) const;

    CheckContext& context_;
    const Tree& tree_;
    TreeReport report_;
    std::uint64_t high_water_mark_;
    std::vector<Frame> frames_;
    std::vector<PageId> prefix_;     ///< the way to a page that was put off
    std::vector<std::string> names_; ///< of the buckets on the way down
    std::vector<PutOff> put_off_;
    std::uint64_t pages_claimed_ = 0; ///< by the last claim_pages()
    std::optional<PageId> plain_keys_at_;
    std::optional<PageId> cause_; ///< symptoms below count under this page
};

} // namespace rebolt::check_walk
