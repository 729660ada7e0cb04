package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The exclusive hold on one block of addresses on this machine.
///
/// The hold is a UDP socket bound to a fixed port at the last usable address of the block: the kernel lets one process
/// have it, and takes it back when that process dies in whatever way. Nothing is ever sent to it.
final class BlockClaim implements AutoCloseable {

    /// Beyond the range from which kernels pick ports by default, so that nobody gets it by chance.
    static final int PORT = 61_917;

    private static final Logger log = LoggerFactory.getLogger(BlockClaim.class);

    private final int firstAddress;
    private final DatagramSocket socket;

    private BlockClaim(int firstAddress, DatagramSocket socket) {
        this.firstAddress = firstAddress;
        this.socket = socket;
    }

    /// Claims a block: the preferred ones in their order, then the one that `memory` names, then any other from a
    /// starting point that is the same for the same memory file, so that replicas keep out of each other's way.
    ///
    /// @param preferred addresses whose blocks are wanted first
    /// @param memory the file that remembers the block
    static BlockClaim take(AddressRange range, Iterable<Integer> preferred, Path memory) {
        for (int address : preferred) {
            Optional<BlockClaim> claim = tryBlock(range, range.blockOf(address));
            if (claim.isPresent()) {
                return remember(claim.get(), memory);
            }
        }
        int start = remembered(range, memory).orElse(Math.floorMod(memory.toString().hashCode(), range.blocks()));
        for (int i = 0; i < range.blocks(); i++) {
            Optional<BlockClaim> claim = tryBlock(range, (start + i) % range.blocks());
            if (claim.isPresent()) {
                return remember(claim.get(), memory);
            }
        }
        throw new SandboxException(Reason.EXHAUSTED, "sandgate.sandbox.addresses: " + range + " (all " + range.blocks()
                + " blocks are taken by other replicas on this machine, or something here listens on UDP port " + PORT
                + " of all addresses; expected: a range with a free block)");
    }

    /// The first address of the claimed block.
    int firstAddress() {
        return firstAddress;
    }

    @Override
    public void close() {
        socket.close();
    }

    private static Optional<BlockClaim> tryBlock(AddressRange range, int block) {
        int first = range.block(block);
        InetSocketAddress anchor = new InetSocketAddress(Addresses.inet(first + range.blockSize() - 2), PORT);
        try {
            return Optional.of(new BlockClaim(first, new DatagramSocket(anchor)));
        } catch (IOException e) {
            log.debug("address-block.taken block={} reason={}", Addresses.format(first), e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Integer> remembered(AddressRange range, Path memory) {
        try {
            int address = Addresses.parse(Files.readString(memory).strip());
            return range.contains(address) ? Optional.of(range.blockOf(address)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static BlockClaim remember(BlockClaim claim, Path memory) {
        try {
            Files.writeString(memory, Addresses.format(claim.firstAddress) + "\n");
        } catch (IOException e) {
            log.warn("address-block.not-remembered file={} reason={}", memory, e.toString());
        }
        return claim;
    }
}
