"""A server of one's own, without the helper: what SageMaker and the pipeline ask of any server, in one screen."""

import json
import os
import signal
import socketserver
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from model import WrongInput

MOST_BYTES = 6_291_456


class Server(ThreadingHTTPServer):
    """Listens at once and answers `/ping` with 503 until `model` is set. Each connection has a thread."""

    request_queue_size = 128
    model = None

    def server_bind(self):
        # HTTPServer's own asks a name server for the host's name, which may not answer.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path != '/ping':
            self.fail(404, 'NotFound', f'{self.path}: no such path; there are /ping and /invocations')
        elif self.server.model is None:
            self.fail(503, 'ModelNotReady', 'the model is being loaded; try again in a moment')
        else:
            self.send(200, None)

    def do_POST(self):
        size = int(self.headers.get('content-length') or 0)
        # Without its body, the connection cannot be used again.
        self.close_connection = size > MOST_BYTES
        body = self.rfile.read(size) if size <= MOST_BYTES else b''
        kind = (self.headers.get('content-type') or '').partition(';')[0].strip().lower()
        if self.path != '/invocations':
            self.fail(404, 'NotFound', f'{self.path}: no such path; there are /ping and /invocations')
        elif self.server.model is None:
            self.fail(503, 'ModelNotReady', 'the model is being loaded; try again in a moment')
        elif size > MOST_BYTES:
            self.fail(413, 'PayloadTooLarge', f'body: {size} bytes, of which {MOST_BYTES} are allowed')
        elif kind != 'application/json':
            self.fail(415, 'UnsupportedMediaType', f'content type "{kind}" is not served; send application/json')
        else:
            self.predict(body)

    def predict(self, body):
        try:
            request = json.loads(body)
        except (ValueError, RecursionError) as error:
            self.fail(400, 'InvalidInput', f'body: not JSON ({error})', 'body')
            return
        try:
            self.send(200, self.server.model.answer(request))
        except WrongInput as error:
            self.fail(400, 'InvalidInput', str(error), error.field)
        except Exception:
            traceback.print_exc()
            self.fail(500, 'InternalError', 'the request failed; see the log for the cause')

    def fail(self, status, code, message, field=None):
        self.send(status, {'error': {'code': code, 'message': message, 'field': field}})

    def send(self, status, content):
        data = b'' if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Logs no request: bodies may be personal."""


def serve(load):
    """Serves `load()`, a model, until SIGTERM."""
    # The first process of a container ignores SIGTERM unless it handles it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = os.environ.get('BIND_HOST', '0.0.0.0'), int(os.environ.get('SAGEMAKER_BIND_TO_PORT', '8080'))
    server = Server(address, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.model = load()
    print(f'ready: http://{address[0]}:{server.server_port}', flush=True)
    # Not one endless wait: a signal that arrives just before a wait begins is not handled until it ends.
    while True:
        time.sleep(0.1)
