/// What can be done within a running sandbox: run programs, and read, write and watch files. It speaks no protocol;
/// names, semantics and limits follow envd, the service that E2B runs in its sandboxes.
///
/// Starting points:
/// - [io.sandgate.sandbox.runtime.SandboxRuntime], one sandbox from within
/// - [io.sandgate.sandbox.runtime.Programs], what runs there
/// - [io.sandgate.sandbox.runtime.SandboxFiles], what lies there
@NullMarked
package io.sandgate.sandbox.runtime;

import org.jspecify.annotations.NullMarked;
