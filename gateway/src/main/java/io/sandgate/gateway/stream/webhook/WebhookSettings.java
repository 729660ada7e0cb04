package io.sandgate.gateway.stream.webhook;

/// How many webhooks there may be, and how they are delivered to.
///
/// @param mostOfTeam webhooks of one team
/// @param most webhooks of all teams
/// @param delivery of events
public record WebhookSettings(int mostOfTeam, int most, DeliverySettings delivery) {

    /// What is used where nothing else is said.
    public static final WebhookSettings DEFAULT = new WebhookSettings(20, 10_000, DeliverySettings.DEFAULT);

    public WebhookSettings {
        if (mostOfTeam < 1 || most < mostOfTeam) {
            throw new IllegalArgumentException("webhooks: " + mostOfTeam + " of a team, " + most
                    + " in all (expected: at least 1, and no fewer in all)");
        }
    }
}
