package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The system calls that no process of a sandbox may make, as a classic BPF program for seccomp(2).
///
/// Everything else is allowed: the namespaces and the lost capabilities decide about it. Refused is what has widened the
/// kernel's attack surface again and again (new namespaces, mounts, BPF, io_uring, keyrings, userfaultfd, module loading),
/// what reaches beyond namespaces (handles of files, the clock, quotas), and input pushed into a terminal.
///
/// Implementation note. The program looks at `struct seccomp_data { int nr; u32 arch; u64 ip; u64 args[6]; }`. A call of
/// another architecture than the machine's own, or of x32, kills the process, since its numbers mean something else.
/// `clone3` answers ENOSYS, since its flags lie in memory, which no filter can read: libraries fall back to `clone`,
/// whose flags are looked at. Source of the numbers: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and
/// include/uapi/asm-generic/unistd.h.
public final class SeccompFilter {

    private static final int OFFSET_NUMBER = 0;
    private static final int OFFSET_ARCH = 4;
    private static final int OFFSET_ARG_0 = 16;
    private static final int OFFSET_ARG_1 = 24;

    private static final short LOAD = 0x20;
    private static final short JUMP_EQUAL = 0x15;
    private static final short JUMP_AT_LEAST = 0x35;
    private static final short JUMP_ANY_BIT = 0x45;
    private static final short RETURN = 0x06;

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL_PROCESS = 0x80000000;
    private static final int ERRNO = 0x00050000;
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    /// The CLONE_NEW* bits of clone(2): mount, cgroup, uts, ipc, user, pid and network namespaces.
    private static final int NEW_NAMESPACES = 0x7e020000;
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541c;
    private static final int X32_BIT = 0x40000000;

    private record Instruction(short code, int jumpTrue, int jumpFalse, int value) {}

    /// The numbers of one architecture.
    ///
    /// @param audit the kernel's name for it
    /// @param refused calls that are answered EPERM
    private record Machine(int audit, int cloneCall, int clone3Call, int ioctlCall, boolean hasX32,
            List<Integer> refused) {}

    private static final Machine X86_64 = new Machine(0xc000003e, 56, 435, 16, true, List.of(
            // mount, umount2, pivot_root, swapon, swapoff, reboot, chroot
            165, 166, 155, 167, 168, 169, 161,
            // init_module, delete_module, finit_module, create_module, get_kernel_syms, query_module
            175, 176, 313, 174, 177, 178,
            // kexec_load, kexec_file_load, iopl, ioperm, modify_ldt, uselib, ustat, sysfs, _sysctl, vhangup
            246, 320, 172, 173, 154, 134, 136, 139, 156, 153,
            // settimeofday, adjtimex, clock_settime, clock_adjtime, acct, quotactl, quotactl_fd, nfsservctl
            164, 159, 227, 305, 163, 179, 443, 180,
            // unshare, setns, add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, fanotify_init
            272, 308, 248, 249, 250, 321, 298, 323, 300,
            // open_by_handle_at, name_to_handle_at, lookup_dcookie, process_vm_readv, process_vm_writev, kcmp, syslog
            304, 303, 212, 310, 311, 312, 103,
            // mbind, set_mempolicy, migrate_pages, move_pages, io_uring_setup, io_uring_enter, io_uring_register
            237, 238, 256, 279, 425, 426, 427,
            // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr, pidfd_getfd
            428, 429, 430, 431, 432, 433, 442, 438));

    private static final Machine AARCH64 = new Machine(0xc00000b7, 220, 435, 29, false, List.of(
            40, 39, 41, 224, 225, 142, 51,
            105, 106, 273,
            104, 294, 58,
            170, 171, 112, 266, 89, 60, 443, 42,
            97, 268, 217, 218, 219, 280, 241, 282, 262,
            265, 264, 18, 270, 271, 272, 116,
            235, 237, 238, 239, 425, 426, 427,
            428, 429, 430, 431, 432, 433, 442, 438));

    private SeccompFilter() {}

    /// Whether there is a filter for a machine, by the JVM's name for its architecture.
    public static boolean knows(String architecture) {
        return machine(architecture) != null;
    }

    /// Writes the filter of a machine to a file, in the machine's byte order.
    public static void write(Path file, String architecture) throws IOException {
        Machine machine = machine(architecture);
        if (machine == null) {
            throw new IllegalArgumentException("architecture: " + architecture + " (expected: amd64 or aarch64)");
        }
        Files.write(file, bytes(program(machine)));
    }

    private static @Nullable Machine machine(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> null;
        };
    }

    private static List<Instruction> program(Machine machine) {
        List<Instruction> program = new ArrayList<>();
        program.add(new Instruction(LOAD, 0, 0, OFFSET_ARCH));
        program.add(new Instruction(JUMP_EQUAL, 1, 0, machine.audit()));
        program.add(end(KILL_PROCESS));
        program.add(new Instruction(LOAD, 0, 0, OFFSET_NUMBER));
        if (machine.hasX32()) {
            program.add(new Instruction(JUMP_AT_LEAST, 0, 1, X32_BIT));
            program.add(end(KILL_PROCESS));
        }
        for (int call : machine.refused()) {
            program.add(new Instruction(JUMP_EQUAL, 0, 1, call));
            program.add(end(ERRNO | EPERM));
        }
        program.add(new Instruction(JUMP_EQUAL, 0, 1, machine.clone3Call()));
        program.add(end(ERRNO | ENOSYS));
        program.add(new Instruction(JUMP_EQUAL, 0, 4, machine.cloneCall()));
        program.add(new Instruction(LOAD, 0, 0, OFFSET_ARG_0));
        program.add(new Instruction(JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES));
        program.add(end(ERRNO | EPERM));
        program.add(end(ALLOW));
        program.add(new Instruction(JUMP_EQUAL, 0, 4, machine.ioctlCall()));
        program.add(new Instruction(LOAD, 0, 0, OFFSET_ARG_1));
        program.add(new Instruction(JUMP_EQUAL, 1, 0, TIOCSTI));
        program.add(new Instruction(JUMP_EQUAL, 0, 1, TIOCLINUX));
        program.add(end(ERRNO | EPERM));
        program.add(end(ALLOW));
        return program;
    }

    private static Instruction end(int action) {
        return new Instruction(RETURN, 0, 0, action);
    }

    private static byte[] bytes(List<Instruction> program) {
        ByteBuffer buffer = ByteBuffer.allocate(program.size() * 8).order(ByteOrder.nativeOrder());
        program.forEach(instruction -> buffer.putShort(instruction.code()).put((byte) instruction.jumpTrue())
                .put((byte) instruction.jumpFalse()).putInt(instruction.value()));
        return buffer.array();
    }
}
