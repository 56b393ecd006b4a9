#include "store/etcd/connection.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "base/try.hpp"
#include "store/etcd/deadline.hpp"

namespace rebolt::store::etcd {
namespace {

constexpr std::uint16_t usual_port = 2379;
// Bounds the memory of a page of pairs; a watch's answers are cut by the server.
constexpr int answer_bytes_max = 64 << 20;

Result<std::string> read_pem(const std::string& path) {
    if (path.empty())
        return std::string();
    std::ifstream stream(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (stream.good() || stream.eof())
        if (text.find("-----BEGIN") != std::string::npos)
            return text;
    const int number = stream.is_open() ? 0 : errno;
    const ErrorCode code = number == ENOENT   ? ErrorCode::file_not_found
                           : number == EACCES ? ErrorCode::permission_denied
                                              : ErrorCode::invalid_argument;
    return Error(code, number == 0 ? "no certificate or key in PEM is in it"
                                   : std::generic_category().message(number))
        .in_file(path);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> credentials_of(const Url& url,
                                                                 const StoreOptions& options) {
    const bool has_files = !options.cert_file.empty() || !options.key_file.empty();
    if (url.scheme != "etcds" && options.ca_file.empty()) {
        if (has_files)
            return Error(ErrorCode::invalid_argument,
                         "a certificate without TLS: use etcds://, or give ca= too");
        return grpc::InsecureChannelCredentials();
    }
    if (options.cert_file.empty() != options.key_file.empty())
        return Error(ErrorCode::invalid_argument,
                     "a client's certificate needs its key, and a key its certificate: give both "
                     "cert= and key=");
    const std::string roots =
        options.ca_file.empty() ? "/etc/ssl/certs/ca-certificates.crt" : options.ca_file;
    grpc::SslCredentialsOptions pem;
    pem.pem_root_certs = TRY(read_pem(roots));
    pem.pem_private_key = TRY(read_pem(options.key_file));
    pem.pem_cert_chain = TRY(read_pem(options.cert_file));
    return grpc::SslCredentials(pem);
}

grpc::ChannelArguments arguments() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(answer_bytes_max);
    arguments.SetMaxSendMessageSize(-1);
    // A server that is back is found soon; one that does not answer to a connection
    // is left after two seconds.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2'000);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
    // A connection whose other end is gone without a word. etcd does not like
    // pings that come faster than each five seconds.
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    // What may be repeated is decided in Client.
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    // Stores do not share connections; a proxy for the Web is none for a cluster.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetServiceConfigJSON("{}");
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    return arguments;
}

} // namespace

void let_grpc_look(std::chrono::milliseconds longest) {
    // A queue without calls: waiting on it is nothing but that look.
    grpc::CompletionQueue queue;
    void* tag = nullptr;
    bool ok = false;
    // gRPC rounds deadlines up: one that is now is a millisecond from now.
    const bool is_waiting = longest.count() > 0;
    queue.AsyncNext(&tag, &ok,
                    is_waiting ? Deadline(longest).for_grpc() : gpr_inf_past(GPR_CLOCK_MONOTONIC));
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
}

Result<std::vector<Connection>> make_connections(const Url& url, const StoreOptions& options) {
    const std::shared_ptr<grpc::ChannelCredentials> credentials = TRY(credentials_of(url, options));
    std::vector<Connection> connections;
    for (const Endpoint& endpoint : url.endpoints) {
        const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
        Connection connection;
        connection.name =
            fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", endpoint.host, is_ipv6 ? "]" : "",
                        endpoint.port == 0 ? usual_port : endpoint.port);
        connection.channel =
            grpc::CreateCustomChannel("dns:///" + connection.name, credentials, arguments());
        connection.kv = rpc::KV::NewStub(connection.channel);
        connection.watch = rpc::Watch::NewStub(connection.channel);
        connection.lease = rpc::Lease::NewStub(connection.channel);
        connection.auth = rpc::Auth::NewStub(connection.channel);
        connection.answered =
            std::make_unique<std::atomic<std::chrono::steady_clock::time_point>>();
        connections.push_back(std::move(connection));
    }
    return connections;
}

} // namespace rebolt::store::etcd
