/// The network side of webhooks: requests to receivers, addresses of their names, and calls to the other replicas.
@NullMarked
package io.sandgate.gateway.stream.webhook.connect;

import org.jspecify.annotations.NullMarked;
