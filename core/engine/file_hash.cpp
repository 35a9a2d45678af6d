#include "core/engine/file_hash.h"

#include "core/error.h"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <memory>

namespace finescope::engine {

std::string fileSha256(const std::filesystem::path& path, const analysis::WorkHooks& hooks) {
    std::ifstream stream(path, std::ios::binary);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (context == nullptr || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) {
        throw Error(ErrorKind::internal, "OpenSSL offers no SHA-256");
    }
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    std::vector<char> piece(kPiece);
    std::error_code unknown;
    const auto size = static_cast<double>(std::filesystem::file_size(path, unknown));
    double done = 0;
    while (stream) {
        analysis::throwIfCancelled(hooks, "reading " + path.string());
        if (hooks.onProgress && !unknown && size > 0) {
            hooks.onProgress(done / size);
        }
        stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(stream.gcount()));
        done += static_cast<double>(stream.gcount());
    }
    if (!stream.eof()) {
        throw Error(ErrorKind::badFile, path.string() + ": cannot be read");
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
        constexpr char kDigits[] = "0123456789abcdef";
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 15];
    }
    return text;
}

std::map<std::string, std::string> fileHashes(const std::filesystem::path& folder,
                                              const std::vector<std::string>& names) {
    std::map<std::string, std::string> hashes;
    for (const std::string& name : names) {
        hashes[name] = fileSha256(folder / name);
    }
    return hashes;
}

} // namespace finescope::engine
