package io.sandgate.sandbox.runtime;

import java.util.Map;
import java.util.Optional;

/// One running sandbox from within. Thread-safe; calls block and belong on virtual threads unless they say otherwise.
///
/// Failures are [GuestException]s.
public interface SandboxRuntime {

    /// The user that calls run as that name none.
    String DEFAULT_USER = "user";

    /// The sandbox.
    String id();

    /// The address at which its port 49983 is to answer.
    String address();

    /// What a caller must show; nothing for a sandbox that is not secured. Does not block.
    Optional<String> accessToken();

    /// The variables that its programs get. Does not block.
    Map<String, String> environment();

    /// The programs that run in it.
    Programs programs();

    /// Its files.
    SandboxFiles files();

    /// What it uses now.
    Usage usage();
}
