package io.sandgate.membership.trust;

import java.nio.file.Path;

/// Where an operator's own certificates are, all in PEM.
///
/// @param certificate of this replica, followed by those between it and an authority
/// @param key of the certificate, not encrypted
/// @param authorities one certificate or more; during a change of the authority, the old and the new one
public record TrustFiles(Path certificate, Path key, Path authorities) {}
