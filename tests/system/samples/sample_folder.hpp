// The folder that each sample runs in, and what it finds there.
#pragma once

#include <filesystem>

#include <gtest/gtest.h>

#include <rebolt/result.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::samples {

/// The current folder while a sample runs: `my.db` and `local-kv.db` are a sound file
/// of Docker's, `broken.db` a damaged one, `bolt_state.db` one of Podman's, `member` an
/// etcd member; `var/lib` has the files of Docker, containerd, etcd and an application.
class SampleFolder : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    /// Fails unless the sample succeeds.
    static void run(Result<void> (*sample)());
    /// A whole program is given a file name that is not taken; it must return 0.
    static void run(int (*program)(int, char**));

private:
    test::TemporaryFolder folder_;
    std::filesystem::path folder_before_ = std::filesystem::current_path();
};

} // namespace rebolt::samples
