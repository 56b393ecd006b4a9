// Certificates for a test, made by openssl(1) in a temporary folder.
#pragma once

#include <string>

#include "support/temporary_folder.hpp"

namespace rebolt::test {

class Certificates {
public:
    /// `ca.pem` and, signed by it: `server` (for 127.0.0.1), `elsewhere` (for
    /// another host) and `client`; `other.pem` signed nothing.
    Certificates();

    /// The path of NAME.pem or NAME.key.
    [[nodiscard]] std::string path(const std::string& file) const { return folder_.path(file); }

private:
    void make_ca(const std::string& name) const;
    void sign(const std::string& name, const std::string& alternative_name) const;

    TemporaryFolder folder_;
};

} // namespace rebolt::test
