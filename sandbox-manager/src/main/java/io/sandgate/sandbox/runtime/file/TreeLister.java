package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Directory.Name;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Lists what is in a directory, each directory followed by what is in it. What goes away meanwhile is left out.
final class TreeLister {

    private final Entries entries;
    private final FileBounds bounds;
    private final GuestPath top;
    private final List<Entry> found = new ArrayList<>();

    TreeLister(Entries entries, FileBounds bounds, GuestPath top) {
        this.entries = entries;
        this.bounds = bounds;
        this.top = top;
    }

    List<Entry> list(Directory directory, int depth) throws IOException {
        add(directory, top, 1, depth);
        return found;
    }

    private void add(Directory directory, GuestPath path, int level, int depth) throws IOException {
        if (level > bounds.nesting()) {
            throw Failures.tooMany("directories within directories", bounds.nesting(), top);
        }
        var names = directory.names(bounds.entries() - found.size() + 1);
        if (found.size() + names.size() > bounds.entries()) {
            throw Failures.tooMany("entries", bounds.entries(), top);
        }
        names.sort(Comparator.comparing(Name::text));
        for (Name name : names) {
            GuestPath place = path.child(name.text());
            try {
                Entry entry = entries.in(directory, place);
                found.add(entry);
                if (level < depth && entry.kind() == Kind.DIRECTORY && entry.symlinkTarget().isEmpty()) {
                    enter(directory, place, level, depth);
                }
            } catch (SystemCallException e) {
                switch (e.errno()) {
                    case ENOENT, ENOTDIR, EACCES -> {
                        // gone, replaced, or not for this replica
                    }
                    default -> throw e;
                }
            }
        }
    }

    private void enter(Directory parent, GuestPath place, int level, int depth) throws IOException {
        try (var directory = new Directory(parent.open(place.name(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY))) {
            if (!KernelFileSystem.holds(directory.descriptor())) {
                add(directory, place, level + 1, depth);
            }
        }
    }
}
