package io.sandgate.sandbox.tenant;

/// A key that is to be made; its parts are those of [KeyRecord].
public record NewKey(String team, String name, boolean admin, String createdBy, Quota quota, int rate) {}
