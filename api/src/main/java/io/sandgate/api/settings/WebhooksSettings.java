package io.sandgate.api.settings;

import java.time.Duration;
import java.util.List;

/// Where teams may have events of their sandboxes sent to, and how often that is tried.
///
/// @param allowedTargets address ranges; empty for all public addresses and, with a public listener on loopback, loopback
/// @param maxPerTeam webhooks of one team
/// @param max webhooks of all teams
/// @param attempts for one event
/// @param disableAfter how long a webhook fails until it is disabled
public record WebhooksSettings(List<AddressRange> allowedTargets, int maxPerTeam, int max, int attempts,
        Duration disableAfter) {

    static final Setting<List<AddressRange>> ALLOWED_TARGETS = Setting.of("webhooks.allowed-targets", Type.ranges(),
            "",
            "Address ranges that webhooks of teams may be sent to; link-local and metadata addresses never. Empty for public"
                    + " addresses, and loopback where the public listener is on it.");
    static final Setting<Integer> MAX_PER_TEAM = Setting.of("webhooks.max-per-team", Type.integer(1, 1_000), "20",
            "Webhooks that one team may have.");
    static final Setting<Integer> MAX = Setting.of("webhooks.max", Type.integer(1, 100_000), "10000",
            "Webhooks of all teams together; at least as many as one team may have.");
    static final Setting<Integer> ATTEMPTS = Setting.of("webhooks.attempts", Type.integer(1, 100), "8",
            "Attempts to deliver an event to a webhook, within 15 minutes.");
    static final Setting<Duration> DISABLE_AFTER = Setting.of("webhooks.disable-after", Type.duration("1m", "30d"),
            "1d", "How long a webhook fails without a success until it is disabled.");
    static final List<Setting<?>> ALL = List.of(ALLOWED_TARGETS, MAX_PER_TEAM, MAX, ATTEMPTS, DISABLE_AFTER);

    static WebhooksSettings from(Values values) {
        if (values.get(MAX) < values.get(MAX_PER_TEAM)) {
            throw values.refused(MAX, "at least " + MAX_PER_TEAM.fullName() + ", which is "
                    + values.get(MAX_PER_TEAM));
        }
        return new WebhooksSettings(values.get(ALLOWED_TARGETS), values.get(MAX_PER_TEAM), values.get(MAX),
                values.get(ATTEMPTS), values.get(DISABLE_AFTER));
    }
}
