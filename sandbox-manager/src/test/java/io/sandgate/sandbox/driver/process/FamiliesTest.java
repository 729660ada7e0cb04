package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.process.Families.Root;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Which process belongs to which sandbox, by family and by mark.
class FamiliesTest {

    private static final int REPLICA = 100;

    private final Families families = new Families();
    private final Map<Integer, Root> roots = new HashMap<>();
    private final Map<Integer, String> marks = new HashMap<>();
    private final List<Integer> read = new ArrayList<>();

    @Test
    void stat_isReadWhateverTheNameHolds() {
        assertThat(ProcessInfo.parse("42 (a) b (c)) S 7 42 9 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 1234 0 0"))
                .contains(new ProcessInfo(42, 7, 9, 1234, 'S'));
        assertThat(ProcessInfo.parse("")).isEmpty();
        assertThat(ProcessInfo.parse("42 (cut) S 7")).isEmpty();
    }

    @Test
    void descendantsOfTheRoot_belong() {
        roots.put(10, new Root(1, "a"));

        assertThat(pids(process(12, 11, 10), process(11, 10, 10), process(10, REPLICA, 10), process(13, 1, 13)))
                .containsExactlyInAnyOrder(10, 11, 12);
        assertThat(read).containsExactly(13);
    }

    @Test
    void rootStillInTheReplicasSession_doesNotDragTheReplicaIn() {
        roots.put(10, new Root(1, "a"));

        assertThat(pids(process(10, REPLICA, REPLICA), process(REPLICA, 1, REPLICA), process(50, REPLICA, REPLICA)))
                .containsExactly(10);
    }

    @Test
    void sessionThatNoMemberLed_isNotRemembered() {
        roots.put(10, new Root(1, "a"));
        assertThat(pids(process(10, REPLICA, REPLICA))).containsExactly(10);

        assertThat(pids(process(10, REPLICA, 10), process(50, 1, REPLICA))).containsExactly(10);
    }

    @Test
    void orphanInTheSessionOfADeadRoot_belongs() {
        roots.put(10, new Root(1, "a"));
        assertThat(pids(process(10, REPLICA, 10), process(11, 10, 10))).containsExactlyInAnyOrder(10, 11);

        assertThat(pids(process(11, 1, 10), process(12, 1, 10))).containsExactlyInAnyOrder(11, 12);
    }

    @Test
    void sessionThatEmptiedAndCameAgain_isAStranger() {
        roots.put(10, new Root(1, "a"));
        pids(process(10, REPLICA, 10), process(11, 10, 10));
        roots.clear();

        assertThat(pids()).isEmpty();
        assertThat(pids(process(12, 1, 10))).isEmpty();
    }

    @Test
    void pidThatCameAgain_isAStranger() {
        roots.put(10, new Root(1, "a"));
        pids(process(10, REPLICA, 10), process(11, 10, 10));

        assertThat(pids(new ProcessInfo(10, 1, 10, 999, 'S'), new ProcessInfo(11, 1, 11, 999, 'S'),
                process(14, 10, 10))).isEmpty();
    }

    @Test
    void daemonSeenOnceInTheFamily_staysInIt() {
        roots.put(10, new Root(1, "a"));
        pids(process(10, REPLICA, 10), process(11, 10, 10));

        assertThat(pids(process(11, 1, 11), process(12, 11, 12))).containsExactlyInAnyOrder(11, 12);
        assertThat(read).isEmpty();
    }

    @Test
    void marked_belongAndSoDoTheirChildren() {
        marks.put(20, "a");

        assertThat(pids(process(21, 20, 30), process(20, 1, 20), process(22, 1, 20))).containsExactlyInAnyOrder(20, 21,
                22);
    }

    @Test
    void stranger_isLookedIntoOnce() {
        pids(process(20, 1, 20));
        pids(process(20, 1, 20));
        assertThat(read).containsExactly(20);

        pids(new ProcessInfo(20, 1, 20, 999, 'S'));
        assertThat(read).containsExactly(20, 20);
    }

    @Test
    void strangerThatCouldNotBeToldYet_isLookedIntoAgain() {
        marks.put(20, "?");
        assertThat(pids(process(20, 1, 20))).isEmpty();

        marks.put(20, "a");
        assertThat(pids(process(20, 1, 20))).containsExactly(20);
    }

    private List<Integer> pids(ProcessInfo... processes) {
        return families.sort(List.of(processes), roots, this::mark).getOrDefault("a", List.of()).stream()
                .map(ProcessInfo::pid).toList();
    }

    private Optional<String> mark(ProcessInfo process) {
        read.add(process.pid());
        String mark = marks.getOrDefault(process.pid(), "");
        return mark.equals("?") ? Optional.empty() : Optional.of(mark);
    }

    private static ProcessInfo process(int pid, int parent, int session) {
        return new ProcessInfo(pid, parent, session, 1, 'S');
    }
}
