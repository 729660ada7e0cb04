package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.FileTree;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SparseFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Disks that are images of an ext4 file system with a size of their own, which sandboxes mount in their own mount
/// namespaces: so nothing is left of a mount when the last process of a sandbox ends.
///
/// Implementation note. An image takes only what was written to it, and gives back what was deleted. It begins as nothing
/// but holes, so the kernel need not write zeros over the inodes that are not used yet. It has no journal: a machine that
/// goes down takes its running sandboxes with it, and the disks of the others are not mounted.
final class DiskImages implements Disks {

    private static final String IMAGE = "disk.img";
    private static final int SMALLEST_MB = 16;

    private final Path blanks;
    private final ConcurrentMap<Integer, SparseFile> bySize = new ConcurrentHashMap<>();

    /// @param blanks where images lie that were never used; deleted with all in it
    private DiskImages(Path blanks) {
        this.blanks = blanks;
    }

    /// Finds out whether this machine can have them.
    ///
    /// @throws IOException with what is missing
    static DiskImages in(Path folder) throws IOException {
        for (String program : new String[]{"mkfs.ext4", "mount", "cp"}) {
            if (!Commands.has(program)) {
                throw new IOException("the program " + program + " is missing");
            }
        }
        FileTree.delete(folder);
        Files.createDirectory(folder);
        DiskImages images = new DiskImages(folder);
        Path trial = Files.createDirectory(folder.resolve("trial"));
        images.create(trial, SMALLEST_MB);
        List<String> mount = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "--"));
        mount.addAll(images.mounting(trial));
        Commands.run("", mount.toArray(String[]::new));
        FileTree.delete(trial);
        return images;
    }

    @Override
    public void create(Path folder, int sizeMb) throws IOException {
        int size = Math.max(sizeMb, SMALLEST_MB);
        try {
            blankOf(size).copyTo(folder.resolve(IMAGE));
        } catch (IOException e) {
            throw NoSpaceException.of(e, folder, blankBytes(size));
        }
        Files.createDirectory(folder.resolve(NAME));
    }

    private SparseFile blankOf(int sizeMb) throws IOException {
        try {
            return bySize.computeIfAbsent(sizeMb, this::blank);
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    /// What a blank one takes at most: the maps of its blocks and inodes are a few bytes for each of its pages.
    private static long blankBytes(int sizeMb) {
        return (1 << 20) + ((long) sizeMb << 10);
    }

    private SparseFile blank(int sizeMb) {
        Path content = blanks.resolve("content-" + sizeMb);
        Path image = blanks.resolve(sizeMb + ".img");
        try {
            // what an attempt that failed has left
            FileTree.delete(content);
            FileTree.delete(image);
            try {
                DiskFolders.furnish(content, true);
                Commands.run("", "mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", "-E",
                        "lazy_itable_init=1,nodiscard", "-d", content.toString(), image.toString(), sizeMb + "M");
            } finally {
                FileTree.delete(content);
            }
            return SparseFile.of(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void copy(Path from, Path to) throws IOException {
        DiskCopying.copy(bytes(from), from, to, IMAGE, "--sparse=always", "--reflink=auto");
        Files.createDirectory(to.resolve(NAME));
        DiskOwners.copy(from, to);
    }

    @Override
    public boolean holds(Path folder) {
        return Files.isRegularFile(folder.resolve(IMAGE));
    }

    @Override
    public long bytes(Path folder) throws IOException {
        try (Descriptor image = Descriptor.open(folder.resolve(IMAGE).toString(), 0, OpenFlag.PATH)) {
            return image.status().allocated();
        }
    }

    @Override
    public List<String> mounting(Path folder) {
        return List.of("mount", "-t", "ext4", "-o", "loop,nosuid,nodev,noatime,discard,noinit_itable",
                folder.resolve(IMAGE).toString(), folder.resolve(NAME).toString());
    }

    @Override
    public boolean bounded() {
        return true;
    }
}
