// rebolt etcd and rebolt k8s, as a user runs them.
#include <filesystem>
#include <fstream>
#include <utility>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <rebolt/db.hpp>

#include "cli/test_run.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class EtcdCommands : public testing::Test {
protected:
    EtcdCommands() {
        std::filesystem::copy(REBOLT_TEST_DATA "/etcd/member-3.4.23", member(),
                              std::filesystem::copy_options::recursive);
    }
    [[nodiscard]] std::string member() const { return folder_.path("member"); }
    [[nodiscard]] std::string db() const { return member() + "/snap/db"; }
    [[nodiscard]] test::CommandResult run(std::vector<std::string> words) const {
        words.insert(words.begin(), REBOLT_EXE);
        return test::run_command(words);
    }

    test::TemporaryFolder folder_;
};

TEST_F(EtcdCommands, StatusSaysWhatFitsAndWhatEtcdWouldDo) {
    const std::string before = test::bytes_of(db());
    const auto text = run({"etcd", "status", "--release", "3.4", member()});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("consistent index "));
    EXPECT_THAT(text.out, HasSubstr("etcd 3.4: starts from snapshot 244"));
    const auto result = run({"etcd", "status", "--json", member()});
    const json status = json::parse(result.out);
    EXPECT_EQ(status["shape"], "rebolt.etcd-status/1");
    EXPECT_EQ(status["start"].size(), 5U);
    EXPECT_TRUE(status["db"][0]["whole"].get<bool>());
    EXPECT_TRUE(test::bytes_of(db()) == before);
}

TEST_F(EtcdCommands, HashIsEtcds) {
    const auto result = run({"etcd", "hash", "--rev", "150", db()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, "HashKV 2176261890 at revision 150, compacted at 103\n");
    EXPECT_EQ(run({"etcd", "hash", "--rev", "3", db()}).exit_code, 8);
}

TEST_F(EtcdCommands, VerifyNeedsTheChecksum) {
    const auto raw = run({"etcd", "verify", db()});
    EXPECT_EQ(raw.exit_code, 4);
    EXPECT_THAT(raw.out, HasSubstr("it has no checksum"));
    std::ofstream(db(), std::ios::binary | std::ios::app) << std::string(32, 'x');
    const auto wrong = run({"etcd", "verify", db()});
    EXPECT_EQ(wrong.exit_code, 4);
    EXPECT_THAT(wrong.out, HasSubstr("its SHA-256 is "));
}

TEST_F(EtcdCommands, KeysGetAndHistoryShowRevisions) {
    const auto keys = run({"etcd", "keys", db(), "/registry/pods/"});
    EXPECT_EQ(keys.exit_code, 0) << keys.err;
    const std::string key = keys.out.substr(0, keys.out.find('\n'));
    EXPECT_THAT(key, HasSubstr("/registry/pods/ns"));
    EXPECT_EQ(run({"etcd", "get", db(), key}).exit_code, 0);
    EXPECT_THAT(run({"etcd", "history", "--all-pages", db(), key}).out, HasSubstr("current"));
    EXPECT_EQ(run({"etcd", "get", db(), "no such key"}).exit_code, 8);
}

TEST_F(EtcdCommands, RepairShowsFirstThenDoesAndUndoes) {
    std::filesystem::remove(db());
    EXPECT_EQ(run({"etcd", "status", member()}).exit_code, 4);
    const auto shown = run({"etcd", "repair", member()});
    EXPECT_EQ(shown.exit_code, 16) << shown.err; // nobody to ask
    EXPECT_THAT(shown.out, HasSubstr("HashKV will be 2209341967 at revision 222"));
    const auto done = run({"etcd", "repair", "--yes", "--json", member()});
    EXPECT_EQ(done.exit_code, 1) << done.err;
    EXPECT_EQ(json::parse(done.out)["way"], "rebuild");
    EXPECT_EQ(run({"etcd", "repair", member()}).exit_code, 0);
    EXPECT_EQ(run({"etcd", "repair", "--undo", member()}).exit_code, 0);
    EXPECT_EQ(run({"etcd", "status", member()}).exit_code, 4);
}

TEST_F(EtcdCommands, KubernetesObjectsAreListedAndExported) {
    const auto listed = run({"k8s", "ls", db(), "pods"});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    EXPECT_THAT(listed.out, HasSubstr("pods"));
    const std::string objects = folder_.path("objects");
    const auto exported = run({"k8s", "export", db(), objects});
    EXPECT_EQ(exported.exit_code, 0) << exported.err;
    EXPECT_TRUE(std::filesystem::is_directory(objects + "/pods"));
    EXPECT_EQ(run({"k8s", "export", db(), objects}).exit_code, 8);
    EXPECT_EQ(run({"k8s", "get", db(), "pods", "none"}).exit_code, 8);
}

TEST_F(EtcdCommands, ADeadMembersKeysAreCopiedToAnotherStore) {
    const std::string target = "bolt://" + folder_.path("keys.db") + "?bucket=keys";
    const auto keys = json::parse(run({"etcd", "keys", "--json", db()}).out)["keys"];
    const auto copied = run({"store", "copy", "--json", "etcd-db://" + db(), target});
    EXPECT_EQ(copied.exit_code, 0) << copied.err;
    const json report = json::parse(copied.out);
    EXPECT_EQ(report["keys"], keys.size());
    EXPECT_EQ(report["copied"], keys.size());
    EXPECT_TRUE(report["verified"].get<bool>());
    const std::string key = keys[0]["key"];
    EXPECT_EQ(run({"store", "get", target, key}).out, run({"etcd", "get", db(), key}).out);
}

TEST_F(EtcdCommands, AnIncompleteKeyspaceIsNotCopied) {
    std::fstream file(db(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(db()) / 4096 / 2 * 4096));
    file << std::string(std::size_t{16} * 4096, '\0');
    file.close();
    const auto copied = run({"store", "copy", "etcd-db://" + db(),
                             "bolt://" + folder_.path("keys.db") + "?bucket=keys"});
    EXPECT_EQ(copied.exit_code, 4) << copied.err;
    EXPECT_THAT(copied.err, HasSubstr("rebolt etcd repair"));
}

// The keyspace of a new database, with one Secret of an API server at revision 2.
void write_secret(const std::string& path) {
    const auto field = [](char number, std::string_view bytes) {
        return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} +
               std::string(bytes);
    };
    const std::string key = "/registry/secrets/shop/login";
    const std::string object = std::string("k8s\0", 4) +
                               field(1, field(1, "v1") + field(2, "Secret")) +
                               field(2, field(1, field(1, "login") + field(3, "shop")) +
                                            field(2, field(1, "password") + field(2, "hunter2")));
    const std::string record = field(1, key) + "\x10\x02\x18\x02\x20\x01" + field(5, object);
    const std::string revision("\0\0\0\0\0\0\0\x02_\0\0\0\0\0\0\0\0", 17);
    const auto db = DB::open(path);
    ASSERT_TRUE(db) << db.error().to_text();
    const auto written = db->update([&](Tx& tx) -> Result<void> {
        for (const char* name : {"key", "meta", "lease", "members", "cluster"}) {
            auto made = tx.create_bucket(name);
            if (!made) {
                return std::move(made).error();
            }
        }
        return tx.bucket("key")->put(revision, record);
    });
    ASSERT_TRUE(written) << written.error().to_text();
}

TEST_F(EtcdCommands, ASecretsValuesAreShownOnlyIfAsked) {
    const std::string file = folder_.path("secret.db");
    write_secret(file);
    const auto hidden = run({"k8s", "get", file, "secret", "login", "-o", "yaml"});
    EXPECT_EQ(hidden.exit_code, 0) << hidden.err;
    EXPECT_EQ(hidden.out, "apiVersion: \"v1\"\n"
                          "kind: \"Secret\"\n"
                          "metadata:\n"
                          "  name: \"login\"\n"
                          "  namespace: \"shop\"\n"
                          "  resourceVersion: \"2\"\n"
                          "data:\n"
                          "  password: \"<redacted, 7 bytes>\"\n");
    const auto shown = run({"k8s", "get", file, "secret", "login", "--show-secrets"});
    EXPECT_THAT(shown.out, HasSubstr("  password: \"aHVudGVyMg==\"\n"));
    const auto exported = run({"k8s", "export", file, folder_.path("yaml")});
    EXPECT_THAT(exported.out, HasSubstr("1 Secret without values"));
    EXPECT_THAT(test::bytes_of(folder_.path("yaml") + "/Secret/shop/login.yaml"),
                HasSubstr("<redacted, 7 bytes>"));
}

} // namespace
} // namespace rebolt::cli
