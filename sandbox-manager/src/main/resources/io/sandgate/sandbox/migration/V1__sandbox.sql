-- The sandboxes of one replica. Times are milliseconds since 1970, durations milliseconds.
CREATE TABLE sandbox (
    id            TEXT    NOT NULL PRIMARY KEY,
    uid           TEXT    NOT NULL,
    owner         TEXT    NOT NULL,
    template      TEXT    NOT NULL,
    metadata      TEXT    NOT NULL,
    environment   TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    started_at    INTEGER NOT NULL,
    end_at        INTEGER NOT NULL,
    timeout       INTEGER NOT NULL,
    on_timeout    TEXT    NOT NULL,
    route_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
