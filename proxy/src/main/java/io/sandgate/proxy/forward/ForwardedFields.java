package io.sandgate.proxy.forward;

/// Which fields tell a sandbox who asked, and how. What a client says there itself is removed in any case.
public enum ForwardedFields {
    /// None.
    NONE,
    /// `X-Forwarded-For`, `-Proto`, `-Host` and, for addresses by path, `-Prefix`.
    X_FORWARDED,
    /// `Forwarded`, as RFC 7239 has it.
    FORWARDED
}
