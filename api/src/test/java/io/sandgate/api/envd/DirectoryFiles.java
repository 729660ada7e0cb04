package io.sandgate.api.envd;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// The files below a real directory, for tests of what is above the contract: it trusts its caller, and watches tell what
/// the test says.
final class DirectoryFiles implements SandboxFiles {

    final BlockingQueue<WatchListener> watches = new LinkedBlockingQueue<>();
    final BlockingQueue<SeekableByteChannel> readings = new LinkedBlockingQueue<>();
    final AtomicInteger open = new AtomicInteger();
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final Path root;
    private final Map<String, Map<String, String>> metadata = new ConcurrentHashMap<>();

    DirectoryFiles(Path root) {
        this.root = root;
    }

    @Override
    public Entry stat(String path, String user) {
        Path real = real(path, user);
        try {
            String name = real.getFileName().toString();
            String shown = "/" + root.relativize(real);
            return new Entry(name, shown, Files.isDirectory(real) ? Kind.DIRECTORY : Kind.FILE, Files.size(real), 0644,
                    "-rw-r--r--", user, user, Files.getLastModifiedTime(real).toInstant(), Optional.empty(),
                    metadata.getOrDefault(shown, Map.of()));
        } catch (NoSuchFileException e) {
            throw new GuestException(Code.NOT_FOUND, "there is no " + path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Entry makeDirectory(String path, String user) {
        Path real = real(path, user);
        if (Files.exists(real)) {
            throw new GuestException(Code.ALREADY_EXISTS, path + " is there");
        }
        directories(real);
        return stat(path, user);
    }

    @Override
    public Entry move(String source, String destination, String user) {
        try {
            Files.move(real(source, user), real(destination, user));
        } catch (IOException e) {
            throw new GuestException(Code.NOT_FOUND, source);
        }
        return stat(destination, user);
    }

    @Override
    public List<Entry> list(String path, int depth, String user) {
        calls.add("list " + path + " " + depth + " " + user);
        try (Stream<Path> found = Files.walk(real(path, user), depth)) {
            return found.skip(1).sorted().map(file -> stat("/" + root.relativize(file), user)).toList();
        } catch (IOException e) {
            throw new GuestException(Code.NOT_FOUND, path);
        }
    }

    @Override
    public void remove(String path, String user) {
        try {
            Files.deleteIfExists(real(path, user));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Reading read(String path, String user) {
        Entry entry = stat(path, user);
        if (entry.kind() == Kind.DIRECTORY) {
            throw new GuestException(Code.INVALID_ARGUMENT, "path '" + path + "' is a directory");
        }
        SeekableByteChannel channel = channel(path, user, StandardOpenOption.READ);
        readings.add(channel);
        open.incrementAndGet();
        return new Reading() {
            @Override
            public Entry entry() {
                return entry;
            }

            @Override
            public SeekableByteChannel channel() {
                return channel;
            }

            @Override
            public void close() {
                closeQuietly(channel);
                open.decrementAndGet();
            }
        };
    }

    @Override
    public Writing write(String path, String user, Map<String, String> kept) {
        directories(real(path, user).resolve("..").normalize());
        FileChannel channel = channel(path, user, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        metadata.put("/" + root.relativize(real(path, user)), kept);
        open.incrementAndGet();
        return new Writing() {
            @Override
            public WritableByteChannel channel() {
                return path.startsWith("/full/") ? new FullChannel(channel) : channel;
            }

            @Override
            public GuestException failure(IOException cause) {
                return new GuestException(Code.NO_SPACE, "not enough disk space available", cause);
            }

            @Override
            public Entry entry() {
                return stat(path, user);
            }

            @Override
            public void close() {
                closeQuietly(channel);
                open.decrementAndGet();
            }
        };
    }

    @Override
    public Entry compose(List<String> sources, String destination, String user, Map<String, String> kept) {
        calls.add("compose " + sources + " " + destination + " " + user);
        try (FileChannel target = channel(destination, user, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (String source : sources) {
                target.write(java.nio.ByteBuffer.wrap(Files.readAllBytes(real(source, user))));
            }
        } catch (IOException e) {
            throw new GuestException(Code.NOT_FOUND, "no " + e.getMessage());
        }
        return stat(destination, user);
    }

    @Override
    public Watch watch(String path, boolean recursive, String user, WatchListener listener) {
        calls.add("watch " + path + " " + recursive + " " + user);
        open.incrementAndGet();
        watches.add(listener);
        return open::decrementAndGet;
    }

    private FileChannel channel(String path, String user, StandardOpenOption... options) {
        try {
            return FileChannel.open(real(path, user), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path real(String path, String user) {
        if (path.indexOf('\0') >= 0) {
            throw new GuestException(Code.INVALID_ARGUMENT, "the path has a zero character");
        }
        if (user.equals("nobody-here")) {
            throw new GuestException(Code.UNAUTHENTICATED, "there is no user " + user);
        }
        String absolute = path.startsWith("/") ? path : "/home/" + user + "/" + path;
        Path real = root.resolve(absolute.substring(1)).normalize();
        if (!real.startsWith(root)) {
            throw new GuestException(Code.PERMISSION_DENIED, path + " is outside");
        }
        return real;
    }

    private static void directories(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeQuietly(java.nio.channels.Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record FullChannel(FileChannel channel) implements WritableByteChannel {
        @Override
        public int write(java.nio.ByteBuffer source) throws IOException {
            throw new IOException("No space left on device");
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
