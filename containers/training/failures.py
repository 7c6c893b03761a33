"""Exit statuses of the program: 0 done, 1 fault of its input, 2 bug in the program, 143 stopped on request."""

import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from log import log, set_up_log


class UserError(Exception):
    """An error that the operator can fix. The message says what is wrong, and what is allowed."""


def run_program(program: Callable[[], None], message_file: Path) -> None:
    """Runs `program` and turns every failure into an exit status and a message in `message_file`.

    SIGTERM is handled because the first process of a container ignores it otherwise.
    """
    set_up_log()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        program()
    except UserError as error:
        log.error(error)
        _fail(message_file, str(error), status=1)
    except Exception as error:
        log.exception('a bug in the program')
        last_line = traceback.format_exception_only(error)[-1].strip()
        _fail(message_file, f'A bug in the program, see its log: {last_line}', status=2)


def _fail(message_file: Path, message: str, status: int) -> None:
    message_file.parent.mkdir(parents=True, exist_ok=True)
    message_file.write_text(message, encoding='utf-8')
    sys.exit(status)
