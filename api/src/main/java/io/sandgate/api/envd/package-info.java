/// envd's protocol over HTTP: what answers on port 49983 of each sandbox, over what can be done within it.
///
/// Starting points:
/// - [io.sandgate.api.envd.EnvdFace] opens and closes the listeners
/// - [io.sandgate.api.envd.OpenSandbox], one of them, and what it answers to which path
/// - [io.sandgate.api.envd.Access], who may call
@NullMarked
package io.sandgate.api.envd;

import org.jspecify.annotations.NullMarked;
