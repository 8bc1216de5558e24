//! Messages in another language (`lc_messages`): recognised by the translations of a few frequent words, so that the
//! language can be named. The translations are those of Postgres's own message catalogues.

use memchr::memmem;

/// A language and how it writes severities, headings and durations.
struct Language {
    name: &'static str,
    marks: &'static [&'static str],
}

const ENGLISH: &[&str] = &[
    "duration: ",
    "ERROR:  ",
    "STATEMENT:  ",
    ",ERROR,",
    "\"ERROR\"",
    "statement: ",
    "connection received: ",
    "parameters: ",
];

const LANGUAGES: &[Language] = &[
    Language {
        name: "German",
        marks: &[
            "Dauer: ",
            "FEHLER:  ",
            "ANWEISUNG:  ",
            ",FEHLER,",
            "TIPP:  ",
            "Verbindung empfangen: ",
            "Anweisung: ",
        ],
    },
    Language {
        name: "French",
        marks: &[
            "durée : ",
            "ERREUR:  ",
            "ERREUR :  ",
            "INSTRUCTION :  ",
            ",ERREUR,",
            "ASTUCE :  ",
            "connexion reçue : ",
        ],
    },
    Language {
        name: "Spanish",
        marks: &["duración: ", "SENTENCIA:  ", "DETALLE:  ", "CONTEXTO:  ", "sentencia: ", "conexión recibida: "],
    },
    Language {
        name: "Portuguese",
        marks: &["duração: ", "ERRO:  ", "COMANDO:  ", "DETALHE:  ", ",ERRO,", "DICA:  ", "conexão recebida: "],
    },
    Language {
        name: "Italian",
        marks: &["durata: ", "ERRORE:  ", "ISTRUZIONE:  ", "DETTAGLI:  ", ",ERRORE,", "SUGGERIMENTO:  "],
    },
    Language {
        name: "Japanese", marks: &["期間: ", "ミリ秒", "詳細:  ", "文:  ", "ヒント:  ", "文脈:  "]
    },
    Language {
        name: "Chinese",
        marks: &["日志:  ", "错误:  ", "致命错误:  ", "执行时间: ", "语句:  ", "详细信息:  ", ",错误,", ",日志,"],
    },
    Language {
        name: "Russian",
        marks: &[
            "СООБЩЕНИЕ:  ",
            "ОШИБКА:  ",
            "ВАЖНО:  ",
            "продолжительность: ",
            "ОПЕРАТОР:  ",
            ",ОШИБКА,",
            ",СООБЩЕНИЕ,",
        ],
    },
    Language {
        name: "Ukrainian", marks: &["ЗАПИСУВАННЯ:  ", "ПОМИЛКА:  ", "тривалість: ", "ІНСТРУКЦІЯ:  "]
    },
    Language {
        name: "Korean", marks: &["로그:  ", "오류:  ", "실행시간: ", "명령 구문:  ", "상세정보:  "]
    },
    Language { name: "Swedish", marks: &["LOGG:  ", "FEL:  ", "varaktighet: ", "SATS:  ", "DETALJ:  "] },
    Language {
        name: "Polish", marks: &["DZIENNIK:  ", "BŁĄD:  ", "czas trwania: ", "WYRAŻENIE:  ", "SZCZEGÓŁY:  "]
    },
    Language {
        name: "Turkish", marks: &["HATA:  ", "süre: ", "DURUM:  ", "AYRINTI:  ", "İPUCU:  ", "ÖLÜMCÜL:  "]
    },
];

/// The language of most messages, unless that is English.
pub(crate) fn of(head: &[u8]) -> Option<&'static str> {
    let count = |marks: &[&str]| marks.iter().map(|mark| memmem::find_iter(head, mark).count()).sum::<usize>();
    let english = count(ENGLISH);
    // The first of equals wins, so the order above is part of the answer.
    let mut best: Option<(usize, &'static str)> = None;
    for language in LANGUAGES {
        let hits = count(language.marks);
        if hits > english && best.is_none_or(|(most, _)| hits > most) {
            best = Some((hits, language.name));
        }
    }
    best.map(|(_, name)| name)
}
