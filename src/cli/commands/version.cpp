// rebolt version
#include <memory>

#include <fmt/format.h>

#include <rebolt/store.hpp>
#include <rebolt/version.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* not_known = "unknown";

std::string or_unknown(const std::string& text) {
    return text.empty() ? not_known : text;
}

std::string libraries() {
    return fmt::format("fmt {}.{}.{}, libstdc++ {}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                       FMT_VERSION % 100, __GLIBCXX__);
}

ExitCode run_version(bool json) {
    const auto module = store::etcd_module_path();
    if (json)
        print_json_line({{"shape", "rebolt.version/1"},
                         {"version", version()},
                         {"commit", or_unknown(REBOLT_COMMIT)},
                         {"compiler", __VERSION__},
                         {"build_type", or_unknown(REBOLT_BUILD_TYPE)},
                         {"libraries", libraries()},
                         {"etcd_module", module ? Document(*module) : Document(nullptr)}});
    else
        print(fmt::format("rebolt {}\ncommit: {}\ncompiler: {} ({})\nlibraries: {}\netcd: {}\n",
                          version(), or_unknown(REBOLT_COMMIT), __VERSION__,
                          or_unknown(REBOLT_BUILD_TYPE), libraries(),
                          module ? *module : "not found: etcd:// needs librebolt_etcd.so"));
    return ExitCode::done;
}

} // namespace

void set_up_version(Arguments arguments) {
    auto json = std::make_shared<bool>(false);
    arguments.flag("--json", *json, "Print JSON for machines").common();
    arguments.footer("Example: rebolt version --json");
    arguments.exit_codes("0 printed, 8 the output could not be written");
    arguments.on_run([json] { return run_version(*json); });
}

} // namespace rebolt::cli
