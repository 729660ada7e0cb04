/// The files of a sandbox, reached from outside of it and never beyond it.
///
/// Every path is resolved by the kernel with the sandbox' root as the root of everything. What is found is held by a
/// descriptor, and worked on through that or by a name in a directory that is held so, with no link followed: so a program
/// of the sandbox that puts a link in the place of a directory in mid-work gains nothing.
///
/// Starting points:
/// - [io.sandgate.sandbox.runtime.file.GuestFiles], all that can be done
/// - [io.sandgate.sandbox.runtime.file.SandboxRoot], how a path is resolved
@NullMarked
package io.sandgate.sandbox.runtime.file;

import org.jspecify.annotations.NullMarked;
