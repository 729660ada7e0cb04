package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.watch.WatchBudget;
import io.sandgate.sandbox.runtime.watch.Watchers;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// The files of one sandbox, worked on from outside of it with the power of the replica, as envd does with the power of
/// root: what is new belongs to the user who asked, and permissions are not checked for them.
public final class GuestFiles implements SandboxFiles {

    private final SandboxRoot root;
    private final Accounts accounts;
    private final FileBounds bounds;
    private final Watchers watchers;
    private final Entries entries;
    private final WatchBudget watched;
    private final StillGate gate = new StillGate();

    /// @param root closed by whoever opened it, when the sandbox ends
    /// @param watchers of the replica
    public GuestFiles(SandboxRoot root, Accounts accounts, FileBounds bounds, Watchers watchers) {
        this.root = root;
        this.accounts = accounts;
        this.bounds = bounds;
        this.watchers = watchers;
        this.entries = new Entries(root, accounts);
        this.watched = new WatchBudget(bounds.watchedDirectories(), "directories that one sandbox may watch");
    }

    /// Does something while nobody changes the files through this.
    public <T> T whileStill(StillGate.Work<T> work) throws IOException {
        return gate.still(work);
    }

    @Override
    public Entry stat(String path, String user) {
        var place = GuestPath.of(path, accounts.find(user));
        return explained(place, () -> entries.at(place));
    }

    @Override
    public Entry makeDirectory(String path, String user) {
        Account account = accounts.find(user);
        var place = GuestPath.of(path, account);
        return changed(place, () -> {
            try (var there = root.find(place)) {
                if (!there.status().isDirectory()) {
                    throw Failures.notA("directory", place);
                }
                throw new GuestException(Code.ALREADY_EXISTS, "directory '" + place + "' exists already");
            } catch (SystemCallException _) {
                new DirectoryMaker(root, account).ensure(place).close();
            }
            return entries.at(place);
        });
    }

    @Override
    public Entry move(String source, String destination, String user) {
        Account account = accounts.find(user);
        var from = GuestPath.named(source, account);
        var to = GuestPath.named(destination, account);
        refuseRoot(from);
        refuseRoot(to);
        return changed(from, () -> {
            new Mover(root, bounds, new DirectoryMaker(root, account)).move(from, to);
            return entries.at(to);
        });
    }

    @Override
    public List<Entry> list(String path, int depth, String user) {
        if (depth < 1) {
            throw new GuestException(Code.INVALID_ARGUMENT, "depth: " + depth + " (expected: 1 or more)");
        }
        var place = GuestPath.of(path, accounts.find(user));
        return explained(place, () -> {
            try (var directory = directory(place)) {
                return new TreeLister(entries, bounds, place).list(directory, depth);
            }
        });
    }

    @Override
    public void remove(String path, String user) {
        var place = GuestPath.named(path, accounts.find(user));
        refuseRoot(place);
        changed(place, () -> {
            new TreeRemover(bounds, place).remove(root);
            return place;
        });
    }

    @Override
    public Reading read(String path, String user) {
        var place = GuestPath.of(path, accounts.find(user));
        return explained(place, () -> FileReading.open(root, entries, place));
    }

    @Override
    public Writing write(String path, String user, Map<String, String> metadata) {
        Account account = accounts.find(user);
        var place = GuestPath.of(path, account);
        Metadata.check(metadata);
        return changed(place, () -> {
            var file = new FileOpener(root, account).open(place);
            try {
                Metadata.replace(file, metadata);
            } catch (IOException e) {
                file.close();
                throw e;
            }
            return new FileWriting(place, file, entries, gate);
        });
    }

    @Override
    public Entry compose(List<String> sources, String destination, String user, Map<String, String> metadata) {
        Account account = accounts.find(user);
        if (sources.isEmpty()) {
            throw new GuestException(Code.INVALID_ARGUMENT, "sources: none (expected: 1 or more)");
        }
        Metadata.check(metadata);
        var parts = sources.stream().map(source -> GuestPath.named(source, account)).toList();
        var place = GuestPath.named(destination, account);
        refuseRoot(place);
        return changed(place, () -> {
            new Composer(root, bounds, account).compose(parts, place, metadata);
            return entries.at(place);
        });
    }

    @Override
    public Watch watch(String path, boolean recursive, String user, WatchListener listener) {
        var top = GuestPath.of(path, accounts.find(user));
        return explained(top, () -> watchers.watch(relative -> inTree(top, relative), recursive, watched, listener));
    }

    /// Opens the top of a tree, or a directory below it, which must not be a link.
    private Directory inTree(GuestPath top, String relative) throws IOException {
        if (relative.isEmpty()) {
            return directory(top);
        }
        GuestPath path = top.child(relative);
        return usable(new Directory(root.open(path, 0, OpenFlag.PATH, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)), path);
    }

    private Directory directory(GuestPath path) throws IOException {
        try {
            return usable(root.directory(path), path);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOTDIR) {
                throw Failures.notA("directory", path);
            }
            throw e;
        }
    }

    private static Directory usable(Directory directory, GuestPath path) throws IOException {
        try {
            KernelFileSystem.refuse(directory.descriptor(), path);
            return directory;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static void refuseRoot(GuestPath path) {
        if (path.isRoot()) {
            throw new GuestException(Code.INVALID_ARGUMENT, "path '/' is the root (expected: something in it)");
        }
    }

    private <T> T changed(GuestPath path, StillGate.Work<T> work) {
        return explained(path, () -> gate.changing(work));
    }

    private static <T> T explained(GuestPath path, StillGate.Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw Failures.explain(e, path);
        }
    }
}
