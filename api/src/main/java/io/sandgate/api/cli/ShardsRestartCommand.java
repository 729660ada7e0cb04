package io.sandgate.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `shards restart`.
@Command(name = "restart", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Connects shards anew, going on with their sessions if they have any; also those that the upstream refused.",
        "Ends a halt: the upstream is asked again."})
final class ShardsRestartCommand implements Callable<Integer> {

    @Mixin
    private final ShardsOrder order;

    ShardsRestartCommand(CliContext context) {
        this.order = new ShardsOrder(context);
    }

    @Override
    public Integer call() {
        return order.give("restart");
    }
}
