"""The program's log: one JSON object per line, in the form of Lambda's, so that one query reads both.

`{"timestamp": …, "level": "INFO", "message": {"message": …, "runId": …}}`; without RUN_ID there is no runId.
"""

import json
import logging
import os
import sys
import time

log = logging.getLogger('program')


class JsonLines(logging.Formatter):
    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        message = {'message': record.getMessage()}
        if record.exc_info:
            message['stackTrace'] = self.formatException(record.exc_info)
        if run_id := os.environ.get('RUN_ID'):
            message['runId'] = run_id
        timestamp = self.formatTime(record, '%Y-%m-%dT%H:%M:%S') + f'.{int(record.msecs):03d}Z'
        line = {'timestamp': timestamp, 'level': record.levelname, 'message': message}
        return json.dumps(line, ensure_ascii=False)


def set_up_log() -> None:
    """Logs everything to standard output; for libraries, only warnings."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    log.setLevel(logging.INFO)
    logging.captureWarnings(True)
