"""A small server that speaks what @e2b/code-interpreter asks for, at port 49999: python3 server.py <address>.

Each context is a process of its own (this file, started with --kernel), which keeps what its code leaves behind. A request
whose client goes away interrupts its code. It needs nothing but Python.
"""
import ast
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 49999


class Kernel:
    """Where the code of a context runs: JSON goes in by lines, and so it comes out."""

    def __init__(self, cwd):
        self.process = subprocess.Popen([sys.executable, __file__, '--kernel'], cwd=cwd, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b'\n')

    def answers(self, client):
        """The lines up to the end of what was asked; the code is interrupted once the client is gone."""
        out, waited = self.process.stdout, [self.process.stdout, client]
        while True:
            ready, _, _ = select.select(waited, [], [])
            if client in ready:
                waited.remove(client)
                if not client.recv(1, socket.MSG_PEEK):
                    self.process.send_signal(signal.SIGINT)
            if out in ready:
                line = out.readline()
                if not line:
                    # as when the server itself ends first: whoever ends the sandbox ends both, in any order
                    raise ConnectionError('the context ended')
                message = json.loads(line)
                yield message
                if message['type'] == 'end_of_execution':
                    return

    def end(self):
        self.process.kill()
        self.process.wait()


class Context:
    def __init__(self, cwd):
        self.id = str(uuid.uuid4())
        self.cwd = cwd
        self.turn = threading.Lock()
        self.kernel = Kernel(cwd)

    def restart(self):
        self.kernel.end()
        self.kernel = Kernel(self.cwd)

    def shown(self):
        return {'id': self.id, 'language': 'python', 'cwd': self.cwd}


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    contexts = {}
    default = None

    def do_GET(self):
        if self.path == '/contexts':
            return self.reply(200, [context.shown() for context in self.contexts.values()])
        self.reply(200 if self.path == '/health' else 404)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers['Content-Length'] or 0)) or '{}')
        path = self.path.strip('/').split('/')
        if asked.get('language') not in (None, 'python'):
            self.reply(400, {'message': 'language: ' + asked['language'] + ' (expected: python)'})
        elif path == ['execute']:
            self.execute(asked)
        elif path == ['contexts']:
            context = Context(asked.get('cwd') or os.getcwd())
            self.contexts[context.id] = context
            self.reply(200, context.shown())
        elif len(path) == 3 and path[0] == 'contexts' and path[2] == 'restart' and path[1] in self.contexts:
            self.contexts[path[1]].restart()
            self.reply(200)
        else:
            self.reply(404, {'message': 'there is no ' + self.path})

    def do_DELETE(self):
        context = self.contexts.pop(self.path.removeprefix('/contexts/'), None)
        if context:
            context.kernel.end()
        self.reply(204 if context else 404)

    def execute(self, asked):
        context = self.contexts.get(asked.get('context_id') or Handler.default.id)
        if not context:
            return self.reply(404, {'message': 'there is no context ' + asked['context_id']})
        with context.turn:
            context.kernel.ask({'code': asked['code'], 'envs': asked.get('env_vars') or {}})
            self.send_response(200)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            gone = False
            for message in context.kernel.answers(self.connection):
                try:
                    line = json.dumps(message).encode() + b'\n'
                    gone or self.wfile.write(b'%x\r\n%s\r\n' % (len(line), line))
                except OSError:
                    gone = True
            gone or self.wfile.write(b'0\r\n\r\n')

    def reply(self, status, body=None):
        data = b'' if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        if status != 204:
            self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Stream:
    """What code prints, said as it comes."""

    def __init__(self, kind, say):
        self.kind, self.say = kind, say

    def write(self, text):
        if text:
            self.say(type=self.kind, text=text)
        return len(text)

    def flush(self):
        pass


def result(value):
    shown = {'text': repr(value)}
    for form in ('html', 'markdown', 'svg', 'latex', 'json'):
        if hasattr(value, f'_repr_{form}_'):
            shown[form] = getattr(value, f'_repr_{form}_')()
    return shown


def evaluate(code, variables):
    """Runs the code; the value of its last line, if that is an expression, or nothing."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, '<code>', 'exec'), variables)
    return eval(compile(ast.Expression(last.value), '<code>', 'eval'), variables) if last else None


def kernel():
    out = os.fdopen(os.dup(1), 'w', buffering=1)
    os.dup2(2, 1)

    def say(**message):
        out.write(json.dumps(message) + '\n')
        out.flush()

    sys.stdout, sys.stderr = Stream('stdout', say), Stream('stderr', say)
    variables = {'__name__': '__main__'}
    count = 0
    while True:
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            continue
        if not line:
            return
        asked = json.loads(line)
        before = dict(os.environ)
        os.environ.update(asked['envs'])
        count += 1
        say(type='number_of_executions', execution_count=count)
        try:
            value = evaluate(asked['code'], variables)
            if value is not None:
                say(type='result', is_main_result=True, **result(value))
        except BaseException as error:
            say(type='error', name=type(error).__name__, value=str(error), traceback=traceback.format_exc())
        os.environ.clear()
        os.environ.update(before)
        say(type='end_of_execution')


if __name__ == '__main__':
    if sys.argv[1] == '--kernel':
        kernel()
    else:
        Handler.default = Context(os.getcwd())
        Handler.contexts[Handler.default.id] = Handler.default
        # more connections at once than the five that would wait
        ThreadingHTTPServer.request_queue_size = 128
        ThreadingHTTPServer((sys.argv[1], PORT), Handler).serve_forever()
