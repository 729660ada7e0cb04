/// What replicas ask one another about webhooks.
@NullMarked
package io.sandgate.api.webhook;

import org.jspecify.annotations.NullMarked;
