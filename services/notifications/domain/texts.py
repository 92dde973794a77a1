"""Every text that leaves the clinic, in English and Spanish.

It speaks of an appointment, a ride, a call. It names no drug, diagnosis, specialty or programme: a
phone on a kitchen table must not tell anybody why its owner was here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.notifications.domain.vocabulary import Language
from services.notifications.domain.wording import Wording


@dataclass(frozen=True, slots=True)
class Text:
    """``{when}`` is the moment that it speaks of; ``without`` is said when none is known."""

    subject: str
    body: str
    without: str | None = None


LATE: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "This message is late: it was meant for {due}.",
    Language.SPANISH: "Este mensaje llega tarde: era para el {due}.",
}

ENGLISH: Final[Mapping[Wording, Text]] = {
    Wording.WELCOME: Text(
        "Welcome",
        "Welcome. We look forward to seeing you. Please call us to arrange your first appointment.",
    ),
    Wording.DECLINED: Text(
        "About your request",
        "Thank you for getting in touch with us. We are not able to offer what you asked for at"
        " this time. One of us will call you to talk about it and about other ways to find support."
        " You are welcome to call us too.",
    ),
    Wording.REMINDER: Text(
        "Your appointment",
        "A reminder of your appointment on {when}. Please call us if you cannot come.",
    ),
    Wording.MOVED: Text(
        "Your appointment has moved",
        "Your appointment has moved to {when}. Please call us if that does not suit you.",
    ),
    Wording.CANCELLED: Text(
        "Your appointment is cancelled",
        "Your appointment on {when} is cancelled. Please call us to arrange another time.",
    ),
    Wording.MISSED: Text(
        "We missed you",
        "We missed you at your appointment on {when} and hope you are well. Please call us when"
        " you can.",
    ),
    Wording.ESCORT_PLAN: Text(
        "The ride on {when}",
        "Thank you for offering a ride home after the appointment on {when}. We will let you"
        " know when to come in. Please keep your phone at hand, and call us if you cannot come.",
    ),
    Wording.ESCORT_NOT_NEEDED: Text(
        "The ride is not needed",
        "The ride home on {when} is no longer needed. Thank you for your help.",
    ),
    Wording.ESCORT_COME_IN: Text(
        "Please come in now",
        "Please come in now for the ride home. Call us if you cannot come.",
    ),
    Wording.INSTRUCTIONS: Text(
        "After your appointment",
        "Until {when} please do not drive, do not use machines and do not work. Rest, and stay with"
        " someone you trust. Please call us if anything worries you; in an emergency call your"
        " local emergency number.",
        "For at least eight hours after you leave please do not drive, do not use machines and do"
        " not work. Rest, and stay with someone you trust. Please call us if anything worries you;"
        " in an emergency call your local emergency number.",
    ),
    Wording.INSTRUCTIONS_FOR_ESCORT: Text(
        "After the ride home",
        "Thank you for the ride home. Until {when} the person you are with should not drive, use"
        " machines or work, and should not be alone. Please call us if anything worries you; in an"
        " emergency call your local emergency number.",
        "Thank you for the ride home. For at least eight hours the person you are with should not"
        " drive, use machines or work, and should not be alone. Please call us if anything worries"
        " you; in an emergency call your local emergency number.",
    ),
    Wording.RESTRICTION_OVER: Text(
        "Driving and work",
        "The time of not driving and not working after your appointment ended on {when}. If you do"
        " not feel quite yourself, please wait and call us.",
    ),
    Wording.CHECK_IN: Text(
        "How are you?",
        "How have you been since your appointment? One of us will call you today. You can also"
        " call us; please call at once if anything worries you.",
    ),
    Wording.NEXT_APPOINTMENT: Text(
        "Your next appointment",
        "We would like to see you again soon to talk about your last appointment. Please call us"
        " to find a time.",
    ),
    Wording.FOLLOW_UP: Text(
        "Staying in touch",
        "Thank you for the time we had together. We would like to see how you are around {when}."
        " Please call us to find a time.",
        "Thank you for the time we had together. Please call us whenever you would like to talk.",
    ),
    Wording.PLEASE_CALL_NOW: Text(
        "Please call us now",
        "Please call us now. Please do not drive, do not use machines, and stay with someone you"
        " trust. In an emergency call your local emergency number.",
    ),
}

SPANISH: Final[Mapping[Wording, Text]] = {
    Wording.WELCOME: Text(
        "Bienvenida",
        "Le damos la bienvenida. Será un gusto verle. Por favor llámenos para acordar su primera"
        " cita.",
    ),
    Wording.DECLINED: Text(
        "Sobre su solicitud",
        "Gracias por ponerse en contacto con nosotros. En este momento no podemos ofrecerle lo que"
        " pidió. Una persona del equipo le llamará para hablarlo y para buscar otras formas de"
        " apoyo. También puede llamarnos cuando quiera.",
    ),
    Wording.REMINDER: Text(
        "Su cita",
        "Le recordamos su cita del {when}. Por favor llámenos si no puede venir.",
    ),
    Wording.MOVED: Text(
        "Su cita ha cambiado",
        "Su cita ha cambiado al {when}. Por favor llámenos si no le viene bien.",
    ),
    Wording.CANCELLED: Text(
        "Su cita está cancelada",
        "Su cita del {when} está cancelada. Por favor llámenos para acordar otra.",
    ),
    Wording.MISSED: Text(
        "No pudimos verle",
        "Le esperábamos en su cita del {when} y confiamos en que esté bien. Por favor llámenos"
        " cuando pueda.",
    ),
    Wording.ESCORT_PLAN: Text(
        "El viaje del {when}",
        "Gracias por ofrecerse a llevar a casa a la persona que tiene la cita del {when}. Le"
        " avisaremos cuando deba venir. Por favor tenga el teléfono a mano ese día y llámenos si"
        " no puede venir.",
    ),
    Wording.ESCORT_NOT_NEEDED: Text(
        "Ya no hace falta el viaje",
        "El viaje a casa del {when} ya no hace falta. Gracias por su ayuda.",
    ),
    Wording.ESCORT_COME_IN: Text(
        "Por favor venga ahora",
        "Por favor venga ahora para el viaje a casa. Llámenos si no puede venir.",
    ),
    Wording.INSTRUCTIONS: Text(
        "Después de su cita",
        "Hasta el {when} por favor no conduzca, no use máquinas y no trabaje. Descanse y quédese"
        " con alguien de confianza. Llámenos si algo le preocupa; en una emergencia llame al"
        " número local de emergencias.",
        "Durante al menos ocho horas después de salir por favor no conduzca, no use máquinas y no"
        " trabaje. Descanse y quédese con alguien de confianza. Llámenos si algo le preocupa; en"
        " una emergencia llame al número local de emergencias.",
    ),
    Wording.INSTRUCTIONS_FOR_ESCORT: Text(
        "Después del viaje a casa",
        "Gracias por el viaje a casa. Hasta el {when} la persona a quien acompaña no debe conducir,"
        " usar máquinas ni trabajar, y no debe quedarse sola. Llámenos si algo le preocupa; en una"
        " emergencia llame al número local de emergencias.",
        "Gracias por el viaje a casa. Durante al menos ocho horas la persona a quien acompaña no"
        " debe conducir, usar máquinas ni trabajar, y no debe quedarse sola. Llámenos si algo le"
        " preocupa; en una emergencia llame al número local de emergencias.",
    ),
    Wording.RESTRICTION_OVER: Text(
        "Conducir y trabajar",
        "El tiempo sin conducir ni trabajar después de su cita terminó el {when}. Si todavía no se"
        " siente del todo bien, por favor espere y llámenos.",
    ),
    Wording.CHECK_IN: Text(
        "¿Cómo está?",
        "¿Cómo ha estado desde su cita? Una persona del equipo le llamará hoy. También puede"
        " llamarnos; por favor llame enseguida si algo le preocupa.",
    ),
    Wording.NEXT_APPOINTMENT: Text(
        "Su próxima cita",
        "Nos gustaría verle pronto para hablar de su última cita. Por favor llámenos para"
        " encontrar un momento.",
    ),
    Wording.FOLLOW_UP: Text(
        "Seguimos en contacto",
        "Gracias por el tiempo que compartimos. Nos gustaría saber cómo está alrededor del {when}."
        " Por favor llámenos para encontrar un momento.",
        "Gracias por el tiempo que compartimos. Por favor llámenos cuando quiera hablar.",
    ),
    Wording.PLEASE_CALL_NOW: Text(
        "Por favor llámenos ahora",
        "Por favor llámenos ahora. No conduzca, no use máquinas y quédese con alguien de confianza."
        " En una emergencia llame al número local de emergencias.",
    ),
}

TEXTS: Final[Mapping[Language, Mapping[Wording, Text]]] = {
    Language.ENGLISH: ENGLISH,
    Language.SPANISH: SPANISH,
}
