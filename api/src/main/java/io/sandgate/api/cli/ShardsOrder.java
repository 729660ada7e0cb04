package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What some shards, or all of them, are told to do: the options of the commands that tell them, and the calls.
///
/// Each named shard is told in a call of its own, and the others are told too when that fails for one.
final class ShardsOrder {

    private final CliContext context;

    @Mixin
    private final AdminOptions admin;

    @Parameters(arity = "0..*", paramLabel = "NUMBER", description = "The shards, from 0.")
    private final List<String> named = new ArrayList<>();

    @Option(names = "--all", description = "All shards.")
    private boolean all;

    ShardsOrder(CliContext context) {
        this.context = context;
        this.admin = new AdminOptions(context);
    }

    /// Tells the shards.
    ///
    /// @param word what to do, as the calls name it
    /// @return the exit code: of the first shard that could not be told, when there is one
    int give(String word) {
        Set<Integer> numbers = named.stream().map(ShardNumber::parse)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (all == !numbers.isEmpty()) {
            throw new CliException(ExitCode.USAGE, all
                    ? "shards are named, and --all is given (expected: one of the two)"
                    : "no shard is named (expected: numbers such as '0 3', or --all)");
        }
        try (HttpCaller caller = admin.connect()) {
            if (all) {
                return giveAll(caller, word);
            }
            int code = ExitCode.OK;
            for (int number : numbers) {
                int one = giveOne(caller, number, word);
                code = code == ExitCode.OK ? one : code;
            }
            return code;
        }
    }

    private int giveAll(HttpCaller caller, String word) {
        SortedSet<Integer> told = told(caller.call("POST", "/shards/" + word, null).body());
        if (told.isEmpty()) {
            return failed("no replica that answered holds a shard (see 'sandgate shards list')");
        }
        if (!admin.json()) {
            context.out().println(told.size() + " shards told to " + word + ": " + ranges(told));
        }
        return ExitCode.OK;
    }

    private int giveOne(HttpCaller caller, int number, String word) {
        try {
            SortedSet<Integer> told = told(caller.call("POST", "/shards/" + number + "/" + word, null).body());
            if (!told.contains(number)) {
                return failed(number + ": no replica that answered holds it (see 'sandgate shards get " + number
                        + "')");
            }
            if (!admin.json()) {
                context.out().println(number + " told to " + word);
            }
            return ExitCode.OK;
        } catch (CliException e) {
            if (e.exitCode() == ExitCode.UNREACHABLE) {
                throw e;
            }
            context.err().println("sandgate: " + number + ": " + e.getMessage());
            return e.exitCode();
        }
    }

    private int failed(String why) {
        context.err().println("sandgate: " + why);
        return ExitCode.FAILED;
    }

    private SortedSet<Integer> told(JsonNode answer) {
        if (admin.json()) {
            context.out().println(answer);
        }
        SortedSet<Integer> shards = new TreeSet<>();
        answer.path("shards").forEach(shard -> shards.add(shard.asInt()));
        return shards;
    }

    /// Numbers with those that follow each other drawn together, such as `0-3, 7`.
    private static String ranges(SortedSet<Integer> numbers) {
        StringJoiner ranges = new StringJoiner(", ");
        int first = numbers.first();
        int last = first;
        for (int number : numbers.tailSet(first + 1)) {
            if (number > last + 1) {
                ranges.add(range(first, last));
                first = number;
            }
            last = number;
        }
        return ranges.add(range(first, last)).toString();
    }

    private static String range(int first, int last) {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
