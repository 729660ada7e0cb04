package io.sandgate.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `shards disconnect`.
@Command(name = "disconnect", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Ends the sessions of shards, which stay away until they are told to connect.",
        "A session that begins later counts against what the upstream allows in a day."})
final class ShardsDisconnectCommand implements Callable<Integer> {

    @Mixin
    private final ShardsOrder order;

    ShardsDisconnectCommand(CliContext context) {
        this.order = new ShardsOrder(context);
    }

    @Override
    public Integer call() {
        return order.give("disconnect");
    }
}
