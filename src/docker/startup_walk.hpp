// The state of a walk of dockerd's start, and how it lists.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/docker/records.hpp>
#include <rebolt/docker/startup.hpp>

#include "docker/go_cursor.hpp"

namespace rebolt::docker {

/// What a List gave: records, or the error that libnetwork gets.
struct Listed {
    std::vector<Record> records;
    std::string error; ///< empty: none

    template <class T>
    [[nodiscard]] std::vector<const T*> all() const {
        std::vector<const T*> found;
        for (const Record& record : records)
            if (const T* one = std::get_if<T>(&record))
                found.push_back(one);
        return found;
    }
};

class StartupWalk {
public:
    StartupWalk(GoStore store, StartupReport& report) : store_(std::move(store)), report_(report) {}

    /// datastore.List: through the cache. Null when the start ends here; then
    /// the report says how. Valid as long as this object.
    const Listed* list(std::string_view place, const std::string& kind);
    /// datastore.Map: never cached.
    const Listed* map(std::string_view place, const std::string& kind);

    /// The step under way.
    StartupStep& step() { return report_.steps.back(); }
    /// A step that lists nothing.
    StartupStep& begin(std::string_view place);
    void say(std::string message);
    /// dockerd ends with these words.
    void end_with_error(const std::string& words);

    StartupReport& report() { return report_; }

private:
    const Listed* scan(const std::string& kind, Listed& into);
    bool parse(const std::vector<GoEntry>& entries, Listed& into);

    GoStore store_;
    StartupReport& report_;
    std::map<std::string, Listed> cache_;
    struct Mapped {
        Listed listed;
        std::uint64_t pages = 0;
        std::uint64_t scans = 0;
    };
    std::map<std::string, Mapped> mapped_;
};

/// Ends the report with a fate: its last words are said too.
void end_with(StartupReport& report, Fate fate);

/// libnetwork.New after the drivers. False if the start ends in it.
[[nodiscard]] bool walk_controller(StartupWalk& walk);

} // namespace rebolt::docker
