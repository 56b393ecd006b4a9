// RecoveredSource: a store read from what recover brings back of a damaged file.
#pragma once

#include <optional>
#include <string>

#include <rebolt/recover.hpp>
#include <rebolt/result.hpp>

namespace rebolt::cli {

/// A recovered copy in the system's folder for temporary files (TMPDIR), gone
/// with this object. Move-only.
class RecoveredSource {
public:
    /// Recovers the file that `url` (bolt://) names. The file is only read.
    /// Errors: invalid_argument (no bolt:// URL), cancelled, those of recovery.
    static Result<RecoveredSource> make(const std::string& url, bool is_quiet);
    RecoveredSource(RecoveredSource&& other) noexcept;
    RecoveredSource& operator=(RecoveredSource&&) = delete;
    RecoveredSource(const RecoveredSource&) = delete;
    RecoveredSource& operator=(const RecoveredSource&) = delete;
    ~RecoveredSource();

    /// Of the copy; with the bucket of the URL it was made of.
    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    [[nodiscard]] const RecoverReport& report() const noexcept { return report_; }
    /// What came back, in a line.
    [[nodiscard]] std::string sentence() const;

private:
    RecoveredSource() = default;

    std::string folder_;
    std::string url_;
    RecoverReport report_;
};

} // namespace rebolt::cli
