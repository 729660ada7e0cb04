-- The part of a key's quota that a sandbox takes; nothing for one of a configured key.
ALTER TABLE sandbox ADD COLUMN claim_key TEXT NOT NULL DEFAULT '';
ALTER TABLE sandbox ADD COLUMN claim_id TEXT NOT NULL DEFAULT '';
ALTER TABLE sandbox ADD COLUMN claim_memory_mb INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sandbox ADD COLUMN claim_cpu INTEGER NOT NULL DEFAULT 0;

-- The keys that were made through the API, as this replica knows them. No limit, the replica's own rate, and not revoked are NULL.
CREATE TABLE api_key (
    id              TEXT    NOT NULL PRIMARY KEY,
    team            TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    hash            TEXT    NOT NULL,
    suffix          TEXT    NOT NULL,
    admin           INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    created_by      TEXT    NOT NULL,
    max_sandboxes   INTEGER,
    max_memory_mb   INTEGER,
    max_cpu         INTEGER,
    rate            INTEGER,
    revoked_at      INTEGER,
    version_count   INTEGER NOT NULL,
    version_replica TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
