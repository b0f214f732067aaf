"""What a query says out of courtesy is left out, where enough is left to be a question."""

from __future__ import annotations

import pytest

from paraglot.search.engine.engine import Engine
from paraglot.search.query.courtesies import without_courtesies
from paraglot.search.types import SearchRequest

POLITE = {
    "ar": ("مرحبا! هل يمكنك أن تخبرني ", "من يمول حاضنة المرجان", "؟ شكرا جزيلا"),
    "bg": ("Здравейте, бих искал да знам ", "кой финансира развъдника за корали", ". Благодаря!"),
    "ca": ("Bon dia! M’agradaria saber ", "qui finança el viver de coralls", ", si us plau"),
    "cs": ("Dobrý den, můžete mi prosím říct, ", "kdo platí školku korálů", "? Děkuji"),
    "da": ("Hej! Kan du fortælle mig, ", "hvem der betaler koralplanteskolen", "? Tak"),
    "de": ("Guten Tag, könnten Sie mir bitte sagen, ", "wer die Korallenzucht bezahlt", "? Vielen Dank im Voraus!"),
    "el": ("Καλημέρα! Θα ήθελα να μάθω ", "ποιος χρηματοδοτεί το φυτώριο κοραλλιών", ", ευχαριστώ πολύ"),
    "en": ("Hi there! I’d like to know ", "who funds the coral nursery", ", please. Thanks!"),
    "es": ("¡Hola! ¿Me podría decir ", "quién financia el vivero de corales", ", por favor? Gracias"),
    "et": ("Tere! Sooviksin teada, ", "kes rahastab korallide kasvatust", ", palun"),
    "fa": ("سلام، می‌خواهم بدانم ", "چه کسی هزینه پرورش مرجان را می‌پردازد", "؟ ممنون"),
    "fi": ("Hei, haluaisin tietää, ", "kuka rahoittaa korallien kasvatusta", ". Kiitos!"),
    "fr": ("Bonjour, pourriez-vous me dire ", "qui finance la pépinière de coraux", ", s'il vous plaît ?"),
    "he": ("שלום, אני רוצה לדעת ", "מי מממן את משתלת האלמוגים", "? תודה רבה"),
    "hi": ("नमस्ते, कृपया बताइए ", "प्रवाल नर्सरी का खर्च कौन उठाता है", "? धन्यवाद"),
    "hr": ("Dobar dan, zanima me ", "tko plaća rasadnik koralja", ", molim vas"),
    "hu": ("Jó napot! Szeretném tudni, ", "ki fizeti a korallok nevelését", ". Köszönöm!"),
    "hy": ("Բարև ձեզ, ուզում եմ իմանալ ", "ով է ֆինանսավորում մարջանների տնկարանը", ", խնդրում եմ"),
    "id": ("Selamat pagi, saya ingin tahu ", "siapa yang membiayai pembibitan karang", ", terima kasih"),
    "it": ("Buongiorno, vorrei sapere ", "chi finanzia il vivaio di coralli", ", per favore"),
    "ja": ("こんにちは。", "珊瑚の苗床の費用は誰が払うのか", "教えてください。よろしくお願いします"),
    "ka": ("გამარჯობა, მაინტერესებს ", "ვინ აფინანსებს მარჯნის სანერგეს", ", გთხოვთ"),
    "ko": ("안녕하세요, ", "산호 양식장의 비용을 누가 내는지", " 알려 주세요. 감사합니다"),
    "lt": ("Labas, norėčiau sužinoti, ", "kas finansuoja koralų daigyną", ". Ačiū"),
    "lv": ("Labdien! Es vēlētos zināt, ", "kas finansē koraļļu audzētavu", ", lūdzu"),
    "nb": ("Hei, jeg lurer på ", "hvem som betaler koralloppdrettet", ". Takk!"),
    "nl": ("Goedemorgen, kunt u mij vertellen ", "wie de koraalkwekerij betaalt", "? Alvast bedankt"),
    "pl": ("Dzień dobry, chciałabym się dowiedzieć, ", "kto płaci za szkółkę koralowców", ". Z góry dziękuję"),
    "pt": ("Olá! Gostaria de saber ", "quem financia o viveiro de corais", ", por favor. Obrigada!"),
    "ro": ("Bună ziua, aș vrea să știu ", "cine finanțează pepiniera de corali", ", vă rog. Mulțumesc"),
    "ru": ("Здравствуйте, подскажите, пожалуйста, ", "кто оплачивает питомник кораллов", "? Спасибо"),
    "sk": ("Dobrý deň, chcem vedieť, ", "kto platí škôlku koralov", ". Ďakujem pekne"),
    "sl": ("Pozdravljeni, zanima me, ", "kdo plačuje gojenje koral", ", prosim"),
    "sr": ("Добар дан, занима ме ", "ко плаћа расадник корала", ", молим вас"),
    "sv": ("Hej! Jag skulle vilja veta ", "vem som betalar korallodlingen", ", tack"),
    "th": ("สวัสดีครับ อยากทราบว่า", "ใครออกเงินให้สวนอนุบาลปะการัง", " ขอบคุณครับ"),
    "tr": ("Merhaba, ", "mercan fidanlığının parasını kim ödüyor", ", söyler misiniz? Teşekkürler"),
    "uk": ("Добрий день! Підкажіть, будь ласка, ", "хто оплачує розсадник коралів", "? Дякую"),
    "ur": ("السلام علیکم، میں جاننا چاہتا ہوں ", "مرجان کی نرسری کا خرچ کون اٹھاتا ہے", "، شکریہ"),
    "vi": ("Xin chào, cho tôi hỏi ", "ai trả tiền cho vườn ươm san hô", " ạ, cảm ơn"),
    "zh": ("你好，请问", "珊瑚苗圃由谁出钱", "？谢谢"),
}
"""What is polite before a question, the question, and what is polite after it."""


@pytest.mark.parametrize("language", POLITE)
def test_what_is_polite_is_left_out(language: str) -> None:
    before, question, after = POLITE[language]
    assert without_courtesies(before + question + after).rstrip("?؟？.") == question
    assert without_courtesies(before + question) == question
    assert without_courtesies(question + after).rstrip("?؟？.") == question
    assert without_courtesies(question) == question


@pytest.mark.parametrize("language", POLITE)
def test_courtesies_of_another_language_than_the_question(language: str) -> None:
    question = POLITE[language][1]
    for polite in (
        "Hello! {}",
        "{} Please!",
        "Could you please tell me {}? Thanks!",
        "¡Hola! {}",
        "您好，{}，谢谢",
        "Подскажите, {} Спасибо!",
    ):
        assert without_courtesies(polite.format(question)).rstrip("?") == question


@pytest.mark.parametrize(
    "query",
    [
        *(
            "Hello!",
            "hello",
            "please",
            "Thank you very much!",
            "Can you tell me?",
            "Bonjour",
            "你好",
            "สวัสดีครับ",
            "",
            "?!",
        ),
        *("Hello, Dolly", "Hello Kitty merchandise sales worldwide", "Hello! CERN"),
        *("please please me", "Please Please Me album sales in Japan", "Please Mr. Postman", "release me please"),
        *("how to write thank you", "Thank you for smoking film cast", "how to say please"),
        *("Bitte lächeln", "la película Hola", "请假流程怎么写", "cho đi là nhận lại mãi mãi"),
    ],
)
def test_a_query_that_asks_for_such_words_keeps_them(query: str) -> None:
    assert without_courtesies(query) == query


def test_what_is_quoted_is_kept(engine: Engine) -> None:
    def looked_for(query: str) -> list[str]:
        return engine.search(SearchRequest(query)).tokens

    assert looked_for("please find the bread tax report") == looked_for("find the bread tax report")
    assert "please" in looked_for('"please find" the bread tax report')
