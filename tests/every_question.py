"""One question of every type, as a bank or a lesson keeps them; ids follow from names, so that tests know them."""

import io
import uuid

from django.core.files.base import ContentFile

SPACE = uuid.UUID("6f0c4b1e-0000-4000-8000-000000000001")


def key(name):
    """Return the id of the part of a question with a name."""
    return str(uuid.uuid5(SPACE, name))


def item(name, **value):
    """Return one child of a list block."""
    return {"type": "item", "id": key(name), "value": value}


def picture():
    """Return a picture of the school's library (made at the first call)."""
    from PIL import Image as Canvas
    from wagtail.images import get_image_model

    model = get_image_model()
    found = model.objects.filter(title="Puesto de salud").first()
    if found:
        return found
    file = io.BytesIO()
    Canvas.new("RGB", (320, 200), "#c9b79c").save(file, "PNG")
    return model.objects.create(
        title="Puesto de salud",
        description="Un puesto de salud visto de frente",
        file=ContentFile(file.getvalue(), "puesto.png"),
        width=320,
        height=200,
    )


def recording():
    """Return a recording of the school's library (made at the first call)."""
    from wagtailmedia.models import get_media_model

    model = get_media_model()
    found = model.objects.filter(title="Voz").first()
    return found or model.objects.create(
        title="Voz", file=ContentFile(b"\xff\xfb\x90\x00" * 3000, "voz.mp3"), duration=2, type="audio"
    )


def option(name, text, correct=False, **more):
    """Return one answer to choose from, with feedback."""
    return item(name, text=text, correct=correct, feedback=f"Sobre «{text}».", **more)


def every_question(picture_id, recording_id):
    """Return raw blocks by type: those of `assessments.blocks`."""
    values = {
        "single_choice": {
            "prompt": "¿Quién tiene derecho a la salud?",
            "options": [
                option("all", "Todas las personas", True, recording=recording_id),
                option("few", "Solo quien paga"),
                option("some", "Solo quien trabaja"),
            ],
            "explanation": "La salud es un derecho de todas.",
            "recording": recording_id,
        },
        "multiple_choice": {
            "prompt": "¿Qué debe haber en un puesto de salud?",
            "options": [
                option("meds", "Medicinas básicas", True),
                option("staff", "Personal que atiende", True),
                option("fees", "Cobros por consulta"),
            ],
            "explanation": "La atención no se cobra.",
        },
        "true_false": {
            "prompt": "El puesto de salud cobra la consulta.",
            "answer": False,
            "feedback_true": "No: es gratuita.",
            "feedback_false": "Así es: es gratuita.",
            "explanation": "Nadie debe cobrar.",
        },
        "picture_choice": {
            "prompt": "¿Cuál es el puesto de salud?",
            "options": [
                option("post", "Un edificio con bandera", True, picture=picture_id),
                option("shop", "Una tienda", picture=picture_id),
            ],
            "explanation": "Tiene rótulo.",
        },
        "ordering": {
            "prompt": "¿En qué orden se hace una visita?",
            "options": [
                item("greet", text="Presentarse", feedback="Primero se saluda."),
                item("look", text="Mirar y preguntar"),
                item("write", text="Escribir el informe", picture=picture_id),
            ],
            "explanation": "Así lo dice la guía.",
        },
        "matching": {
            "prompt": "¿Quién hace qué?",
            "options": [
                item("midwife", text="Comadrona", match="Acompaña partos", feedback="Acompaña a las madres."),
                item("nurse", text="Enfermera", match="Vacuna"),
            ],
            "extra": [{"type": "item", "id": key("drives"), "value": "Maneja el bus"}],
            "explanation": "Cada quien ayuda.",
        },
        "gaps": {
            "prompt": "Complete la frase.",
            "text": "La salud es un ___ de todas las ___.",
            "options": [item("right-word", text="derecho"), item("people", text="personas", feedback="Sin excepción.")],
            "extra": [{"type": "item", "id": key("favour"), "value": "favor"}],
            "typed": False,
            "explanation": "Lo dice la Constitución.",
        },
        "number": {
            "prompt": "¿Cuántos días tiene el puesto para responder?",
            "answer": 10.0,
            "tolerance": 0.0,
            "unit": "días",
            "feedback_right": "Diez días.",
            "feedback_wrong": "Mire otra vez la lección.",
            "explanation": "Son días hábiles.",
        },
        "find_in_picture": {
            "prompt": "¿Dónde se pide la queja?",
            "picture": picture_id,
            "options": [
                option("desk", "La ventanilla", True, x=20, y=30),
                option("door", "La puerta", x=75, y=65),
            ],
            "explanation": "En la ventanilla.",
        },
        "case": {
            "prompt": "Llega a un puesto sin medicinas.",
            "scenes": [
                item(
                    "arrive",
                    text="El puesto no tiene medicinas.",
                    decisions=[
                        item("ask", text="Preguntar por qué", correct=True, leads_to=2, feedback="Le explican."),
                        item("leave", text="Irse a casa", correct=False, leads_to=None, feedback="Nada cambia."),
                    ],
                ),
                item(
                    "told",
                    text="Le dicen que no hay desde hace un mes.",
                    decisions=[
                        item("report", text="Avisar a la red", correct=True, leads_to=None, feedback="La red ayuda."),
                        item("shout", text="Gritar", correct=False, leads_to=None, feedback="Nadie escucha."),
                    ],
                ),
            ],
            "explanation": "Preguntar y avisar.",
        },
        "open_answer": {
            "prompt": "Cuente cómo hablaría con la directora del puesto.",
            "rubric": [item("polite", text="Habla con respeto", points=1)],
            "spoken": True,
        },
    }
    return {
        kind: {"type": kind, "id": key(kind), "value": {"picture": None, "recording": None, **value}}
        for kind, value in values.items()
    }


def typed_gaps(blocks):
    """Return the gaps question as one whose words are typed."""
    gaps = blocks["gaps"]
    return {**gaps, "id": key("typed"), "value": {**gaps["value"], "prompt": "Escriba lo que falta.", "typed": True}}


def put_into_lesson(lesson, blocks):
    """Publish a lesson whose body is these practice questions."""
    lesson.body = lesson.body.stream_block.to_python(list(blocks))
    lesson.save_revision().publish()


def make_quiz(organisation, blocks, **rules):
    """Return a quiz that asks these questions in their order, each with its own id as key."""
    from wagtail.models import Locale

    from assessments.models import Question, QuestionBank, Quiz, QuizDraw

    locale = Locale.objects.get(language_code="es")
    slug = rules.pop("slug", f"todas-{uuid.uuid4().hex[:8]}")
    bank = QuestionBank.objects.create(organisation=organisation, name=slug, slug=slug)
    definition = Question._meta.get_field("content").stream_block
    for position, block in enumerate(blocks):
        Question.objects.create(bank=bank, locale=locale, position=position, content=definition.to_python([block]))
    quiz = Quiz(organisation=organisation, title="Todas las preguntas", slug=slug, locale=locale, **rules)
    quiz.draws = [QuizDraw(bank=bank, count=0, section="Primera parte")]
    quiz.save()
    return quiz
