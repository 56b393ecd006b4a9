// Changing a file in place on the command line: shown first, then asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/arguments.hpp"

#include <rebolt/edit_plan.hpp>

#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"

namespace rebolt::cli {

/// Of a command that edits a file, or a copy of it.
struct EditOptions {
    CommonOptions common;
    std::string output; ///< empty: in place
    bool yes = false;
    bool force = false;

    /// Adds FILE, --output, --force, --yes and what writers share.
    void add_to(Arguments arguments);
};

/// Whether and how a plan was carried out.
enum class EditDone : unsigned char {
    in_place,
    to_copy,
    refused,   ///< the user said no
    not_asked, ///< no terminal and no --yes: what to type was said
    failed,    ///< reported, with the code
};

struct EditOutcome {
    EditDone done;
    ExitCode code = ExitCode::done; ///< where it was not done

    [[nodiscard]] bool is_done() const noexcept {
        return done == EditDone::in_place || done == EditDone::to_copy;
    }
};

/// Writes the plan to the copy, or in place after asking; tells what to type
/// next on stderr. `source` is given up before the file is locked. `again`: the
/// command line with which it would be done.
[[nodiscard]] EditOutcome carry_out(const EditOptions& options, PageSource source,
                                    const EditPlan& plan, const std::string& again);

/// What was done, and how to take it back, beginning with `done`; empty if nothing was.
[[nodiscard]] std::string outcome_text(const EditOptions& options, const EditOutcome& outcome,
                                       std::string_view done);

/// What a repair of records needs besides its plan.
struct RecordRepair {
    std::string again;            ///< as of carry_out()
    std::uint64_t left_count = 0; ///< findings that it leaves
    Document* json = nullptr;     ///< takes plan and outcome; null: they are printed
};
/// Shows the plan and carries it out: repaired, or damaged where anything is left.
[[nodiscard]] ExitCode repair_records(const EditOptions& options, PageSource source,
                                      const EditPlan& plan, const RecordRepair& repair);

/// As report(), but what a writer says of a lock.
[[nodiscard]] ExitCode report_edit(const Error& error);

/// What a plan does and costs: a line each.
[[nodiscard]] std::string plan_text(const EditPlan& plan, const EditOptions& options);
/// What check says of the file, before and afterwards: two lines.
[[nodiscard]] std::string effect_text(const CheckReport& before, const CheckReport& after);

[[nodiscard]] Document plan_json(const EditPlan& plan);
/// Verdict, sentence, keys and buckets of the current tree, findings by code.
[[nodiscard]] Document state_json(const CheckReport& report);
/// How it went, as fields of the object that is printed.
void put_outcome(Document& json, const EditOptions& options, const EditOutcome& outcome);

} // namespace rebolt::cli
