package io.sandgate.api.settings;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// All settings of a replica, typed and checked; the secrets in it hide themselves.
///
/// @param replica the replica itself
/// @param publicListener the lifecycle API and the data plane
/// @param api who may call the lifecycle API
/// @param peer the listener for the other replicas
/// @param admin the listener for operators
/// @param cluster how replicas find each other
/// @param sync how a route change is pushed
/// @param proxy how requests reach a sandbox
/// @param sandboxes where sandboxes run and how long they live
/// @param templates the configured templates by name, without the built-in ones
/// @param shards of an upstream event gateway
/// @param events the log of what happens
/// @param connections of clients
/// @param webhooks of teams
/// @param log what is written
public record Settings(ReplicaSettings replica, PublicListener publicListener, ApiAccess api, PeerListener peer,
        AdminListener admin, ClusterSettings cluster, SyncSettings sync, ProxySettings proxy, SandboxLimits sandboxes,
        Map<String, Template> templates, ShardsSettings shards, EventsSettings events, ConnectionsSettings connections,
        WebhooksSettings webhooks, LogSettings log) {

    /// Settings beside what each single one came out as.
    ///
    /// @param settings the typed settings
    /// @param effective every setting in the order of the catalogue
    public record Explained(Settings settings, List<EffectiveSetting> effective) {}

    /// Reads and checks all settings.
    ///
    /// @throws SettingsException for the first one that is unknown, not allowed or missing
    public static Settings load(SettingSources sources) {
        return explain(sources).settings();
    }

    /// Reads and checks all settings, and says where each came from.
    ///
    /// @throws SettingsException for the first one that is unknown, not allowed or missing
    public static Explained explain(SettingSources sources) {
        Values values = sources.read();
        PublicListener publicListener = PublicListener.from(values);
        ReplicaSettings replica = ReplicaSettings.from(values, publicListener.port(), sources.hostName());
        ApiAccess api = ApiAccess.from(values);
        PeerListener peer = PeerListener.from(values);
        AdminListener admin = AdminListener.from(values);
        ClusterSettings cluster = ClusterSettings.from(values);
        SyncSettings sync = SyncSettings.from(values);
        ProxySettings proxy = ProxySettings.from(values, publicListener.domain());
        SandboxLimits sandboxes = SandboxLimits.from(values, proxy);
        Map<String, Template> templates = Template.from(values);
        Settings settings = new Settings(replica, publicListener, api, peer, admin, cluster, sync, proxy, sandboxes,
                templates, ShardsSettings.from(values, cluster), EventsSettings.from(values),
                ConnectionsSettings.from(values), WebhooksSettings.from(values), LogSettings.from(values));
        LoopbackRules.check(settings, values);
        ShownPathRules.check(settings, values, sources.file());
        List<EffectiveSetting> effective = values.effective().stream()
                .sorted(Comparator.comparing(EffectiveSetting::name, Catalogue.order())).toList();
        return new Explained(settings, effective);
    }
}
