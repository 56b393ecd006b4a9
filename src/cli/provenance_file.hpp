// One line of JSON for each recovered key: where it came from.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <rebolt/recover.hpp>

namespace rebolt::cli {

class ProvenanceFile {
public:
    ProvenanceFile(const std::string& path, std::vector<std::string> donors);

    /// `{"bucket":["libnetwork"],"key":"…","provenance":"current","page":15}`,
    /// with `"partial":true`, `"is_bucket":true` and `"donor":"path"` where they
    /// apply. Bytes that are no text stand as \xNN. Errors: io.
    [[nodiscard]] Result<void> write(const RecoveredItem& item);
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] Result<void> state();

    std::string path_;
    std::vector<std::string> donors_;
    std::ofstream file_;
};

} // namespace rebolt::cli
