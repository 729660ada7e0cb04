package io.sandgate.api.envd;

import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;
import java.nio.file.Files;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class FilesystemServiceTest {

    private static final String FS = "filesystem.Filesystem/";
    private static final String WATCH = FS + "WatchDir";

    private final TestFace face = new TestFace();

    @BeforeEach
    void directory() throws Exception {
        Files.createDirectory(face.root.resolve("d"));
        Files.writeString(face.root.resolve("d/f"), "hello");
    }

    @AfterEach
    void close() {
        face.close();
    }

    @Test
    void stat_ofAFile_saysWhatItIs() {
        assertThat(face.call(FS + "Stat", "{\"path\":\"/d/f\"}"))
                .startsWith("200 {\"entry\":{\"name\":\"f\",\"type\":\"FILE_TYPE_FILE\",\"path\":\"/d/f\","
                        + "\"size\":\"5\",\"mode\":420,\"permissions\":\"-rw-r--r--\",\"owner\":\"user\","
                        + "\"group\":\"user\",\"modifiedTime\":\"20");
        assertThat(face.call(FS + "Stat", "{\"path\":\"/x\"}")).startsWith("404 {\"code\":\"not_found\"");
    }

    @Test
    void makeDir_ofOneThatIsThere_saysSo() {
        assertThat(face.call(FS + "MakeDir", "{\"path\":\"/e\"}")).startsWith("200 ").contains("FILE_TYPE_DIRECTORY");
        assertThat(face.call(FS + "MakeDir", "{\"path\":\"/e\"}")).startsWith("409 {\"code\":\"already_exists\"");
    }

    @Test
    void move_andRemove_doSo() {
        assertThat(face.call(FS + "Move", "{\"source\":\"/d/f\",\"destination\":\"/d/g\"}")).contains("\"/d/g\"");
        assertThat(face.root.resolve("d/g")).hasContent("hello");
        assertThat(face.call(FS + "Remove", "{\"path\":\"/d/g\"}")).isEqualTo("200 {}");
        assertThat(face.call(FS + "Remove", "{\"path\":\"/d/g\"}")).isEqualTo("200 {}");
        assertThat(face.root.resolve("d/g")).doesNotExist();
    }

    @Test
    void listDir_withoutADepth_goesOneDeep() {
        assertThat(face.call(FS + "ListDir", "{\"path\":\"/\"}", "authorization", "Basic cm9vdDo=")).contains("\"/d\"")
                .doesNotContain("\"/d/f\"");
        assertThat(face.call(FS + "ListDir", "{\"path\":\"/\",\"depth\":2}")).contains("\"/d\"", "\"/d/f\"");
        assertThat(face.files.calls).containsExactly("list / 1 root", "list / 2 user");
    }

    @Test
    void paths_thatLeadAstray_arePassedOnAsTheyAre() {
        assertThat(face.call(FS + "Stat", "{\"path\":\"/a\\u0000b\"}")).startsWith("400").contains("zero character");
        assertThat(face.call(FS + "Stat", "{\"path\":\"/../../etc/passwd\"}"))
                .startsWith("403 {\"code\":\"permission_denied\"").contains("/../../etc/passwd");
    }

    @Test
    void watchDir_ofADirectory_tellsItsStartAndWhatHappens() throws Exception {
        try (TestFace.Events events = face.open(WATCH, "{\"path\":\"/d\",\"recursive\":true}")) {
            assertThat(events.next()).isEqualTo("{\"start\":{}}");
            WatchListener watch = face.files.watches.take();
            watch.changed(Change.CREATE, "sub/new");
            watch.changed(Change.REMOVE, "f");

            assertThat(events.next())
                    .isEqualTo("{\"filesystem\":{\"name\":\"sub/new\",\"type\":\"EVENT_TYPE_CREATE\"}}");
            assertThat(events.next()).isEqualTo("{\"filesystem\":{\"name\":\"f\",\"type\":\"EVENT_TYPE_REMOVE\"}}");
            assertThat(face.files.calls).contains("watch /d true user");
            face.timers.fire(Duration.ofSeconds(90));
            assertThat(events.next()).isEqualTo("{\"keepalive\":{}}");
            watch.ended("the directory is gone");
            assertThat(events.error()).isEqualTo("unavailable: the directory is gone");
        }
        awaitOpen(0);
    }

    @Test
    void watchDir_withEntries_saysWhatIsThere() throws Exception {
        try (TestFace.Events events = face.open(WATCH, "{\"path\":\"/d\",\"includeEntry\":true}")) {
            events.next();
            WatchListener watch = face.files.watches.take();
            watch.changed(Change.WRITE, "f");
            watch.changed(Change.CREATE, "gone");

            assertThat(events.next()).contains("\"entry\":{\"name\":\"f\"", "\"size\":\"5\"");
            assertThat(events.next()).isEqualTo("{\"filesystem\":{\"name\":\"gone\",\"type\":\"EVENT_TYPE_CREATE\"}}");
        }
    }

    @Test
    void watchDir_whoseTimeIsOver_endsAsLate() {
        try (TestFace.Events events = face.open(WATCH, "{\"path\":\"/d\"}", "connect-timeout-ms", "60000")) {
            events.next();
            Awaitility.await().until(() -> face.timers.isWaiting(Duration.ofMinutes(1)));
            face.timers.fire(Duration.ofMinutes(1));

            assertThat(events.error()).startsWith("deadline_exceeded");
        }
        awaitOpen(0);
    }

    @Test
    void watchDir_whoseClientDoesNotRead_endsWhenTooMuchHappened() throws Exception {
        try (RawClient client = face.raw()) {
            byte[] body = TestFace.envelope("{\"path\":\"/d\"}");
            client.post("/" + WATCH, "application/connect+json", "Content-Length: " + body.length).send(body)
                    .readUntil("start");
            WatchListener watch = face.files.watches.take();
            String name = "n".repeat(1000);
            for (int i = 0; i < 50_000; i++) {
                watch.changed(Change.WRITE, name);
            }

            assertThat(client.readUntil("were not read in time")).contains("were not read in time");
        }
        awaitOpen(0);
    }

    @Test
    void watcher_thatIsAsked_tellsWhatHappenedOnce() throws Exception {
        String id = create();
        WatchListener watch = face.files.watches.take();
        watch.changed(Change.CREATE, "a");
        watch.changed(Change.CHMOD, "b");

        assertThat(ask(id)).isEqualTo("200 {\"events\":[{\"name\":\"a\",\"type\":\"EVENT_TYPE_CREATE\"},"
                + "{\"name\":\"b\",\"type\":\"EVENT_TYPE_CHMOD\"}]}");
        assertThat(ask(id)).isEqualTo("200 {\"events\":[]}");
        assertThat(face.call(FS + "RemoveWatcher", "{\"watcherId\":\"" + id + "\"}")).isEqualTo("200 {}");
        assertThat(ask(id)).startsWith("404 {\"code\":\"not_found\"");
        awaitOpen(0);
    }

    @Test
    void watcher_thatNobodyAsks_expires() {
        String id = create();
        ask(id);

        face.timers.fire(Duration.ofMinutes(10));
        awaitOpen(0);
        assertThat(ask(id)).startsWith("404");
    }

    @Test
    void watcher_thatMissedSomething_tellsWhatItHasAndThenSaysSo() throws Exception {
        String id = create();
        WatchListener watch = face.files.watches.take();
        for (int i = 0; i < 5000; i++) {
            watch.changed(Change.WRITE, "f");
        }

        assertThat(ask(id)).startsWith("200 {\"events\":[{");
        assertThat(ask(id)).startsWith("503 {\"code\":\"unavailable\"").contains("not read in time");
        assertThat(ask(id)).startsWith("404");
        awaitOpen(0);
    }

    @Test
    void watches_ofBothKindsBeyondTheBound_areRefused() {
        for (int i = 0; i < TestFace.LIMITS.watches() - 1; i++) {
            create();
        }
        face.open(WATCH, "{\"path\":\"/d\"}").next();

        assertThat(face.call(FS + "CreateWatcher", "{\"path\":\"/d\"}"))
                .startsWith("429 {\"code\":\"resource_exhausted\"");
        try (TestFace.Events events = face.open(WATCH, "{\"path\":\"/d\"}")) {
            assertThat(events.error()).startsWith("resource_exhausted");
        }
    }

    @Test
    void watches_ofASandboxThatIsClosed_areClosed() {
        create();
        face.open(WATCH, "{\"path\":\"/d\"}").next();

        face.face.close("sb1");
        awaitOpen(0);
    }

    private String create() {
        String answer = face.call(FS + "CreateWatcher", "{\"path\":\"/d\"}");
        assertThat(answer).startsWith("200 {\"watcherId\":\"");
        return answer.substring(18, answer.length() - 2);
    }

    private String ask(String id) {
        return face.call(FS + "GetWatcherEvents", "{\"watcherId\":\"" + id + "\"}");
    }

    private void awaitOpen(int count) {
        Awaitility.await().until(() -> face.files.open.get() == count);
    }
}
