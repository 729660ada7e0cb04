package io.sandgate.gateway.limit;

/// Whether a connection may be opened.
public sealed interface Admission permits Lease, Refused {}
