"""The words that roadmaps use, in the common languages of the corpus: states, phases, tasks, lanes, headings.

Only tables; the rules that use them are in the modules beside this one. Words are casefolded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from syncd.model.values import TaskState

OPEN, GOING, DONE, DROPPED = TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.DONE, TaskState.DROPPED


def set_of(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, by their first letters: without case ``re`` tries every alternative in turn."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return "(?:" + "|".join(f"{re.escape(first)}(?:{'|'.join(ends)})" for first, ends in rests.items()) + ")"


_STATUS: Final[dict[TaskState, str]] = {
    DONE: "all completed|all complete|all done|fully complete|fully completed|completed|complete|done"
    "|finished|shipped"
    "|released|implemented|delivered|resolved|fixed|merged|closed|terminé|terminée|terminés|fait|achevé|livré"
    "|completado|completada|completados|completadas|completo|completa|hecho|terminado|terminada"
    "|finalizado|finalizada"
    "|concluído|concluída|concluido|concluida|feito|pronto|erledigt|fertig|abgeschlossen|beendet|umgesetzt"
    "|completato|completata|fatto|voltooid|klaar|gereed|ukończone|zrobione|gotowe|hotovo|klar|färdig"
    "|готово|сделано|выполнено|завершено|завершён|завершена|完成|已完成|完了|済み|済|완료|tamamlandı|selesai"
    "|виконано|зроблено|готова|выполнена|сделана|hoàn thành|đã hoàn thành|مكتمل|مكتملة|تم الإنجاز|対応済み|対応済"
    "|zakończone|ukończono|dokončeno|gedaan|afgerond|yapıldı|bitti",
    GOING: "in progress|in-progress|inprogress|ongoing|wip|work in progress|underway|under way"
    "|started|partially complete"
    "|partially completed|partially done|partial|mostly complete|mostly done|partly done|active"
    "|in development|in review|doing"
    "|current|en cours|partiellement terminé|en progreso|en curso|en proceso|parcial"
    "|parcialmente completado|em andamento"
    "|em progresso|in arbeit|in bearbeitung|laufend|teilweise|teilweise erledigt|in corso"
    "|in uitvoering|mee bezig|w toku|probíhá|pågående"
    "|в процессе|в работе|частично|进行中|部分完成|進行中|作業中|진행 중|진행중|devam ediyor"
    "|в процесі|у роботі|в роботі|виконується|w trakcie|yapılıyor|devam eden|bezig|đang thực hiện|đang làm"
    "|sedang berjalan|sedang dikerjakan|قيد التنفيذ|対応中|着手中|開発中|开发中|實作中",
    OPEN: "not started|not yet started|not complete|not completed|not done|not yet done|incomplete"
    "|todo|to do|to-do|pending|ready to start|ready to begin"
    "|planned|upcoming|open|next|future|queued|scheduled|backlog|waiting|blocked|on hold|paused"
    "|proposed|à faire|prévu|planifié|en attente"
    "|non commencé|pas commencé|pendiente|pendientes|por hacer|planificado|planeado|no iniciado"
    "|no iniciada|sin empezar|pendente"
    "|a fazer|planejado|não iniciado|offen|ausstehend|geplant|nicht begonnen|zu erledigen|da fare"
    "|pianificato|in attesa|te doen"
    "|gepland|do zrobienia|planowane|plánováno|planerad|к выполнению|не начато|запланировано|ожидает"
    "|待办|待辦|待完成|未开始"
    "|未完成|计划中|未着手|予定|대기|예정|planlandı|bekliyor|belum dimulai|belum|не начата|не начат|запланирована"
    "|не розпочато|заплановано|очікує|não iniciada|nierozpoczęte|zaplanowane|待开始|待開始|未開始|計劃中|計画中|未対応"
    "|chưa bắt đầu|chưa làm|لم يبدأ|مخطط|başlanmadı|nog niet begonnen|ej påbörjad|ikke startet|noch nicht begonnen",
    DROPPED: "cancelled|canceled|dropped|deprecated|abandoned|obsolete|superseded|rejected|skipped"
    "|won't do|wont do"
    "|won't fix|wontfix|not planned|removed|discarded|no longer needed|annulé|abandonné|cancelado"
    "|cancelada|descartado|obsoleto"
    "|abgebrochen|verworfen|gestrichen|annullato|geannuleerd|anulowane|zrušeno|отменено|отменён|已取消"
    "|取消|废弃|中止|취소",
}
STATUS_WORDS: Final[dict[str, TaskState]] = {
    word: state for state, words in _STATUS.items() for word in words.split("|")
}
_LONGEST_FIRST: Final = sorted(STATUS_WORDS, key=len, reverse=True)
STATUS: Final = one_of(_LONGEST_FIRST) + r"(?![\w-])"

STATUS_EMOJI: Final[dict[str, TaskState]] = {
    **dict.fromkeys("✅✔✓☑🗹🏁🎉💯", DONE),
    **dict.fromkeys("🚧🔄🏗🛠🔨🟡🟠🔧▶🏃", GOING),
    **dict.fromkeys("⏳⌛🔜⬜🔲☐🕒🕐📅🗓📋📌⏸❌✗✘🔴⚪⭕🆕🔮", OPEN),
    **dict.fromkeys("🚫🗑", DROPPED),
    "🟢": DONE,
}
"""What an emoji says where it stands for a state. Colours and calendars are often mere decoration: see SURE_EMOJI."""

SURE_EMOJI: Final = frozenset("✅✔✓☑🗹⏳⌛🚧🔄🏗❌✗✘🔜⬜🔲☐🚫🏁⏸")
"""Emoji that say a state wherever they stand; the others do only in a legend."""

EMOJI: Final = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    ""
    "|[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
    "[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
    "(?:\u200d[\u2600-\u27bf\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?)*)"
)

_PHASE_WORDS: Final = (
    "phase|week|sprint|milestone|stage|step|iteration|wave|increment|release|version|epoch|quarter|month|day|part"
    "|epic|tier|cycle|module|group|batch|chunk|track|workstream"
    "|fase|étape|etape|semaine|jalon|itération|semana|etapa|hito|iteración|mes|marco|iteração|entrega"
    "|jour|mois|trimestre|día|giorno|день|месяц|квартал|woche|meilenstein|etappe|abschnitt|stufe|settimana|iterazione|tappa|mijlpaal|etap|faza|tydzień"
    "|fáze|týden|fas|vecka|milstolpe"
    "|этап|фаза|неделя|спринт|веха|итерация|阶段|階段|里程碑|迭代|フェーズ|ステージ|マイルストーン|スプリント|단계|페이즈|마일스톤|스프린트"
    "|aşama|faz|hafta|tahap|minggu|giai đoạn|tuần|φάση|fázis|hét|szakasz|vaihe|viikko|fase|uke|uge"
    "|етап|тиждень|віха|المرحلة|مرحلة|الأسبوع|أسبوع|مرحله|فاز|هفته|שלב|שבוע|चरण|सप्ताह"
    "|paso|passo|schritt|krok|stap|шаг|ステップ|ітерація|крок|bước|langkah|adım|passaggio|lot|段階|步骤|步驟|الخطوة|خطوة"
    "|tag|dia|dag|grupo|gruppe|groupe|группа|nhóm|グループ|priorität|prioridade|prioridad|приоритет|öncelik"
    "|épica|épico|épopée|epos|эпик|エピック|史诗|에픽|módulo|модуль"
)
_NUMBER: Final = (
    r"(?:v?\d+(?:\.(?:\d+|x))*[a-z]?|(?-i:[IVX]+|[A-Z])"
    r"|zero|one|two|three|four|five|six|seven|eight|nine|ten|[一二三四五六七八九十]+)"
)
PHASE_WORD: Final = re.compile(
    rf"(?P<word>{one_of(_PHASE_WORDS.split('|'))})\s*[-#:]?\s*(?P<number>{_NUMBER})(?![\w])", re.IGNORECASE
)
"""A phase *word* with its number (§3.1); also used for milestone boxes (``Phase 9: …``)."""
_CJK_PHASE: Final = (
    r"第\s*[\d一二三四五六七八九十]+\s*(?:阶段|階段|期|章|步|周|週|フェーズ|段階|スプリント)|제?\s*\d+\s*단계"
)
PHASE: Final = re.compile(
    rf"{PHASE_WORD.pattern}"
    rf"|{_CJK_PHASE}"
    r"|\d+(?:st|nd|rd|th|\.)?\s+(?:phase|stage|sprint|iteration|milestone)(?!\w)"
    r"|p\d+(?:\.\d+)*(?![\w/])"
    r"|m\d+(?:\.\d+)*(?![\w/])"
    r"|q[1-4](?![\w])|[1-4]q(?![\w])|h[12]\s+\d{4}"
    r"|\d{4}\s*[-/]?\s*(?:q[1-4]|h[12])(?!\w)"
    r"|\[?v\d+(?:\.(?:\d+|x))*(?![\w])",
    re.IGNORECASE,
)
"""A heading that looks like a phase, at its start (§3.1). A bare number is numbering, not a version."""

_TASK_WORDS: Final = (
    "task|story|user story|ticket|issue|work item|bug"
    "|tâche|tache|tarea|historia|aufgabe|tarefa|compito|attività|taak|zadanie|úkol|uppgift|задача"
    "|задание|завдання|任务|任務|タスク|작업|görev|tugas|nhiệm vụ|công việc|oppgave|opgave|tehtävä|feladat|εργασία"
    "|المهمة|مهمة|משימה|कार्य|وظیفه"
)
TASK: Final = re.compile(
    rf"\[?(?:{one_of(_TASK_WORDS.split('|'))}\s*[-#:№]?\s*(?P<number>\d+(?:[.-]\d+)*[a-z]?|[a-z]\d+(?:\.\d+)*|[a-z]{{1,4}}-\d+)(?![\w])"
    r"|(?P<code>(?:t|us|task|story|feat|bug|fr|nfr|wp|ticket)-?\d{1,5}(?:\.\d+)*[a-z]?"
    r"|(?-i:[A-Z][A-Z0-9]{0,9})-\d+(?:\.\d+)*(?=\s*[:\])—–]|\s+-\s))(?![\w])\]?)",
    re.IGNORECASE,
)
"""The identifier of a task at the start of its text (§4): ``Task 4.1``, ``T-001``, ``US-12``, ``Story 3``.

Other codes count only if something sets them off (``FEAT-7: …``, ``M-1.3 — …``): ``UTF-8 support`` is no task number 8.
"""
TASK_TITLED: Final = re.compile(rf"{one_of(_TASK_WORDS.split('|'))}\s*[:：]\s*(?=\S)", re.IGNORECASE)
"""A task's word without a number: ``Task: Merge the branches``."""
LEADING_NUMBER: Final = re.compile(r"(?P<number>\d+(?:\.\d+)+)\.?(?=[\s:)—–-])|#?(?P<single>\d+)[.)](?=\s)")

GENERIC_HEADINGS: Final = set_of(
    "tasks|steps|to do|todo|todos|to dos|todo list|to do list|task list|list|checklist|plan"
    "|implementation tasks|action items|subtasks|sub tasks|work items|task items"
    "|remaining work|future work|sprint backlog|product backlog|liste des tâches|reste à faire|tarefas pendentes"
    "|próximas tarefas|próximos passos|próximos pasos|prochaines étapes|nächste schritte|следующие шаги"
    "|今後のタスク|今後のタスクリスト|残タスク|残タスク一覧|タスクリスト|待办事项清单|待辦事項清單|下一步"
    "|milestones|phases|deliverables|status|current status|timeline|completion checklist|feature list"
    "|project roadmap|product roadmap|development roadmap|implementation roadmap|technical roadmap|phase roadmap"
    "|feature roadmap|project plan|development plan|action plan|work plan|execution plan|master plan"
    "|roadmap|progress|items|implementation plan|implementation|implementation steps"
    "|implementation checklist|task checklist|task breakdown|work breakdown|epics|stories|user stories|backlog"
    "|implementation order|recommended order|suggested order|build order|execution order|order of work"
    # What a plan opens with: its tasks come after it, not under it.
    "|overview|introduction|context|background|architecture|file structure|file map|file changes|files"
    "|tech stack|conventions|prerequisites|global constraints|constraints|assumptions"
    "|tâches|étapes|à faire|liste|feuille de route|tareas|pasos|por hacer|lista|lista de tareas"
    "|plan de trabajo|aufgaben|schritte"
    "|aufgabenliste|tarefas|passos|a fazer|compiti|passi|da fare|taken|stappen|zadania|задачи|шаги"
    "|список задач|что сделать|надо сделать|зробити|що зробити|список завдань|завдання"
    "|待辦|待辦事項|待辦清單|任務|任務列表|任務清單|步驟|作業一覧|할 일 목록|작업 목록|nog te doen|te doen|takenlijst"
    "|do zrobienia|lista zadań|zadania do zrobienia|yapılacaklar|yapılacaklar listesi|pendências"
    "|pendientes|tareas pendientes"
    "|offene punkte|offene aufgaben|zu erledigen|việc cần làm|danh sách công việc|daftar tugas|قائمة المهام|المهام"
    "|план|план работ|план действий|план реализации|список|任务|任务列表|任务清单|步骤|待办"
    "|待办事项|清单|タスク|タスク一覧|ステップ|やること|작업|할 일"
)

LISTINGS: Final = set_of(
    "features|key features|main features|core features|current features|new features|highlights|what's new|whats new"
    "|changelog|change log|changes|recent changes|history|version history|release notes|releases|recent updates|updates"
    "|fonctionnalités|journal des modifications|historique|funcionalidades|características|registro de cambios"
    "|historial de cambios|recursos|funktionen|änderungen|änderungsprotokoll|возможности|история изменений|изменения"
    "|功能|功能特性|特性|更新日志|变更日志|機能|変更履歴|기능|변경 이력"
)
"""Headings of lists of what there is, or what came when: a ✅ there is a bullet."""

WORK: Final = set_of(
    "roadmap|project roadmap|development roadmap|feature roadmap|roadmap status|todo|todos|to do|to do list|todo list"
    "|tasks|task list|plan|project plan|implementation plan|next steps|action items|progress|status|project status"
    "|current status|development status|implementation status|feuille de route|à faire|tâches|avancement"
    "|hoja de ruta|tareas|por hacer|progreso|estado del proyecto|fahrplan|aufgaben|fortschritt|projektstatus"
    "|roteiro|tarefas|a fazer|дорожная карта|план|задачи|прогресс|статус|路线图|任务|任务列表|进度|项目进度|待办事项"
    "|ロードマップ|タスク|進捗|やること|로드맵|할 일|작업|진행 상황"
)
"""Headings of lists of work: one such list is enough."""

IGNORED_PHRASES: Final = set_of(
    "definition of done|definition of ready|definition of complete|dod"
    "|acceptance criteria|acceptance criterion|success criteria|success metrics"
    "|completion criteria|completion metrics|acceptance checklist|acceptance tests checklist"
    "|quality gates|quality gate|validation gates|validation gate|phase gates|phase gate|release gates|exit gates"
    "|release gate|exit gate|acceptance gates|acceptance gate"
    "|out of scope|not in scope|non goals|sign off|sign offs|approvals|fuera de alcance|hors périmètre|fora do escopo"
    "|nicht im umfang|вне рамок|范围外|不在范围内|対象外"
    "|self review|self check|self inspection|self verification|checklist templates|checklist template|for each task"
    "|for each release|for release|per task checklist|task completion checklist"
    "|validation checklist|review checklist|verification checklist|readiness checklist|exit criteria"
    "|entry criteria|priority levels"
    "|how to use|final goals|success indicators|done when|status key|status legend|status symbols"
    "|status indicators|status markers|task legend|task status legend|legend key|symbol key|"
    "critères d'acceptation|critères de succès|critères de réussite|définition de terminé|définition du fini"
    "|criterios de aceptación|criterios de éxito|definición de terminado|definición de hecho"
    "|métricas de éxito|criterios de finalización|criterios de salida|lista de aceptación"
    "|critères de sortie|critères de fin|critérios de saída|critérios de conclusão|critérios de pronto"
    "|exit kriterien|ausstiegskriterien|abschlusskriterien|fertigstellungskriterien|akzeptanzkriterien"
    "|abnahmekriterien|erfolgskriterien|definition of done kriterien"
    "|critérios de aceitação|critérios de aceite|critérios de sucesso|definição de pronto|métricas de sucesso"
    "|criteri di accettazione|criteri di successo|acceptatiecriteria|succescriteria|kryteria akceptacji"
    "|критерии завершения|критерии выхода|критерии окончания|чеклист приемки|чеклист приёмки|чек лист приемки"
    "|чек лист приёмки|чек листы приемки|критерии приемки|критерии приёмки"
    "|критерии готовности|критерии успеха|метрики успеха|определение готовности"
    "|验证清单|驗證清單|检查清单|檢查清單|自检清单|自查清单|自检核验|确认清单|確認清單|確認リスト"
    "|退出标准|退出条件|关闭条件|關閉條件|验收清单|验收条件|終了条件|종료 기준|검증 기준"
    "|成功の指標|成功指標|成功指标|達成条件|达成条件|受け入れ条件|合格条件|erfolgsmetriken|erfolgsindikatoren"
    "|kryteria sukcesu|kryteria ukończenia|kriteria sukses|kriteria selesai|인수 조건|indicateurs de succès"
    "|indicadores de éxito|indicadores de sucesso|métricas de sucesso|metriche di successo|criteri di completamento"
    "|验收标准|完成标准|成功标准|完成定义|質量門檻|质量门禁|驗收標準|受け入れ基準"
    "|受入基準|完了条件|完了の定義|成功基準|완료 기준|인수 기준|성공 기준|완료 조건"
    "|معايير القبول|معايير النجاح|تعريف الإنجاز|معیارهای پذیرش|קריטריוני קבלה|הגדרת סיום"
    "|kabul kriterleri|başarı kriterleri|tamamlanma kriterleri|kriteria penerimaan|kriteria keberhasilan"
    "|tiêu chí chấp nhận|tiêu chí hoàn thành|tiêu chí nghiệm thu|tiêu chí thành công"
    "|afgerond wanneer|klaar wanneer|κριτήρια αποδοχής|elfogadási kritériumok|akceptační kritéria"
    "|acceptanskriterier|akseptansekriterier|hyväksymiskriteerit|критерії приймання|критерії успіху|स्वीकृति मानदंड"
)
IGNORED_WORDS: Final = set_of(
    "notes|note|format|legend|schedule|priorities|priority|légende|notas|leyenda|prioridades|cronograma|notizen"
    "|hinweise|legende|prioritäten|zeitplan|noten|legenda|priorità|примечания|легенда|приоритеты"
    "|备注|图例|优先级|说明|注意事項|凡例|備考|優先度|범례|참고"
)

IGNORED_ALONE: Final = set_of("acceptance")
"""Not work as a whole heading only: ``Acceptance & handover`` is a phase."""

_LANES: Final[dict[TaskState, str]] = {
    OPEN: "backlog|to do|todo|to-do|next|next up|up next|ready|ready for dev|planned|inbox|ideas|later|someday"
    # What is current is what there is to do now, begun or not.
    "|pending|pendente|pendentes|pendiente|pendientes|remaining|restantes|reste à faire|осталось|осталось сделать"
    "|current|currently|waiting on|waiting for|waiting|parking lot|not started"
    "|upcoming|icebox|triage|new|soon|à faire|prochainement|idées|por hacer|próximo|ideas futuras|offen|ideen"
    "|als nächstes|später|a fazer|próximos|da fare|prossimi|te doen|do zrobienia|к выполнению|бэклог|сделать"
    "|нужно сделать|идеи|далее|позже|в планах|план|待办|待辦|待办事项|待辦事項|待处理|待處理|待开发|计划|想法|未着手"
    "|やること|次|これから|アイデア|할 일|예정된 작업|백로그|yapılacaklar|akan dikerjakan|cần làm|att göra|å gjøre"
    "|tehtävät|المهام|قيد الانتظار|للتنفيذ|לביצוע"
    "|à venir|plus tard|próximamente|futuro|nog te doen|по плану|заплановано|未対応|今後|sắp tới|cần làm|belum"
    "|قادم|المهام القادمة"
    # Put off is not given up.
    "|deferred|postponed|on hold|parked|différé|reporté|aplazado|pospuesto|adiado|zurückgestellt|uitgesteld|odłożone"
    "|ertelenen|отложено|відкладено|保留|搁置|擱置|보류|in sospeso|rimandato|ditunda|مؤجل",
    GOING: "doing|in progress|wip|work in progress|review|in review|testing|in testing|qa|code review|verify"
    "|now|active|working on|ongoing|started|en cours|en revue|à valider|en progreso|en curso"
    "|en revisión|in arbeit|in bearbeitung|in prüfung|em andamento|em progresso|em revisão|in corso|mee bezig"
    "|w toku|в работе|в процессе|на проверке|进行中|進行中|作業中|测试中|レビュー中|진행 중|검토 중"
    "|yapılıyor|sedang dikerjakan|đang làm|pågående|pågår|työn alla|قيد التنفيذ|جاري العمل|בתהליך"
    "|bezig|w trakcie|devam eden|devam edenler|у роботі|в роботі|в процесі|対応中|開発中|开发中",
    DONE: "done|archive|archived|completed|complete|finished|shipped|released|closed|live|deployed|fait|faits"
    "|terminé|terminés|archives|hecho|hechos|completado|terminado|archivo|erledigt|fertig|archiv|feito|feitos"
    "|concluído|concluídos|fatto|completato|completati|klaar|gereed|zrobione|gotowe|готово|сделано|выполнено"
    "|завершено|архив|完成|已完成|归档|完了|済み|完了済み|완료|완료됨"
    "|yapıldı|tamamlandı|selesai|đã xong|hoàn thành|klart|ferdig|valmis|مكتمل|تم|منجز|בוצע"
    "|done recently|recently done|recently completed|completed recently|recently shipped|recently finished"
    "|concluídas|concluídos|concluída|feitas|completadas|hechas|terminadas|terminée|terminées|выполненные|завершённые"
    "|завершенные|livré|livrés|gedaan|afgerond|yapılmışlar|tamamlananlar|виконано|зроблено|対応済み|تم الإنجاز",
    DROPPED: "cancelled|canceled|dropped|rejected|won't do|wont do|won't fix|abandoned|discarded|not planned"
    "|annulé|abandonné|cancelado|descartado|verworfen|annullato|отменено|已取消|中止|취소",
}
LANES: Final[dict[str, TaskState]] = {
    word: state for state, words in _LANES.items() for word in words.split("|")
}
HORIZONS: Final = set_of(
    "now|next|next up|up next|later|soon|someday|current|upcoming|future|icebox|ideas|backlog|new|план|далее|позже"
    "|próximo|próximos|als nächstes|später|次"
)
"""Lane words that a roadmap by horizons (Now, Next, Later) uses too: a board has another lane beside them."""

_LANE_NOUNS: Final = (
    "tasks?|items?|work|cards?|issues?|todos?|tickets?|features?|stories|tareas|tâches|aufgaben|tarefas|attività|taken|zadania"
    "|задачи|görevler|المهام"
)
LANE_NOUN: Final = re.compile(
    rf"(?:(?:{_LANE_NOUNS})\s+(?=\S)|\s+(?:{_LANE_NOUNS})$|(?<=\S)的?(?:任务|任務|内容|內容|事项|事項|タスク|작업)$)"
)
"""What a lane's name may count: ``Completed Tasks``, ``Tareas pendientes``."""

MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|januar|februar|märz|april|juni|juli|oktober|dezember"
    "|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|dezembro"
)
SHORT_MONTHS: Final = (
    "ene|abr|ago|dic|fev|set|out|dez|janv|févr|avr|juil|sept|déc|mär|mai|okt|dez|gen|mag|giu|lug|ott"
)
"""Sure only in a range (``Jul-Set``): alone some of them are words."""
UNITS: Final = (
    "minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|sprints?|story points?|points?|pts?|sp"
    "|person[- ]days?|man[- ]days?"
    "|minutos?|horas?|días?|dias?|semanas?|mes(?:es)?|minuten?|stunden?|std|tage?n?|wochen?|monate?"
    "|heures?|jours?|semaines?|mois"
    "|ore|giorni|settimane|uur|dagen|weken|мин(?:ут[аы]?)?|часов|часа|час|дней|дня|день|недел[ьяи]|分钟|小时|天|周|日|時間|週間|시간|분|일|주|개월|h|d|w|m"
)
ESTIMATE: Final = (
    rf"(?:(?:est\.?|estimate|estimated|estimation|effort|approx\.?|ca\.?|about|circa|estimación|schätzung|aufwand)\s*:?\s*)?"
    rf"[~≈<>≤]?\s*\d+(?:[.,]\d+)?\+?(?:\s*(?:-|–|—|to|bis|à|a)\s*\d+(?:[.,]\d+)?)?\s*(?:{UNITS})(?![\w])(?:\s*(?:remaining|left|est\.?|total))?"
)
PRIORITY_LEVELS: Final = (
    "critical|highest|high|medium[- ]high|medium[- ]low|medium|normal|low[- ]medium|lowest|low|urgent|top"
)
