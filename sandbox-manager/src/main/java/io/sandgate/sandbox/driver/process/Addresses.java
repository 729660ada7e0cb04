package io.sandgate.sandbox.driver.process;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/// IPv4 addresses as numbers.
final class Addresses {

    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private Addresses() {}

    static int parse(String text) {
        if (!DOTTED.matcher(text).matches()) {
            throw new IllegalArgumentException("address: " + text + " (expected: an IPv4 address)");
        }
        int address = 0;
        for (String part : text.split("\\.", -1)) {
            int octet = Integer.parseInt(part);
            if (octet > 255) {
                throw new IllegalArgumentException("address: " + text + " (expected: an IPv4 address)");
            }
            address = (address << 8) | octet;
        }
        return address;
    }

    static String format(int address) {
        return (address >>> 24) + "." + ((address >>> 16) & 255) + "." + ((address >>> 8) & 255) + "."
                + (address & 255);
    }

    static InetAddress inet(int address) {
        byte[] octets = {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address};
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: " + address + " (expected: four octets)", e);
        }
    }
}
