package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Kind;
import io.sandgate.sandbox.runtime.Usage;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Tries to get out of a sandbox, as its user and as its root.
@Timeout(120)
class EscapeTest {

    @TempDir
    private static Path directory;
    @TempDir
    private static Path tools;
    private static Inmate inmates;
    private static String neighbour;
    private static Path secret;
    private static Path shown;

    @BeforeAll
    static void start() throws Exception {
        boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        Needed.that(root && Commands.has("bwrap") && Commands.has("nft"),
                "root, bubblewrap and nftables: apt-get install bubblewrap nftables");
        secret = Files.writeString(directory.resolve("secret"), "of the machine");
        Files.setPosixFilePermissions(tools, PosixFilePermissions.fromString("rwx--x--x"));
        shown = Files.createDirectory(tools.resolve("shown"));
        Files.writeString(shown.resolve("tool"), "for all");
        inmates = new Inmate(directory.resolve("data"), List.of(shown));
        inmates.start("iinmate");
        neighbour = inmates.start("ineighbour");
    }

    @AfterAll
    static void stop() {
        if (inmates != null) {
            inmates.close();
        }
    }

    private static String asUser(String script) throws Exception {
        return inmates.run("iinmate", "user", script);
    }

    private static String asRoot(String script) throws Exception {
        return inmates.run("iinmate", "root", script);
    }

    @Test
    void isolation_isWhole() throws Exception {
        assertThat(inmates.shortfalls()).isEmpty();
        assertThat(asUser("id -u; hostname; echo $HOME; pwd"))
                .isEqualTo("1000\niinmate\n/home/user\n/home/user\nexit 0");
        assertThat(asRoot("id -u; echo $HOME")).isEqualTo("0\n/root\nexit 0");
    }

    @Test
    void filesOfTheMachine_areNotThere() throws Exception {
        assertThat(asRoot("cat " + secret)).contains("No such file").doesNotContain("of the machine");
        assertThat(asRoot("cat /proc/1/root" + secret + " /proc/2/root" + secret)).doesNotContain("of the machine");
        assertThat(asRoot("cat /etc/shadow")).contains("/etc/shadow: No such file");
        assertThat(asRoot("ls /root; ls /home")).isEqualTo("user\nexit 0");
        assertThat(asRoot("find / -xdev -name sandboxes.db 2>/dev/null; ls " + directory)).contains("No such file");
    }

    @Test
    void system_cannotBeWrittenTo() throws Exception {
        for (String change : List.of("touch /usr/x", "touch /x", "touch /etc/x", "touch /run/x", "touch /home/x",
                "touch /run/sandgate/x", "rm -f /run/sandgate/calls", "echo x > /run/sandgate/agent.sh",
                "mount -o remount,rw /", "mount -t tmpfs x /tmp", "umount /usr")) {
            assertThat(asRoot(change)).as(change).doesNotContain("exit 0");
        }
    }

    @Test
    void shownFolders_areThereToBeReadOnly() throws Exception {
        assertThat(asUser("cat " + shown + "/tool; ls " + tools)).isEqualTo("for allshown\nexit 0");
        assertThat(asRoot("cat " + shown + "/tool; touch " + shown + "/x")).contains("for all", "Read-only");
        assertThatThrownBy(() -> inmates.runtime("iinmate").files().remove(shown + "/tool", "root"))
                .isInstanceOf(GuestException.class);
        assertThat(shown.resolve("tool")).hasContent("for all");
    }

    @Test
    void ownFiles_areThere() throws Exception {
        assertThat(asUser("echo mine > ~/f && cat ~/f && echo t > /tmp/t && cat /tmp/t && echo s > /dev/shm/s"))
                .isEqualTo("mine\nt\nexit 0");
        assertThat(asUser("touch /root/x")).contains("denied");
        assertThat(asRoot("cat /home/user/f && echo r > /root/r && chown user /root/r")).isEqualTo("mine\nexit 0");
    }

    @Test
    void processesOfOthers_areNotSeenAndNotSignalled() throws Exception {
        Process outside = new ProcessBuilder("sleep", "600").start();
        try {
            long pid = outside.pid();
            assertThat(asRoot("ls /proc | grep -c '^[0-9]'").lines().findFirst().orElseThrow().length())
                    .isEqualTo(1);
            assertThat(asRoot("kill -9 " + pid)).doesNotContain("exit 0");
            endAll();
            assertThat(outside.isAlive()).isTrue();
        } finally {
            outside.destroyForcibly();
        }
        // root may end its own agent by kill -1: then the sandbox is over, and nobody else
        assertThat(inmates.run("ineighbour", "user", "echo here")).isEqualTo("here\nexit 0");
        inmates.kill("iinmate");
        inmates.start("iinmate");
    }

    private static void endAll() throws Exception {
        try {
            assertThat(asRoot("kill -9 -1")).doesNotContain("exit 0");
        } catch (GuestException e) {
            assertThat(e).as("its agent was gone before it could say that this runs").hasMessageContaining("ended");
        }
    }

    @Test
    void machinesLoopbackAndServices_areNotReached() throws Exception {
        try (ServerSocket loopback = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ServerSocket everywhere = new ServerSocket(0)) {
            String gateway = asUser("ip route 2>/dev/null | sed -n 's/default via \\([0-9.]*\\).*/\\1/p'").lines()
                    .findFirst().orElse("10.224.0.0");
            for (String target : List.of("127.0.0.1 " + loopback.getLocalPort(),
                    "127.0.0.1 " + everywhere.getLocalPort(), gateway + " " + everywhere.getLocalPort(),
                    machineAddress() + " " + everywhere.getLocalPort(), "169.254.169.254 80")) {
                assertThat(asRoot(connect(target))).as(target).doesNotContain("connected");
            }
        }
    }

    @Test
    void neighbour_isNotReached_thoughTheMachineReachesIt() throws Exception {
        inmates.run("ineighbour", "user", """
                python3 -c 'import socket,os
                s=socket.socket()
                s.bind(("0.0.0.0",7000))
                s.listen()
                if os.fork()>0: os._exit(0)
                os.setsid()
                [os.close(i) for i in (0,1,2)]
                while True: s.accept()'
                """);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(neighbour, 7000), 2000);
            assertThat(socket.isConnected()).isTrue();
        }
        assertThat(asRoot(connect(neighbour + " 7000"))).doesNotContain("connected");
        assertThat(asRoot(connect(neighbour + " 49983"))).doesNotContain("connected");
    }

    private static String connect(String target) {
        String[] parts = target.split(" ", -1);
        return "python3 -c 'import socket\nsocket.create_connection((\"" + parts[0] + "\"," + parts[1]
                + "),1)\nprint(\"connected\")'";
    }

    private static String machineAddress() throws Exception {
        return NetworkInterface.networkInterfaces().filter(i -> !i.getName().startsWith("sg"))
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress).findFirst().orElse("127.0.0.1");
    }

    @Test
    void forkBomb_staysInItsBounds() throws Exception {
        // the shell ends with the first process that it cannot start, and ends those that it could
        assertThat(asUser("i=0; p=; trap 'kill $p' EXIT; "
                + "while [ $i -lt 300 ]; do sleep 20 & p=\"$p $!\"; i=$((i+1)); done 2>&1; echo over"))
                .contains("fork");
        assertThat(inmates.run("ineighbour", "user", "echo here")).isEqualTo("here\nexit 0");
    }

    @Test
    void memory_staysInItsBounds() throws Exception {
        assertThat(asUser("python3 -c 'x=bytearray(900<<20); print(len(x))'")).doesNotContain("exit 0");
    }

    @Test
    void usage_isToldToEachWhoAsks_sinceTheyAskedBefore() throws Exception {
        inmates.usage("ineighbour");
        inmates.run("ineighbour", "user", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
        inmates.runtime("ineighbour").usage();

        Usage usage = inmates.usage("ineighbour");

        assertThat(usage.cpuUsedPct()).isPositive().isLessThanOrEqualTo(100.0 * usage.cpuCount());
        assertThat(usage.memoryUsed()).isPositive().isLessThan(usage.memoryTotal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/home/user", "/tmp"})
    void disk_fillsUpForItsOwnerOnly(String folder) throws Exception {
        long before = directory.toFile().getUsableSpace();

        assertThat(asUser("dd if=/dev/zero of=" + folder + "/fill bs=1M count=200 2>&1; rm " + folder + "/fill"))
                .contains("No space left");

        assertThat(before - directory.toFile().getUsableSpace()).isLessThan(200 << 20);
        assertThat(inmates.run("ineighbour", "user", "head -c 1000000 /dev/zero > ~/x && wc -c < ~/x"))
                .isEqualTo("1000000\nexit 0");
        assertThat(asUser("i=0; while echo > ~/many$i; do i=$((i+1)); done 2>/dev/null; echo over; rm ~/many*"))
                .contains("over");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unshare -U true", "unshare -m true", "nsenter -t 1 -m true", "chroot / true",
            "ip link add dummy0 type dummy", "ip addr add 10.9.9.9/32 dev lo", "sysctl -w kernel.hostname=x",
            "mknod /tmp/dev b 8 0", "date -s 12:00", "dmesg"})
    void powers_areRefused(String command) throws Exception {
        assertThat(asRoot(command)).doesNotContain("exit 0");
    }

    @Test
    void namespaces_areNotMadeByClone() throws Exception {
        // a child in a user namespace of its own: CLONE_NEWUSER and SIGCHLD
        assertThat(asRoot("""
                python3 -c 'import ctypes,os
                clone = 220 if os.uname().machine == "aarch64" else 56
                child = ctypes.CDLL(None).syscall(clone, 0x10000011, 0, 0, 0, 0)
                if child == 0: os._exit(0)
                print("made" if child > 0 else "refused")'
                """)).isEqualTo("refused\nexit 0");
    }

    @Test
    void newPrivileges_areNotGained() throws Exception {
        assertThat(asUser("grep -E 'NoNewPrivs|Seccomp:|CapEff|CapBnd' /proc/self/status"))
                .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
    }

    @Test
    void fileCalls_doNotLeaveTheSandbox() throws Exception {
        asUser("ln -s / ~/top; ln -s ../../../../../../.. ~/up; ln -s /proc/1/root ~/proc; ln -s " + secret
                + " ~/direct");
        var files = inmates.runtime("iinmate").files();
        for (String path : List.of("/home/user/top" + secret, "/home/user/up" + secret, "/home/user/proc" + secret,
                "/home/user/direct", "../../.." + secret, secret.toString())) {
            assertThatThrownBy(() -> files.read(path, "root").close()).as(path).isInstanceOf(GuestException.class);
            assertThat(kind(files, path)).as(path).isNotEqualTo(Optional.of(Kind.FILE));
        }
        try (var writing = files.write("/home/user/up/tmp/from-outside", "root", Map.of())) {
            writing.channel().write(ByteBuffer.wrap("x".getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(Path.of("/tmp/from-outside")).doesNotExist();
        Entry entry = files.stat("/tmp/from-outside", "root");
        assertThat(entry.owner()).isEqualTo("root");
        assertThatThrownBy(() -> files.remove("up/tmp", "user")).isInstanceOf(GuestException.class);
        assertThat(Path.of("/tmp")).exists();
        assertThat(secret).hasContent("of the machine");
    }

    private static Optional<Kind> kind(SandboxFiles files, String path) {
        try {
            return Optional.of(files.stat(path, "root").kind());
        } catch (GuestException e) {
            return Optional.empty();
        }
    }
}
