#include <cstdlib>

#include <potentials/memory.hpp>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace ionpass {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int mebibyte = 1 << 20;
  // The largest that glibc takes: blocks from here on are mapped and given back one by one.
  mallopt(M_MMAP_THRESHOLD, 32 * mebibyte);
  mallopt(M_TRIM_THRESHOLD, 1024 * mebibyte);
  mallopt(M_TOP_PAD, 16 * mebibyte);
#endif
}

}  // namespace ionpass
