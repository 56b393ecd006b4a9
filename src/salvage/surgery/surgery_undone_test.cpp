#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/surgery.hpp>

#include "salvage/test_files.hpp"
#include "support/sample_files.hpp"

namespace rebolt::surgery {
namespace {

using test::WorkFile;

// What a verb does on every file is taken back to the last byte, or it writes
// nothing at all.
TEST(SurgeryUndone, EveryVerbOnEveryFile) {
    using Verb = std::function<Result<EditPlan>(const PageSource&)>;
    const std::vector<Verb> verbs{
        revert_meta_page,
        abandon_freelist,
        rebuild_freelist,
        [](const PageSource& s) { return clear_page(s, PageId{4}); },
        [](const PageSource& s) {
            return clear_page_elements(s, PageId{18}, {.from = 0, .to = 1});
        },
        [](const PageSource& s) { return copy_page(s, {.from = PageId{4}, .to = PageId{5}}); },
        [](const PageSource& s) { return copy_page(s, {.from = PageId{0}, .to = PageId{1}}); },
        [](const PageSource& s) { return update_meta(s, {.meta_page = 1}); },
        [](const PageSource& s) { return update_meta(s, {.freelist = number(no_freelist)}); },
    };
    std::size_t applied = 0;
    const auto try_all = [&](const WorkFile& file) {
        for (const Verb& verb : verbs) {
            const auto plan = verb(file.open());
            if (plan) {
                test::expect_undo_restores(file, *plan);
                applied += plan->is_empty() ? 0 : 1;
            }
            ASSERT_TRUE(file.is_original());
        }
    };
    for (const std::string& path : test::all_data()) {
        SCOPED_TRACE(path);
        try_all(WorkFile(path));
    }
    for (const test::SampleFile& sample : test::sample_files()) {
        SCOPED_TRACE(sample.name);
        try_all(WorkFile(sample.bytes));
    }
    EXPECT_GT(applied, 100U);
}

} // namespace
} // namespace rebolt::surgery
