/// The Linux system calls that Java lacks: files opened within a root, pipes with a name, terminals, process handles and
/// watches. All go through one function of the C library, so that the first use costs little.
///
/// Starting points:
/// - [io.sandgate.sandbox.linux.Descriptor], an open file and what can be done with it
/// - [io.sandgate.sandbox.linux.SystemCall], how a call reaches the kernel
@NullMarked
package io.sandgate.sandbox.linux;

import org.jspecify.annotations.NullMarked;
