package io.sandgate.api.settings;

import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.protocol.Compression;
import io.sandgate.gateway.shard.protocol.Intents;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Which shards of an upstream event gateway the replicas hold together, and where the events go.
///
/// @param token of the bot; without it there are no shards
/// @param apiUrl the upstream's HTTP API
/// @param intents which kinds of events are asked for
/// @param count how many shards there are; none for what the upstream recommends
/// @param compression of what the upstream sends
/// @param largeThreshold from how many members on a guild comes without those who are offline
/// @param maxMessage the most bytes of one message of the upstream's
/// @param sink where events go
/// @param sinkSecret signs what a webhook gets
/// @param events the types that are handed on; all when empty
/// @param replicas how many hold shards when none is missing
/// @param identify how new sessions are paced
/// @param connect how connections are opened and kept
/// @param own how shards are given to replicas
/// @param backfill how member lists are asked for
public record ShardsSettings(Optional<Secret> token, URI apiUrl, Intents intents, OptionalInt count,
        Compression compression, int largeThreshold, int maxMessage, EventTarget sink, Optional<Secret> sinkSecret,
        List<String> events, int replicas, Identify identify, Connect connect, Own own, Backfill backfill) {

    /// How new sessions are paced.
    ///
    /// @param window what the upstream wants between two of the same identify window
    /// @param margin what is added to it
    /// @param permitLife how long a permit may be used
    /// @param reserve the part of the upstream's starts that is kept for shards without a session
    /// @param perShard starts of one shard in a day
    public record Identify(Duration window, Duration margin, Duration permitLife, double reserve, int perShard) {}

    /// How connections are opened and kept.
    ///
    /// @param parallel how many this replica opens or resumes at a time
    /// @param dialTimeout until one is open
    /// @param helloTimeout until HELLO
    /// @param readyTimeout until READY
    /// @param resumeTimeout between two replayed events
    /// @param spread the longest wait before the first dial after a connection that had held
    /// @param backoff the longest wait before the dial after the first failure
    /// @param maxBackoff the longest wait of all
    /// @param stableAfter a connection that held for so long had not failed
    /// @param sendLimit payloads in a minute over one connection
    public record Connect(int parallel, Duration dialTimeout, Duration helloTimeout, Duration readyTimeout,
            Duration resumeTimeout, Duration spread, Duration backoff, Duration maxBackoff, Duration stableAfter,
            int sendLimit) {}

    /// How shards are given to replicas.
    ///
    /// @param lease how long a replica has a shard without hearing from the leader
    /// @param grace how long it stays connected after that
    /// @param debounce how long the replicas stay the same before shards are moved among them
    /// @param moveParallel how many one replica gives away at a time
    /// @param handoverTimeout how long a shard that is given away waits for the sink
    /// @param withoutMajority what half of the replicas do
    /// @param recordLife how long a session can be resumed after its connection is gone
    /// @param recordInterval how often it is written how far the sessions have come
    /// @param recordCopies on how many other replicas
    public record Own(Duration lease, Duration grace, Duration debounce, int moveParallel, Duration handoverTimeout,
            WithoutMajority withoutMajority, Duration recordLife, Duration recordInterval, int recordCopies) {}

    /// How member lists are asked for.
    ///
    /// @param enabled whether they are
    /// @param lists in which way
    public record Backfill(boolean enabled, BackfillSettings lists) {}

    /// What replicas do while exactly half of all see each other.
    public enum WithoutMajority {
        /// Go on with what they hold, if the leader is among them.
        KEEP,
        /// Let go of it.
        CLOSE
    }

    static final Setting<Secret> TOKEN = Setting.secret("shards.token", Type.secret(1),
            "Token of the bot whose shards the replicas hold together; without it there are no shards.");
    static final Setting<URI> API_URL = Setting.of("shards.api-url",
            Type.scalar("a URL that begins with https://, or for this machine with http://", EventTarget::webUrl),
            "https://discord.com/api/v10", "HTTP API of the upstream, below which `/gateway/bot` answers.");
    static final Setting<Intents> INTENTS = Setting.of("shards.intents",
            Type.scalar("default, all, none, a number, or names of intents parted by commas", Intents::parse),
            "default", "Which kinds of events the upstream sends; default is all that need no permission.");
    static final Setting<OptionalInt> COUNT = Setting.of("shards.count",
            Type.scalar("auto or 1-100000", ShardsSettings::count), "auto",
            "How many shards there are; auto is what the upstream recommends when there are none yet.");
    static final Setting<Compression> COMPRESSION = Setting.of("shards.compression",
            Type.oneOf(List.of(Compression.values())), "zstd-stream", "How the upstream compresses what it sends.");
    static final Setting<Integer> LARGE_THRESHOLD = Setting.of("shards.large-threshold", Type.integer(50, 250), "50",
            "From how many members on a guild comes without those who are offline.");
    static final Setting<Integer> MAX_MESSAGE = Setting.of("shards.max-message", Type.size("64KiB", "1GiB"), "16MiB",
            "Largest message of the upstream's, decompressed; a connection with a larger one is closed and resumed.");
    static final Setting<EventTarget> SINK = Setting.optional("shards.sink",
            Type.scalar("none, events, file:<path>, a URL that begins with https://, or for this machine with http://",
                    EventTarget::parse),
            "none; needed with `sandgate.shards.token`",
            "Where events go: into the event stream of the replicas, to a file, one line of JSON each, to a webhook, or"
                    + " nowhere.");
    static final Setting<Secret> SINK_SECRET = Setting.secret("shards.sink-secret", Type.secret(16),
            "Key of the HMAC-SHA-256 in the header `X-Sandgate-Signature` of what a webhook gets.");
    static final Setting<List<String>> EVENTS = Setting.of("shards.events",
            Type.list("names of events such as MESSAGE_CREATE, parted by commas", ShardsSettings::event), "",
            "The types of events that are handed on; all when empty.");
    static final Setting<Integer> REPLICAS = Setting.optional("shards.replicas", Type.integer(1, 1000),
            "as many as `sandgate.cluster.members` lists, or 1",
            "How many replicas there are when none is missing. More than half of them must see each other before a shard"
                    + " is given away, so that no two halves of a cut hold the same one.");
    static final Setting<Duration> IDENTIFY_WINDOW = Setting.of("shards.identify-window", Type.duration("10ms", "1h"),
            "5s",
            "What the upstream wants between two new sessions whose shard numbers are equal modulo its concurrency.");
    static final Setting<Duration> IDENTIFY_MARGIN = Setting.of("shards.identify-margin", Type.duration("0ms", "1m"),
            "250ms",
            "What is added to `sandgate.shards.identify-window`; more while the upstream refuses, up to six times.");
    static final Setting<Duration> PERMIT_LIFE = Setting.of("shards.permit-life", Type.duration("10ms", "1m"), "1s",
            "How long a replica may use a permit to begin a session.");
    static final Setting<Double> START_RESERVE = Setting.of("shards.start-reserve", Type.decimal(0, 1), "0.1",
            "Part of the sessions that the upstream lets a bot start in a day that only shards without one may use.");
    static final Setting<Integer> STARTS_PER_SHARD = Setting.of("shards.starts-per-shard", Type.integer(1, 1000), "50",
            "Sessions that one shard may start in a day.");
    static final Setting<Integer> DIAL_PARALLEL = Setting.of("shards.dial-parallel", Type.integer(1, 10_000), "32",
            "Connections to the upstream that this replica opens or resumes at a time.");
    static final Setting<Duration> DIAL_TIMEOUT = time("dial-timeout", "10s", "Until a connection is open.");
    static final Setting<Duration> HELLO_TIMEOUT = time("hello-timeout", "15s", "Until the upstream says HELLO.");
    static final Setting<Duration> READY_TIMEOUT = time("ready-timeout", "15s", "Until READY comes after IDENTIFY.");
    static final Setting<Duration> RESUME_TIMEOUT = time("resume-timeout", "30s",
            "Until the next event or RESUMED comes after RESUME.");
    static final Setting<Duration> SPREAD = time("spread", "1s",
            "Longest wait, chosen at random, before a connection that had held is opened anew.");
    static final Setting<Duration> BACKOFF = time("backoff", "1s",
            "Longest wait, chosen at random, after a connection that had not held; twice that after the next, and so on.");
    static final Setting<Duration> MAX_BACKOFF = time("max-backoff", "64s", "Longest of these waits.");
    static final Setting<Duration> STABLE_AFTER = time("stable-after", "30s",
            "A connection that lived for so long has held.");
    static final Setting<Integer> SEND_LIMIT = Setting.of("shards.send-limit", Type.integer(10, 120), "115",
            "Payloads in 60 s over one connection, of which the upstream takes 120; the share of heartbeats is set apart.");
    static final Setting<Duration> LEASE = Setting.of("shards.lease", Type.duration("600ms", "1m"), "3s",
            "How long a replica has a shard without hearing from the leader, and twice how long a leader leads without"
                    + " hearing from a majority.");
    static final Setting<Duration> GRACE = time("grace", "10s",
            "How long a replica stays connected, handing nothing on, when it hears from no leader.");
    static final Setting<Duration> DEBOUNCE = time("debounce", "500ms",
            "How long the replicas stay the same before shards are moved among them.");
    static final Setting<Integer> MOVE_PARALLEL = Setting.of("shards.move-parallel", Type.integer(1, 1000), "8",
            "Shards that one replica gives to others, or gets from them, at a time; four times that when it leaves.");
    static final Setting<Duration> HANDOVER_TIMEOUT = time("handover-timeout", "500ms",
            "How long a shard that is given away waits for what the sink has not accepted; the rest is replayed.");
    static final Setting<WithoutMajority> WITHOUT_MAJORITY = Setting.of("shards.without-majority",
            Type.oneOf(List.of(WithoutMajority.values())), "keep",
            "What replicas do while exactly half of all see each other: keep what they hold if the leader is among them,"
                    + " or close it.");
    static final Setting<Duration> RECORD_LIFE = time("record-life", "4m",
            "How long a session can be resumed after its connection is gone.");
    static final Setting<Duration> RECORD_INTERVAL = time("record-interval", "250ms",
            "How often it is written, here and on other replicas, how far the sessions have come.");
    static final Setting<Integer> RECORD_COPIES = Setting.of("shards.record-copies", Type.integer(0, 10), "2",
            "Other replicas that keep a copy of each session's record.");
    static final Setting<Boolean> BACKFILL = Setting.of("shards.backfill.enabled", Type.flag(), "true",
            "Whether the members of all guilds are asked for, if `sandgate.shards.intents` has GUILD_MEMBERS: of each guild"
                    + " when it is new to a session, and again and again in turn. The answers go to the sink.");
    static final Setting<Integer> BACKFILL_CONCURRENCY = Setting.of("shards.backfill.concurrency",
            Type.integer(1, 1_024), "4", "Shards of this replica that ask for their new guilds at a time.");
    static final Setting<Duration> BACKFILL_MIN = Setting.of("shards.backfill.min", Type.duration("0ms", "1h"), "1s",
            "How long a shard may ask for its new guilds at least.");
    static final Setting<Duration> BACKFILL_MAX = Setting.of("shards.backfill.max", Type.duration("1s", "1h"), "2m",
            "How long a shard may ask for its new guilds before it is the next one's turn; what is left waits for the"
                    + " shard's next turn.");
    static final Setting<Double> BACKFILL_DIVERGENCE = Setting.of("shards.backfill.divergence", Type.decimal(0, 1), "0",
            "How far the known number of members of a new guild may be from the upstream's, as a part of that, for the"
                    + " guild not to be asked for; 0 asks for every one.");
    static final Setting<Duration> BACKFILL_PER_GUILD = Setting.of("shards.backfill.per-guild",
            Type.duration("0ms", "1h"), "30s",
            "What the upstream wants between two requests for all members of the same guild.");
    static final Setting<Duration> BACKFILL_REQUEST_TIMEOUT = Setting.of("shards.backfill.request-timeout",
            Type.duration("100ms", "1h"), "30s",
            "A request without a further part of its answer for so long is given up.");
    static final Setting<Double> BACKFILL_SWEEP = Setting.of("shards.backfill.sweep-per-second", Type.decimal(0, 1_000),
            "12", "Requests in a second, of all replicas together, for guilds whose turn it is again; 0 for none.");
    static final Setting<Integer> BACKFILL_GUILDS = Setting.of("shards.backfill.guilds-per-shard",
            Type.integer(1, 100_000), "5000", "Most guilds of one shard that are asked for.");
    static final Setting<Integer> BACKFILL_OPEN = Setting.of("shards.backfill.open-per-shard", Type.integer(1, 1_000),
            "64", "Most requests of one shard whose answers are not complete.");
    static final Setting<Integer> BACKFILL_PACED = Setting.of("shards.backfill.paced-guilds",
            Type.integer(100, 10_000_000), "100000",
            "Most guilds of this replica that were asked for within `sandgate.shards.backfill.per-guild`; while there are"
                    + " more, none is asked for.");
    static final List<Setting<?>> ALL = List.of(TOKEN, API_URL, INTENTS, COUNT, COMPRESSION, LARGE_THRESHOLD,
            MAX_MESSAGE,
            SINK, SINK_SECRET, EVENTS, REPLICAS, IDENTIFY_WINDOW, IDENTIFY_MARGIN, PERMIT_LIFE, START_RESERVE,
            STARTS_PER_SHARD, DIAL_PARALLEL, DIAL_TIMEOUT, HELLO_TIMEOUT, READY_TIMEOUT, RESUME_TIMEOUT, SPREAD,
            BACKOFF,
            MAX_BACKOFF, STABLE_AFTER, SEND_LIMIT, LEASE, GRACE, DEBOUNCE, MOVE_PARALLEL, HANDOVER_TIMEOUT,
            WITHOUT_MAJORITY, RECORD_LIFE, RECORD_INTERVAL, RECORD_COPIES, BACKFILL, BACKFILL_CONCURRENCY, BACKFILL_MIN,
            BACKFILL_MAX, BACKFILL_DIVERGENCE, BACKFILL_PER_GUILD, BACKFILL_REQUEST_TIMEOUT, BACKFILL_SWEEP,
            BACKFILL_GUILDS, BACKFILL_OPEN, BACKFILL_PACED);

    private static final Pattern EVENT = Pattern.compile("[A-Z][A-Z0-9_]{1,63}");

    private static Setting<Duration> time(String name, String standard, String meaning) {
        return Setting.of("shards." + name, Type.duration("1ms", "1h"), standard, meaning);
    }

    private static OptionalInt count(String text) {
        if (text.equals("auto")) {
            return OptionalInt.empty();
        }
        int count = Integer.parseInt(text);
        if (count < 1 || count > 100_000) {
            throw new IllegalArgumentException(text);
        }
        return OptionalInt.of(count);
    }

    private static String event(String text) {
        if (!EVENT.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    static ShardsSettings from(Values values, ClusterSettings cluster) {
        Optional<Secret> token = values.find(TOKEN);
        Optional<EventTarget> sink = values.find(SINK);
        Optional<Integer> replicas = values.find(REPLICAS);
        if (token.isPresent() && sink.isEmpty()) {
            throw values.refused(SINK, SINK.type().allowed() + "; needed because " + TOKEN.fullName() + " is set");
        }
        if (token.isPresent() && replicas.isEmpty() && cluster.discovery() != ClusterSettings.Discovery.STATIC) {
            throw values.refused(REPLICAS, REPLICAS.type().allowed() + "; needed because " + TOKEN.fullName()
                    + " is set and the replicas are not listed in " + ClusterSettings.MEMBERS.fullName());
        }
        Duration margin = values.get(IDENTIFY_MARGIN);
        Identify identify = new Identify(values.get(IDENTIFY_WINDOW), margin, values.get(PERMIT_LIFE),
                values.get(START_RESERVE), values.get(STARTS_PER_SHARD));
        Connect connect = new Connect(values.get(DIAL_PARALLEL), values.get(DIAL_TIMEOUT), values.get(HELLO_TIMEOUT),
                values.get(READY_TIMEOUT), values.get(RESUME_TIMEOUT), values.get(SPREAD), values.get(BACKOFF),
                values.get(MAX_BACKOFF), values.get(STABLE_AFTER), values.get(SEND_LIMIT));
        if (connect.maxBackoff().compareTo(connect.backoff()) < 0) {
            throw values.refused(MAX_BACKOFF, "at least " + BACKOFF.fullName() + ", which is "
                    + DurationText.format(connect.backoff()));
        }
        Own own = new Own(values.get(LEASE), values.get(GRACE), values.get(DEBOUNCE), values.get(MOVE_PARALLEL),
                values.get(HANDOVER_TIMEOUT), values.get(WITHOUT_MAJORITY), values.get(RECORD_LIFE),
                values.get(RECORD_INTERVAL), values.get(RECORD_COPIES));
        if (own.grace().compareTo(own.lease().multipliedBy(2)) < 0) {
            throw values.refused(GRACE, "at least twice " + LEASE.fullName() + ", which is "
                    + DurationText.format(own.lease()) + ": so long can it take to elect another leader");
        }
        return new ShardsSettings(token, values.get(API_URL), values.get(INTENTS), values.get(COUNT),
                values.get(COMPRESSION), values.get(LARGE_THRESHOLD), values.get(MAX_MESSAGE),
                sink.orElseGet(EventTarget.Nowhere::new), values.find(SINK_SECRET), values.get(EVENTS),
                replicas.orElseGet(() -> Math.max(1, cluster.members().size())), identify, connect, own,
                backfill(values));
    }

    private static Backfill backfill(Values values) {
        Duration min = values.get(BACKFILL_MIN);
        if (values.get(BACKFILL_MAX).compareTo(min) < 0) {
            throw values.refused(BACKFILL_MAX,
                    "at least " + BACKFILL_MIN.fullName() + ", which is " + DurationText.format(min));
        }
        return new Backfill(values.get(BACKFILL), new BackfillSettings(values.get(BACKFILL_CONCURRENCY), min,
                values.get(BACKFILL_MAX), values.get(BACKFILL_DIVERGENCE), values.get(BACKFILL_PER_GUILD),
                values.get(BACKFILL_REQUEST_TIMEOUT), values.get(BACKFILL_SWEEP), values.get(BACKFILL_GUILDS),
                values.get(BACKFILL_OPEN), values.get(BACKFILL_PACED)));
    }
}
