package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.NamedPipe;
import io.sandgate.sandbox.linux.OpenFlag;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

class PipeReaderTest {

    private final List<String> heard = new ArrayList<>();
    private boolean held;
    private Descriptor writer;
    private PipeReader reader;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        String pipe = folder.resolve("pipe").toString();
        NamedPipe.create(pipe, 0600);
        Descriptor end = Descriptor.open(pipe, 0, OpenFlag.RDONLY, OpenFlag.NONBLOCK);
        writer = Descriptor.open(pipe, 0, OpenFlag.WRONLY, OpenFlag.NONBLOCK);
        reader = new PipeReader(end, () -> held, new PipeReader.Hearer() {
            @Override
            public void heard(byte[] bytes) {
                heard.add(new String(bytes, US_ASCII));
            }

            @Override
            public void ended() {
                heard.add("end");
            }
        });
    }

    @AfterEach
    void close() {
        reader.close();
        writer.close();
    }

    private void write(String text) throws Exception {
        writer.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
    }

    @Test
    void ready_afterTheEnd_tellsItOnce() throws Exception {
        write("last");
        writer.close();

        for (int i = 0; i < 4; i++) {
            reader.ready();
        }

        assertThat(heard).containsExactly("last", "end");
    }

    @Test
    void ready_whenHeld_leavesInThePipeWhatIsThere() throws Exception {
        write("later");
        held = true;
        reader.ready();
        assertThat(heard).isEmpty();

        held = false;
        reader.ready();
        assertThat(heard).containsExactly("later");
    }

    @Test
    void ready_afterClose_tellsNoEnd() {
        reader.close();
        reader.ready();
        assertThat(heard).isEmpty();
    }

    @Test
    void drain_takesWhatIsThereAndEnds() throws Exception {
        write("rest");
        held = true;

        reader.drain(1024);
        reader.ready();

        assertThat(heard).containsExactly("rest", "end");
    }
}
