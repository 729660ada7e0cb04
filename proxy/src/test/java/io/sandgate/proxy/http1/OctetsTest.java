package io.sandgate.proxy.http1;

import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OctetsTest {

    @Test
    void valueEnd_anyOctets_isBeforeTheFirstThatMayNotBeThere() {
        Random random = new Random(3);
        for (int run = 0; run < 200_000; run++) {
            byte[] octets = new byte[1 + random.nextInt(40)];
            random.nextBytes(octets);
            for (int i = 0; i < octets.length; i++) {
                // mostly what may be there
                if (!Octets.isValue(octets[i]) && random.nextInt(8) > 0) {
                    octets[i] = (byte) (random.nextBoolean() ? '\t' : ' ');
                }
            }
            int from = random.nextInt(octets.length);
            int to = from + random.nextInt(octets.length - from + 1);
            int end = from;
            while (end < to && Octets.isValue(octets[end])) {
                end++;
            }
            assertThat(Octets.valueEnd(octets, from, to)).isEqualTo(end);
        }
    }
}
