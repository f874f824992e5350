"""A second plan, as staff would enter it: all its texts hold words that stand nowhere else on the site."""

from dataclasses import dataclass, field

from measures.models import Category, Centre, CentreLink, District, Measure, Plan, SourceParagraph

#: In every Chinese and every English text of the plan.
PLANTED = ("玉衡", "Yuheng")
SLUG, YEAR = "2021", 2021

PLAN = {
    "short_title_zh": "玉衡改革行动计划",
    "short_title_en": "Yuheng reform action plan",
    "title_zh": "玉衡工作要点",
    "title_en": "Yuheng work priorities",
    "issuer_zh": "玉衡委员会",
    "issuer_en": "Yuheng commission",
    "source_zh": "一篇玉衡报道。没有日期。",
    "source_en": "A Yuheng report without a date",
    "intro_zh": "玉衡计划的介绍。",
    "intro_en": "Introduction to the Yuheng plan.",
    "method_zh": "玉衡计划的方法。",
    "method_en": "How the Yuheng measures were identified.",
}
PARAGRAPHS = [f"玉衡原文{number}" for number in range(1, 13)]
#: The name of a category of the first plan: slugs tell them apart, and people need the year.
NAMESAKE = ("着力打造民生幸福标杆", "Setting a benchmark for people’s well-being")
CATEGORIES = [
    ("yuheng-port", "玉衡口岸", "Yuheng port"),
    ("yuheng-well-being", *NAMESAKE),
    ("yuheng-schools", "玉衡学校", "Yuheng schools"),
]


@dataclass
class Entry:
    """A measure to be entered: its category by position, its paragraph, the centres it serves."""

    number: int
    category: int
    parent: int = 0
    centres: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return f"yuheng-{self.number}"

    def texts(self) -> dict[str, str]:
        return {
            "title_zh": f"玉衡改革{self.number}",
            "title_en": f"Yuheng reform {self.number}",
            "summary_zh": f"玉衡改革{self.number}的摘要。",
            "summary_en": f"Summary of Yuheng reform {self.number}.",
        }

    def action(self) -> dict[str, str]:
        return {"text_zh": f"玉衡举措{self.number}", "text_en": f"Yuheng action {self.number}"}


MEASURES = [
    Entry(1, 0, centres=["finance", "technology"]),
    Entry(2, 0),
    Entry(3, 0, parent=2),
    Entry(4, 1, centres=["culture"]),
    Entry(5, 1),
    Entry(6, 1),
    Entry(7, 2),
    Entry(8, 2, centres=["services"]),
    Entry(9, 2),
]


def enter(plan_status: str = "draft", measure_status: str = "published") -> Plan:
    """Enter it straight into the tables, for tests of other things than the desk."""
    plan = Plan.objects.create(slug=SLUG, year=YEAR, status=plan_status, **PLAN)
    paragraphs = [
        SourceParagraph.objects.create(plan=plan, number=number, opening=opening)
        for number, opening in enumerate(PARAGRAPHS, 1)
    ]
    categories = [
        Category.objects.create(
            plan=plan, number=number, slug=slug, name_zh=zh, name_en=en, intro_zh="玉衡", intro_en="Yuheng"
        )
        for number, (slug, zh, en) in enumerate(CATEGORIES, 1)
    ]
    for entry in MEASURES:
        measure = Measure.objects.create(
            plan=plan,
            number=entry.number,
            slug=entry.slug,
            category=categories[entry.category],
            basis="derived" if entry.parent else "named",
            parent=Measure.objects.get(plan=plan, number=entry.parent) if entry.parent else None,
            status=measure_status,
            **entry.texts(),
        )
        measure.paragraphs.add(paragraphs[entry.number])
        measure.actions.create(position=1, paragraph=paragraphs[entry.number], **entry.action())
        measure.district_roles.create(district=District.objects.get(slug="futian"), role="responsible")
        for slug in entry.centres:
            measure.centre_links.create(
                centre=Centre.objects.get(slug=slug),
                basis=CentreLink.Basis.TEXT,
                reason_zh="玉衡理由",
                reason_en="Yuheng reason",
            )
    return plan
