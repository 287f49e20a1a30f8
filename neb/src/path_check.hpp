// Checks that several functions of paths share.
#pragma once

#include <neb/path.hpp>

namespace ionpass::neb {

/// @throws InputError if the two do not have the same atoms in the same order and the same cell
void check_match(const Structure& first, const Structure& second, const char* second_name);

/// What a band cannot do without: three images, all alike, none equal to the one before, none
/// shifted by lattice vectors.
/// @throws InputError
void check_images(const Path& path);

}  // namespace ionpass::neb
