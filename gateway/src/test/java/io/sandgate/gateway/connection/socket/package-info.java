@NullMarked
package io.sandgate.gateway.connection.socket;

import org.jspecify.annotations.NullMarked;
