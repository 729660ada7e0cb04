package io.sandgate.gateway.shard.sink;

/// How a sink is doing.
///
/// @param kind what it is, in a word
/// @param waiting events that were given and are not done
/// @param failing why the last attempt failed, in words without secrets; empty when it did not
public record SinkStatus(String kind, int waiting, String failing) {}
