@NullMarked
package io.sandgate.gateway.stream.log;

import org.jspecify.annotations.NullMarked;
