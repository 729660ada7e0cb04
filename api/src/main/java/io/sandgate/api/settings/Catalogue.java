package io.sandgate.api.settings;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Every setting there is, in sections.
final class Catalogue {

    /// Settings that belong together.
    ///
    /// @param title a few words
    /// @param introduction what they have in common
    /// @param settings the settings, in the order in which they are shown
    record Section(String title, String introduction, List<Setting<?>> settings) {}

    private static final List<Section> SECTIONS = List.of(
            new Section("Replica", "One process, and where it keeps what must survive it.", ReplicaSettings.ALL),
            new Section("Public listener", "The E2B lifecycle API and the data plane to the sandboxes.",
                    PublicListener.ALL),
            new Section("API keys", "Who may call the lifecycle API.", ApiAccess.ALL),
            new Section("Peer listener", "What replicas ask each other: routes, and calls for another's sandboxes.",
                    PeerListener.ALL),
            new Section("Admin listener", "Health, metrics, the members and the route API.", AdminListener.ALL),
            new Section("Cluster", "How replicas find each other.", ClusterSettings.ALL),
            new Section("Replication", "How a route change reaches the other replicas. The longest sleeps between the"
                    + " attempts must together stay below `sandgate.sync.request-timeout`.", SyncSettings.ALL),
            new Section("Data plane", "How requests reach a sandbox.", ProxySettings.ALL),
            new Section("Sandboxes", "Where sandboxes run and how long they live.", SandboxLimits.ALL),
            new Section("Templates", "What a sandbox is made from. `<name>` is the template's name; `base` and `web`"
                    + " are built in, and a template of one of these names takes its place.", Template.ALL),
            new Section("Shards",
                    "Shards of an upstream event gateway, which the replicas hold together. There are none"
                            + " without `sandgate.shards.token`.",
                    ShardsSettings.ALL),
            new Section("Events", "The log of what happens, and those who follow it.", EventsSettings.ALL),
            new Section("Connections", "What clients hold open: connections that can be sent to, and event streams.",
                    ConnectionsSettings.ALL),
            new Section("Webhooks", "Where teams may have events of their sandboxes sent to.", WebhooksSettings.ALL),
            new Section("Log", "What a replica writes about itself.", LogSettings.ALL));

    private static final List<Setting<?>> SETTINGS = SECTIONS.stream()
            .<Setting<?>>flatMap(section -> section.settings().stream()).toList();

    private Catalogue() {}

    static List<Section> sections() {
        return SECTIONS;
    }

    static List<Setting<?>> settings() {
        return SETTINGS;
    }

    static List<String> names() {
        return SETTINGS.stream().<String>map(Setting::name).toList();
    }

    /// The setting of that name, without the leading `sandgate.`.
    static Optional<Setting<?>> find(String name) {
        return SETTINGS.stream().filter(setting -> setting.matches(name)).findFirst();
    }

    /// The order of the catalogue, for full names; templates among themselves by their names.
    static Comparator<String> order() {
        return Comparator.comparingInt(Catalogue::position);
    }

    private static int position(String fullName) {
        String name = fullName.substring(Setting.PREFIX.length());
        int position = 0;
        while (position < SETTINGS.size() && !SETTINGS.get(position).matches(name)) {
            position++;
        }
        return name.startsWith(Template.AREA) ? SETTINGS.size() : position;
    }
}
