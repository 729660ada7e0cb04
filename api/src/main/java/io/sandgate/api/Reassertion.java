package io.sandgate.api;

import io.sandgate.api.route.FedMark;
import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteListener;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices that another replica took or cleared the route of a sandbox that this one runs, which it may have held dead, so
/// that the route is announced anew.
///
/// What users fed is not brought back: nobody can tell their deletion at another replica from a sweep. Connections see to
/// their rows themselves.
final class Reassertion implements RouteListener {
    private static final Logger log = LoggerFactory.getLogger(Reassertion.class);

    private final String self;
    private final Consumer<String> announce;

    /// @param announce announces a sandbox anew, on another thread; does nothing for an id that is none
    Reassertion(String self, Consumer<String> announce) {
        this.self = self;
        this.announce = announce;
    }

    @Override
    public void changed(RouteChange change) {
        Route before = change.before();
        if (before != null && before.authority().equals(self) && !change.authority().equals(self)
                && !before.namespace().equals(ClientKey.NAMESPACE) && !FedMark.isFed(before)) {
            log.info("route.overruled by={} route={} (asserting it again if the sandbox is here)", change.authority(),
                    before);
            announce.accept(before.id());
        }
    }
}
