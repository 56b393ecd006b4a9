#include "store/url.hpp"

#include <gtest/gtest.h>

namespace rebolt::store {
namespace {

Url parsed(std::string_view text) {
    auto url = parse_url(text);
    EXPECT_TRUE(url) << text << ": " << url.error().to_text();
    return url ? std::move(*url) : Url{};
}

TEST(StoreUrl, OfAFile) {
    const Url url = parsed("bolt:///var/lib/app/kv.db?bucket=app&persistent=true");
    EXPECT_EQ(url.scheme, "bolt");
    EXPECT_EQ(url.path, "/var/lib/app/kv.db");
    EXPECT_TRUE(url.endpoints.empty());
    EXPECT_EQ(url.query.at("bucket"), "app");
    EXPECT_EQ(url.query.at("persistent"), "true");
}

TEST(StoreUrl, OfARelativeFile) {
    EXPECT_EQ(parsed("bolt://kv.db?bucket=a").path, "kv.db");
    EXPECT_EQ(parsed("BOLT://../a b@c:1/kv.db").path, "../a b@c:1/kv.db");
}

TEST(StoreUrl, OfACluster) {
    const Url url = parsed("etcds://jo:p%40ss%2F@one:2379,[::1]:2380,three/app/x/?ca=%2fca.pem");
    EXPECT_EQ(url.scheme, "etcds");
    EXPECT_EQ(url.user, "jo");
    EXPECT_EQ(url.password, "p@ss/");
    EXPECT_EQ(url.endpoints, (std::vector<Endpoint>{{"one", 2379}, {"::1", 2380}, {"three", 0}}));
    EXPECT_EQ(url.path, "app/x");
    EXPECT_EQ(url.query.at("ca"), "/ca.pem");
    EXPECT_EQ(parsed("etcd://host:2379").path, "");
}

TEST(StoreUrl, BytesAreDecoded) {
    EXPECT_EQ(parsed("bolt:///a%20b%00c?bucket=%ff").path, std::string("/a b\0c", 6));
    EXPECT_EQ(parsed("bolt:///a?bucket=%ff").query.at("bucket"), "\xff");
}

TEST(StoreUrl, WhatIsNoneIsRefused) {
    for (const std::string text :
         {"", "kv.db", "://x", "etcd://:2379", "etcd://host:0", "etcd://host:65536",
          "etcd://host:x", "etcd://[::1", "etcd://[::1]x", "etcd://a,,b", "bolt:///a%2",
          "bolt:///a%", "bolt:///a%zz", "bolt:///a?x=1&x=2"})
        EXPECT_EQ(parse_url(text).error().code(), ErrorCode::invalid_argument) << text;
}

TEST(StoreUrl, APasswordIsNotRepeated) {
    for (const std::string text :
         {"etcd://jo:secret@host:x", "etcd://jo:secret/more@host", "etcd://jo:[secret@host",
          "etcd://jo:more[secret/@host", "etcd://[::1]secret"}) {
        const auto url = parse_url(text);
        const std::string said = url ? std::string() : url.error().message();
        EXPECT_EQ(said.find("secret"), std::string::npos) << text;
    }
}

TEST(StoreUrl, WinsOverOptions) {
    StoreOptions given;
    given.user = "jo";
    given.password = "old";
    given.ca_file = "a";
    auto options = with_url(given, parsed("etcd://kim@host?ca=b&cert=c&key=d"));
    ASSERT_TRUE(options);
    EXPECT_EQ(options->user, "kim");
    EXPECT_EQ(options->password, "old");
    EXPECT_EQ(options->ca_file, "b");
    EXPECT_EQ(options->cert_file, "c");
    EXPECT_EQ(options->key_file, "d");
    options = with_url({}, parsed("bolt:///a?persistent&create=false"));
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->persistent);
    EXPECT_FALSE(options->create);
    for (const std::string text :
         {"bolt:///a?persistent=maybe", "bolt:///a?ca=x", "etcd://a?bucket=b", "memory://a?x=y"})
        EXPECT_EQ(with_url({}, parsed(text)).error().code(), ErrorCode::invalid_argument) << text;
}

TEST(StoreOpen, SendsNoPasswordInClear) {
    const auto refusal = open("etcd://jo:secret@10.0.0.1:2379/app").error();
    EXPECT_EQ(refusal.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refusal.message(), "a password is sent to other machines by etcds:// alone: etcd:// "
                                 "would send it in clear");
    StoreOptions options;
    options.password = "secret";
    EXPECT_EQ(open("etcd://localhost,elsewhere/app", options).error().message(), refusal.message());
}

TEST(StoreOpen, SaysWhatIsMissing) {
    for (const std::string url : {"redis://host", "bolt:///tmp/?bucket=a", "bolt://?bucket=a",
                                  "bolt:///a.db", "bolt:///a.db?bucket=", "etcd://", "etcd:///a"})
        EXPECT_EQ(open(url).error().code(), ErrorCode::invalid_argument) << url;
}

} // namespace
} // namespace rebolt::store
