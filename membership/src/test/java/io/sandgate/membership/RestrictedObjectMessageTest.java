package io.sandgate.membership;

import java.io.DataInput;
import java.io.IOException;
import java.util.stream.Stream;
import org.jgroups.Address;
import org.jgroups.ObjectMessage;
import org.jgroups.View;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RestrictedObjectMessageTest {
    private static final Address MEMBER = UUID.randomUUID();

    static Stream<SizeStreamable> whatTheProtocolsSend() {
        return Stream.of(new SeqnoList(10, 5).add(7), new Digest(MEMBER, 3, 9),
                new MutableDigest(new Address[]{MEMBER}).set(MEMBER, 3, 9));
    }

    @ParameterizedTest
    @MethodSource("whatTheProtocolsSend")
    void object_ofAProtocolOfTheStack_isRead(SizeStreamable object) throws Exception {
        RestrictedObjectMessage read = new RestrictedObjectMessage();
        DataInput in = written(object);

        read.readPayload(in);

        assertThat(read.<SizeStreamable>getObject()).hasToString(object.toString()).hasSameClassAs(object);
        assertThatThrownBy(in::readByte).as("what follows").isInstanceOf(IOException.class);
    }

    @Test
    void object_ofAnotherKind_isRefusedUnread() throws Exception {
        long before = RestrictedObjectMessage.REFUSED.sum();
        DataInput in = written(View.create(MEMBER, 1, MEMBER));

        assertThatThrownBy(() -> new RestrictedObjectMessage().readPayload(in)).isInstanceOf(IOException.class)
                .hasMessageStartingWith("object: kind 4 (expected: ");
        assertThat(RestrictedObjectMessage.REFUSED.sum()).isGreaterThan(before);
    }

    private static DataInput written(SizeStreamable object) throws Exception {
        ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(512);
        new ObjectMessage(null, object).writePayload(out);
        return new ByteArrayDataInputStream(out.buffer(), 0, out.position());
    }
}
