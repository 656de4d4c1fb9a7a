"""Whole pages as tools flatten them, written for these tests.

Lines that are to stay begin with `=`; titles go, as metadata.
"""

from __future__ import annotations

# As inscriptis lays a page out: blocks apart, lists with bullets, nested ones indented.
ENGLISH = """\
Skip to main content

  * Home
  * Harbour News
  * Business
  * Sport
  * Opinion
  * Letters
  * Weather
  * Classifieds

      * Sign in
      * Register
      * Subscribe
      * E-edition

Search

Home > Harbour News > Council

Council votes to rebuild the eastern breakwater before winter

By Marian Tolland

March 3, 2024 | 6:15 am

Share

  * Facebook
  * X
  * Email

=The town council voted on Monday night to rebuild the eastern breakwater before the winter storms, after a \
debate that ran for nearly five hours and ended with a single vote between the two sides.

=The breakwater was damaged in the gale of last November, when waves carried away about forty metres of its outer \
wall and left the moorings behind it open to the sea.

="We have waited long enough, and the boats have paid for it," said Councillor Petra Hale, who has led the works \
committee since 2019. "Another winter like the last one and there will be nothing left to rebuild."

=What will be built

=Engineers from the county have drawn up a plan that would raise the wall by almost two metres and lay new blocks \
of granite along its foot, at a cost of about four million pounds.

=The work falls into three stages:

=  * clearing the broken blocks from the harbour mouth in April and May
=  * laying the new foundation, which needs calm water, between June and August
=  * raising the wall and setting the lamps back on it by the end of October

=Not everybody was content with the decision. Several owners of larger boats told the meeting that the new wall \
would narrow the entrance and make it harder to come in during a northerly wind.

=The harbour master, who will have to live with whatever is built, said that he had seen worse plans and better \
ones, and that he would rather have this one than none at all.

=Work is expected to begin on the second Monday of April, and the council will hear the first report on its cost \
at its meeting in June.

Related

  * Ferry fares to rise in May
  * Lifeboat crew honoured at town hall
  * Old customs house finds a buyer

Most Read

 1. Bakery on Quay Street closes after 80 years
 2. Road works: what to expect this week
 3. Schools reopen after flooding
 4. In pictures: the lantern parade

Newsletter

Get the morning briefing in your inbox
Enter your email
Sign up

  * About Us
  * Contact
  * Advertise
  * Jobs
  * Privacy Policy
  * Terms of Use
  * Cookie Settings
  * Archive

© 2024 The Harbour Gazette. All rights reserved.
"""

# As a German regional paper's page: teasers with kickers, times, and a footer of services.
GERMAN = """\
Zum Inhalt springen

  * Startseite
  * Lokales
  * Politik
  * Wirtschaft
  * Sport
  * Kultur
  * Ratgeber

Menü
Suche
Anmelden
Abo
E-Paper

Startseite
Lokales
Wendelau

Wendelau bekommt nach zwölf Jahren wieder einen Bahnhof

Von Jörg Amsel

12.04.2024, 17:30 Uhr

Teilen
Drucken
Merken

=Zwölf Jahre lang sind die Züge an Wendelau vorbeigefahren, ohne zu halten, doch vom Dezember an soll sich das \
nun wieder ändern.

=Der Kreistag hat am Donnerstag beschlossen, den alten Bahnsteig zu erneuern und zwei Drittel der Kosten zu tragen, \
den Rest übernimmt das Land.

=„Das ist für den Ort die wichtigste Entscheidung seit Jahrzehnten“, sagte Bürgermeisterin Anke Roth nach der \
Sitzung, in der auch die Gegner des Vorhabens noch einmal zu Wort gekommen waren.

=Kritik an den Kosten

=Vor allem der Preis von drei Millionen Euro hatte für Streit gesorgt, weil ein Teil des Geldes ursprünglich für \
die Sanierung der Grundschule vorgesehen war.

=Der Bauleiter rechnet damit, dass die Arbeiten im August beginnen können, wenn die letzten Genehmigungen vorliegen \
und die Brutzeit der Schwalben im alten Stellwerk vorbei ist.

=Bis dahin fahren weiterhin die Busse, die vom Fahrplanwechsel an alle halbe Stunde in die Kreisstadt gehen und \
auch am Wochenende verkehren sollen.

Mehr zum Thema

  * Radweg am Kanal wird verlängert
  * Streit um die Ortsumgehung geht weiter

Das könnte Sie auch interessieren

Freibad öffnet später
Feuerwehr rettet Kuh aus Graben
Neue Ausstellung im Kornhaus
So wird das Wetter am Wochenende

Meistgelesen

  * Bäckerei Holm schließt
  * Unfall auf der B 77
  * Stadtfest mit neuem Programm

Newsletter abonnieren

  * Impressum
  * Datenschutz
  * AGB
  * Kontakt
  * Mediadaten
  * Karriere
  * Abo kündigen

© Wendelauer Anzeiger 2024
"""

# As BeautifulSoup's get_text gives it: each piece a line of its own, no blanks before it, no bullets.
SOUP = """\
Kiln Valley Times
Toggle navigation
Home
News
Valley Life
Schools
Crime
Obituaries
Events
Real Estate
Autos
Subscribe
Log in
Log out
Trending
Spring fair
Dog park
Bridge closure
News
Potters return to the valley as the old kilns are fired again
Dana Whitlock
Staff Writer
Apr 19, 2024
Apr 19, 2024 Updated Apr 20, 2024
0
Facebook
Twitter
Print
Save
=For the first time since the works closed in 1987, smoke rose over the valley on Saturday morning as two of the old \
kilns were lit before a crowd of several hundred people.
=The potters, most of them in their twenties, have rented the site from the county for a dollar a year, on the \
condition that they repair the roofs and open the yard to schools.
="My grandmother painted plates in this room for thirty years," said Iris Coleman, one of the founders. "She would not \
believe the noise that we make about it now."
=A slow start
=It took the group three winters to clear the flues, which had filled with leaves and the nests of jackdaws, and to \
find somebody who still knew how the dampers were meant to be set.
=The county has promised to look at the rent again in five years, when it will also decide whether the rest of the \
works can be saved or has to come down.
=Until then, the kilns will be fired on the third Saturday of each month, and visitors may carry their own pots to the \
yard the evening before.
Tags
Valley Life
Crafts
History
More from this section
Library adds Sunday hours
Posted Apr 18, 2024
Flood maps redrawn for the lower valley
Posted Apr 17, 2024
Girls take the county title
Posted Apr 16, 2024
Most Popular
Diner on Route 9 sold
Two charged in barn fire
What is that smell at the reservoir?
Sections
News
Schools
Crime
Obituaries
Events
Services
Submit a Letter
Place an Ad
Contact Us
Subscribe
Privacy Policy
Terms of Use
Copyright 2024 Kiln Valley Times
Powered by
Back to Top
"""

PAGES = {"english": ENGLISH, "german": GERMAN, "soup": SOUP}


def parted(page: str) -> tuple[str, list[str], list[str]]:
    """The page's text, its article's lines, and its other lines, stripped."""
    own = [line[1:].strip() for line in page.split("\n") if line.startswith("=")]
    others = [line.strip() for line in page.split("\n") if line.strip() and not line.startswith("=")]
    return "\n".join(line.removeprefix("=") for line in page.split("\n")), own, others
