"""Preprocessing of messages: JSON Lines of `{"text": …, "label": …}`."""

import json

from mlops_program import INPUT, Shard, run

from messages import problem_of


def preprocess():
    shard = Shard()
    rows = {'train': [], 'validation': [], 'test': []}
    for file in shard.files:
        # By bytes, because Python also ends lines at characters that JSON allows in a string.
        for number, line in enumerate(file.read_bytes().split(b'\n'), 1):
            if not line.strip():
                continue
            try:
                message = message_of(line)
            except ValueError as error:
                shard.reject(f'{file.relative_to(INPUT / "data")}, line {number}: {error}')
                continue
            # Copies of a text are in one split, whatever their spaces and capitals.
            rows[shard.split(' '.join(message['text'].lower().split()))].append(message)
    for split, folder in [
        ('train', 'train'),
        ('validation', 'validation'),
        ('validation', 'scoring/validation'),
        ('test', 'scoring/test'),
    ]:
        lines = [json.dumps(message) + '\n' for message in rows[split]]
        shard.output(folder, '.jsonl').write_text(''.join(lines), encoding='utf-8')
    shard.report()


def message_of(line):
    """Returns the message of a line. Raises ValueError saying what is wrong."""
    try:
        content = json.loads(line)
    except ValueError as error:
        raise ValueError(f'is not JSON ({error})') from None
    if not isinstance(content, dict):
        raise ValueError('is not a JSON object')
    problem = problem_of(content.get('text'))
    if problem:
        raise ValueError(f'"text" {problem}')
    if not isinstance(content.get('label'), str) or not content['label']:
        raise ValueError('"label" is not a string')
    return {'text': content['text'], 'label': content['label']}


if __name__ == '__main__':
    run(preprocess=preprocess)
