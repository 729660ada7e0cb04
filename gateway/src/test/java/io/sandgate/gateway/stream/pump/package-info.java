/// Tests of the readers of the log on virtual time.
@NullMarked
package io.sandgate.gateway.stream.pump;

import org.jspecify.annotations.NullMarked;
