-- Copies of sandboxes' disks, which this replica keeps.
CREATE TABLE snapshot (
    id         TEXT    NOT NULL PRIMARY KEY,
    owner      TEXT    NOT NULL,
    name       TEXT,
    sandbox    TEXT    NOT NULL,
    template   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    bytes      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
