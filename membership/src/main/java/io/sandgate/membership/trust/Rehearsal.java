package io.sandgate.membership.trust;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/// One handshake of a replica with itself, in memory: credentials that pass it serve at both ends of a connection.
///
/// It also loads what the first handshakes with others would have to wait for, and these have short deadlines.
final class Rehearsal {
    private static final int MOST_STEPS = 200;

    private final SSLEngine client;
    private final SSLEngine server;
    private final ByteBuffer toServer;
    private final ByteBuffer toClient;
    private final ByteBuffer ignored;

    private Rehearsal(SSLContext context) {
        client = context.createSSLEngine("itself", 1);
        client.setUseClientMode(true);
        client.setSSLParameters(new SSLParameters(null, new String[]{Trust.PROTOCOL}));
        server = context.createSSLEngine();
        server.setUseClientMode(false);
        server.setSSLParameters(PeerSockets.parameters());
        int packet = 2 * client.getSession().getPacketBufferSize();
        toServer = ByteBuffer.allocate(packet);
        toClient = ByteBuffer.allocate(packet);
        ignored = ByteBuffer.allocate(client.getSession().getApplicationBufferSize());
    }

    /// Makes the handshake.
    ///
    /// @throws TrustException when it fails
    static void of(Credentials credentials, ChainCheck check, Refusals refusals) {
        try {
            SSLContext context = SSLContext.getInstance(Trust.PROTOCOL);
            context.init(new KeyManager[]{new OwnKey(credentials)},
                    new TrustManager[]{new ReplicasOnly(chain -> check.id(chain, credentials.authorities()),
                            (id, host, port) -> true, refusals)},
                    null);
            new Rehearsal(context).run();
        } catch (GeneralSecurityException | SSLException e) {
            throw new TrustException("the certificate of " + credentials.certificate().getSubjectX500Principal()
                    + " does not serve for " + Trust.PROTOCOL + ": " + e.getMessage(), e);
        }
    }

    private void run() throws SSLException {
        for (int step = 0; step < MOST_STEPS; step++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
            if (isOver(client) && isOver(server)) {
                return;
            }
        }
        throw new SSLException("the handshake does not end");
    }

    private static boolean isOver(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && engine.getSession().isValid();
    }

    private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
            }
            case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                in.flip();
                engine.unwrap(in, ignored);
                in.compact();
            }
            case NOT_HANDSHAKING, FINISHED -> {
                if (!engine.getSession().isValid()) {
                    engine.beginHandshake();
                }
            }
        }
    }
}
