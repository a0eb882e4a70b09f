"""Models that have not seen certain sites: `python -m tests.fold_models DATA FOLDER`.

For each fold of training_data/sources.toml, FOLDER/<fold> becomes a models folder (WINNOW_MODELS) whose one model was
fitted without the fold's sites, as for `winnow loso`. Scale, offsets and thresholds are those of all folds together:
six numbers that were chosen with these sites among others. Seven fits take some 20 minutes and 8 GB.
"""

import argparse
from pathlib import Path

from rich.progress import Progress

from app import lists, models
from app.commands.learning import OURS, dataset
from app.core.comment import Thresholds
from app.core.lists import Lists
from app.training import release
from app.training.crossing import Calibration, calibrate, cross
from app.training.dataset import FOLDS
from app.training.fit import Fitted

SHIPPED = Path(__file__).parents[1] / "models"


def write(
    folder: Path, fold: int, fitted: Fitted, calibration: Calibration, thresholds: Thresholds, known: Lists
) -> Path:
    """A models folder with one model, which is in use."""
    version = f"without-fold-{fold}"
    numbers = calibration.numbers(fitted.bias)
    _, card, weights = release.make(version, fitted.weights * calibration.scale, numbers, thresholds, {}, known)
    inside = folder / str(fold)
    release.write(inside, version, card, weights)
    (inside / "current").write_text(f"{version}\n", encoding="ascii")
    return inside


def main() -> None:
    """Fit, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of labelled corpora")
    parser.add_argument("folder", type=Path, help="where the models go")
    told = parser.parse_args()
    with Progress(disable=True) as shown:
        data = dataset([OURS, told.data], shown).data
    fitted: dict[int, Fitted] = {}
    crossed = cross(data, lambda fold: print(f"fold {fold} of {FOLDS}"), lambda fold, each: fitted.update({fold: each}))
    calibration, known = calibrate(data, crossed), lists.load()
    thresholds = models.load_current(SHIPPED, known).thresholds
    for fold, each in fitted.items():
        print(write(told.folder, fold, each, calibration, thresholds, known))


if __name__ == "__main__":
    main()
