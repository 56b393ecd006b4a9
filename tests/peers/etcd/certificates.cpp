#include "peers/etcd/certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

void openssl(std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/openssl");
    const CommandResult result = run_command(words);
    if (result.exit_code != 0) {
        std::fputs(result.err.c_str(), stderr);
        std::abort();
    }
}

} // namespace

Certificates::Certificates() {
    make_ca("ca");
    make_ca("other");
    sign("server", "IP:127.0.0.1");
    sign("elsewhere", "DNS:elsewhere.example");
    sign("client", "DNS:client");
}

void Certificates::make_ca(const std::string& name) const {
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=rebolt-test-" + name, "-keyout", path(name + ".key"),
             "-out", path(name + ".pem")});
}

void Certificates::sign(const std::string& name, const std::string& alternative_name) const {
    openssl({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", "/CN=" + name, "-keyout", path(name + ".key"), "-out", path(name + ".csr")});
    std::ofstream(path(name + ".ext"))
        << "subjectAltName=" << alternative_name << "\nextendedKeyUsage=serverAuth,clientAuth\n";
    openssl({"x509", "-req", "-in", path(name + ".csr"), "-CA", path("ca.pem"), "-CAkey",
             path("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", path(name + ".ext"),
             "-out", path(name + ".pem")});
}

} // namespace rebolt::test
