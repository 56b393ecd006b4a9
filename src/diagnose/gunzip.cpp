#include "diagnose/gunzip.hpp"

#include <array>
#include <bit>

#include "diagnose/zlib.hpp"

namespace rebolt::diagnose {
namespace {

constexpr int window_of_gzip = 15 + 16; // zlib: the largest, with gzip's header

} // namespace

struct Gunzip::Stream {
    Zlib zlib;
    z_stream state{};
    bool is_started = false;
    bool is_broken = false;

    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() {
        if (is_started)
            zlib.end(&state);
    }
};

Gunzip::Gunzip(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
Gunzip::Gunzip(Gunzip&&) noexcept = default;
Gunzip& Gunzip::operator=(Gunzip&&) noexcept = default;
Gunzip::~Gunzip() = default;

Result<Gunzip> Gunzip::start() {
    auto stream = std::make_unique<Stream>();
    if (const auto zlib = Zlib::load()) {
        stream->zlib = *zlib;
        stream->is_started =
            zlib->init(&stream->state, window_of_gzip, ZLIB_VERSION, sizeof(z_stream)) == Z_OK;
    }
    if (!stream->is_started)
        return Error(ErrorCode::invalid_argument,
                     "the log is compressed, and this machine has no libz; unpack it first: "
                     "gunzip -c FILE | rebolt diagnose -");
    return Gunzip(std::move(stream));
}

Result<void> Gunzip::add(std::string_view bytes,
                         const std::function<bool(std::string_view)>& take) {
    std::array<char, 65536> out{};
    z_stream& state = stream_->state;
    // zlib takes bytes as unsigned, and writes none of its input.
    state.next_in = std::bit_cast<Bytef*>(bytes.data());
    state.avail_in = static_cast<uInt>(bytes.size());
    while (!stream_->is_broken) {
        state.next_out = std::bit_cast<Bytef*>(out.data());
        state.avail_out = static_cast<uInt>(out.size());
        const int status = stream_->zlib.inflate(&state, Z_NO_FLUSH);
        const std::size_t size = out.size() - state.avail_out;
        if (size != 0 && !take({out.data(), size}))
            return Error(ErrorCode::cancelled, "cancelled while reading the log");
        // Several files may be packed one after another.
        if (status == Z_STREAM_END)
            stream_->zlib.reset(&state);
        else if (status != Z_OK && status != Z_BUF_ERROR)
            stream_->is_broken = true;
        if (state.avail_in == 0 && state.avail_out != 0)
            break;
    }
    return {};
}

bool is_gzip(std::string_view start) noexcept {
    return start.starts_with("\x1F\x8B");
}

} // namespace rebolt::diagnose
