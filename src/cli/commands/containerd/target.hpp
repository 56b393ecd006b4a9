// What all commands of `rebolt containerd` share.
#pragma once

#include <functional>
#include <string>

#include "cli/arguments.hpp"

#include <rebolt/containerd/metadata.hpp>

#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/table.hpp"

namespace rebolt::cli {

void set_up_containerd_images(Arguments arguments);
void set_up_containerd_containers(Arguments arguments);
void set_up_containerd_snapshots(Arguments arguments);
void set_up_containerd_leases(Arguments arguments);
void set_up_containerd_fsck(Arguments arguments);

struct ContainerdOptions {
    CommonOptions common;
    std::string root; ///< containerd's; empty: told from the file, where it stands in one

    void add_to(Arguments arguments);
    /// Puts the file and the root in their places.
    void resolve();
};

/// What one command shows of a file.
struct ContainerdView {
    std::string what; ///< `images`: the shape's name and the array's
    Table table;
    Document rows = Document::array();
};

/// Loads the file, shows what `make` makes of it, and says on stderr what is
/// missing. Returns `damaged` if anything is.
[[nodiscard]] ExitCode
show_containerd(ContainerdOptions& options,
                const std::function<ContainerdView(const containerd::Metadata&)>& make);

/// What of the file cannot be read, as fields of `json`.
void put_completeness(Document& json, const containerd::Metadata& metadata);
/// The same on stderr. False if something is missing.
bool tell_completeness(const containerd::Metadata& metadata, const std::string& file);

} // namespace rebolt::cli
