package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;

/// Hears of nothing.
final class NoListener implements WatchListener {

    @Override
    public void changed(Change change, String name) {}

    @Override
    public void ended(String reason) {}
}
