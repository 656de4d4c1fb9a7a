"""Short texts in many languages."""

# One short paragraph a language, written for the tests.
PARAGRAPHS = {
    "en": "The council’s café opened late. “We have waited for years,” said the mayor – and paid £3.50 for a tea.",
    "de": "Die Bürger müssen künftig höhere Gebühren zahlen. Das beschloss der Rat am späten Abend; „größer“ wird "
    "nur der Fußballplatz.",
    "fr": "Le maire a déclaré que l’hôpital, fermé depuis l’été, rouvrira ses portes à Noël. « C’est une très "
    "bonne nouvelle », a ajouté sa collègue, où qu’elle soit.",
    "es": "El próximo año la compañía abrirá una fábrica más pequeña en el sur. ¿Será suficiente? Los vecinos "
    "dicen que sí, pero nadie sabe cuándo.",
    "pt": "A população não aceitou a decisão da câmara: as obras começarão amanhã, às oito horas, e só terminarão "
    "no próximo verão, segundo o vereador.",
    "it": "La città ha già speso più di quanto può: così il sindaco è tornato a parlare di libertà e "
    "responsabilità, perché nessuno capì.",
    "sv": "Färjan går över sundet två gånger på kvällen. Många åker hem när ljuset släcks, men några väljer att "
    "stanna kvar på ön.",
    "da": "Færgen sejler over sundet to gange om aftenen. Nogle bliver på øen, når lyset går ud, og spiser rødgrød.",
    "fi": "Lautta lähtee myöhään illalla, mutta lämmin sää jää. Hän päätti jäädä kotiin, vaikka öinen meri "
    "houkutteli yhä.",
    "is": "Ferjan siglir út fjörðinn þegar kvöldar og börnin sofa. Það er ekkert að óttast, sagði skipstjórinn, "
    "því sjórinn er sléttur og veðrið ágætt í júní.",
    "fo": "Ferjan siglir um fjørðin tvær ferðir um kvøldið, søgdu børnini. Tað er einki at óttast, tí sjógvurin er "
    "kyrrur og veðrið gott.",
    "tr": "Belediye başkanı yeni köprünün bu yıl açılacağını söyledi. Işıklar akşam saatlerinde yandı, şehir "
    "sakinleri çok güzel buldu.",
    "pl": "Wójt zapowiedział, że wyższe opłaty będą obowiązywać już od września. Mieszkańcy są źli, a część z nich "
    "chce pójść do sądu.",
    "cs": "Starosta řekl, že příští rok začne výstavba nové školy. Děti se těší, ale úředníci zůstávají opatrní "
    "kvůli rozpočtu města.",
    "sk": "Starosta povedal, že budúci rok začne výstavba novej školy. Ľudia sa tešia, hoci päť úradníkov ešte "
    "stále váha a mlčí.",
    "hu": "A polgármester szerint jövőre megépül az új iskola. A gyerekek örülnek, de a szülők közül többen "
    "félnek a zajtól, és őszintén szólva fűtés sincs.",
    "ro": "Primarul a spus că anul viitor va începe construcţia unei şcoli noi. Oamenii aşteaptă, însă preţurile "
    "cresc şi răbdarea scade.",
    "hr": "Gradonačelnik je rekao da će iduće godine početi gradnja nove škole. Građani se vesele, iako još "
    "čekaju dozvolu i sljedeći proračun.",
    "lt": "Meras pranešė, kad kitąmet prasidės naujos mokyklos statyba. Žmonės džiaugiasi, nors šįmet biudžetas "
    "mažesnis ir darbų mažėja.",
    "lv": "Mērs paziņoja, ka nākamgad sāksies jaunas skolas celtniecība. Cilvēki priecājas, lai gan šogad naudas "
    "ir mazāk un darbi kavējas ļoti.",
    "et": "Linnapea ütles, et järgmisel aastal algab uue kooli ehitus. Lapsed rõõmustavad, kuigi öösel on veel "
    "külm ja töö jääb seisma.",
    "ru": "Мэр сообщил, что строительство новой школы начнётся в будущем году. Жители рады, хотя бюджет города "
    "пока не утверждён.",
    "uk": "Мер повідомив, що будівництво нової школи почнеться наступного року. Мешканці радіють, хоча їхній "
    "бюджет іще не затверджено.",
    "bg": "Кметът съобщи, че строежът на новото училище ще започне догодина. Хората се радват, макар че "
    "бюджетът още не е приет.",
    "el": "Ο δήμαρχος είπε ότι η κατασκευή του νέου σχολείου θα αρχίσει τον επόμενο χρόνο. Οι κάτοικοι χαίρονται, "
    "αν και δεν υπάρχουν χρήματα.",
    "he": "ראש העיר אמר כי בניית בית הספר החדש תתחיל בשנה הבאה. התושבים שמחים, אף שהתקציב עדיין לא אושר.",
    "ar": "قال رئيس البلدية إن بناء المدرسة الجديدة سيبدأ في العام المقبل. السكان سعداء مع أن الميزانية لم تعتمد بعد.",
    "th": "นายกเทศมนตรีกล่าวว่าการก่อสร้างโรงเรียนใหม่จะเริ่มในปีหน้า ชาวบ้านดีใจแม้ว่างบประมาณยังไม่ผ่าน",
    "ja": "市長は新しい学校の建設を来年始めると発表した。住民は喜んでいるが、予算はまだ決まっていないという。",
    "ko": "시장은 내년에 새 학교 건설을 시작한다고 밝혔다. 주민들은 기뻐하지만 예산은 아직 정해지지 않았다.",
    "zh-Hans": "市长宣布，新学校的建设将于明年开始。居民们很高兴，不过预算还没有通过，工程可能会推迟。",
    "zh-Hant": "市長宣布，新學校的建設將於明年開始。居民們很高興，不過預算還沒有通過，工程可能會延後。",
}
