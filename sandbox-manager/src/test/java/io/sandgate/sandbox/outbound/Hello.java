package io.sandgate.sandbox.outbound;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import static java.util.Objects.requireNonNull;

/// First words of TLS, as the JDK says them.
final class Hello {

    private Hello() {}

    /// Those for a server of a name.
    static byte[] of(String name) throws Exception {
        return of(new SNIHostName(name));
    }

    /// Those that name no server.
    static byte[] nameless() throws Exception {
        return of();
    }

    private static byte[] of(SNIServerName... names) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = requireNonNull(engine.getSSLParameters());
        parameters.setServerNames(Arrays.asList(names));
        engine.setSSLParameters(parameters);
        ByteBuffer said = ByteBuffer.allocate(64 * 1024);
        engine.wrap(ByteBuffer.allocate(0), said);
        return Arrays.copyOf(said.array(), said.position());
    }

    /// The same in records of so many bytes.
    static byte[] inRecords(byte[] hello, int size) {
        ByteBuffer records = ByteBuffer.allocate(hello.length * 6);
        for (int at = 5; at < hello.length; at += size) {
            int length = Math.min(size, hello.length - at);
            records.put((byte) 22).put((byte) 3).put((byte) 1).putShort((short) length).put(hello, at, length);
        }
        return Arrays.copyOf(records.array(), records.position());
    }
}
