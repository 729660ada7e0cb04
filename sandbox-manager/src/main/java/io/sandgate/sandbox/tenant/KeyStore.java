package io.sandgate.sandbox.tenant;

import java.util.Collection;
import java.util.List;

/// The durable records of keys. Each call blocks until the change is on the disk.
public interface KeyStore {

    /// All records.
    List<KeyRecord> load();

    /// Joins records with those that are there, each by [KeyMerge#join].
    void join(Collection<KeyRecord> records);

    /// Removes records, where they are there.
    void delete(Collection<String> ids);
}
