package io.sandgate.api.cli;

/// The number of a shard as it is given to a command.
final class ShardNumber {

    /// As many digits as a replica reads.
    private static final String FORM = "[0-9]{1,6}";

    private ShardNumber() {}

    static int parse(String text) {
        if (!text.matches(FORM)) {
            throw new CliException(ExitCode.USAGE, "shard: " + Table.printable(text)
                    + " (expected: its number, from 0; see 'sandgate shards list')");
        }
        return Integer.parseInt(text);
    }
}
