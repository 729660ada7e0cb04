package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DescriptorTest {

    private static final int GET_FLAGS = 3;
    private static final int NONBLOCK = 0x800;
    private static final long BYTES_WAITING = 0x541B;

    @TempDir
    Path directory;

    @Test
    void open_missingFile_namesCallAndError() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> Descriptor.open(directory.resolve("none").toString(), 0, OpenFlag.RDONLY))
                .withMessage("openat: ENOENT").satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void writeAndRead_heapAndDirectBuffers_carryTheBytes() throws IOException {
        String file = directory + "/ä.txt";
        try (var out = Descriptor.open(file, 0600, OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.EXCL)) {
            assertThat(out.write(ByteBuffer.wrap("one ".getBytes(UTF_8)))).isEqualTo(4);
            var direct = ByteBuffer.allocateDirect(8).put("two".getBytes(UTF_8)).flip();
            assertThat(out.write(direct)).isEqualTo(3);
            assertThat(direct.hasRemaining()).isFalse();
        }
        try (var in = Descriptor.open(file, 0, OpenFlag.RDONLY)) {
            var heap = ByteBuffer.allocate(4);
            var direct = ByteBuffer.allocateDirect(10);
            assertThat(in.read(heap)).isEqualTo(4);
            assertThat(in.read(direct)).isEqualTo(3);
            assertThat(in.read(direct)).isEqualTo(-1);
            assertThat(new String(heap.array(), UTF_8)).isEqualTo("one ");
            assertThat(UTF_8.decode(direct.flip()).toString()).isEqualTo("two");
        }
    }

    @Test
    void openInRoot_pathsThatLeadOut_stayWithin() throws IOException {
        Path root = Files.createDirectory(directory.resolve("root"));
        Files.writeString(directory.resolve("secret"), "outside");
        Files.createSymbolicLink(root.resolve("absolute"), directory.resolve("secret"));
        Files.createSymbolicLink(root.resolve("relative"), Path.of("../../../../secret"));
        try (var top = Descriptor.open(root.toString(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            for (String path : new String[]{"absolute", "relative", "../secret", "/../secret"}) {
                assertThatExceptionOfType(SystemCallException.class).as(path)
                        .isThrownBy(() -> top.openInRoot(path, 0, OpenFlag.RDONLY)).withMessage("openat2: ENOENT");
            }
            try (var self = top.openInRoot("/..", 0, OpenFlag.PATH)) {
                assertThat(Path.of(self.path()).toRealPath()).isEqualTo(root.toRealPath());
            }
        }
    }

    @Test
    void openInRoot_linkToAnOpenFile_isRefused() throws IOException {
        try (var top = Descriptor.open("/", 0, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> top.openInRoot("/proc/self/root/etc", 0, OpenFlag.PATH))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ELOOP));
        }
    }

    @Test
    void namedPipe_writtenTo_tellsHowMuchWaits() throws IOException {
        String pipe = directory.resolve("pipe").toString();
        NamedPipe.create(pipe, 0600);
        try (var end = Descriptor.open(pipe, 0, OpenFlag.RDWR, OpenFlag.NONBLOCK)) {
            assertThat(end.fcntl(GET_FLAGS, 0) & NONBLOCK).isEqualTo(NONBLOCK);
            end.write(ByteBuffer.wrap(new byte[5]));
            var waiting = new byte[Integer.BYTES];
            end.ioctl(BYTES_WAITING, waiting);
            assertThat(ByteBuffer.wrap(waiting).order(java.nio.ByteOrder.nativeOrder()).getInt()).isEqualTo(5);
        }
    }

    @Test
    void call_afterClose_isRefused() throws IOException {
        var top = Descriptor.open(directory.toString(), 0, OpenFlag.PATH);
        top.close();
        top.close();
        assertThatExceptionOfType(ClosedChannelException.class)
                .isThrownBy(() -> top.openInRoot(".", 0, OpenFlag.PATH));
    }

    @Test
    void close_whileACallWaits_keepsTheNumberUntilItReturns() throws Exception {
        String pipe = directory.resolve("pipe").toString();
        NamedPipe.create(pipe, 0600);
        var keepsOpen = Descriptor.open(pipe, 0, OpenFlag.RDWR);
        var end = Descriptor.open(pipe, 0, OpenFlag.RDONLY);
        var reader = Thread.ofPlatform().start(() -> {
            try {
                end.read(ByteBuffer.allocate(1));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Path calling = Path.of("/proc/self/task");
        while (!reading(calling, end.number())) {
            Thread.onSpinWait();
        }
        end.close();
        assertThat(Path.of(end.path())).exists();
        keepsOpen.write(ByteBuffer.wrap(new byte[1]));
        reader.join();
        assertThat(Path.of(end.path()).toFile().exists() && Files.isSameFile(Path.of(end.path()), Path.of(pipe)))
                .isFalse();
        keepsOpen.close();
    }

    @Test
    void signal_toAProcess_reachesIt() throws Exception {
        var process = new ProcessBuilder("cat").start();
        try (var pid = PidDescriptor.open(process.pid())) {
            pid.signal(0);
            pid.signal(9);
            assertThat(process.waitFor()).isEqualTo(128 + 9);
        }
    }

    @Test
    void fileSystemType_ofProc_isItsNumber() throws IOException {
        try (var proc = Descriptor.open("/proc", 0, OpenFlag.PATH)) {
            assertThat(proc.fileSystemType()).isEqualTo(0x9fa0);
        }
    }

    /// Whether a thread of this process is within read(2) of that number.
    private static boolean reading(Path tasks, int number) throws IOException {
        try (var each = Files.newDirectoryStream(tasks)) {
            for (Path task : each) {
                if (Files.readString(task.resolve("syscall"))
                        .matches("(?s)(0|63) 0x" + Integer.toHexString(number) + " .*")) {
                    return true;
                }
            }
        }
        return false;
    }
}
