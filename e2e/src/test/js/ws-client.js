// Talks to a sandbox over WebSockets with the package ws, and prints what came of it, one line for each part.
//
//   ws-client.js PORT HOST LARGE     the last is the length of a large message
'use strict';

const assert = require('node:assert');
const {randomBytes} = require('node:crypto');
const WebSocket = require('ws');

const [port, host, large] = process.argv.slice(2);

const heard = (socket, event) => new Promise((resolve, reject) => {
    socket.once(event, (...what) => resolve(what));
    socket.once('error', reject);
});

async function opened(options) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, {headers: {host}, ...options});
    await heard(socket, 'open');
    return socket;
}

async function echo(socket, message) {
    const answer = heard(socket, 'message');
    socket.send(message);
    const [data, isBinary] = await answer;
    assert.strictEqual(isBinary, typeof message !== 'string');
    assert.ok(data.equals(Buffer.from(message)), 'what comes back is what was sent');
}

async function talk(name, options) {
    const socket = await opened(options);
    assert.strictEqual(socket.extensions, name === 'deflated' ? 'permessage-deflate' : '');
    await echo(socket, 'a text – mit Umlauten: äöü');
    await echo(socket, '');
    await echo(socket, Buffer.from([0, 1, 2, 127, 128, 255]));
    await echo(socket, randomBytes(+large));
    await echo(socket, 'x'.repeat(+large));
    console.log(`${name}: echoes`);

    const pong = heard(socket, 'pong');
    socket.ping('ours');
    console.log(`${name}: pong ${(await pong)[0]}`);

    const theirs = heard(socket, 'ping'), ponged = heard(socket, 'message');
    socket.send('ping theirs');
    console.log(`${name}: ping ${(await theirs)[0]}, ${(await ponged)[0]}`);

    const closed = heard(socket, 'close');
    socket.close(4001, `${name} is enough`);
    console.log(`${name}: closed ${(await closed)[0]}`);

    const other = await opened(options);
    const end = heard(other, 'close');
    other.send('close 4002 go home');
    const [code, reason] = await end;
    console.log(`${name}: was closed ${code} ${reason}`);
}

(async () => {
    await talk('plain', {perMessageDeflate: false});
    await talk('deflated', {perMessageDeflate: true});
})().catch(error => {
    console.error(error);
    process.exitCode = 1;
});
