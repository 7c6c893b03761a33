"""Paths of a training job's files in SageMaker, all below one base directory."""

import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from failures import UserError

SAGEMAKER_BASE = PurePosixPath('/opt/ml')
BASE = Path(os.environ.get('SAGEMAKER_BASE_DIR', SAGEMAKER_BASE))
CONFIG = BASE / 'input/config'
DATA = BASE / 'input/data'
ENCODING = DATA / 'schema/encoding.json'
MODEL = BASE / 'model'
FAILURE = BASE / 'output/failure'


@dataclass(frozen=True)
class Cluster:
    """The hosts of this job and the index of this one."""

    host: str
    hosts: tuple[str, ...]
    network_interface: str | None = None


def load_cluster() -> Cluster:
    """Reads resourceconfig.json; without one, the job runs on this host alone."""
    content = read_json(CONFIG / 'resourceconfig.json') or {}
    hosts = content.get('hosts') or ['localhost']
    return Cluster(
        content.get('current_host', hosts[0]),
        # Every host must number the hosts alike, and the order in the file is not guaranteed.
        tuple(sorted(hosts)),
        content.get('network_interface_name'),
    )


def checkpoint_folder() -> Path:
    """Returns the local path of the job's CheckpointConfig, moved with the base directory."""
    local_path = (read_json(CONFIG / 'checkpointconfig.json') or {}).get('LocalPath') or 'checkpoints'
    path = PurePosixPath(local_path)
    return BASE / (path.relative_to(SAGEMAKER_BASE) if path.is_relative_to(SAGEMAKER_BASE) else path)


def read_json(file: Path) -> dict | None:
    """Returns the JSON object in `file`; None if it does not exist.

    Raises:
        UserError: if the file holds anything else.
    """
    try:
        content = json.loads(file.read_text(encoding='utf-8-sig'))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UserError(f'{file.name}: not JSON in UTF-8 ({error})') from None
    if not isinstance(content, dict):
        raise UserError(f'{file.name}: not a JSON object')
    return content
