package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import java.util.Optional;

/// How a replica answers a parcel.
///
/// @param taken whether what was in it is stored now, or was before; if not, the sender goes on from `heard`
/// @param heard how far the sender's log is known there; empty when it must tell its state
public record Reply(boolean taken, Optional<Cursor> heard) {}
