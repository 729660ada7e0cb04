package io.sandgate.gateway.connection.ticket;

import io.sandgate.gateway.connection.ticket.TicketReading.Invalid;
import io.sandgate.gateway.connection.ticket.TicketReading.Valid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.BiPredicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Issues tickets and looks at them. No replica remembers one: each says what it says over a signature (HMAC-SHA-256), for which
/// all replicas have the same key. Safe for any thread.
///
/// A ticket may be used any number of times until it expires. It holds for as long as the key with which it was issued does.
public final class Tickets {

    /// The most characters that a ticket has: it has to fit into the first line of a request.
    public static final int MAX_LENGTH = 2048;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNATURE = 32;
    private static final byte[] LABEL = "sandgate connection tickets 1".getBytes(StandardCharsets.US_ASCII);

    private final SecretKeySpec key;
    private final InstantSource clock;
    private final BiPredicate<String, String> isKeyValid;

    /// @param seed a secret that all replicas share; this class's key is derived from it
    /// @param isKeyValid whether the key of a team with that id is still good; the id is empty for a key from the settings
    public Tickets(byte[] seed, InstantSource clock, BiPredicate<String, String> isKeyValid) {
        this.key = new SecretKeySpec(mac(new SecretKeySpec(seed, ALGORITHM), LABEL), ALGORITHM);
        this.clock = clock;
        this.isKeyValid = isKeyValid;
    }

    /// Writes and signs a ticket; empty when that would be longer than [#MAX_LENGTH].
    ///
    /// @return letters, digits, `-` and `_`; a secret of the client's
    public Optional<String> issue(Ticket ticket) {
        byte[] form = TicketForm.write(ticket);
        byte[] signed = Arrays.copyOf(form, form.length + SIGNATURE);
        System.arraycopy(mac(key, form), 0, signed, form.length, SIGNATURE);
        String text = encode(signed);
        return text.length() > MAX_LENGTH ? Optional.empty() : Optional.of(text);
    }

    /// Looks at what a client sent as its ticket.
    public TicketReading read(String text) {
        byte[] form = verify(text);
        if (form == null) {
            return Invalid.NOT_VALID;
        }
        Ticket ticket;
        try {
            ticket = TicketForm.read(form);
        } catch (IOException e) {
            // signed here, but by another version of the program
            return Invalid.NOT_VALID;
        }
        if (!clock.instant().isBefore(ticket.expiresAt())) {
            return Invalid.EXPIRED;
        }
        return isKeyValid.test(ticket.team(), ticket.keyId()) ? new Valid(ticket) : Invalid.NOT_VALID;
    }

    /// What was signed, or null when it was not signed here.
    private byte @Nullable [] verify(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        byte[] signed;
        try {
            signed = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // the decoder takes several texts for the same bytes: only the one that was issued is a ticket
        if (signed.length <= SIGNATURE || !encode(signed).equals(text)) {
            return null;
        }
        byte[] form = Arrays.copyOf(signed, signed.length - SIGNATURE);
        byte[] signature = Arrays.copyOfRange(signed, form.length, signed.length);
        return MessageDigest.isEqual(mac(key, form), signature) ? form : null;
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] mac(SecretKeySpec key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is part of every Java runtime", e);
        }
    }
}
