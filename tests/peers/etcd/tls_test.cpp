// TLS: with the right certificates it works; each wrong one is told apart.
#include <fmt/format.h>

#include "peers/etcd/certificates.hpp"
#include "peers/etcd/etcd_test.hpp"

namespace rebolt::test {
namespace {

using testing::HasSubstr;

class EtcdTls : public EtcdTest {
protected:
    // Waits as long as a user would not.
    [[nodiscard]] std::string failure_of(const std::string& url) const {
        return text(store::open(url, {.connect_timeout = Ms(700)}));
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        return certificates_.path(name);
    }
    [[nodiscard]] std::string url(const EtcdCluster& cluster, const std::string& query) const {
        return fmt::format("etcds://{}/tls{}", cluster.endpoints(), query);
    }

    Certificates certificates_;
};

TEST_F(EtcdTls, TheServersCertificateIsChecked) {
    const EtcdCluster cluster({.cert = file("server.pem"), .key = file("server.key")});
    const auto kv = connect(url(cluster, "?ca=" + file("ca.pem")));
    must(kv->put("a", "1"));
    EXPECT_EQ(must(kv->get("a")).value, "1");
    EXPECT_EQ(next(*must(kv->watch("a"))), "put a=1");
    // ca= alone is enough of a wish for TLS.
    must(connect("etcd" + url(cluster, "?ca=" + file("ca.pem")).substr(5))->get("a"));

    EXPECT_THAT(failure_of(url(cluster, "?ca=" + file("other.pem"))),
                HasSubstr("not-reachable: no server answered within 700 ms; the last: " +
                          cluster.endpoint(0) +
                          ": the server's certificate is not signed by the given ca"));
    EXPECT_THAT(failure_of(cluster.url("tls")),
                HasSubstr("does one side want TLS and the other not?"));
    EXPECT_EQ(failure_of(url(cluster, "?ca=/nowhere/ca.pem")),
              "file-not-found: No such file or directory");
    EXPECT_EQ(failure_of(url(cluster, "?ca=" + file("server.ext"))),
              "invalid-argument: no certificate or key in PEM is in it");
    EXPECT_THAT(
        failure_of(url(cluster, fmt::format("?ca={}&cert={}", file("ca.pem"), file("client.pem")))),
        HasSubstr("invalid-argument: a client's certificate needs its key"));
}

TEST_F(EtcdTls, TheClientsCertificateIsAskedFor) {
    const EtcdCluster cluster(
        {.cert = file("server.pem"), .key = file("server.key"), .ca = file("ca.pem")});
    const auto with = [&](const std::string& name) {
        return url(cluster, fmt::format("?ca={}&cert={}&key={}", file("ca.pem"),
                                        file(name + ".pem"), file(name + ".key")));
    };
    must(connect(with("client"))->put("a", "1"));
    EXPECT_THAT(failure_of(url(cluster, "?ca=" + file("ca.pem"))), HasSubstr("not-reachable"));
    EXPECT_THAT(failure_of(with("other")), HasSubstr("not-reachable"));
}

TEST_F(EtcdTls, AnotherHostsCertificateIsRefused) {
    const EtcdCluster cluster({.cert = file("elsewhere.pem"), .key = file("elsewhere.key")});
    EXPECT_THAT(failure_of(url(cluster, "?ca=" + file("ca.pem"))),
                HasSubstr("the server's certificate is for another host name"));
}

TEST_F(EtcdTls, AServerWithoutTlsIsToldApart) {
    const EtcdCluster cluster;
    EXPECT_THAT(failure_of(url(cluster, "?ca=" + file("ca.pem"))),
                HasSubstr("does one side want TLS and the other not?"));
}

} // namespace
} // namespace rebolt::test
