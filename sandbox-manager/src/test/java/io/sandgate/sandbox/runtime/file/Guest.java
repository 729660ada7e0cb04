package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.EffectiveUser;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.watch.Watchers;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// A sandbox whose root is a directory beside one that it must never reach.
final class Guest implements AutoCloseable {

    /// What `user` is on this machine when the tests may give files away.
    static final int USER_ON_HOST = 61_000;

    final Path root;
    final Path outside;
    final Watchers watchers;
    final GuestFiles files;
    private final SandboxRoot opened;

    Guest(Path directory) throws IOException {
        this(directory, FileBounds.DEFAULT);
    }

    Guest(Path directory, FileBounds bounds) throws IOException {
        this(directory, bounds, new Watchers(10_000));
    }

    /// One among others.
    Guest(Path directory, FileBounds bounds, Watchers watchers) throws IOException {
        this.watchers = watchers;
        root = directory.resolve("root");
        outside = Files.createDirectory(directory.resolve("outside"));
        Files.createDirectories(root.resolve("home/user"));
        Files.createDirectories(root.resolve("tmp"));
        Files.writeString(outside.resolve("secret"), "outside");
        opened = root(root);
        files = new GuestFiles(opened, new Users(), bounds, watchers);
    }

    static boolean actsAsRoot() {
        try {
            return EffectiveUser.id() == 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The place on this machine of an absolute path in the sandbox.
    Path host(String path) {
        return root.resolve(path.substring(1));
    }

    void put(String path, String content) throws IOException {
        try (var writing = files.write(path, "user", Map.of());
                var out = Channels.newOutputStream(writing.channel())) {
            out.write(content.getBytes(UTF_8));
        }
    }

    String get(String path) throws IOException {
        try (var reading = files.read(path, "user"); var in = Channels.newInputStream(reading.channel())) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    static void assertRefused(Code code, ThrowingCallable call) {
        assertThatExceptionOfType(GuestException.class).isThrownBy(call).extracting(GuestException::code)
                .isEqualTo(code);
    }

    @Override
    public void close() {
        opened.close();
    }

    /// The users `root` and `user`.
    static final class Users implements Accounts {

        @Override
        public Account find(String user) {
            try {
                int self = EffectiveUser.id();
                int own = (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
                return switch (user) {
                    case "root" -> new Account("root", 0, 0, self, own, "/root");
                    case "user", "1000", "" -> self == 0
                            ? new Account("user", 1000, 1000, USER_ON_HOST, USER_ON_HOST, "/home/user")
                            : new Account("user", 1000, 1000, self, own, "/home/user");
                    default -> throw new GuestException(Code.UNAUTHENTICATED, "user: '" + user + "' is not known");
                };
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public String userName(int hostUid) {
            return hostUid == find("user").hostUid() ? "user" : "root";
        }

        @Override
        public String groupName(int hostGid) {
            return hostGid == find("user").hostGid() ? "users" : "root";
        }
    }

    /// A directory of this machine as the root of a sandbox.
    static SandboxRoot root(Path path) throws IOException {
        return new SandboxRoot(Descriptor.open(path.toString(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
    }
}
