/// Tests of webhooks, on virtual time.
@NullMarked
package io.sandgate.gateway.stream.webhook;

import org.jspecify.annotations.NullMarked;
