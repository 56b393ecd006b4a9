// put, delete, create-bucket: one transaction each, all or nothing.
#include "cli/test_run.hpp"

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

class ChangeCommands : public testing::Test {
protected:
    std::string file() const { return folder_.path("my.db"); }
    void make() {
        ASSERT_EQ(rebolt({"create-bucket", file(), "--create-file", "fruit"}).exit_code, 0);
        ASSERT_EQ(rebolt({"put", file(), "fruit", "apple", "red"}).exit_code, 0);
    }
    std::string path(const std::string& name) const { return folder_.path(name); }
    static void expect_clean(const std::string& path) {
        EXPECT_EQ(rebolt({"check", "-q", path}).exit_code, 0);
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(ChangeCommands, PutThenGet) {
    make();
    EXPECT_EQ(rebolt({"get", file(), "fruit", "apple"}).out, "red\n");
    EXPECT_EQ(rebolt({"put", file(), "fruit", "apple", "green"}).out, "");
    EXPECT_EQ(rebolt({"get", file(), "fruit", "apple"}).out, "green\n");
    expect_clean(file());
}

TEST_F(ChangeCommands, AValueMayComeFromAFile) {
    make();
    std::ofstream(path("value"), std::ios::binary) << std::string("a\0b\n", 4);
    ASSERT_EQ(rebolt({"put", file(), "fruit", "bytes", "--value-file", path("value")}).exit_code,
              0);
    EXPECT_EQ(rebolt({"get", file(), "fruit", "bytes", "--format", "hex"}).out, "6100620a\n");
    EXPECT_EQ(rebolt({"put", file(), "fruit", "bytes", "--value-file", path("none")}).exit_code, 8);
}

TEST_F(ChangeCommands, NothingIsMadeOfATypo) {
    const auto result = rebolt({"put", file(), "fruit", "apple", "red"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_NE(result.err.find("there is no such file"), std::string::npos) << result.err;
    EXPECT_FALSE(std::filesystem::exists(file()));
    make();
    EXPECT_EQ(rebolt_on(file(), "put", {"friut", "apple", "red"}).exit_code, 8);
    EXPECT_EQ(rebolt_on(file(), "put", {"fruit", "apple"}).exit_code, 16);
    EXPECT_EQ(rebolt_on(file(), "put", {"fruit", "--parse-format", "hex", "xyz", "v"}).exit_code,
              16);
}

TEST_F(ChangeCommands, DeleteTellsAKeyFromABucket) {
    make();
    ASSERT_EQ(rebolt({"create-bucket", file(), "fruit", "citrus"}).exit_code, 0);
    const auto bucket = rebolt_on(file(), "delete", {"fruit", "citrus"});
    EXPECT_EQ(bucket.exit_code, 8);
    EXPECT_NE(bucket.err.find("--bucket"), std::string::npos);
    EXPECT_EQ(rebolt_on(file(), "delete", {"fruit", "none"}).exit_code, 8);
    EXPECT_EQ(rebolt_on(file(), "delete", {"fruit"}).exit_code, 16);
    EXPECT_EQ(rebolt({"delete", file(), "fruit", "apple"}).exit_code, 0);
    EXPECT_EQ(rebolt({"keys", file(), "fruit"}).out, "citrus\n");
    const auto not_asked = rebolt_on(file(), "delete", {"--bucket", "fruit", "citrus"});
    EXPECT_EQ(not_asked.err, "rebolt: nothing was changed; to do it, add --yes\n");
    EXPECT_EQ(not_asked.exit_code, 16);
    EXPECT_EQ(rebolt({"delete", file(), "--yes", "--bucket", "fruit", "citrus"}).exit_code, 0);
    EXPECT_EQ(rebolt({"keys", file(), "fruit"}).out, "");
    EXPECT_EQ(rebolt({"delete", file(), "--yes", "--bucket", "fruit"}).exit_code, 0);
    EXPECT_EQ(rebolt({"buckets", file()}).out, "");
    expect_clean(file());
}

TEST_F(ChangeCommands, CreateBucketMakesNoneTwice) {
    make();
    const auto result = rebolt_on(file(), "create-bucket", {"fruit"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_NE(result.err.find("there is a bucket `fruit` already"), std::string::npos);
    EXPECT_EQ(rebolt_on(file(), "create-bucket", {"fruit", "apple"}).exit_code, 8);
}

TEST_F(ChangeCommands, ADamagedFileIsLeftAsItIs) {
    std::filesystem::copy_file(damaged_file("docker-cycle-next.db"), file());
    const auto result = rebolt_on(file(), "put", {"libnetwork", "key", "value"});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_NE(result.err.find("rebolt check " + file()), std::string::npos) << result.err;
}

TEST_F(ChangeCommands, FromOlderGoesOnFromTheTransactionBefore) {
    for (const char* damaged : {"docker-meta0.db", "docker-shared.db"}) {
        SCOPED_TRACE(damaged);
        std::filesystem::copy_file(damaged_file(damaged), file(),
                                   std::filesystem::copy_options::overwrite_existing);
        EXPECT_EQ(rebolt({"put", file(), "libnetwork", "k", "v"}).exit_code, 4);
        const auto put = rebolt({"put", "--from-older", file(), "libnetwork", "k", "v"});
        EXPECT_EQ(put.exit_code, 0) << put.err;
        EXPECT_EQ(rebolt({"check", "-q", file()}).exit_code, 0);
        EXPECT_EQ(rebolt({"get", file(), "libnetwork", "k"}).out, "v\n");
    }
}

TEST_F(ChangeCommands, ADamagedFreelistIsPutRightAndThatIsSaid) {
    std::filesystem::copy_file(damaged_file("docker-freelist-leaf.db"), file());
    const auto result = rebolt({"put", file(), "libnetwork", "key", "value"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_NE(result.err.find("note: freelist-type"), std::string::npos) << result.err;
    EXPECT_EQ(rebolt({"check", "--no-values", "-q", file()}).exit_code, 0);
}

} // namespace
} // namespace rebolt::cli
