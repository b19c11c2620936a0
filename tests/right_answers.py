"""The answer that earns every point, for each type of question: as grading takes it, and as a form sends it."""


def right_answer(content):
    """Return the full answer to a question with its key, as `assessments.grading` takes it."""
    kind, options = content["type"], content["options"]
    if kind == "ordering":
        return [option["id"] for option in options]
    if kind == "gaps" and content["typed"]:
        return [f"{option['id']}={option['accepted'][0]}" for option in options]
    if kind in {"matching", "gaps"}:
        return [f"{option['id']}={option['match']}" for option in options]
    if kind == "number":
        return [f"{content['answer']:g}"]
    return [option["id"] for option in options if option["correct"]] if kind != "open_answer" else []


def right_fields(row, version):
    """Return the form's fields for the full answer to one question of an attempt (a row of its `drawn`)."""
    prefix, answer = f"q{version.pk}", right_answer(version.content)
    kind = version.content["type"]
    if kind == "ordering":
        return {f"{prefix}.{step}": str(place) for place, step in enumerate(answer, 1)}
    if kind in {"matching", "gaps"}:
        pairs = dict(pair.split("=", 1) for pair in answer)
        if "matches" in row:
            pairs = {left: str(row["matches"].index(match)) for left, match in pairs.items()}
        return {f"{prefix}.{left}": value for left, value in pairs.items()}
    return {prefix: answer}


def right_form(attempt):
    """Return the form's fields for the full answers to an open attempt."""
    from assessments.attempting import versions_of

    versions = versions_of(attempt)
    fields = {}
    for row in attempt.drawn:
        fields |= right_fields(row, versions[row["version"]])
    return fields


def right_sent(attempt):
    """Return the full answers to an open attempt, by version, with matches named by their place in it."""
    from django.http import QueryDict

    from assessments.answering import sent_with

    form = QueryDict(mutable=True)
    for name, value in right_form(attempt).items():
        form.setlist(name, value if isinstance(value, list) else [value])
    return sent_with(form, {}).answers
