// rebolt explain FILE
#include <memory>

#include <fmt/format.h>

#include <rebolt/impact.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/printable.hpp"

namespace rebolt::cli {
namespace {

struct ExplainCommand {
    CommonOptions common;
    BboltVersion version = BboltVersion::v1_3_6;
    std::string operation_name; ///< empty: all
};

constexpr BboltOperation operations[] = {BboltOperation::open, BboltOperation::open_read_only,
                                         BboltOperation::scan, BboltOperation::check,
                                         BboltOperation::put};

bool is_asked_for(const ExplainCommand& options, BboltOperation operation) {
    return options.operation_name.empty() || options.operation_name == name_of(operation);
}

Document as_json(const Prediction& prediction, BboltOperation operation) {
    Document json{{"operation", std::string(name_of(operation))},
                  {"outcome", std::string(name_of(prediction.kind))},
                  {"words", printable(prediction.words)},
                  {"outside_of_the_file", prediction.outside_of_the_file}};
    json["page"] = prediction.page ? Document(number(*prediction.page)) : Document(nullptr);
    if (operation == BboltOperation::scan)
        json["entries"] = prediction.entries;
    if (operation == BboltOperation::check)
        json["problems"] = prediction.problems;
    return json;
}

ExitCode run_explain(const ExplainCommand& options) {
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    bool is_fine = true;
    Document outcomes = Document::array();
    for (const BboltOperation operation : operations) {
        if (!is_asked_for(options, operation))
            continue;
        const Prediction prediction =
            bbolt_prediction(*source, {.version = options.version, .operation = operation});
        is_fine = is_fine && prediction.kind == OutcomeKind::fine;
        if (wants_json())
            outcomes.push_back(as_json(prediction, operation));
        else
            print(fmt::format("{:15} {}\n", name_of(operation),
                              printable(to_text(prediction, operation))));
    }
    if (wants_json())
        print_document(Document{{"shape", "rebolt.explain/1"},
                                {"file", options.common.file},
                                {"as", std::string(name_of(options.version))},
                                {"outcomes", outcomes}});
    return is_fine ? ExitCode::done : ExitCode::damaged;
}

} // namespace

void set_up_explain(Arguments arguments) {
    auto options = std::make_shared<ExplainCommand>();
    options->common.add_to(arguments);
    arguments
        .choice("--as", options->version, "The bbolt that is followed",
                std::vector<std::pair<std::string, BboltVersion>>{
                    {"bbolt-1.3.6", BboltVersion::v1_3_6},
                    {"bbolt-1.3.10", BboltVersion::v1_3_10},
                    {"bbolt-1.4.3", BboltVersion::v1_4_3}})
        .show_default();
    arguments.option("--op", options->operation_name, "One operation (default: all)")
        .check(one_of({"open", "open-read-only", "scan", "check", "put"}));
    arguments.on_check([options] {
        if (options->operation_name.empty() || bbolt_operation(options->operation_name))
            return std::string();
        return "--op: no operation is called " + options->operation_name;
    });
    arguments.footer("Nothing is run: bbolt's own steps are followed on the bytes.\nExample: "
                     "rebolt explain --as bbolt-1.4.3 --op scan local-kv.db");
    arguments.exit_codes("0 bbolt notices nothing, 4 it does, 8 not readable");
    arguments.on_run([options] { return run_explain(*options); });
}

} // namespace rebolt::cli
