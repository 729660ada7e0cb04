package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Programs.TerminalSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// A pseudo-terminal of a sandbox, held at its controlling end. It is one of the sandbox' own, so that its programs find
/// it below `/dev/pts`.
///
/// Source of the numbers: ioctl_tty(2).
final class Terminal implements AutoCloseable {

    private static final long SET_LOCK = 0x40045431L;
    private static final long GET_NUMBER = 0x80045430L;
    private static final long SET_SIZE = 0x5414;

    private final Descriptor controller;
    private final int number;

    private Terminal(Descriptor controller, int number) {
        this.controller = controller;
        this.number = number;
    }

    /// Makes one.
    ///
    /// @param root the root directory of the sandbox
    /// @param account whose it is
    /// @param own whether it must be given to the account, whose number on the machine is another than the replica's
    static Terminal open(Descriptor root, Account account, boolean own, TerminalSize size) throws IOException {
        Descriptor controller = root.openInRoot("/dev/ptmx", 0, OpenFlag.RDWR, OpenFlag.NOCTTY, OpenFlag.NONBLOCK);
        try {
            controller.ioctl(SET_LOCK, new byte[Integer.BYTES]);
            byte[] answer = new byte[Integer.BYTES];
            controller.ioctl(GET_NUMBER, answer);
            Terminal terminal = new Terminal(controller,
                    ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt());
            terminal.resize(size);
            if (own) {
                try (Descriptor end = root.openInRoot(terminal.path(), 0, OpenFlag.PATH)) {
                    Files.setAttribute(Path.of(end.path()), "unix:uid", account.hostUid());
                    Files.setAttribute(Path.of(end.path()), "unix:gid", account.hostGid());
                }
            }
            return terminal;
        } catch (IOException e) {
            controller.close();
            throw e;
        }
    }

    /// Its path within the sandbox.
    String path() {
        return "/dev/pts/" + number;
    }

    Descriptor controller() {
        return controller;
    }

    void resize(TerminalSize size) throws IOException {
        byte[] words = new byte[4 * Short.BYTES];
        ByteBuffer.wrap(words).order(ByteOrder.nativeOrder()).putShort((short) size.rows())
                .putShort((short) size.columns());
        controller.ioctl(SET_SIZE, words);
    }

    @Override
    public void close() {
        controller.close();
    }
}
