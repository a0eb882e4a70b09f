"""Which language a text is in, roughly: for training only, so that a language is not learned as a sign of spam."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.core.features_shape import script_of
from app.training.examples import Example

_WORD = re.compile(r"[^\W\d_]+")
_MAX_CHARS = 3000

_COMMONEST = {
    "en": "the and you for this that with are have your was not but they from what all can will my is it of to in i on"
    " be at as we if so do an or",
    "de": "der die das und ist nicht ich es ein eine mit auf für von zu den dem sich auch wie aber dass sie wir hat"
    " noch nur bei war werden im",
    "fr": "le la les des et est pas que une pour dans je vous qui sur ce il avec mais du au nous sont plus par cette",
    "es": "el los las que de en y una por con para no se su es lo como mas pero del al muy este esta mi",
    "pt": "o os as que de em e um uma por com para não nao se sua é do da no na como mas meu muito isso você voce"
    " eu ao",
    "it": "il lo gli che di e un una per con non si è del della sono come ma nel questo molto anche al",
    "nl": "de het een en van ik je niet dat is op te met voor zijn er maar ook als wat dit",
    "pl": "i w na nie się jest że do to z o jak ale tak po za od co czy dla są",
    "cs": "a je na se že to v si jsem ale jako tak za po co by do už jen od pro jsou jak",
    "sk": "a je na sa že to v si som ale ako tak za po čo by do už len od pre sú",
    "id": "yang dan di ini itu dengan untuk tidak ada saya dari ke bisa juga aku akan kalau sudah gak nya lagi ya kita",
    "tr": "bir ve bu da de için çok ne ile ben var mi ama gibi daha",
    "ro": "și si de la cu nu este pe un o în in mai că ce din",
    "sv": "och att det är en jag på som inte för av med den har ett",
    "vi": "và của là có không cho được các một này với người",
    "hu": "a az és hogy nem egy van is de ez",
    "da": "og det er at en jeg på ikke til for af med den som har",
}
"""The words that a text of the language can hardly do without."""

_SPOKEN_IN: dict[str, list[str]] = {}
for _language, _words in _COMMONEST.items():
    for _each in _words.split():
        _SPOKEN_IN.setdefault(_each, []).append(_language)


def language_of(text: str) -> str:
    """A language by its commonest words, another script by its name, `?` when in doubt, empty without letters.

    >>> [language_of(text) for text in ("Das ist nicht wahr", "Não é o que eu quero", "Привет", "wow", "!")]
    ['de', 'pt', 'cyrillic', '?', '']
    """
    script = script_of(text)
    if script != "latin":
        return script
    votes: dict[str, float] = {}
    for word in _WORD.findall(text[:_MAX_CHARS].lower()):
        spoken_in = _SPOKEN_IN.get(word, ())
        for language in spoken_in:
            votes[language] = votes.get(language, 0.0) + 1 / len(spoken_in)
    best = max(votes, key=votes.__getitem__, default="?")
    return best if votes.get(best, 0.0) >= 1 else "?"


def languages(examples: Sequence[Example]) -> sparse.csr_matrix:
    """(examples, languages but English) 1.0 where the text is in that language."""
    found: npt.NDArray[np.str_] = np.array([language_of(example.comment.text) for example in examples], dtype=str)
    others = np.array([each for each in np.unique(found) if each != "en"], dtype=str)
    return sparse.csr_matrix((found[:, np.newaxis] == others).astype(np.float32))
