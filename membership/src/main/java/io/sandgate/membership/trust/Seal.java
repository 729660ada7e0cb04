package io.sandgate.membership.trust;

import java.io.ByteArrayInputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Proof of who says something, for messages whose connection does not tell: signed with the key of the replica's
/// certificate, which comes with it. The bytes, big-endian:
///
///     magic "SGSL" | version u8 | certificates u8, each: length u16, DER | signature: length u16, bytes | the message
///
/// The signature is over the address from which the message is sent and the message, so that nobody can send what
/// another one has said before as if it came from elsewhere.
public final class Seal {
    /// By how much a seal makes a message longer, at most.
    public static final int LONGEST = 16 * 1024;

    private static final int MAGIC = 0x5347534c;
    private static final byte VERSION = 1;
    private static final byte[] PURPOSE = "sandgate announcement, version 1".getBytes(StandardCharsets.US_ASCII);

    /// A message and the replica that has sealed it.
    public static final class Opened {
        private final String id;
        private final byte[] message;

        private Opened(String id, byte[] message) {
            this.id = id;
            this.message = message;
        }

        /// Whose seal it was.
        public String id() {
            return id;
        }

        /// What was sealed.
        public byte[] message() {
            return message;
        }
    }

    private final Trust trust;

    Seal(Trust trust) {
        this.trust = trust;
    }

    /// The message with the proof that this replica sends it.
    ///
    /// @param from the address that it is sent from
    public byte[] seal(byte[] message, byte[] from) {
        Credentials own = trust.credentials();
        try {
            Signature signature = Signatures.of(own.key());
            signature.initSign(own.key());
            update(signature, message, from);
            byte[] signed = signature.sign();
            ByteBuffer out = ByteBuffer.allocate(LONGEST + message.length);
            out.putInt(MAGIC).put(VERSION).put((byte) own.chain().size());
            for (X509Certificate certificate : own.chain()) {
                put(out, certificate.getEncoded());
            }
            put(out, signed);
            out.put(message);
            byte[] sealed = new byte[out.position()];
            out.flip().get(sealed);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this replica's key does not sign", e);
        }
    }

    /// The message, once it is certain who has sealed it.
    ///
    /// @param from the address that it was sent from
    public Opened open(byte[] sealed, byte[] from) throws RefusedCertificateException {
        ByteBuffer in = ByteBuffer.wrap(sealed);
        try {
            if (in.getInt() != MAGIC || in.get() != VERSION) {
                throw noProof("the message is not sealed");
            }
            List<X509Certificate> chain = chain(in);
            byte[] signed = take(in);
            byte[] message = new byte[in.remaining()];
            in.get(message);
            String id = trust.idOf(chain);
            Signature signature = Signatures.of(chain.getFirst().getPublicKey());
            signature.initVerify(chain.getFirst());
            update(signature, message, from);
            if (!signature.verify(signed)) {
                throw noProof("the seal of replica " + id + " is broken, or from another address");
            }
            return new Opened(id, message);
        } catch (RefusedCertificateException e) {
            throw e;
        } catch (BufferUnderflowException | GeneralSecurityException e) {
            throw noProof("the seal cannot be read: " + e);
        }
    }

    private static RefusedCertificateException noProof(String message) {
        return new RefusedCertificateException(RefusalReason.NO_PROOF, message);
    }

    private static List<X509Certificate> chain(ByteBuffer in) throws CertificateException {
        int count = Byte.toUnsignedInt(in.get());
        if (count < 1 || count > ChainCheck.LONGEST) {
            throw noProof("a chain of " + count + " certificates (expected: 1-" + ChainCheck.LONGEST + ")");
        }
        List<X509Certificate> chain = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(take(in))));
        }
        return chain;
    }

    private static void put(ByteBuffer out, byte[] bytes) {
        out.putShort((short) bytes.length).put(bytes);
    }

    private static byte[] take(ByteBuffer in) {
        int length = Short.toUnsignedInt(in.getShort());
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void update(Signature signature, byte[] message, byte[] from) throws SignatureException {
        signature.update(PURPOSE);
        signature.update((byte) from.length);
        signature.update(from);
        signature.update(message);
    }
}
