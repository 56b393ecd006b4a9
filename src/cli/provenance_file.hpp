// One line of JSON for each recovered key: where it came from.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <rebolt/recover.hpp>

namespace rebolt::cli {

class ProvenanceFile {
public:
    ProvenanceFile(std::string path, std::vector<std::string> donors);
    ProvenanceFile(const ProvenanceFile&) = delete;
    ProvenanceFile& operator=(const ProvenanceFile&) = delete;
    ~ProvenanceFile();

    /// Makes the file, readable for its user alone, as it holds all keys. `replace`:
    /// in place of one that is there. Errors: io, invalid_argument (there is one).
    [[nodiscard]] Result<void> create(bool replace);

    /// `{"bucket":["libnetwork"],"key":"…","provenance":"current","page":15}`,
    /// with `"partial":true`, `"is_bucket":true` and `"donor":"path"` where they
    /// apply. Bytes that are no text stand as \xNN. Errors: io.
    [[nodiscard]] Result<void> write(const RecoveredItem& item);
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] Result<void> state() const;

    std::string path_;
    std::vector<std::string> donors_;
    std::FILE* file_ = nullptr;
    bool has_failed_ = false;
};

} // namespace rebolt::cli
