package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.io.IOException;
import java.util.Set;

/// A file system whose files are switches of the kernel, such as `/proc` and `/sys`.
///
/// Whoever reads or writes there acts with its own power, and the replica has more of it than any program of a sandbox: so
/// nothing is done there. It is told by the kind of the file system that was reached, since a path says nothing: links and
/// mounts lead there from anywhere.
final class KernelFileSystem {

    private static final Set<Long> MAGIC = Set.of(
            0x9fa0L, // proc
            0x62656572L, // sysfs
            0x27e0ebL, // cgroup
            0x63677270L, // cgroup2
            0x64626720L, // debugfs
            0x74726163L, // tracefs
            0x73636673L, // securityfs
            0x62656570L, // configfs
            0xcafe4a11L, // bpf
            0x6e736673L, // nsfs
            0x42494e4dL, // binfmt_misc
            0x19800202L, // mqueue
            0xf97cff8cL, // selinux
            0xde5e81e4L, // efivarfs
            0x6165676cL, // pstore
            0x1cd1L); // devpts

    private KernelFileSystem() {}

    static boolean holds(Descriptor file) throws IOException {
        return MAGIC.contains(file.fileSystemType());
    }

    /// @throws GuestException PERMISSION_DENIED for what lies in one
    static void refuse(Descriptor file, GuestPath path) throws IOException {
        if (holds(file)) {
            throw new GuestException(Code.PERMISSION_DENIED,
                    "path '" + path
                            + "' lies in a file system of the kernel, which only programs of the sandbox may use");
        }
    }
}
