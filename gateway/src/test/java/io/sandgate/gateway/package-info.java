@NullMarked
package io.sandgate.gateway;

import org.jspecify.annotations.NullMarked;
