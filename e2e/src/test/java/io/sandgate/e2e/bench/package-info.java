/// How fast and how large: each benchmark prints its figures beside its goals, and writes them into `docs/benchmarks.md`.
/// A goal that is missed is a figure, not a failure; a lost change or a refused call fails the run.
///
/// Starting points:
/// - [io.sandgate.e2e.bench.CreateBench] is the path that users wait for most
/// - [io.sandgate.e2e.bench.SlowPeerBench] and [io.sandgate.e2e.bench.StoppedPeerBench] compare a cluster with itself
/// - [io.sandgate.e2e.bench.Report] is what a benchmark leaves behind
@NullMarked
package io.sandgate.e2e.bench;

import org.jspecify.annotations.NullMarked;
