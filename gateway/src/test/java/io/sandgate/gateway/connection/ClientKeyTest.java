package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClientKeyTest {

    @ParameterizedTest
    @ValueSource(strings = {"team", "a~b", "Ünï ©", "~", "a/b"})
    void name_ofAnyTeam_isReadBack(String team) {
        for (String client : List.of("u1", "~", "a~b~c", "A.b:c@d-e_f")) {
            ClientKey key = new ClientKey(team, client);
            assertThat(ClientKey.parse(key.name())).contains(key);
            assertThat(key.name()).as("no id of a sandbox").doesNotMatch("[a-z0-9]{1,63}(-.*)?");
        }
    }

    @Test
    void names_ofDifferentClients_differ() {
        assertThat(new ClientKey("a", "b~c").name()).isNotEqualTo(new ClientKey("a~b", "c").name());
        assertThat(new ClientKey("a", "x").name()).isNotEqualTo(new ClientKey("A", "x").name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "~", "~~u", "~6~u", "~61", "~61~", "~61~u/1", "~6G~u", "~6A~u", "~ff~u"})
    void parse_ofWhatIsNoName_isEmpty(String name) {
        assertThat(ClientKey.parse(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "a\n", "é", ".", ".."})
    void clientOutsideItsAlphabet_isRefusedWithIt(String client) {
        assertThatThrownBy(() -> new ClientKey("a", client)).hasMessageContaining("letters, digits");
        assertThat(Names.isRoom(client)).isFalse();
    }

    @Test
    void clientThatIsTooLong_isRefused() {
        assertThat(Names.isClient("u".repeat(128))).isTrue();
        assertThat(Names.isClient("u".repeat(129))).isFalse();
        assertThat(Names.isRoom("r".repeat(64))).isTrue();
        assertThat(Names.isRoom("r".repeat(65))).isFalse();
    }

    @Test
    void row_throughTheWire_isTheSame() throws Exception {
        ClientRow row = new ClientRow(new ClientKey("a", "u1"), "c1", "ra", 7, 1_800_000_000_000L, List.of("x", "y"));
        Route route = row.at(RouteVersion.of(3));
        Route read = RouteJson.read(RouteJson.write(route));
        assertThat(read).isEqualTo(route);
        assertThat(ClientRow.of(read)).isEqualTo(row);
        assertThat(route.isRunning()).isFalse();
        assertThat(route.state()).isEqualTo("connected");
    }
}
