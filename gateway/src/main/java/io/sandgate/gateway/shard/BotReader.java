package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.GatewayBot;
import java.util.concurrent.CompletionStage;

/// Asks the upstream's API about the bot.
public interface BotReader {

    /// What `GET /gateway/bot` says now; fails with what went wrong in words.
    CompletionStage<GatewayBot> read();
}
