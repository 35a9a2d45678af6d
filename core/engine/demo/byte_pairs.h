#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace finescope::engine {

/// A byte-level BPE vocabulary, in the order of its ids.
struct BytePairs {
    std::vector<std::string> tokens;
    std::vector<std::pair<std::string, std::string>> merges;
};

/// Learns byte pairs from texts of lower-case letters, spaces and punctuation: RoBERTa's special tokens, the
/// 256 bytes, then the most frequent pair again and again until `merges` are found or no pair occurs twice;
/// ties go to the pair that sorts first. Sennrich et al. 2016; Radford et al. 2019.
[[nodiscard]] BytePairs learnBytePairs(const std::vector<std::string>& texts, std::size_t merges);

/// Writes vocab.json, merges.txt and tokenizer_config.json as RoBERTa has them. Throws Error{internal}.
void writeBytePairs(const BytePairs& pairs, const std::filesystem::path& folder);

} // namespace finescope::engine
