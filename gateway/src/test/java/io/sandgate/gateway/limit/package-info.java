@NullMarked
package io.sandgate.gateway.limit;

import org.jspecify.annotations.NullMarked;
