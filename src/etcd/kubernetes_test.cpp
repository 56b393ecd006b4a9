#include <rebolt/etcd/kubernetes.hpp>

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "etcd/kubernetes_decode.hpp"
#include "etcd/object_meta.hpp"
#include "etcd/wire.hpp"

namespace rebolt::etcd {
namespace {

std::string map_entry(std::string_view key, std::string_view value) {
    std::string entry;
    put_bytes_field(entry, 1, key);
    put_bytes_field(entry, 2, value);
    return entry;
}

// Whether a message ends where a field ends.
bool judge_whole(std::string_view message) {
    FieldReader reader(message, "");
    while (reader.next()) {
    }
    return !reader.fault();
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
    EXPECT_EQ(yaml_of(object), "apiVersion: \"v1\"\n"
                               "kind: \"ConfigMap\"\n"
                               "metadata:\n"
                               "  name: \"settings\"\n"
                               "  namespace: \"shop\"\n"
                               "  uid: \"6c1f5a9e\"\n"
                               "  creationTimestamp: \"2023-11-14T22:13:20Z\"\n"
                               "  labels:\n"
                               "    app: \"web\"\n"
                               "  resourceVersion: \"42\"\n"
                               "data:\n"
                               "  mode: \"no\"\n");
}

// An object as it is stored, of one metadata field and what follows it.
std::string stored_object(std::string_view version, std::string_view kind, std::string_view rest) {
    std::string meta;
    put_bytes_field(meta, 1, "it");
    std::string raw;
    put_bytes_field(raw, 1, meta);
    raw += rest;
    std::string type;
    put_bytes_field(type, 1, version);
    put_bytes_field(type, 2, kind);
    std::string message("k8s\0", 4);
    put_bytes_field(message, 1, type);
    put_bytes_field(message, 2, raw);
    return message;
}

TEST(EtcdKubernetes, AFieldWithoutAKnownNameFollowsWithItsPlace) {
    std::string container;
    put_bytes_field(container, 1, "web");
    put_bytes_field(container, 999, "later");
    std::string spec;
    put_bytes_field(spec, 2, container);
    put_varint_field(spec, 998, 7);
    std::string rest;
    put_bytes_field(rest, 2, spec);
    const std::string stored = stored_object("v1", "Pod", rest);
    const std::string yaml = yaml_of(object_of("/registry/pods/a/it", stored, 3));
    EXPECT_NE(yaml.find("spec:\n  containers:\n    -\n      name: \"web\"\n"
                        "# Stored fields without a known name, or damaged:\n"
                        "#   \"spec.containers[0].999\": \"later\"\n"
                        "#   \"spec.998\": 7\n"
                        "# Stored bytes, base64: azhz"),
              std::string::npos)
        << yaml;
}

TEST(EtcdKubernetes, AKindWithoutKnownFieldsIsShownByNumbers) {
    std::string rest;
    put_bytes_field(rest, 2, "some text");
    const std::string stored = stored_object("example.com/v9", "Gadget", rest);
    const std::string yaml = yaml_of(object_of("/registry/gadgets/it", stored, 3));
    EXPECT_TRUE(yaml.starts_with("apiVersion: \"example.com/v9\"\nkind: \"Gadget\"\n"
                                 "metadata:\n  name: \"it\"\n  resourceVersion: \"3\"\n"
                                 "# All fields of the stored message, by their numbers:\n"))
        << yaml;
    EXPECT_NE(yaml.find("#   2: \"some text\"\n"), std::string::npos);
    EXPECT_NE(yaml.find("# Stored bytes, base64: azhz"), std::string::npos);
}

TEST(EtcdKubernetes, ASecretsValuesAreShownOnlyIfAsked) {
    std::string rest;
    put_bytes_field(rest, 2, map_entry("password", "hunter2"));
    put_bytes_field(rest, 99, "hunter3");
    const std::string stored = stored_object("v1", "Secret", rest);
    const ClusterObject secret = object_of("/registry/secrets/a/it", stored, 3);
    EXPECT_TRUE(has_secret_values(secret));
    const std::string hidden = yaml_of(secret);
    EXPECT_NE(hidden.find("  password: \"<redacted, 7 bytes>\"\n"), std::string::npos) << hidden;
    EXPECT_EQ(hidden.find("hunter3"), std::string::npos) << hidden;
    EXPECT_EQ(hidden.find("azhz"), std::string::npos) << hidden;
    const std::string shown = yaml_of(secret, SecretValues::shown);
    EXPECT_NE(shown.find("  password: \"aHVudGVyMg==\"\n"), std::string::npos) << shown;
    EXPECT_NE(shown.find("hunter3"), std::string::npos) << shown;
}

TEST(EtcdKubernetes, ASecretThatCannotBeReadIsNotShownEither) {
    constexpr std::string_view bytes("k8s\0hunter2", 11);
    const ClusterObject torn = object_of("/registry/secrets/a/it", bytes, 3);
    EXPECT_EQ(yaml_of(torn).find(to_base64(torn.stored)), std::string::npos);
    const std::string json =
        R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"it","annotations":)"
        R"({"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":\"aHVudGVyMg==\"}"}},)"
        R"("data":{"password":"aHVudGVyMg=="}})";
    const ClusterObject old = object_of("/registry/secrets/a/it", json, 3);
    EXPECT_EQ(yaml_of(old).find("aHVudGVyMg"), std::string::npos) << yaml_of(old);
    EXPECT_NE(yaml_of(old, SecretValues::shown).find("aHVudGVyMg"), std::string::npos);
}

// Objects that Google's protobuf library encoded, see scripts/kubernetes-samples.
TEST(EtcdKubernetes, ObjectsOfEachKindAreDecodedWholly) {
    std::ifstream file(REBOLT_TEST_DATA "/etcd/kubernetes-samples.txt");
    std::size_t kinds = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("#")) {
            continue;
        }
        std::istringstream words(line);
        std::string version;
        std::string kind;
        std::string stored;
        std::string json;
        words >> version >> kind >> stored >> std::ws;
        std::getline(words, json);
        const auto bytes = from_base64(stored);
        ASSERT_TRUE(bytes);
        const ClusterObject object = object_of("/registry/x/y", *bytes, 1);
        EXPECT_EQ(object.kind, kind);
        EXPECT_EQ(object.api_version, version);
        const ApiMessage* message = message_of_kind(version, kind);
        ASSERT_NE(message, nullptr) << version << " " << kind;
        const auto envelope = read_envelope(std::string_view(*bytes).substr(4));
        const DecodedMessage decoded = decode_message(*message, envelope->raw);
        EXPECT_TRUE(decoded.is_complete()) << kind << " " << decoded.unnamed.front().path;
        EXPECT_EQ(nlohmann::json::parse(decoded.json.dump()), nlohmann::json::parse(json)) << kind;
        ++kinds;
    }
    EXPECT_EQ(kinds, 32U);
}

// What is cut off or changed is either shown as it is stored, or still a value.
TEST(EtcdKubernetes, NothingOfADamagedMessageIsDropped) {
    const ApiMessage* message = message_of_kind("v1", "ConfigMap");
    ASSERT_NE(message, nullptr);
    const std::string whole = config_map();
    const std::string_view raw = read_envelope(std::string_view(whole).substr(4))->raw;
    for (std::size_t at = 1; at < raw.size(); ++at) {
        const DecodedMessage decoded = decode_message(*message, raw.substr(0, at));
        const bool ends_with_a_field = judge_whole(raw.substr(0, at));
        EXPECT_EQ(decoded.is_complete(), ends_with_a_field) << at;
        if (!ends_with_a_field) {
            EXPECT_EQ(decoded.unnamed.back().stored, raw.substr(0, at)) << at;
        }
    }
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
