package io.sandgate.membership.trust;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows the credentials of the moment in each handshake.
///
/// Implementation note. A handshake asks for an alias first, and then for the chain and the key behind it. Credentials that
/// change in between must not give the chain of one and the key of the other, so the alias is the number of the
/// credentials, and those before the present ones are kept.
final class OwnKey extends X509ExtendedKeyManager {

    private record Numbered(long number, Credentials credentials) {}

    private volatile List<Numbered> shown;

    OwnKey(Credentials first) {
        shown = List.of(new Numbered(0, first));
    }

    void show(Credentials next) {
        Numbered before = shown.getFirst();
        shown = List.of(new Numbered(before.number() + 1, next), before);
    }

    private @Nullable String alias(String... keyTypes) {
        Numbered newest = shown.getFirst();
        return Arrays.asList(keyTypes).contains(newest.credentials().key().getAlgorithm())
                ? Long.toString(newest.number())
                : null;
    }

    private @Nullable Credentials behind(String alias) {
        return shown.stream().filter(entry -> Long.toString(entry.number()).equals(alias)).map(Numbered::credentials)
                .findFirst().orElse(null);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return alias(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        String alias = alias(keyType);
        return alias == null ? null : new String[]{alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Credentials credentials = behind(alias);
        return credentials == null ? null : credentials.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Credentials credentials = behind(alias);
        return credentials == null ? null : credentials.key();
    }
}
