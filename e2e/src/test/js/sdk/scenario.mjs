// What a user does with E2B's own SDK, against the replicas that E2B_API_URL and E2B_SANDBOX_URL name.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(process.argv[2] + '/package.json')
const { Sandbox, Template, CommandExitError, NotFoundError, TimeoutError } = require('e2b')
const version = require('e2b/package.json').version.split('.').map(Number)
const atLeast = (major, minor) => version[0] > major || (version[0] === major && version[1] >= minor)
const base = process.env.E2B_SANDBOX_URL
const until = async (condition) => {
  for (const end = Date.now() + 20_000; !condition(); ) {
    assert.ok(Date.now() < end, `waited for ${condition}`)
    await new Promise((done) => setTimeout(done, 20))
  }
}
const step = (name) => console.log('ok ' + name)

const sandbox = await Sandbox.create({ timeoutMs: 120_000, envs: { GREETING: 'hello there' }, metadata: { 'user id': 'a&b=ü' } })
const id = sandbox.sandboxId
// SDKs before 2.24 send no routing headers with what they read and write: the address of the sandbox' runtime does instead
const content = atLeast(2, 24) ? sandbox.files : (await Sandbox.connect(id, { sandboxUrl: `${base}/sandbox/${id}/49983` })).files
step('create')

const run = await sandbox.commands.run('echo "$GREETING"; id -un; pwd; echo oops >&2')
assert.deepEqual([run.stdout, run.stderr, run.exitCode], ['hello there\nuser\n/home/user\n', 'oops\n', 0])
assert.equal((await sandbox.commands.run('id -un; pwd; echo $MINE', { user: 'root', cwd: '/tmp', envs: { MINE: 'x' } })).stdout, 'root\n/tmp\nx\n')
await assert.rejects(sandbox.commands.run('exit 3'), (error) => error instanceof CommandExitError && error.exitCode === 3)
await assert.rejects(sandbox.commands.run('sleep 20', { timeoutMs: 500 }), TimeoutError)
await assert.rejects(sandbox.commands.run('true', { cwd: '/nowhere' }))
step('commands')

const pieces = []
const cat = await sandbox.commands.run('cat; echo over', { background: true, stdin: true, timeoutMs: 0, onStdout: (text) => pieces.push(text) })
assert.ok((await sandbox.commands.list()).some((each) => each.pid === cat.pid))
await sandbox.commands.sendStdin(cat.pid, 'to the cat\n')
await until(() => pieces.join('').includes('to the cat'))
const again = await sandbox.commands.connect(cat.pid)
assert.notEqual(await again.kill(), false)
await assert.rejects(cat.wait())
assert.equal(await sandbox.commands.kill(cat.pid), false)
step('background')

const seen = []
const decoder = new TextDecoder()
const pty = await sandbox.pty.create({ cols: 90, rows: 20, timeoutMs: 0, onData: (data) => seen.push(decoder.decode(data)) })
await sandbox.pty.sendInput(pty.pid, new TextEncoder().encode('stty size; echo $((40+2))\n'))
await until(() => seen.join('').includes('20 90') && seen.join('').includes('42'))
// one program that says so itself: what a shell has not started yet hears no interrupt
await sandbox.pty.sendInput(pty.pid, new TextEncoder().encode("sh -c 'echo $((600+66)); exec sleep 600'\n"))
await until(() => seen.join('').includes('666'))
await sandbox.pty.sendInput(pty.pid, new TextEncoder().encode('\x03'))
await sandbox.pty.resize(pty.pid, { cols: 100, rows: 30 })
await sandbox.pty.sendInput(pty.pid, new TextEncoder().encode('stty size; exit\n'))
await until(() => seen.join('').includes('30 100'))
await pty.wait()
step('pty')

await content.write('deep/er/a.txt', 'text äöü')
assert.equal(await content.read('/home/user/deep/er/a.txt'), 'text äöü')
const bytes = new Uint8Array(3_000_000).map((_, i) => i * 7)
await content.write('/tmp/bytes', bytes.buffer)
assert.deepEqual(await content.read('/tmp/bytes', { format: 'bytes' }), bytes)
assert.equal((await sandbox.commands.run('stat -c %U /tmp/bytes; wc -c < /tmp/bytes')).stdout, 'user\n3000000\n')
await content.write('empty', '')
assert.equal(await content.read('empty'), '')
assert.equal(await sandbox.files.exists('deep/er/a.txt'), true)
assert.equal(await sandbox.files.exists('nowhere'), false)
await assert.rejects(content.read('nowhere'), NotFoundError)
assert.equal(await sandbox.files.makeDir('deep/new'), true)
assert.equal(await sandbox.files.makeDir('deep/new'), false)
await sandbox.files.rename('deep/er/a.txt', 'deep/b.txt')
assert.deepEqual((await sandbox.files.list('deep')).map((entry) => entry.name).sort(), ['b.txt', 'er', 'new'])
await sandbox.files.remove('deep/er')
assert.equal(await sandbox.files.exists('deep/er'), false)
step('files')

const events = []
const watch = await sandbox.files.watchDir('deep', (event) => events.push(`${event.type} ${event.name}`), { recursive: true, timeoutMs: 0 })
await sandbox.commands.run('mkdir -p deep/w')
await until(() => events.includes('create w'))
await sandbox.commands.run('echo x > deep/w/f')
await until(() => events.includes('write w/f'))
await sandbox.commands.run('rm deep/w/f')
await until(() => events.includes('remove w/f'))
await watch.stop()
step('watch')

const info = await sandbox.getInfo()
assert.deepEqual([info.sandboxId, info.metadata, info.templateId], [id, { 'user id': 'a&b=ü' }, 'base'])
const found = []
for (const pages = Sandbox.list({ query: { metadata: { 'user id': 'a&b=ü' } } }); pages.hasNext; ) found.push(...(await pages.nextItems()))
assert.ok(found.some((each) => each.sandboxId === id))
await sandbox.setTimeout(300_000)
assert.equal(await sandbox.isRunning(), true)
assert.match(sandbox.getHost(3000), new RegExp(`^3000-${id}\\.`))
step('control')

await sandbox.commands.run('nohup python3 -m http.server 3000 > /dev/null 2>&1 < /dev/null &')
let page
for (let i = 0; i < 200 && page?.status !== 200; i++) {
  page = await fetch(base, { headers: { 'E2b-Sandbox-Id': id, 'E2b-Sandbox-Port': '3000' } })
  if (page.status !== 200) await new Promise((done) => setTimeout(done, 50))
}
assert.match(await page.text(), /deep/)
step('port')

const pause = atLeast(2, 30) ? () => sandbox.pause() : () => sandbox.betaPause()
assert.notEqual(await pause(), false)
const back = await Sandbox.connect(id)
assert.equal((await back.commands.run('cat deep/b.txt')).stdout, 'text äöü')
step('pause and connect')

if (atLeast(2, 51)) {
  await back.commands.run('sleep 987', { background: true, timeoutMs: 0 })
  assert.equal(await back.pause({ keepMemory: false }), true)
  assert.equal(await back.pause({ keepMemory: false }), false)
  assert.equal((await back.getInfo()).state, 'paused')
  await Sandbox.connect(id)
  assert.equal((await back.commands.run('cat deep/b.txt; pgrep -f "sleep 98[7]" || echo gone')).stdout, 'text äöügone\n')
  await back.pause()
  await Sandbox.connect(id, { onResume: 'reboot' })
  await assert.rejects(Sandbox.create({ lifecycle: { onTimeout: { action: 'pause', keepMemory: false }, autoResume: true } }))
  step('pause without memory')
}

if (Sandbox.createSnapshot) {
  const named = await back.createSnapshot({ name: 'sdk-snap' })
  const plain = await Sandbox.createSnapshot(id)
  const listed = []
  for (const pages = back.listSnapshots({ limit: 1 }); pages.hasNext; ) listed.push(...(await pages.nextItems()))
  assert.deepEqual(listed.map((each) => each.snapshotId), [plain.snapshotId, named.snapshotId])
  if (atLeast(2, 51)) {
    assert.ok(named.names.length === 1 && named.names[0].endsWith('/sdk-snap:default'), named.names.join())
    assert.deepEqual(await Sandbox.listSnapshots({ name: 'sdk-snap' }).nextItems(), [named])
  }
  await back.commands.run('echo later > deep/b.txt')
  for (const from of [plain.snapshotId, 'sdk-snap']) {
    const copy = await Sandbox.create(from, { timeoutMs: 60_000 })
    assert.equal(await copy.files.read('deep/b.txt'), 'text äöü')
    await copy.kill()
  }
  assert.equal(await Sandbox.deleteSnapshot(named.snapshotId), true)
  assert.equal(await Sandbox.deleteSnapshot('sdk-snap'), false)
  assert.equal(await Sandbox.deleteSnapshot(plain.snapshotId), true)
  await assert.rejects(Sandbox.create(plain.snapshotId), /template/)
  await assert.rejects(Sandbox.createSnapshot('inowhere'), NotFoundError)
  await assert.rejects(back.createSnapshot({ name: 'not a name' }), /name/)
  step('snapshots')
}

if (Sandbox.fork) {
  await back.commands.run('echo later > deep/b.txt')
  const forks = await back.fork({ count: 3, timeoutMs: 60_000 })
  assert.equal(new Set(forks.map((each) => each.sandboxId)).size, 3)
  for (const fork of forks) {
    assert.equal((await fork.commands.run('cat deep/b.txt; echo mine > deep/b.txt')).stdout, 'later\n')
    await fork.kill()
  }
  assert.equal(await back.files.read('deep/b.txt'), 'later\n')
  await assert.rejects(back.fork({ count: 101 }), /count/)
  await assert.rejects(Sandbox.fork('inowhere'), NotFoundError)
  step('fork')
}

const many = await Promise.all(Array.from({ length: 400 }, (_, i) => back.commands.run(`echo ${i}`)))
assert.deepEqual(many.map((each) => each.stdout), Array.from({ length: 400 }, (_, i) => `${i}\n`))
step('400 at once')

let used = []
for (const end = Date.now() + 20_000; used.length === 0 && Date.now() < end; ) {
  used = await back.getMetrics({ start: new Date(Date.now() - 600_000), end: new Date(Date.now() + 60_000) })
  if (used.length === 0) await new Promise((done) => setTimeout(done, 100))
}
assert.ok(used.length > 0 && used[0].timestamp instanceof Date && used[0].memTotal >= 64 << 20, JSON.stringify(used))
assert.ok(used.every((each) => each.cpuCount >= 1 && each.memUsed > 0 && each.diskTotal > 0))
step('metrics')

if (back.updateNetwork) {
  await back.updateNetwork({ allowOut: ['8.8.8.8', 'API.example.com'], denyOut: ['0.0.0.0/0'] })
  const { network } = await back.getInfo()
  assert.deepEqual([network.allowOut, network.denyOut], [['8.8.8.8', 'api.example.com'], ['0.0.0.0/0']])
  await assert.rejects(back.updateNetwork({ allowOut: ['169.254.169.254'] }), /169\.254\.169\.254/)
  await back.updateNetwork({})
  assert.equal((await back.getInfo()).network.denyOut, undefined)
  step('network')
}
if (Template?.exists) {
  assert.equal(await Template.exists('base'), true)
  assert.equal(await Template.exists('nowhere'), false)
  step('templates')
}

const dying = back.commands.run('sleep 60', { timeoutMs: 0 }).then(() => 'ended', (error) => error)
await new Promise((done) => setTimeout(done, 300))
const killed = Date.now()
assert.notEqual(await back.kill(), false)
const error = await dying
if (atLeast(2, 46)) assert.ok(error instanceof TimeoutError, String(error))
assert.notEqual(error, 'ended')
assert.ok(Date.now() - killed < 2_000, `seen after ${Date.now() - killed} ms`)
// SDKs before 2.24 do not say whose health they ask for
if (atLeast(2, 24)) assert.equal(await back.isRunning(), false)
assert.equal(await Sandbox.kill(id), false)
step('kill')
// what an older SDK leaves open is not what this is about
process.exit(0)
