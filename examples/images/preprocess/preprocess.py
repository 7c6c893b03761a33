"""Preprocessing of PNG images in folders named by their class: `circle/0001.png`."""

from mlops_program import INPUT, Shard, run

from archives import write_archive
from pixels import pixels_of


def preprocess():
    shard = Shard()
    images = {'train': {}, 'validation': {}, 'test': {}}
    for file in shard.files:
        name = file.relative_to(INPUT / 'data')
        data = file.read_bytes()
        try:
            pixels_of(data)
            if len(name.parts) < 2:
                raise ValueError('is in no folder, whose name is the class; move it to e.g. circle/')
        except ValueError as error:
            shard.reject(f'{name} {error}')
            continue
        # By content, not by name: copies of an image are in one split.
        images[shard.split(data)][f'{file.parent.name}/{file.name}'] = data
    for split, folder in [
        ('train', 'train'),
        ('validation', 'validation'),
        ('validation', 'scoring/validation'),
        ('test', 'scoring/test'),
    ]:
        write_archive(images[split], shard.output(folder, '.tar'))
    shard.report()


if __name__ == '__main__':
    run(preprocess=preprocess)
