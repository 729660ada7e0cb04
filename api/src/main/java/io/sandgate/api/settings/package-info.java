/// The settings of a replica: where they are read from, what each may be, and the typed records they become. Also the
/// API keys, which are settings or kept in the data directory.
///
/// Starting points:
/// - [io.sandgate.api.settings.Settings]: all settings of a replica, typed and checked.
/// - [io.sandgate.api.settings.Setting]: one name with its type, default and meaning.
/// - [io.sandgate.api.settings.Catalogue]: every setting there is.
@NullMarked
package io.sandgate.api.settings;

import org.jspecify.annotations.NullMarked;
