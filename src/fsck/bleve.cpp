// A Bleve index: the files that its newest snapshot names must be there, and files
// that none names are removed when the index is opened. By index/scorch/persister.go.
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include <rebolt/finding.hpp>

#include "fsck/contents.hpp"

namespace rebolt::fsck_rules {

void compare_bleve(const Contents& contents, Findings& findings) {
    namespace fs = std::filesystem;
    std::set<std::string> named;
    for (const std::string& epoch : contents.names_in({"s"}))
        for (const std::string& segment : contents.names_in({"s", epoch})) {
            const std::string* file = contents.value({"s", epoch, segment}, "p");
            if (file == nullptr || file->contains('/'))
                continue;
            named.insert(*file);
            std::error_code error;
            if (!fs::exists(fs::path(contents.folder) / *file, error))
                findings.push_back({"segment-is-gone",
                                    true,
                                    {"s", epoch, segment},
                                    "p",
                                    fmt::format("the file {} is not there", printable(*file)),
                                    "Bleve says: error opening bolt segment, and goes back to an "
                                    "older snapshot or an empty index",
                                    {}});
        }
    std::error_code error;
    for (fs::directory_iterator entry(contents.folder.empty() ? "." : contents.folder, error), end;
         !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (entry->path().extension() == ".zap" && !named.contains(name))
            findings.push_back({"segment-not-named",
                                false,
                                {"s"},
                                name,
                                fmt::format("no snapshot names the file {}", printable(name)),
                                "Bleve removes it when it opens the index",
                                {}});
    }
}

} // namespace rebolt::fsck_rules
