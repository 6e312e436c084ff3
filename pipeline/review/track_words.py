"""What a track's decisions say of the words of other tracks: of `ru+en`, of `orig` and of `en`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pipeline.core.language import script_share, scripts
from pipeline.core.payloads import Transcript, TranslatedSentence
from pipeline.core.timeline import Gap, Phrase, Sound
from pipeline.core.workspace import ORIGINAL
from pipeline.review.decisions import Anchor, Delete, Insert, Text
from pipeline.review.fold import retell
from pipeline.review.labelling import spoken
from pipeline.review.locks import locks
from pipeline.review.places import Places
from pipeline.review.placing import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.payloads import Segments, Translation
    from pipeline.core.timeline import Word
    from pipeline.review.decisions import Decision
    from pipeline.review.locks import Lock

_ENDLESS_MS: Final = 1 << 50


def of_words(decisions: Sequence[Decision], track: str) -> tuple[Decision, ...]:
    """What people say of a track's words: by its own cues, and by those in two languages.

    Of each cue only what holds is left, made where the machine had its words: a cue that was moved
    and then corrected is about the same words. The order is that of the log.
    """
    own = ((lock.decision, _by_lock(lock, track)) for lock in locks(decisions, track).locks)
    others = ((number, _told(decision, track)) for number, decision in enumerate(decisions))
    found = [(number, one) for number, one in (*own, *others) if one]
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def fed(decisions: Sequence[Decision], track: str) -> tuple[Decision, ...]:
    """Only what tracks in two languages say of another's words."""
    told = (_told(decision, track) for decision in decisions)
    return tuple(decision for decision in told if decision)


def halves(text: str, source: str, target: str) -> tuple[str, str]:
    """The lines of a cue in two languages: those in the first, those in the second.

    Told by their letters; where both are written in the same, the first half of them.
    """
    lines = text.split("\n")
    if scripts(source) & scripts(target):
        half = (len(lines) + 1) // 2
        return "\n".join(lines[:half]), "\n".join(lines[half:])
    above: list[str] = []
    beneath: list[str] = []
    is_above = True
    for line in lines:
        found = next(iter(script_share(line)), "")
        is_above = found in scripts(source) or (is_above and found not in scripts(target))
        (above if is_above else beneath).append(line)
    return "\n".join(above), "\n".join(beneath)


def retold(
    translation: Translation, segments: Segments, decisions: Sequence[Decision]
) -> Translation:
    """A translation's sentences with the words that people gave its track, of the first hypothesis.

    What they deleted stays here: of a sentence, a track shows something.
    """
    track = translation.target
    told = [one for one in decisions if one.at.track == track and isinstance(one, Text | Insert)]
    if not told:
        return translation
    lines, of_line = _as_lines(translation)
    words = [
        Said(word, number, track)
        for number, line in enumerate(lines)
        if isinstance(line, Phrase)
        for word in line.words
    ]
    whole = Transcript(duration_ms=lines[-1].end_ms if lines else 1, lines=tuple(lines))
    retell(words, Places(whole, segments), told, track)
    now: dict[int, list[Word]] = {}
    for said in words:
        now.setdefault(said.line, []).append(said.word)
    sentences = list(translation.sentences)
    for number, found in now.items():
        if number in of_line:
            at = of_line[number]
            sentences[at] = _shown_as(sentences[at], tuple(found))
        else:
            sentences.append(_alone(tuple(found), track))
    sentences.sort(key=lambda sentence: sentence.start_ms)
    return replace(translation, sentences=tuple(sentences))


def _as_lines(translation: Translation) -> tuple[list[Phrase | Gap], dict[int, int]]:
    """The words that are shown, with the time between; for each line its sentence's index."""
    lines: list[Phrase | Gap] = []
    of_line: dict[int, int] = {}
    clock_ms = 0
    for index, sentence in enumerate(translation.sentences):
        words = next((each.words for each in sentence.hypotheses if each.words), sentence.words)
        if not words:
            continue
        start_ms = max(clock_ms, sentence.start_ms)
        if start_ms > clock_ms:
            lines.append(Gap(start_ms=clock_ms, end_ms=start_ms, sound=Sound.NOISE))
        clock_ms = max(start_ms + 1, sentence.end_ms)
        of_line[len(lines)] = index
        lines.append(
            Phrase(start_ms=start_ms, end_ms=clock_ms, language=translation.target, words=words)
        )
    lines.append(Gap(start_ms=clock_ms, end_ms=_ENDLESS_MS, sound=Sound.NOISE))
    return lines, of_line


def _shown_as(sentence: TranslatedSentence, words: tuple[Word, ...]) -> TranslatedSentence:
    shown = next((at for at, each in enumerate(sentence.hypotheses) if each.words), None)
    if shown is None:  # it stands as it was spoken
        if sentence.words == words:
            return sentence
        return replace(sentence, words=words, source=" ".join(word.text for word in words))
    if sentence.hypotheses[shown].words == words:
        return sentence
    text = " ".join(word.text for word in words)
    made = replace(sentence.hypotheses[shown], text=text, words=words)
    hypotheses = (*sentence.hypotheses[:shown], made, *sentence.hypotheses[shown + 1 :])
    return replace(sentence, hypotheses=hypotheses)


def _alone(words: tuple[Word, ...], language: str) -> TranslatedSentence:
    """What somebody put in where nothing is translated: it stands as if it were spoken."""
    return TranslatedSentence(
        start_ms=words[0].start_ms,
        end_ms=max(word.end_ms for word in words),
        language=language,
        source=" ".join(word.text for word in words),
        words=words,
    )


def _by_lock(lock: Lock, track: str) -> Decision | None:
    """What a lock says of words; None where it has them as they were."""
    base, said = lock.base, spoken(lock.text)
    at = Anchor(track=track, start_ms=base.start_ms, end_ms=base.end_ms, text=spoken(base.text))
    if not lock.cues:
        return Delete(at=at, when=lock.when) if at.text else None
    language = lock.cues[0].language
    if not at.text:
        cue = lock.cues[0]
        place = replace(at, start_ms=cue.start_ms, end_ms=max(one.end_ms for one in lock.cues))
        return Insert(at=place, when=lock.when, text=said, language=language)
    if at.text.split() == said.split():
        return None
    return Text(at=at, when=lock.when, text=said, language=language)


def _told(decision: Decision, track: str) -> Decision | None:
    """What a decision about a cue in two languages says of one of them, if anything."""
    source, sign, target = decision.at.track.partition("+")
    if not sign or track not in {ORIGINAL, target}:
        return None
    if not isinstance(decision, Text | Insert | Delete):
        return None
    side = 0 if track == ORIGINAL else 1
    parts = halves(decision.at.text, source, target)
    wanted = halves(getattr(decision, "text", ""), source, target)
    if decision.at.text and not all(map(str.strip, parts)):  # it was shown in one language only
        parts, wanted = (decision.at.text, ""), ("\n".join(filter(None, wanted)), "")
    was, now = parts[side].strip(), wanted[side].strip()
    if was == now or (isinstance(decision, Delete) and side):
        return None  # of what is deleted as spoken, nothing is translated any more
    at = replace(decision.at, track=track, text=was)
    if not now:
        return Delete(at=at, who=decision.who, when=decision.when, source=decision.source)
    who, when, file = decision.who, decision.when, decision.source
    if was:
        return Text(at=at, who=who, when=when, source=file, text=now)
    language = target if side else source
    return Insert(at=at, who=who, when=when, source=file, text=now, language=language)
