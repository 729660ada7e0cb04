package io.sandgate.gateway.shard.protocol;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class IntentsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"none|0", "0|0", "513|513", "GUILDS|1", "guilds, Guild_Messages|513",
            "all|53608447", "default|53575421", "default,GUILD_MEMBERS|53575423", "GUILDS,67108864|67108865",
            "DIRECT_MESSAGE_POLLS|33554432"})
    void parse_setting_givesItsBits(String setting, long bits) {
        assertThat(Intents.parse(setting).bits()).isEqualTo(bits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "GUILD", "GUILDS,", "-1", "1.5", "GUILDS;GUILD_MEMBERS", "99999999999999999999"})
    void parse_otherText_isRefusedWithWhatIsExpected(String setting) {
        assertThatIllegalArgumentException().isThrownBy(() -> Intents.parse(setting))
                .withMessageStartingWith("intents: " + setting + " (expected: default, all, none")
                .withMessageContaining("GUILDS,");
    }

    @Test
    void default_privilegedOnes_areNotInIt() {
        assertThat(Intents.ALL.bits() & ~Intents.DEFAULT.bits()).isEqualTo(0b1000_0001_0000_0010);
    }

    @Test
    void toString_names_areReadAsTheSame() {
        assertThat(new Intents(513)).hasToString("GUILDS,GUILD_MESSAGES");
        assertThat(new Intents(1 + (1L << 40))).hasToString("GUILDS,1099511627776");
        assertThat(new Intents(0)).hasToString("none");
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            Intents intents = new Intents(random.nextLong(1L << 59));
            assertThat(Intents.parse(intents.toString())).isEqualTo(intents);
        }
    }
}
