// What a user does with E2B's own code interpreter, against the replicas that the environment names.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(process.argv[2] + '/package.json')
const { Sandbox, TimeoutError, NotFoundError } = require('@e2b/code-interpreter')
const version = require('e2b/package.json').version.split('.').map(Number)
const atLeast = (major, minor) => version[0] > major || (version[0] === major && version[1] >= minor)
const step = (name) => console.log('ok ' + name)

const sandbox = await Sandbox.create({ timeoutMs: 120_000, envs: { GREETING: 'hello there' } })
assert.equal((await sandbox.getInfo()).templateId, 'code-interpreter-v1')
step('create')

const sum = await sandbox.runCode('x = 20\nx += 1\nx * 2')
assert.deepEqual([sum.text, sum.results.length, sum.results[0].isMainResult, sum.error], ['42', 1, true, undefined])
assert.equal((await sandbox.runCode('x')).text, '21')
assert.ok((await sandbox.runCode('x = 1')).executionCount > sum.executionCount)
const html = await sandbox.runCode('class Page:\n  def _repr_html_(self): return "<b>bold</b>"\nPage()')
assert.deepEqual([html.results[0].html, html.results[0].formats()], ['<b>bold</b>', ['html']])
step('results')

const output = await sandbox.runCode('import sys, os\nprint("out äöü")\nprint("err", file=sys.stderr)\nprint(os.environ["GREETING"])')
assert.equal(output.logs.stdout.join(''), 'out äöü\nhello there\n')
assert.equal(output.logs.stderr.join(''), 'err\n')
assert.deepEqual(output.results, [])
const envs = await sandbox.runCode('os.environ["MINE"]', { envs: { MINE: 'of this call' } })
assert.equal(envs.text, "'of this call'")
assert.equal((await sandbox.runCode('os.environ.get("MINE", "gone")')).text, "'gone'")
const large = await sandbox.runCode('print("0123456789abcdef" * 65536)')
assert.equal(large.logs.stdout.join('').length, 1_048_577)
step('output')

let told
const failed = await sandbox.runCode('print("before")\n1 / 0', { onError: (error) => { told = error } })
assert.deepEqual([failed.error.name, failed.error.value, failed.logs.stdout.join('')], ['ZeroDivisionError', 'division by zero', 'before\n'])
assert.match(failed.error.traceback, /ZeroDivisionError/)
assert.equal(told, failed.error)
assert.equal((await sandbox.runCode('1 +')).error.name, 'SyntaxError')
await assert.rejects(sandbox.runCode('1', { language: 'cobol' }), /400/)
step('errors')

const seen = []
let early
await sandbox.runCode('import time, os\nprint("first")\nwhile not os.path.exists("/tmp/seen"): time.sleep(0.01)\nprint("second")\n"third"', {
  onStdout: async (message) => {
    seen.push(message.line)
    // the code goes on only once its first line was seen here
    early ??= await sandbox.files.write('/tmp/seen', 'x').then(() => true)
  },
  onResult: (each) => seen.push(each.text),
})
assert.equal(seen.filter((each) => each !== '\n').join(' '), "first second 'third'")
step('streaming')

await assert.rejects(sandbox.runCode('tired = True\nwhile True: pass', { timeoutMs: 500 }), TimeoutError)
// what ran too long was interrupted, and what it left behind is there
assert.equal((await sandbox.runCode('tired')).text, 'True')
step('timeout')

const other = await sandbox.createCodeContext({ cwd: '/tmp' })
assert.deepEqual([other.language, other.cwd], ['python', '/tmp'])
assert.equal((await sandbox.runCode('x = "apart"\nimport os\nos.getcwd()', { context: other })).text, "'/tmp'")
assert.equal((await sandbox.runCode('x')).text, '1')
assert.equal((await sandbox.runCode('x', { context: other })).text, "'apart'")
assert.deepEqual((await sandbox.listCodeContexts()).map((each) => each.id).includes(other.id), true)
await sandbox.restartCodeContext(other)
assert.equal((await sandbox.runCode('x', { context: other })).error.name, 'NameError')
await sandbox.removeCodeContext(other.id)
assert.equal((await sandbox.listCodeContexts()).some((each) => each.id === other.id), false)
await assert.rejects(sandbox.runCode('1', { context: other }), NotFoundError)
step('contexts')

const many = await Promise.all(Array.from({ length: 50 }, (_, i) => sandbox.runCode(`${i} * 2`)))
assert.deepEqual(many.map((each) => each.text), Array.from({ length: 50 }, (_, i) => `${i * 2}`))
step('50 at once')

const secret = await Sandbox.create({ timeoutMs: 120_000, secure: true, network: { allowPublicTraffic: false } })
assert.equal((await secret.runCode('x')).error.name, 'NameError')
await secret.runCode('x = "of the second"\nopen("/tmp/mine", "w").write("mine")')
assert.equal((await sandbox.runCode('x, os.path.exists("/tmp/mine")')).text, '(1, False)')
assert.ok(secret.trafficAccessToken)
const base = process.env.E2B_SANDBOX_URL ?? `https://sandbox.${process.env.E2B_DOMAIN}`
const headers = { 'E2b-Sandbox-Id': secret.sandboxId, 'E2b-Sandbox-Port': '49999' }
assert.equal((await fetch(base + '/contexts', { headers })).status, 403)
assert.equal((await fetch(base + '/contexts', { headers: { ...headers, 'e2b-traffic-access-token': secret.trafficAccessToken } })).status, 200)
await secret.kill()
step('two apart, one with a token')

const pause = atLeast(2, 30) ? () => sandbox.pause() : () => sandbox.betaPause()
assert.notEqual(await pause(), false)
await assert.rejects(sandbox.runCode('x'), TimeoutError)
const back = await Sandbox.connect(sandbox.sandboxId)
assert.deepEqual([(await back.runCode('x')).text, (await back.runCode('Page().__class__.__name__')).text], ['1', "'Page'"])
step('pause and connect')

const running = back.runCode('import time\ntime.sleep(60)', { timeoutMs: 0 }).then(() => 'ended', (error) => error)
await new Promise((done) => setTimeout(done, 300))
await back.kill()
assert.notEqual(await running, 'ended')
if (atLeast(2, 39)) assert.ok((await running) instanceof TimeoutError, String(await running))
await assert.rejects(back.runCode('1'), TimeoutError)
step('kill')
// what an older SDK leaves open is not what this is about
process.exit(0)
