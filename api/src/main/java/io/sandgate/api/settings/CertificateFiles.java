package io.sandgate.api.settings;

import java.nio.file.Path;

/// A certificate that a listener shows, and its key, as PEM files.
///
/// @param certificate with the certificates that lead from it to a known authority behind it
/// @param key not encrypted
public record CertificateFiles(Path certificate, Path key) {}
