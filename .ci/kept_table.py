"""The table of docs/operations.md that says what is kept for how long, and what of it is people's, from
functions/*/function.json."""

from block import with_block

from local.functions import Collection, Kept, load


def period(collection: Collection) -> str:
    kept = collection.kept
    return f"{kept.days} days since `{kept.since}`" if isinstance(kept, Kept) else kept


def with_periods(page: str) -> str:
    declared = sorted(
        (each for function in load() for each in function.collections),
        key=lambda each: (not each.is_salons, each.document),
    )
    rows = (
        f"| `{each.within}`{'' if each.is_salons else ', above the salons'} | {period(each)} | {each.people} |"
        for each in declared
    )
    return with_block(page, "kept", "\n".join(["| documents | kept | of people |", "|---|---|---|", *rows, ""]))
