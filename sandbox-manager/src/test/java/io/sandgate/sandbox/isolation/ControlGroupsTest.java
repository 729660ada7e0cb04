package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.isolation.ControlGroups.Limit;
import io.sandgate.sandbox.isolation.ControlGroups.Used;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The files that are written and read for the kernel, in a tree that looks like its own.
class ControlGroupsTest {

    private static final Limit LIMIT = new Limit(256 << 20, 2, 77);

    @TempDir
    Path root;

    private void controllers(String text) throws IOException {
        Files.writeString(root.resolve("cgroup.controllers"), text + "\n");
    }

    private void versionOne(String... controllers) throws IOException {
        for (String controller : controllers) {
            Files.createFile(Files.createDirectories(root.resolve(controller)).resolve("cgroup.procs"));
        }
    }

    private ControlGroups two() throws IOException {
        controllers("cpuset cpu io memory hugetlb pids rdma");
        return ControlGroups.find(root, "name").orElseThrow();
    }

    private Path group() {
        return root.resolve("sandgate/name/isb");
    }

    @Test
    void versionTwo_controllersAreHandedDownToTheReplicasGroups() throws IOException {
        two();

        for (String folder : List.of("", "sandgate", "sandgate/name")) {
            assertThat(root.resolve(folder).resolve("cgroup.subtree_control")).hasContent("+memory +cpu +pids");
        }
    }

    @Test
    void versionTwo_limitsAreOneGroups() throws IOException {
        ControlGroups groups = two();

        groups.create("isb", LIMIT);

        assertThat(group().resolve("memory.max")).hasContent("268435456");
        assertThat(group().resolve("cpu.max")).hasContent("200000 100000");
        assertThat(group().resolve("pids.max")).hasContent("77");
        assertThat(group().resolve("memory.swap.max")).as("where the kernel accounts for no swap").doesNotExist();
        assertThat(groups.entrances("isb")).containsExactly(group().resolve("cgroup.procs"));
        assertThat(groups.ids()).containsExactly("isb");
    }

    @Test
    void versionTwo_swapIsNoWayAroundTheLimit() throws IOException {
        ControlGroups groups = two();
        Files.writeString(Files.createDirectories(group()).resolve("memory.swap.max"), "max");

        groups.create("isb", LIMIT);

        assertThat(group().resolve("memory.swap.max")).hasContent("0");
    }

    @Test
    void versionTwo_usageIsThatOfMemoryWithoutCache() throws IOException {
        ControlGroups groups = two();
        groups.create("isb", LIMIT);
        Files.writeString(group().resolve("cpu.stat"), "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n");
        Files.writeString(group().resolve("memory.current"), "10000\n");
        Files.writeString(group().resolve("memory.stat"), "anon 3000\nfile 6000\nfile_mapped 10\nshmem 1000\n");

        assertThat(groups.used("isb")).isEqualTo(new Used(1_500_000, 5000, 5000));
    }

    @Test
    void groups_thatAreEmpty_areRemoved() throws IOException {
        ControlGroups groups = two();
        Files.createDirectories(group());

        groups.remove("isb");
        groups.remove("isb");

        assertThat(groups.ids()).isEmpty();
        assertThat(group()).doesNotExist();
    }

    @Test
    void versionTwo_withoutAllControllers_isNotTaken() throws IOException {
        controllers("cpu pids");

        assertThat(ControlGroups.find(root, "name")).isEmpty();
        assertThat(root.resolve("sandgate")).doesNotExist();
    }

    @Test
    void versionOne_besideVersionTwoWithoutControllers_isTaken() throws IOException {
        controllers("");
        versionOne("memory", "pids", "cpu,cpuacct");
        Files.createSymbolicLink(root.resolve("cpu"), Path.of("cpu,cpuacct"));
        Files.createSymbolicLink(root.resolve("cpuacct"), Path.of("cpu,cpuacct"));
        ControlGroups groups = ControlGroups.find(root, "name").orElseThrow();

        groups.create("isb", LIMIT);

        assertThat(root.resolve("memory/sandgate/name/isb/memory.limit_in_bytes")).hasContent("268435456");
        assertThat(root.resolve("cpu/sandgate/name/isb/cpu.cfs_quota_us")).hasContent("200000");
        assertThat(root.resolve("pids/sandgate/name/isb/pids.max")).hasContent("77");
        assertThat(groups.entrances("isb")).as("each hierarchy once").hasSize(3);
    }

    @Test
    void machine_withoutAnyOrThatLetsNobodyWrite_hasNone() throws IOException {
        assertThat(ControlGroups.find(root, "name")).isEmpty();

        controllers("memory cpu pids");
        Files.createFile(root.resolve("sandgate"));
        assertThat(ControlGroups.find(root, "name")).isEmpty();
    }
}
