package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// An operator's own authority, made with the JDK's keytool, and the certificates that it issues.
public final class Certificates {

    private static final String PASSWORD = "changeit";

    private final Path directory;

    /// @param directory where everything is kept
    public Certificates(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        keytool("-genkeypair", "-alias", "ca", "-keystore", store("ca"), "-dname", "CN=own authority", "-ext", "bc:c",
                "-ext", "ku=keyCertSign", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30");
        keytool("-exportcert", "-rfc", "-alias", "ca", "-keystore", store("ca"), "-file", authority().toString());
    }

    /// The authority's certificate.
    public Path authority() {
        return directory.resolve("ca.pem");
    }

    /// A replica's certificate.
    public Path certificate(String replica) {
        return directory.resolve(replica + ".pem");
    }

    /// A replica's key.
    public Path key(String replica) {
        return directory.resolve(replica + ".key");
    }

    /// Issues a new certificate with a new key to a replica, in the place of the one that it has.
    ///
    /// @return its number
    public BigInteger issue(String replica) {
        return issue(replica, "URI:sandgate://replica/" + replica);
    }

    /// Issues a certificate with a new key to a listener.
    ///
    /// @param names what clients know it by, in the form `DNS:a,DNS:b`
    public void issueToListener(String listener, String names) {
        issue(listener, names);
    }

    private BigInteger issue(String owner, String names) {
        Path store = directory.resolve(owner + ".p12");
        Path request = directory.resolve(owner + ".csr");
        Path issued = directory.resolve(owner + ".new");
        try {
            Files.deleteIfExists(store);
            keytool("-genkeypair", "-alias", "leaf", "-keystore", store.toString(), "-dname", "CN=" + owner,
                    "-keyalg",
                    "EC", "-groupname", "secp256r1", "-validity", "7");
            keytool("-certreq", "-alias", "leaf", "-keystore", store.toString(), "-file", request.toString());
            keytool("-gencert", "-rfc", "-alias", "ca", "-keystore", store("ca"), "-infile", request.toString(),
                    "-outfile", issued.toString(), "-validity", "7", "-ext", "SAN=" + names,
                    "-ext", "eku=serverAuth,clientAuth", "-ext", "ku=digitalSignature");
            write(key(owner), pem("PRIVATE KEY", privateKey(store)));
            Files.move(issued, certificate(owner), StandardCopyOption.ATOMIC_MOVE);
            return read(certificate(owner)).getSerialNumber();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] privateKey(Path store) throws IOException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return Objects.requireNonNull(keys.getKey("leaf", PASSWORD.toCharArray())).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static X509Certificate read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes)
                + "\n-----END " + kind + "-----\n";
    }

    private static void write(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private String store(String name) {
        return directory.resolve(name + ".p12").toString();
    }

    private static void keytool(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Run run = Run.of(command, Path.of("."), Map.of());
        if (run.exitCode() != 0) {
            throw new IllegalStateException(command + " ended with " + run.exitCode() + ": " + run.out() + run.err());
        }
    }
}
