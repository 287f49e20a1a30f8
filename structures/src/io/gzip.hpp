// Files that gzip packed (RFC 1952).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ionpass {

/// Bytes that a packed file may hold, a hundred times the largest text anyone should write: a few
/// packed kB can stand for gigabytes.
inline constexpr std::size_t unpacked_limit = std::size_t{256} << 20;

/// Whether the contents of a file begin as gzip's do; no text does.
[[nodiscard]] bool is_gzip(std::string_view bytes);

/// What was packed; several members are joined, as gzip does.
/// @param name of the file, for messages
/// @param limit bytes of the result
/// @throws InputError for data that are damaged or cut short, for anything else behind them, and
/// for a result beyond the limit
[[nodiscard]] std::string unpack_gzip(std::string_view bytes, const std::string& name,
                                      std::size_t limit = unpacked_limit);

}  // namespace ionpass
