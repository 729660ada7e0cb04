package io.sandgate.membership.trust;

import io.sandgate.membership.trust.Refusals.Where;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes the certificates of replicas of the cluster: as a server those of any, as a client those of the replica that is
/// meant by the address.
///
/// The name of the host plays no part: a replica is known by its id, wherever it runs.
final class ReplicasOnly extends X509ExtendedTrustManager {

    /// Tells whose chain of certificates it is.
    interface Identity {
        String of(List<X509Certificate> chain) throws RefusedCertificateException;
    }

    private final Identity identity;
    private final Whereabouts whereabouts;
    private final Refusals refusals;

    ReplicasOnly(Identity identity, Whereabouts whereabouts, Refusals refusals) {
        this.identity = identity;
        this.whereabouts = whereabouts;
        this.refusals = refusals;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        identity.of(List.of(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        identity.of(List.of(chain));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServer(chain, socket.getInetAddress().getHostAddress(), socket.getPort());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServer(chain, String.valueOf(engine.getPeerHost()), engine.getPeerPort());
    }

    private void checkServer(X509Certificate[] chain, String host, int port) throws CertificateException {
        try {
            String id = identity.of(List.of(chain));
            if (!whereabouts.isAt(id, host, port)) {
                throw new RefusedCertificateException(RefusalReason.WRONG_ID,
                        "replica " + id + " answers at " + host + ":" + port + ", where it is not known to be");
            }
        } catch (RefusedCertificateException e) {
            refusals.refused(Where.OUTGOING, e.reason(), host, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /// Without the end of the connection, nothing is believed: it must be known who is meant.
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no connection was given");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no connection was given");
    }

    /// Does not tell strangers whose certificates are believed.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
