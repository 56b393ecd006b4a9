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
    std::string key;   ///< of the record that is in error

    template <class T>
    [[nodiscard]] std::vector<const T*> all() const {
        std::vector<const T*> found;
        for (const Record& record : records)
            if (const T* one = std::get_if<T>(&record))
                found.push_back(one);
        return found;
    }
};

/// What dockerd puts before an error of libnetwork.New.
inline constexpr std::string_view in_controller = "error obtaining controller instance: ";

class StartupWalk {
public:
    StartupWalk(GoStore store, StartupReport& report) : store_(std::move(store)), report_(report) {}

    /// datastore.List: through the cache. Null when the start ends here; then
    /// the report says how. Valid as long as this object.
    const Listed* list(std::string_view place, const std::string& kind);
    /// datastore.Map: never cached.
    const Listed* map(std::string_view place, const std::string& kind);
    /// Whether an older daemon has left the marker of endpoint counts.
    [[nodiscard]] bool has_count_marker();

    /// The step under way.
    StartupStep& step() { return report_.steps.back(); }
    /// A step that lists nothing.
    StartupStep& begin(std::string_view place);
    /// A line that dockerd logs. `key`: of the record that it is about.
    void say(std::string message, const std::string& key = {});
    /// dockerd ends with an error. `before`: what libnetwork's callers put first.
    void end_with_error(std::string words, const std::string& key,
                        std::string_view before = in_controller);
    /// Go ends it.
    void end_with_panic(std::string words, const std::string& key = {});

    StartupReport& report() { return report_; }
    [[nodiscard]] const Version& version() const { return report_.version; }

private:
    const Listed* scan(const std::string& kind, Listed& into);
    bool parse(const std::vector<GoEntry>& entries, Listed& into);

    GoStore store_;
    StartupReport& report_;
    std::map<std::string, Listed> cache_;
    std::optional<bool> has_count_marker_;
    struct Mapped {
        Listed listed;
        std::uint64_t pages = 0;
        std::uint64_t scans = 0;
    };
    std::map<std::string, Mapped> mapped_;
};

/// Ends the report with a fate: its last words are said too.
void end_with(StartupReport& report, Fate fate, std::string_view before = in_controller);

/// libnetwork.New after the drivers. False if the start ends in it.
[[nodiscard]] bool walk_controller(StartupWalk& walk);

/// All that lists endpoint counts (startup_counts.cpp).
/// getNetworksFromStore: the list, then all counts.
const Listed* networks_from_store(StartupWalk& walk, std::string_view place);
/// getNetworksForScope: the networks of the list that have a count, where counts
/// are read. False if the start ends here.
[[nodiscard]] bool networks_for_scope(StartupWalk& walk, std::string_view place,
                                      std::vector<const Network*>& found, std::string& error);
/// What removing an endpoint or a network does with its count: a panic where there
/// is none. False if the start ends here.
[[nodiscard]] bool change_count(StartupWalk& walk, std::string_view place, const Network& network);

} // namespace rebolt::docker
