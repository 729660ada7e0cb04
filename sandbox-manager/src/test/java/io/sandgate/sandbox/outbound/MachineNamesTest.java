package io.sandgate.sandbox.outbound;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Asks a name server that knows `here.example` only.
@Timeout(60)
class MachineNamesTest {

    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private DatagramSocket server;
    private MachineNames names;

    @BeforeEach
    void start() throws Exception {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        names = MachineNames.asking((InetSocketAddress) server.getLocalSocketAddress());
    }

    @AfterEach
    void stop() {
        names.close();
        server.close();
    }

    private void serve() {
        try {
            while (true) {
                DatagramPacket query = new DatagramPacket(new byte[512], 512);
                server.receive(query);
                byte[] answer = answer(query.getData());
                server.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
            }
        } catch (IOException e) {
            // it is over
        }
    }

    private byte[] answer(byte[] question) {
        ByteBuffer query = ByteBuffer.wrap(question);
        int id = query.getShort();
        query.position(12);
        StringBuilder name = new StringBuilder();
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(new String(label, StandardCharsets.US_ASCII)).append('.');
        }
        int end = query.position() + 4;
        asked.add(name.toString());
        boolean known = name.toString().equals("here.example.");
        ByteBuffer answer = ByteBuffer.allocate(512).putShort((short) id)
                .putShort((short) (known ? 0x8180 : 0x8183)).putShort((short) 1).putShort((short) (known ? 2 : 0))
                .putInt(0).put(question, 12, end - 12);
        for (int last = 7; known && last < 9; last++) {
            // the name as in the question, an address, for 60 s
            answer.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1).putInt(60).putShort((short) 4)
                    .put(new byte[]{(byte) 203, 0, 113, (byte) last});
        }
        return Arrays.copyOf(answer.array(), answer.position());
    }

    @Test
    void find_tellsAllAddresses_andAsksAnewEachTime() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThat(names.find("here.example")).extracting(InetAddress::getHostAddress)
                    .containsExactlyInAnyOrder("203.0.113.7", "203.0.113.8");
        }
        assertThat(asked).hasSize(2);
    }

    @Test
    void nameThatIsNotThere_isAFailure_andIsAskedForAsItIs() {
        assertThatThrownBy(() -> names.find("gone.example")).isInstanceOf(IOException.class)
                .hasMessageContaining("gone.example");
        assertThat(List.copyOf(asked)).containsOnly("gone.example.");
    }
}
