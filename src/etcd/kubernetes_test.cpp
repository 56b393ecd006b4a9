#include <rebolt/etcd/kubernetes.hpp>

#include <gtest/gtest.h>

#include "etcd/wire.hpp"

namespace rebolt::etcd {
namespace {

std::string map_entry(std::string_view key, std::string_view value) {
    std::string entry;
    put_bytes_field(entry, 1, key);
    put_bytes_field(entry, 2, value);
    return entry;
}

// A ConfigMap as an API server stores it.
std::string config_map() {
    std::string time;
    put_varint_field(time, 1, 1'700'000'000);
    std::string meta;
    put_bytes_field(meta, 1, "settings");
    put_bytes_field(meta, 3, "shop");
    put_bytes_field(meta, 5, "6c1f5a9e");
    put_bytes_field(meta, 8, time);
    put_bytes_field(meta, 11, map_entry("app", "web"));
    std::string raw;
    put_bytes_field(raw, 1, meta);
    put_bytes_field(raw, 2, map_entry("mode", "no"));
    std::string type;
    put_bytes_field(type, 1, "v1");
    put_bytes_field(type, 2, "ConfigMap");
    std::string message("k8s\0", 4);
    put_bytes_field(message, 1, type);
    put_bytes_field(message, 2, raw);
    return message;
}

TEST(EtcdKubernetes, ABuiltInObjectIsNamedByItsMetadata) {
    const std::string stored = config_map();
    const ClusterObject object = object_of("/registry/configmaps/shop/settings", stored, 42);
    EXPECT_EQ(object.encoding, ObjectEncoding::protobuf);
    EXPECT_EQ(object.api_version, "v1");
    EXPECT_EQ(object.kind, "ConfigMap");
    EXPECT_EQ(object.name_space, "shop");
    EXPECT_EQ(object.name, "settings");
    EXPECT_EQ(object.labels.at("app"), "web");
    const std::string yaml = yaml_of(object);
    EXPECT_TRUE(yaml.starts_with("apiVersion: \"v1\"\n"
                                 "kind: \"ConfigMap\"\n"
                                 "metadata:\n"
                                 "  name: \"settings\"\n"
                                 "  namespace: \"shop\"\n"
                                 "  uid: \"6c1f5a9e\"\n"
                                 "  creationTimestamp: \"2023-11-14T22:13:20Z\"\n"
                                 "  resourceVersion: \"42\"\n"
                                 "  labels:\n"
                                 "    app: \"web\"\n"
                                 "data:\n"
                                 "  mode: \"no\"\n"))
        << yaml;
    EXPECT_NE(yaml.find("#   1.11.2: \"web\"\n"), std::string::npos) << yaml;
    EXPECT_NE(yaml.find("# Stored bytes, base64: azhz"), std::string::npos);
}

TEST(EtcdKubernetes, ACustomResourceIsShownInFull) {
    const std::string stored = R"({"apiVersion":"acme.example/v1","kind":"Widget","metadata":)"
                               R"({"name":"w","namespace":"n","labels":{"a":"b"}},"spec":)"
                               R"({"on":true,"list":[1,{"x":[]}],"text":"a: b\n"}})";
    const ClusterObject object = object_of("/registry/acme.example/widgets/n/w", stored, 7);
    EXPECT_EQ(object.encoding, ObjectEncoding::json);
    EXPECT_EQ(object.kind, "Widget");
    EXPECT_EQ(object.labels.at("a"), "b");
    EXPECT_EQ(yaml_of(object), "apiVersion: \"acme.example/v1\"\n"
                               "kind: \"Widget\"\n"
                               "metadata:\n"
                               "  name: \"w\"\n"
                               "  namespace: \"n\"\n"
                               "  labels:\n"
                               "    a: \"b\"\n"
                               "  resourceVersion: \"7\"\n"
                               "spec:\n"
                               "  \"on\": true\n"
                               "  list:\n"
                               "    - 1\n"
                               "    -\n"
                               "      x: []\n"
                               "  text: \"a: b\\n\"\n");
}

TEST(EtcdKubernetes, AnEncryptedOneSaysWithWhichKey) {
    const ClusterObject object =
        object_of("/registry/secrets/kube-system/token", "k8s:enc:aescbc:v1:key1:\x01\x02", 9);
    EXPECT_EQ(object.encoding, ObjectEncoding::encrypted);
    EXPECT_EQ(object.kind, "secrets");
    EXPECT_EQ(object.name_space, "kube-system");
    EXPECT_EQ(object.name, "token");
    EXPECT_EQ(object.provider, "aescbc");
    EXPECT_EQ(object.key_name, "key1");
    EXPECT_EQ(object_of("/registry/secrets/a/b", "k8s:enc:kms:v2:vault:x", 9).provider, "kms v2");
    EXPECT_EQ(yaml_of(object),
              "# encrypted of etcd key \"/registry/secrets/kube-system/token\", revision 9\n"
              "# encrypted with \"aescbc\", key \"key1\"\n"
              "key: \"/registry/secrets/kube-system/token\"\n"
              "stored: \"azhzOmVuYzphZXNjYmM6djE6a2V5MToBAg==\"\n");
}

TEST(EtcdKubernetes, NoPrefixAndNoFlippedBitOfAnObjectIsDropped) {
    const std::string whole = config_map();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        EXPECT_NE(yaml_of(object_of("/registry/configmaps/a/b", whole.substr(0, at), 1)), "");
        for (int bit = 0; bit < 8; ++bit) {
            std::string flipped = whole;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            EXPECT_NE(yaml_of(object_of("/registry/configmaps/a/b", flipped, 1)), "");
        }
    }
}

// Indented, its YAML would be of the square of its size.
TEST(EtcdKubernetes, JsonThatNestsWithoutEndIsShownAsItIsStored) {
    std::string deep = R"({"kind":"Pod","metadata":)";
    for (int level = 0; level < 100'000; ++level)
        deep += R"({"a":)";
    deep += "1" + std::string(100'001, '}');
    const ClusterObject object = object_of("/registry/pods/a/b", deep, 1);
    EXPECT_EQ(object.encoding, ObjectEncoding::plain);
    const std::string yaml = yaml_of(object);
    EXPECT_TRUE(yaml.starts_with("# plain of etcd key \"/registry/pods/a/b\", revision 1\n"))
        << yaml.substr(0, 100);
    EXPECT_LT(yaml.size(), 2 * deep.size());
}

TEST(EtcdKubernetes, AnExportStaysInItsFolder) {
    ClusterObject object;
    object.kind = "../Pod";
    object.name_space = "..";
    object.name = "a/../../b";
    EXPECT_EQ(export_path_of(object), "%2E.%2FPod/%2E./a%2F..%2F..%2Fb.yaml");
}

} // namespace
} // namespace rebolt::etcd
