"""Status words in the language in which a roadmap already says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from syncd.model.values import TaskState


class Language(NamedTuple):
    """The words that are written for each state, and others by which the language is known."""

    words: Mapping[TaskState, str]
    known: frozenset[str]


def _language(words: str, others: str = "") -> Language:
    states = (TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.DONE, TaskState.DROPPED)
    written = words.split("|")
    known = {word.casefold() for word in (*written, *others.split("|"))}
    return Language(dict(zip(states, written, strict=True)), frozenset(known))


ENGLISH: Final = _language("Not Started|In Progress|Completed|Cancelled")
_LANGUAGES: Final = (
    ENGLISH,
    _language(
        "À faire|En cours|Terminé|Annulé",
        "terminée|terminés|fait|achevé|livré|abandonné|prévu|planifié|en attente|non commencé|pas commencé",
    ),
    _language(
        "Pendiente|En progreso|Completado|Cancelado",
        "completada|completados|completadas|hecho|terminado|terminada|finalizado|finalizada|en curso|en proceso"
        "|cancelada|descartado|pendientes|por hacer|planificado|planeado|no iniciado|no iniciada|sin empezar",
    ),
    _language(
        "Pendente|Em andamento|Concluído|Cancelado",
        "concluída|concluido|concluida|feito|pronto|em progresso|a fazer|planejado|não iniciado",
    ),
    _language(
        "offen|in Arbeit|abgeschlossen|verworfen",
        "erledigt|fertig|beendet|umgesetzt|in bearbeitung|laufend|ausstehend|geplant|nicht begonnen|zu erledigen"
        "|abgebrochen|gestrichen|teilweise erledigt",
    ),
    _language("Da fare|In corso|Completato|Annullato", "completata|fatto|pianificato|in attesa"),
    _language("te doen|in uitvoering|voltooid|geannuleerd", "klaar|gereed|mee bezig|gepland"),
    _language("planowane|w toku|ukończone|anulowane", "zrobione|gotowe|do zrobienia"),
    _language("plánováno|probíhá|hotovo|zrušeno"),
    _language(
        "Запланировано|В работе|Готово|Отменено",
        "сделано|выполнено|завершено|завершён|завершена|в процессе|частично|к выполнению|не начато|ожидает|отменён",
    ),
    _language("未开始|进行中|已完成|已取消", "完成|部分完成|待办|待辦|待完成|未完成|计划中|废弃"),
    _language("未着手|進行中|完了|中止", "済み|済|作業中|予定"),
    _language("예정|진행 중|완료|취소", "진행중|대기"),
)


def language_of(word: str) -> Language:
    """The language of a status word, English where none knows it."""
    plain = word.strip(" *_").casefold()
    return next((one for one in _LANGUAGES if plain in one.known), ENGLISH)


def in_case_of(old: str, new: str) -> str:
    """A word as the old one was written: ``IN PROGRESS`` for ``DONE``, ``In Arbeit`` for ``Fertig``."""
    letters = [char for char in old if char.isalpha()]
    if len(letters) > 1 and all(char.isupper() for char in letters):
        return new.upper()
    if letters and letters[0].isupper():
        return new[:1].upper() + new[1:]
    # `in Arbeit` has its capital also where the words around it have none.
    return new.lower() if new in _ENGLISH_WORDS else new[:1].lower() + new[1:]


_ENGLISH_WORDS: Final = frozenset({*ENGLISH.words.values(), "Complete"})
