package io.sandgate.membership;

import java.io.DataInput;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.ObjectMessage;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;

/// An object message that carries nothing but the kinds of objects that the protocols of the stack send each other: the
/// numbers of lost messages, and digests.
///
/// Implementation note. JGroups reads the payload of an object message when it takes it from the socket, before any
/// receiver can look at it: it loads the class that the sender names, calls its constructor, and lets it read on, if need
/// be with Java deserialization. Such messages cannot be refused as a whole, since `NAKACK2`, `UNICAST3` and `STABLE` ask
/// for retransmission with them: without that, one lost announcement would silence its sender for good. The table of
/// message kinds is a static field that subclasses of the factory may change, so this holds for the whole process.
final class RestrictedObjectMessage extends ObjectMessage {
    /// How many object messages were refused in this process.
    static final LongAdder REFUSED = new LongAdder();

    private static final short SEQNO_LIST = ClassConfigurator.getMagicNumber(SeqnoList.class);
    private static final short DIGEST = ClassConfigurator.getMagicNumber(Digest.class);
    /// What `STABLE` tells the coordinator. A refusal in the midst of a frame ends its connection, and a coordinator that
    /// refused these would suspect its members again and again.
    private static final short MUTABLE_DIGEST = ClassConfigurator.getMagicNumber(MutableDigest.class);

    /// Makes the process read object messages as these; later calls change nothing.
    static void enforce() {
        Factory.replaceObjectMessages();
    }

    @Override
    public void readPayload(DataInput in) throws IOException {
        if (in.readByte() == 0) {
            return;
        }
        short magic = in.readShort();
        SizeStreamable object;
        if (magic == SEQNO_LIST) {
            object = new SeqnoList();
        } else if (magic == DIGEST) {
            object = new Digest();
        } else if (magic == MUTABLE_DIGEST) {
            object = new MutableDigest();
        } else {
            REFUSED.increment();
            throw new IOException("object: kind " + magic + " (expected: " + SEQNO_LIST + ", " + DIGEST + " or "
                    + MUTABLE_DIGEST + ")");
        }
        try {
            object.readFrom(in);
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
        setObject(object);
    }

    private static final class Factory extends MessageFactory {
        static void replaceObjectMessages() {
            creators[Message.OBJ_MSG] = RestrictedObjectMessage::new;
        }
    }
}
