/// Tests of the event stream over real sockets.
@NullMarked
package io.sandgate.api.stream;

import org.jspecify.annotations.NullMarked;
