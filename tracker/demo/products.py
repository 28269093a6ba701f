"""The products of the simulated history: planned, published, translated, used, looked at again."""

from __future__ import annotations

from tracker.demo.steps import Script, fact

LINKS = "https://example.invalid/demo/products"

PLANNED = (
    (
        "2023-02-08 10:40",
        "instrumento",
        "tool",
        "Instrumento contra la discriminación en el contexto de la migración",
        ("11.2", "12.1"),
    ),
    ("2023-03-03 11:40", "nota-tecnica-1", "guidance", "Primera nota técnica sobre la trata", ("4.1",)),
    (
        "2023-03-03 11:45",
        "indicadores-remesas",
        "dataset",
        "Indicadores sobre remesas e inclusión financiera",
        ("14.1",),
    ),
    (
        "2023-06-20 09:30",
        "identidad-juridica",
        "guidance",
        "Orientaciones sobre identidad jurídica",
        ("9.3",),
    ),
)
PUBLISHED = (
    (
        "2023-07-04 16:40",
        "2023-05-30",
        "instrumento",
        "acnudh",
        ["en"],
        "2024-05-30",
        "Lo aloja la biblioteca del ACNUDH; su dirección no cambia.",
    ),
    (
        "2023-11-27 10:10",
        "2023-11-24",
        "nota-tecnica-1",
        "oim",
        ["en", "es"],
        "2024-11-24",
        "Se conserva en el Centro de la Red; la OIM responde por ella.",
    ),
    (
        "2024-02-14 12:00",
        "2024-02-12",
        "indicadores-remesas",
        "oim",
        ["en"],
        "2025-02-12",
        "Los datos se publican cada año con su metodología.",
    ),
)


def write_products(script: Script) -> None:
    for when, slug, kind, title, activities in PLANNED:
        made = fact("ProductPlanned", f"product/{slug}", title=title, kind=kind, activities=list(activities))
        script.add(when, "desk", made)
    for when, on, slug, steward, languages, review_on, note in PUBLISHED:
        made = fact(
            "ProductPublished",
            f"product/{slug}",
            languages=languages,
            url=f"{LINKS}/{slug}",
            steward=steward,
            sustain_note=note,
            review_on=review_on,
        )
        script.add(when, "desk", made | {"occurred_on": on})
    tool = "product/instrumento"
    script.add(
        "2023-09-12 15:00",
        "desk",
        fact("ProductUpdated", tool, language="es", url=f"{LINKS}/instrumento-es"),
        fact("ProductUpdated", tool, language="fr", url=f"{LINKS}/instrumento-fr"),
    )
    script.add(
        "2024-01-23 09:20",
        "desk",
        fact("ProductUsed", tool, country="MA", by="Dos municipios, en la formación de sus oficinas"),
        fact("ProductUsed", "product/nota-tecnica-1", country="CO", by="La fiscalía, en su manual"),
    )
    script.add("2024-06-04 10:00", "desk", fact("ProductReviewed", tool, outcome="needs_update"))
    script.add(
        "2024-10-15 16:00",
        "desk",
        fact("ProductUpdated", tool, edition="Segunda edición", url=f"{LINKS}/instrumento-2"),
    )
