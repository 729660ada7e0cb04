package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.FileStatus;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Kind;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// Describes files in the way of envd: a link has the kind, size and mode of what it leads to, and its own owner, time and
/// permissions text.
final class Entries {

    private final SandboxRoot root;
    private final Accounts accounts;

    Entries(SandboxRoot root, Accounts accounts) {
        this.root = root;
        this.accounts = accounts;
    }

    /// What is at a path.
    Entry at(GuestPath path) throws IOException {
        if (path.isRoot()) {
            try (var top = root.find(path)) {
                return of(path, top);
            }
        }
        try (var parent = root.directory(path.parent())) {
            return in(parent, path);
        }
    }

    /// What has the last name of a path in a directory.
    Entry in(Directory parent, GuestPath path) throws IOException {
        try (var file = parent.open(path.name(), 0, OpenFlag.PATH)) {
            var status = file.status();
            if (!status.isLink()) {
                return of(path, file, status);
            }
            // a link of /proc says where something lies on this machine
            return KernelFileSystem.holds(file) ? dangling(path, status, Optional.empty()) : link(parent, path, status);
        }
    }

    /// What is open, and no link.
    Entry of(GuestPath path, Descriptor file) throws IOException {
        return of(path, file, file.status());
    }

    private Entry of(GuestPath path, Descriptor file, FileStatus status) throws IOException {
        boolean keeps = (status.isRegular() || status.isDirectory()) && !KernelFileSystem.holds(file);
        return entry(path, status, status, Optional.empty(), keeps ? Metadata.read(file) : Map.of());
    }

    private Entry link(Directory parent, GuestPath path, FileStatus link) throws IOException {
        String text;
        try {
            text = parent.readLink(path.name());
        } catch (SystemCallException _) {
            return dangling(path, link, Optional.empty());
        }
        try (var target = root.find(path)) {
            return entry(path, link, target.status(), Optional.of(root.locate(target, text)), Map.of());
        } catch (SystemCallException _) {
            return dangling(path, link, Optional.of(text));
        }
    }

    private Entry dangling(GuestPath path, FileStatus link, Optional<String> target) {
        return new Entry(path.name(), path.text(), Kind.SYMLINK, link.size(), 0, PermissionText.of(link),
                accounts.userName(link.user()), accounts.groupName(link.group()), link.modified(), target, Map.of());
    }

    private Entry entry(GuestPath path, FileStatus own, FileStatus target, Optional<String> link,
            Map<String, String> metadata) {
        return new Entry(path.name(), path.text(), kind(target), target.size(), target.permissions() & 0777,
                PermissionText.of(own), accounts.userName(own.user()), accounts.groupName(own.group()),
                own.modified(), link, metadata);
    }

    private static Kind kind(FileStatus status) {
        if (status.isRegular()) {
            return Kind.FILE;
        }
        if (status.isDirectory()) {
            return Kind.DIRECTORY;
        }
        return status.isLink() ? Kind.SYMLINK : Kind.OTHER;
    }
}
