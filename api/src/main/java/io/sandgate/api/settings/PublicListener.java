package io.sandgate.api.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The listener for the lifecycle API and the data plane.
///
/// @param host what it binds
/// @param port 0 takes any free port
/// @param domain the domain that `<port>-<sandbox id>` is put in front of
/// @param maxBody the largest body of a lifecycle call, in bytes
/// @param tls the certificate that it shows; without one it speaks without TLS
public record PublicListener(String host, int port, String domain, int maxBody, Optional<CertificateFiles> tls) {

    static final Setting<String> HOST = Setting.of("public.host", Type.host(), "127.0.0.1",
            "Address that the public listener binds; beyond loopback it needs `sandgate.api.keys`.");
    static final Setting<Integer> PORT = Setting.of("public.port", Type.port(), "8080",
            "Port of the public listener.");
    static final Setting<String> DOMAIN = Setting.of("public.domain",
            Type.text("a domain in lower case", Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?"
                    + "(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")),
            "localhost", "Domain of the sandboxes: they answer at `<port>-<sandbox id>.<domain>`.");
    static final Setting<Integer> MAX_BODY = Setting.of("public.max-body", Type.size("1KiB", "64MiB"), "1MiB",
            "Largest body of a lifecycle call; traffic to sandboxes has no such limit.");
    static final Setting<Path> TLS_CERTIFICATE = Setting.optional("public.tls-certificate", Type.path(), "none",
            "PEM file with the certificate that the public listener shows, its chain behind it; with it the listener speaks"
                    + " TLS only, and HTTP/2 to clients that ask for it. Read again when it changes.");
    static final Setting<Path> TLS_KEY = Setting.optional("public.tls-key", Type.path(), "none",
            "PEM file with the private key of `sandgate.public.tls-certificate`, not encrypted.");
    static final List<Setting<?>> ALL = List.of(HOST, PORT, DOMAIN, MAX_BODY, TLS_CERTIFICATE, TLS_KEY);

    static PublicListener from(Values values) {
        return new PublicListener(values.get(HOST), values.get(PORT), values.get(DOMAIN), values.get(MAX_BODY),
                tls(values));
    }

    private static Optional<CertificateFiles> tls(Values values) {
        Optional<Path> certificate = values.find(TLS_CERTIFICATE);
        Optional<Path> key = values.find(TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            throw values.refused(certificate.isPresent() ? TLS_KEY : TLS_CERTIFICATE,
                    "a path; certificate and key are needed together");
        }
        return certificate.map(path -> new CertificateFiles(path, key.orElseThrow()));
    }

    /// How a URL of it begins.
    public String scheme() {
        return tls.isPresent() ? "https" : "http";
    }

    /// Whether only this machine reaches it.
    public boolean isLoopback() {
        return LoopbackRules.isLoopback(host);
    }
}
