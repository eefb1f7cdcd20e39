"""Two workbooks as people make them in a spreadsheet, and a way to make others."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

Table = Sequence[Sequence[str]]


def workbook(survey: Table, choices: Table = (), settings: Table = (), **more: Table) -> bytes:
    """A workbook of those sheets, each a head and rows. What looks like a formula is one."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheets = {"survey": survey, "choices": choices, "settings": settings, **more}
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def courses() -> bytes:
    """About German courses, in German, English and Arabic: a group with a condition, a rule, two lists."""
    return workbook(
        [
            [
                "Type", "name", "label::Deutsch (de)", "label::English (en)", "label::العربية (ar)",
                "hint::Deutsch (de)", "hint::English (en)", "hint::العربية (ar)", "required", "relevant",
                "constraint", "constraint_message::Deutsch (de)", "constraint_message::English (en)",
                "constraint_message::العربية (ar)", "publish", "appearance",
            ],
            ["note", "about", "Deutschkurse", "German courses", "دورات الألمانية", "Zwei Minuten.", "Two minutes.", "دقيقتان."],
            ["select_one_from_file regions.csv", "region", "Wo?", "Where?", "أين؟", "", "", "", "yes"],
            ["select_one yes_no", "course", "Besuchen Sie einen Kurs?", "Do you attend a course?", "هل تحضر دورة؟", "", "", "", "", "", "", "", "", "", "local"],
            ["begin_group", "those", "Im Kurs", "In the course", "في الدورة", "", "", "", "", "${course} = 'yes'"],
            ["select_multiple good", "good", "Was ist gut?", "What is good?", "ما الجيد؟", "", "", "", "", "", "(not(selected(., 'none') and count-selected(.) > 1)) and count-selected(.) <= 2", "„Nichts“ allein.", "“Nothing” alone.", "«لا شيء» وحده.", "wide"],
            ["select_one level", "level", "Wie schwer ist er?", "How hard is it?", "ما مدى صعوبتها؟", "", "", "", "", "selected(${good}, 'teacher')", "", "", "", "", "wide", "likert"],
            ["end_group"],
            ["text", "comment", "Was fehlt?", "What is missing?", "ما الناقص؟", "", "", "", "", "", "string-length(.) > 3", "Mehr, bitte.", "More, please.", "المزيد، من فضلك.", "", "multiline"],
        ],
        [
            ["list_name", "name", "label::Deutsch (de)", "label::English (en)", "label::العربية (ar)"],
            ["yes_no", "yes", "Ja", "Yes", "نعم"],
            ["yes_no", "no", "Nein", "No", "لا"],
            ["good", "teacher", "Die Lehrerin", "The teacher", "المعلمة"],
            ["good", "time", "Die Uhrzeit", "The time", "الوقت"],
            ["good", "none", "Nichts", "Nothing", "لا شيء"],
            *[["level", str(one), f"Stufe {one}", f"Level {one}", f"المستوى {one}"] for one in range(1, 6)],
        ],
        [
            ["form_title", "form_id", "default_language", "slug", "audience", "version"],
            ["Deutschkurse", "courses", "Deutsch (de)", "courses", "clients", "7"],
        ],
    )  # fmt: skip


def childcare() -> bytes:
    """About day care, in English, Ukrainian and Tigrinya: English is the source, picks are limited by `<`."""
    return workbook(
        [
            ["type", "name", "label::English (en)", "label::uk", "label::ትግርኛ", "hint::English (en)", "hint::uk", "hint::ትግርኛ", "required", "relevant", "constraint", "publish", "pictograms"],
            ["note", "about", "Day care", "Дитячий садок", "መዋእለ ህጻናት", "One minute.", "Одна хвилина.", "ሓደ ደቒቕ።"],
            ["select_one_from_file regions.csv", "region", "Where?", "Де?", "ኣበይ?", "", "", "", "TRUE()"],
            ["select_one yes_no", "place", "Do you have a place?", "Чи є місце?", "ቦታ ኣሎ ዶ?", "", "", "", "no", "", "", "local", "TRUE"],
            ["select_multiple why", "why", "Why not?", "Чому ні?", "ስለምንታይ?", "Up to three.", "До трьох.", "ክሳብ ሰለስተ።", "", "${place} = 'no'", "count-selected( . ) < 4", "wide"],
        ],
        [
            ["list name", "name", "label::English (en)", "label::uk", "label::ትግርኛ"],
            ["yes_no", "yes", "Yes", "Так", "እወ"],
            ["yes_no", "no", "No", "Ні", "ኣይፋል"],
            ["why", "far", "Too far", "Задалеко", "ርሑቕ"],
            ["why", "cost", "Too expensive", "Задорого", "ክቡር"],
            ["why", "papers", "Papers", "Документи", "ወረቓቕቲ"],
        ],
        [
            ["form_title", "form_id", "default_language", "slug", "audience"],
            ["Day care", "childcare", "English (en)", "kita", "clients"],
        ],
    )  # fmt: skip
