// How the program treats memory it no longer needs.
#pragma once

namespace ionpass {

/// Keeps freed memory for the next evaluation instead of giving it back to the system, which would
/// clear it page by page when it is asked for again. For programs, first thing in main(); does
/// nothing where the C library is not glibc.
void keep_freed_memory();

}  // namespace ionpass
