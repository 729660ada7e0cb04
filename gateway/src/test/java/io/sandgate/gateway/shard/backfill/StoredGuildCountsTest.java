package io.sandgate.gateway.shard.backfill;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StoredGuildCountsTest {
    @TempDir
    Path directory;

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.sandgate.gateway.shard.backfill");

    @BeforeEach
    void capture() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void release() {
        logger.detachAppender(lines);
    }

    @Test
    void open_afterASave_knowsWhatWasKnown() {
        var counts = open();
        for (long guild = 1; guild <= 5_000; guild++) {
            counts.learned(guild << 22, guild);
        }
        counts.changed(7L << 22, -3);
        counts.gone(8L << 22);
        counts.save();

        var next = open();
        assertThat(next.known(5_000L << 22)).hasValue(5_000);
        assertThat(next.known(7L << 22)).hasValue(4);
        assertThat(next.known(8L << 22)).isEmpty();
        Set<Long> guilds = new HashSet<>();
        next.each(guilds::add);
        assertThat(guilds).hasSize(4_999);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void changed_guildThatWasNeverCounted_isStillUnknown() {
        var counts = open();
        counts.changed(5, 1);
        assertThat(counts.known(5)).isEmpty();
    }

    @Test
    void changed_moreLeftThanWereThere_isZero() {
        var counts = open();
        counts.learned(5, 1);
        counts.changed(5, -2);
        assertThat(counts.known(5)).hasValue(0);
    }

    @Test
    void learned_moreGuildsThanTheBound_leavesTheOthersUnknownAndWarnsOnce() {
        var counts = StoredGuildCounts.open(directory, 2);
        for (long guild = 1; guild <= 4; guild++) {
            counts.learned(guild, 10);
        }
        counts.learned(1, 11);
        assertThat(counts.known(1)).hasValue(11);
        assertThat(counts.known(3)).isEmpty();
        assertThat(warnings()).singleElement().asString().contains("guilds=2");
        counts.gone(2);
        counts.learned(3, 12);
        assertThat(counts.known(3)).hasValue(12);
    }

    @Test
    void open_oneBitFlipped_setsTheFileAsideAndBeginsCold() throws IOException {
        byte[] good = saved();
        for (int at : new int[]{0, 7, 11, 12, 25, good.length - 1}) {
            byte[] broken = good.clone();
            broken[at] ^= 1;
            coldWith(broken);
        }
    }

    @Test
    void open_fileOfALaterVersion_isSetAsideThoughItIsWhole() throws IOException {
        byte[] later = saved();
        later[7]++;
        int content = later.length - Long.BYTES;
        CRC32C sum = new CRC32C();
        sum.update(later, 0, content);
        ByteBuffer.wrap(later).putLong(content, sum.getValue());
        coldWith(later);
    }

    @Test
    void open_cutOffOrTooLong_setsTheFileAsideAndBeginsCold() throws IOException {
        byte[] good = saved();
        for (int length : new int[]{0, 5, 12, good.length - 1, good.length + 1}) {
            coldWith(Arrays.copyOf(good, length));
        }
    }

    @Test
    void save_nothingChanged_writesNothing() throws IOException {
        saved();
        Files.delete(file());
        var counts = open();
        counts.save();
        assertThat(file()).doesNotExist();
        counts.learned(5, 1);
        counts.save();
        assertThat(file()).exists();
    }

    @Test
    void save_thatFails_keepsTheLastFileAndIsMadeUpForLater() throws IOException {
        byte[] before = saved();
        var counts = open();
        counts.learned(99, 1);
        Path inTheWay = directory.resolve("guild-counts.tmp");
        Files.createDirectory(inTheWay);
        assertThatThrownBy(counts::save).isInstanceOf(UncheckedIOException.class);
        assertThat(file()).hasBinaryContent(before);
        Files.delete(inTheWay);
        counts.save();
        assertThat(open().known(99)).hasValue(1);
    }

    private void coldWith(byte[] content) throws IOException {
        Files.write(file(), content);
        lines.list.clear();
        var counts = open();
        assertThat(counts.known(1)).isEmpty();
        counts.each(guild -> assertThat(guild).as("a guild of a broken file").isNull());
        assertThat(warnings()).singleElement().asString().startsWith("backfill.counts_unreadable");
        assertThat(file()).doesNotExist();
        assertThat(directory.resolve("guild-counts.broken")).hasBinaryContent(content);
    }

    private byte[] saved() throws IOException {
        var counts = open();
        for (long guild = 1; guild <= 3; guild++) {
            counts.learned(guild, 100 + guild);
        }
        counts.save();
        return Files.readAllBytes(file());
    }

    private StoredGuildCounts open() {
        return StoredGuildCounts.open(directory, 1_000_000);
    }

    private Path file() {
        return directory.resolve("guild-counts");
    }

    private List<String> warnings() {
        return lines.list.stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage).toList();
    }
}
