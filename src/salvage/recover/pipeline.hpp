// Recovery::Work: the pipeline. Each stage is made when the one before has ended,
// works a few milliseconds a step, and hands on what it found in the Context.
#pragma once

#include <optional>
#include <string>

#include <rebolt/recover.hpp>

#include "salvage/recover/choose_state.hpp"
#include "salvage/recover/context.hpp"
#include "salvage/recover/entry_writer.hpp"
#include "salvage/recover/fill_holes.hpp"
#include "salvage/recover/keep.hpp"
#include "salvage/recover/lost_found.hpp"
#include "salvage/recover/place_orphans.hpp"
#include "salvage/recover/suspects.hpp"
#include "salvage/recover/verify.hpp"

namespace rebolt {

class Recovery::Work {
public:
    Work(const PageSource& source, RecoverOptions options);

    Result<void> open(const std::string& path);
    Result<bool> step();
    [[nodiscard]] RecoverProgress progress() const noexcept;
    [[nodiscard]] const RecoverReport& report() const noexcept { return report_; }

private:
    enum class Stage : std::uint8_t {
        survey,
        choose_state,
        keep,
        suspects,
        attribute,
        place_orphans,
        fill_holes,
        lost_found,
        verify,
        done,
    };
    Result<bool> step_of_stage();
    void begin_next();
    void end_keep();
    [[nodiscard]] bool has_to_fill() const;

    salvage::Context context_;
    std::optional<salvage::EntryWriter> entries_;
    salvage::ChooseState choose_state_;
    std::optional<salvage::Keep> keep_;
    std::optional<salvage::Suspects> suspects_;
    std::optional<salvage::PlaceOrphans> place_orphans_;
    std::optional<salvage::FillHoles> fill_holes_;
    std::optional<salvage::LostFound> lost_found_;
    std::optional<salvage::Verify> verify_;
    Stage stage_ = Stage::survey;
    RecoverReport report_;
};

} // namespace rebolt
