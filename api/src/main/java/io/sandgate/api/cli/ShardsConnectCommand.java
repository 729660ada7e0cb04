package io.sandgate.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `shards connect`.
@Command(name = "connect", mixinStandardHelpOptions = true, sortOptions = false, description = "Connects shards again that were told to disconnect.")
final class ShardsConnectCommand implements Callable<Integer> {

    @Mixin
    private final ShardsOrder order;

    ShardsConnectCommand(CliContext context) {
        this.order = new ShardsOrder(context);
    }

    @Override
    public Integer call() {
        return order.give("connect");
    }
}
