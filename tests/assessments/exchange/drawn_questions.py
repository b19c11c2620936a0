"""Questions of every type, drawn by hypothesis as a bank keeps them."""

import io

from hypothesis import strategies as st

from assessments.exchange.questions import Carried, Picture, block_of, file_name

WORDS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n\t"), min_size=1, max_size=40
).filter(lambda text: text.strip() and "___" not in text)
SAID = st.one_of(st.just(""), WORDS)
IDS = st.uuids(version=4).map(str)
FACTS = st.fixed_dictionaries(
    {
        "statement": WORDS,
        "citation": WORDS,
        "mark": st.sampled_from("ABC"),
        "lawyer": st.booleans(),
        "cegss": st.booleans(),
    }
)


def png(shade):
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (4, 3), shade).save(file, "PNG")
    return file.getvalue()


PICTURES = {file_name(png(shade), "png"): Picture(png(shade), f"Un cuadro & <{shade}>") for shade in (0, 128, 255)}
A_PICTURE = st.sampled_from(sorted(PICTURES))
MAYBE_PICTURE = st.one_of(st.just(""), A_PICTURE)


def listed(values, least, most):
    item = st.fixed_dictionaries({"id": IDS, "value": values})
    return st.lists(item, min_size=least, max_size=most)


def options(picture=MAYBE_PICTURE, **more):
    return {"text": WORDS, "picture": picture, "recording": st.just(""), "feedback": WORDS, **more}


def with_right(value, places):
    for place, item in enumerate(value["options"]):
        item["value"]["correct"] = place in places
    return value


def choice(least, most, picture=MAYBE_PICTURE, **more):
    option = st.fixed_dictionaries({**options(picture, **more), "correct": st.just(False)})
    return {"options": listed(option, least, most)}


def one_right(strategy):
    return st.tuples(strategy, st.integers(0, 100)).map(
        lambda found: with_right(found[0], {found[1] % len(found[0]["options"])})
    )


def common(prompt=WORDS, **parts):
    return st.fixed_dictionaries(
        {
            "prompt": prompt,
            "picture": MAYBE_PICTURE,
            "explanation": SAID,
            "sources": listed(FACTS, 0, 2),
            "recording": st.just(""),
            **parts,
        }
    )


def with_gaps(value):
    value["text"] = "___".join(value.pop("pieces")[: len(value["options"]) + 1])
    return value


GAP = st.fixed_dictionaries(
    {"text": WORDS, "also": st.just(""), "feedback": SAID, "picture": st.just(""), "recording": st.just("")}
)
DECISION = st.fixed_dictionaries({"text": WORDS, "correct": st.just(True), "leads_to": st.just(""), "feedback": WORDS})
SCENE = st.fixed_dictionaries(
    {"text": WORDS, "picture": MAYBE_PICTURE, "recording": st.just(""), "decisions": listed(DECISION, 2, 4)}
)
CRITERION = st.fixed_dictionaries(
    {"text": WORDS, "help": SAID, "points": st.integers(1, 5), "essential": st.booleans()}
)
PAIR = {**options(), "feedback": SAID, "match": WORDS, "match_picture": MAYBE_PICTURE}
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
VALUES = {
    "single_choice": one_right(common(**choice(2, 6))),
    "multiple_choice": common(**choice(3, 8)).map(lambda value: with_right(value, {0, 1})),
    "true_false": common(answer=st.booleans(), feedback_true=WORDS, feedback_false=WORDS),
    "picture_choice": one_right(common(**choice(2, 6, A_PICTURE))),
    "ordering": common(options=listed(st.fixed_dictionaries({**options(), "feedback": SAID}), 3, 8)),
    "matching": common(options=listed(st.fixed_dictionaries(PAIR), 2, 8), extra=listed(WORDS, 0, 4)),
    "gaps": common(
        pieces=st.lists(WORDS, min_size=5, max_size=5),
        options=listed(GAP, 1, 4),
        extra=listed(WORDS, 0, 6),
        typed=st.booleans(),
    ).map(with_gaps),
    "number": common(answer=NUMBERS, tolerance=st.floats(0, 100), unit=SAID, feedback_right=SAID, feedback_wrong=WORDS),
    "find_in_picture": one_right(common(**choice(2, 8, st.just(""), x=st.integers(0, 100), y=st.integers(0, 100)))).map(
        lambda value: {**value, "picture": sorted(PICTURES)[0]}
    ),
    "case": common(scenes=listed(SCENE, 1, 3)),
    "open_answer": common(spoken=st.booleans(), rubric=listed(CRITERION, 1, 6)),
}


def whole(kind, value):
    """Keep of a part only what its block has."""
    return _fit(block_of(kind), value)


def _fit(block, value):
    from wagtail import blocks

    if isinstance(block, blocks.StructBlock):
        return {name: _fit(child, value[name]) for name, child in block.child_blocks.items() if name in value}
    if isinstance(block, blocks.ListBlock):
        return [{"id": item["id"], "value": _fit(block.child_block, item["value"])} for item in value]
    return value


def carried_of(kind):
    return st.builds(
        lambda value, key, tags, block_id, review: Carried(
            kind,
            whole(kind, value),
            key=key,
            name=value["prompt"],
            tags=sorted(tags),
            block_id=block_id,
            review=review,
            exact=True,
            pictures=PICTURES,
        ),
        VALUES[kind],
        IDS,
        st.sets(st.text("abcñ á1-", min_size=1, max_size=12).map(str.strip).filter(bool), max_size=3),
        IDS,
        st.one_of(st.none(), IDS),
    )


ANY_QUESTION = st.sampled_from(sorted(VALUES)).flatmap(carried_of)
