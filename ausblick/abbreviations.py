"""German business abbreviations and sentence openers, as plain word tables for `ausblick.sentences`.

Keys are written without the last full stop and without inner spaces (`z. B.` is `z.B`), case as it is printed; `forms`
adds the capitalised and the all-capitals form. German helps: it capitalises nouns and names only, so a capitalised
word that is neither (`Der`, `Damit`, `Zuvor`) opens a sentence.
"""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def _forms(words: frozenset[str]) -> frozenset[str]:
    """The words, their capitalised form (`Ca.` opening a sentence) and the one in capitals (`5 MIO.`)."""
    capitals = {word.upper() for word in words if len(word) > 1 and "." not in word}
    return words | {word[:1].upper() + word[1:] for word in words} | capitals


NEVER = _forms(_words(
    # The word that they belong to follows, so they cannot end a sentence.
    "z.B z.Bsp d.h d.i u.a i.H.v i.H.d i.d.R i.S.d i.S.v i.V.m i.Z.m i.R.d i.w.S i.e.S o.g u.g s.o s.u v.a m.E m.W",
    "z.Z zzt z.Zt z.T u.U m.a.W lfd bzw bezw ggf ggfs gegebenenf evtl ca rd durchschn vgl vergl sog sogen gem lt vs",
    "insges gegr gest begr cand med bearb hl vorm nachm ausschl verst inkl incl einschl exkl excl zzgl abzgl bspw",
    "beispielsw insb insbes bes resp bzgl betr vorauss voraussichtl vorl versch allg ehem urspr eigtl entspr jew",
    "jeweil ggü gg geb verh gesch lic dipl phil iur oec rer nat habil Nr Nrn Num Ziff Abs Abschn Aufl Anm Kap Tab",
    "Abb Tel Az Rn Rz Rdnr Buchst Bd Bde Dr Prof Dipl Ing Mag Hr Hrn Fr Frl Mr Mrs Ms Gebr Univ Bez Geschw Hrsg Red",
    "Stv stv stellv Abt Kfm Kto Wwe Hptm Ltg",
)) - {"BES", "GEB", "ING", "RED", "TEL", "MAG"}

MULTIPLIERS = _forms(_words("Mio Mill Mrd Md Mia Bio Tsd Tds Tril Trill")) | {"mio", "mrd", "tsd"}

SENTENCE_END = _forms(_words(
    # As a rule the phrase is over: a capitalised word behind them opens a sentence, whatever it is.
    "etc usw usf u.s.w u.s.f u.v.m u.v.a.m u.a.m u.ä u.Ä o.ä o.Ä u.dgl o.dgl p.a p.m v.H v.T v.Chr n.Chr k.A",
))

SOMETIMES = _words(
    # A capitalised word may go on with them (`Inc. Class A`, `Co. KG`): only an opener starts a sentence.
    "Inc Corp Co Ltd Cie Cia Bros Plc plc Comp Mfg Pty Pte Sdn Bhd Zrt Hldg Hldgs INC CORP CO LTD int intern Int",
    "S.A S.p.A N.V B.V S.r.l S.à.r.l S.A.R.L p.l.c L.P L.L.C S.E A.G K.G S.L S.C.A U.S U.S.A U.K e.V e.G e.K m.b.H",
    "a.M a.D a.Rh a.d.R i.Br i.G i.A i.R h.c jr Jr sen sr Sr jun Str str Pl Std Min Sek Stk Stck St ST Max Art max",
    "min mind Mind Jan Jän Feb Febr Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez Mo Di Mi Do Sa So Jh Jhd Jhdt Vj Vjh",
    "Hj Gj Qu Proz Pf Rp Sfr sfr Fr frz engl amerik schweiz österr bayer westf europ nat Ges Verw Erg Vz Akt Stellv",
    "Div div No Pos Lit Sen Gen dt Dt Bj Inh Geschf Fa Kl i.L i.I al Sgt Ausg ff Mär",
)

MONTHS = _words(
    "Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Jän Feb",
    "Febr Mrz Mär Apr Jun Jul Aug Sep Sept Okt Nov Dez",
)

LEGAL_FORMS = _words(
    # They go on with a name (`Brau. AG`) and never open a sentence.
    "AG SE KG KGaA GmbH gGmbH mbH OHG UG GbR eG eV Inc Ltd Corp PLC Plc LLC NV BV SA SpA Oyj ASA",
)

COUNTED = _words(
    # `auf Platz 3. Analysten …`: behind these a number is cardinal, so its full stop ends the sentence.
    "Platz Plätze Rang Ränge Nummer Punkt Punkte Seite Kapitel Ziffer Artikel Paragraf Paragraph Abschnitt Stufe",
    "Phase Klasse Gruppe Version Teil Tabelle Gate Linie Runde Halle Terminal Faktor Level Stand Kategorie Szenario",
    "Option Variante Tranche Serie Plan Schicht Band Zeile Spalte Absatz Satz Anlage Säule Block Reaktor Baustein",
    "Formel Los Typ Note Schritt Stellen Euro EUR USD CHF Prozent minus plus Index",
)

LETTERED = _words(
    # `der Plan B. Analysten …`: behind these a single letter is no initial.
    "Plan Serie Klasse Vitamin Typ Kategorie Variante Tranche Gruppe Reihe Hepatitis Szenario Option Note Rating",
    "Liga Stufe Aktien Aktie Punkt Abschnitt Block Runde Reaktor",
)

DETERMINERS = _words(
    # A number behind these is an ordinal: `der 200. Standort`, `zum 100. Geburtstag`.
    "der die das den dem des im am zum zur vom beim ins ihr ihre ihren ihrem ihrer ihres sein seine seinen seinem",
    "seiner seines ein eine einen einem einer eines unser unsere unseren unserem jeder jede jedes jeden jedem",
    "dieser diese dieses diesem diesen dessen deren bereits Der Die Das Den Dem Des Im Am Zum Zur Vom Beim Ihr Ihre",
    "Sein Seine",
)

GLUE_WORDS = _words(
    # A line that ends in one of these goes on. Without the particles that close a headline (`hebt Ziel an`).
    "der die das den dem des eine einen einem einer eines und oder sowie von vom zum zur im beim für durch bei",
    "gegen ohne zwischen als dass weil wenn ob rund etwa circa ca. bzw. beziehungsweise Der Die Das Dem Den Des Im",
    "Zum Zur Für Bei Beim Von Vom Mit Nach Durch Gegen Zwischen Und Eine Einen Einem Einer Seine Ihre ihre seine",
    "ihrer seiner ihren seinen ihrem seinem deren dessen dieser diese dieses diesem diesen wie wegen trotz laut",
    "aufgrund sein ihr per pro",
)

COUNT_WORDS = _words(
    # A line that ends in one of these goes on in a line that starts with a figure.
    "auf um bei mit aus nach ab bis zu von vom zum über unter rund etwa knapp gut fast minus plus mindestens",
    "höchstens maximal zwischen und oder im am ca. EUR CHF USD Euro Fr. Nr. §",
)

UNITS = _words(
    "Prozent Prozentpunkte Prozentpunkten Basispunkte Basispunkten Euro EUR Dollar US-Dollar USD Franken CHF Pfund",
    "Yen Yuan Rubel Kronen Zloty Millionen Milliarden Million Milliarde Mio Mrd Tsd Mia Tausend Cent Tonnen Stück",
    "Uhr €",
)

OPENERS = _words(
    "Der Die Das Den Dem Des Dessen Deren Denen Ein Eine Einen Einem Einer Eines Einige Einiges Einzelne Kein Keine",
    "Keinen Keiner Keinem Er Sie Es Wir Ich Du Ihr Ihre Ihren Ihrem Ihrer Sein Seine Seinen Seinem Seiner Seines",
    "Unser Unsere Unseren Unserem Uns Mich Mir Ihn Ihnen Ihm Euch Man Wer Was Wen Wem Wessen Welche Welcher Welches",
    "Dies Diese Dieser Dieses Diesem Diesen Jene Jener Jenes Jenen Jede Jeder Jedes Jeden Jedem Jedoch Derselbe",
    "Dieselbe Dasselbe Derjenige Diejenigen Solche Solcher Alle Alles Allem Aller Beide Beides Beiden Beim Viele",
    "Vielen Vieles Wenige Mehrere Manche Manches Sämtliche Jemand Niemand Nichts Etwas Andere Anderes Anderen",
    "Anderer Im In Ins Am An Ans Auf Aus Bei Mit Nach Von Vom Vor Zu Zum Zur Für Durch Gegen Ohne Um Unter Über",
    "Zwischen Seit Während Wegen Trotz Laut Bis Ab Dank Anhand Angesichts Aufgrund Außer Außerhalb Innerhalb",
    "Infolge Gemäß Entgegen Entlang Gegenüber Hinter Neben Per Pro Inklusive Einschließlich Ausgenommen Abzüglich",
    "Zuzüglich Mithilfe Mittels Anstelle Anstatt Statt Oberhalb Unterhalb Zugunsten Zulasten Hinsichtlich Bezüglich",
    "Binnen Mangels Auch Aber Allerdings Als Also Allein Außerdem Anders Anschließend Ansonsten Bereits Bislang",
    "Bisher Beispielsweise Besonders Da Dabei Dadurch Dafür Dagegen Daher Dahinter Damals Damit Danach Daneben Dann",
    "Daran Darauf Daraufhin Daraus Darin Darüber Darum Darunter Dass Davon Davor Dazu Dementsprechend Demgegenüber",
    "Demnach Demnächst Demzufolge Denn Dennoch Derweil Derzeit Deshalb Deswegen Doch Dort Ebenfalls Ebenso Eher",
    "Eigentlich Einerseits Einmal Einst Endlich Entsprechend Entscheidend Erst Erstmals Etwa Erneut Ferner Folglich",
    "Freilich Früher Ganz Gegebenenfalls Genau Gemeinsam Gerade Gleiches Gleichwohl Gleichzeitig Grundsätzlich Gut",
    "Hauptsächlich Heute Gestern Morgen Vorgestern Heuer Hier Hierbei Hierdurch Hierfür Hiermit Hiervon Hierzu",
    "Hingegen Hinzu Immer Immerhin Indem Indes Indessen Insbesondere Insgesamt Insofern Inwieweit Inzwischen",
    "Irgendwann Ist Sind War Waren Wird Werden Wurde Wurden Hat Haben Hatte Hatten Kann Können Könnte Könnten Soll",
    "Sollen Sollte Sollten Muss Müssen Will Wollen Dürfte Dürften Würde Würden Sei Seien Wäre Wären Je Jeweils",
    "Jetzt Kaum Knapp Konkret Künftig Kurz Kurzfristig Langfristig Leider Letztlich Lediglich Maßgeblich Mehr Meist",
    "Meistens Mindestens Mittelfristig Mittlerweile Möglicherweise Nachbörslich Nachdem Nächste Nächstes Natürlich",
    "Nein Nicht Nie Noch Nun Nur Nunmehr Ob Obgleich Obwohl Oder Offenbar Offen Oft Ohnehin Operativ Parallel",
    "Positiv Negativ Rund Schließlich Schon Sehr Selbst Seitdem Seither Sicher So Sobald Sodass Sofern Sogar",
    "Solange Somit Sonst Sowohl Später Spätestens Stattdessen Teilweise Tatsächlich Trotzdem Und Umgekehrt",
    "Ungeachtet Unklar Ursprünglich Unterdessen Verantwortlich Vergleichbar Vermutlich Verglichen Vielleicht",
    "Vielmehr Voraussichtlich Vorausgesetzt Vorher Vorbörslich Vorerst Wann Warum Weder Weil Weiter Weitere",
    "Weiteres Weiterhin Wenig Weniger Wenn Wenngleich Weshalb Wie Wieder Wiederum Wo Wobei Wodurch Womit Woraufhin",
    "Worauf Woran Zehn Zeitgleich Zudem Zuerst Zugleich Zuletzt Zumal Zumindest Zunächst Zurzeit Zusammen",
    "Zusätzlich Zuvor Zwar Zwei Drei Vier Fünf Sechs Sieben Acht Neun Elf Zwölf Beziehungsweise Bereinigt",
    "Währungsbereinigt Unbereinigt Netto Brutto Geplant Erwartet Analysten Experten Beobachter Anleger",
    "Marktteilnehmer Grund Gründe Hintergrund Ursache Vorstandschef Vorstandschefin Konzernchef Konzernchefin",
    "Firmenchef Unternehmenschef Finanzchef Finanzchefin Finanzvorstand Finanzvorständin Volkswirte Ökonomen",
    "Händler Börsianer Vorjahr Ende Anfang Mitte Unterm Übers Fürs Vorn Tags Abends Montags Dienstags Mittwochs",
    "Donnerstags Freitags Reicht Bleibt Bleiben Kommt Gelingt Sinkt Steigt Fällt Liegt Legt Gibt Geht Gilt",
)

# `5.000 Anleger`: these openers can be counted, so behind a multiplier they open nothing.
COUNTABLE = _words(
    "Analysten Experten Beobachter Anleger Marktteilnehmer Gründe Volkswirte Händler Weitere Weiteres Mehr",
)

# Openers that are surnames too: `Franz J. Kurz`.
SURNAMES = _words(
    "Kurz Knapp Gut Ende Morgen Acht Grund Händler Weiter Will Weniger Gern Heute Früher Sicher",
)

# Brands that are written small also at the start of a sentence.
SMALL_BRANDS = _words(
    "eBay iPhone iPad iOS iMac adidas thyssenkrupp comdirect trivago zooplus voestalpine freenet secunet",
    "itelligence euromicron mobilcom artnet elumeo ecotel init publity technotrans syzygy telegate clearvise",
    "creditshelf home24 curasan windeln.de pferdewetten.de bet-at-home.com bet-at-home q.beyond co.don ams",
    "ams-Osram ams-OSRAM medondo va-Q-tec dpa-AFX n-tv cash.life wallstreet:online aap hep bitop aifinyo artec",
    "beaconsmind centrotherm conwert flatexDEGIRO flatex fashionette flyeralarm idealo immowelt momox moovel msg",
    "mybet netfonds net-m eprimo enercity innogy lastminute.de mic outfittery paragon tick-TS tonies easyJet",
    "lululemon",
)

# A mark that belongs to the name: `Yahoo! Inc.`
NAMES_WITH_MARK = _words("Yahoo Yum Jump Kahoot Wham")
