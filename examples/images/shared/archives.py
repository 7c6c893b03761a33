"""The images of a split: tar files, written by preprocessing and read by training and evaluation."""

import io
import tarfile

from mlops_program import UserError, files_below


def write_archive(images, file):
    """Writes a tar file of `images`, path → content."""
    with tarfile.open(file, 'w') as tar:
        for name, data in images.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def read_archives(folder):
    """Returns the labels and the files of all images in `folder`. Raises UserError if there are none."""
    labels, images = [], []
    for file in files_below(folder):
        with tarfile.open(file) as tar:
            for entry in tar:
                labels.append(entry.name.rpartition('/')[0])
                images.append(tar.extractfile(entry).read())
    if not images:
        raise UserError(f'{folder.name}: the split has no images; raise its fraction or give the run more data')
    return labels, images
