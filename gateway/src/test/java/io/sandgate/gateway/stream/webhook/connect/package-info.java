/// Tests of requests to receivers.
@NullMarked
package io.sandgate.gateway.stream.webhook.connect;

import org.jspecify.annotations.NullMarked;
