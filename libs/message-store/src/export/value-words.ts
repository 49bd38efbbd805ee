/** A word as words are compared here: without case, width, accents and the dot of an i. */
export function foldedWord(word: string): string {
  const bare = word.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ı', 'i');
  // Hangul is in pieces now.
  return bare.normalize('NFC');
}

/** Of dates and times in 62 languages, as ICU writes them: months, days, halves of the day, and what stands between. */
const calendarWords = `
  a abe abendua abenduaren abr abril abu abuztua abuztuaren ag ago agost agosti agosto agu agust agustos agustus ahad
  ahd aib aibrean al alhamisi alle am amక an antradienis aoine aout ap api apirila apirilaren apr aprel april aprila
  aprile aprili aprilie aprilis aprill ar ara aralik as asteartea asteazkena astelehena at aug august augusta augusti
  augusts augustus augusztus avg avgust avq avqust avr avril awst axsami az aza azaroa azaroaren b ba balandis
  balandzio bay bazar beal bealtaine birzelio birzelis biy biyernes bre brezen brezna c car carsamba cead ceadaoin
  cerven cervence cervenec cervna cet cetrtek ceturtd ceturtdiena cetvrtak ch chor chorshanba chu chw chwef chwefror
  cmt cn cs csutortok ct ctvrtek cum cuma cumartesi cumə cvc cvn cze czerwca czerwiec czw czwartek cərsənbə d dc de
  dear deardaoin dec decembar december decembra decembre decembrie decembris decembro deireadh dek dekabr del den des
  desemba desember desembre dets detsember dez dezember dezembro dfomh dg dhj dhjetor di dic dicembre diciembre die
  diel dienstag dijous dilluns dim dimanche dimarts dimecres dinsdag dis disember dissabte disyembre diumenge
  divendres dj dl do dom domenica domh domhnaigh domingo donderdag donnerstag dop ds dt du dub duben dubna dum
  duminica dush dushanba dv dydd e ean eanair ebr ebrill eka ekaina ekainaren eki ekim elo elokuu elokuuta em ene
  enero enj enjte ertəsi esmaspaev eyl eylul f feabh feabhra feb febbraio febr febreiro febrer febrero februar
  februara februari februarie februaris february feira fev fevereiro fevr fevral fevrier fim fimmtudagur fm fomhair
  fos fostudagur fr fre fredag freitag fri friday g gada geguze geguzes gen gener gennaio gio giovedi giu giugno gor
  gorff gorffennaf gru grudnia grudzien gruodis gruodzio gush gusht gwe gwener h hai haoine haz haziran heina heinakuu
  heinakuuta helmi helmikuu helmikuuta hen hene hetfo huhti huhtikuu huhtikuuta hul hulyo hun hunyo huw huwebes hyd
  hydref i ian ianuarie iau ig igandea ijumaa ion ionawr ip ira iraila irailaren isn isnin iuil iul iulie iun iunie
  iyl iyn iyul iyun jaan jaanuar jan janar janeiro januar januara januari januarie january janv janvaris janvier jeu
  jeudi joi joulu joulukuu joulukuuta jue jueves juil juillet juin jul jula julai julho juli julie julij julijs julio
  juliol julius july jum juma jumaat jumamosi jumanne jumapili jumat jumatano jumatatu jun juna june junho juni junie
  junij junijs junio junius juny juuli juuni k kam kamis kas kasim ke kedd kell kesa kesakuu kesakuuta keskiviikko
  ketvirtadienis kha khamis kl klo ko kol kolmapaev kolovoz kolovoza korr korrik kovas kovo kt kve kveten kvetna kwi
  kwiecien kwietnia l la lapkricio lapkritis larunbata las lau lauantai laugardagur laupaev laurdag led leden ledna
  les liepa liepos lin linggo lip lipanj lipca lipiec lipnja lis listopad listopada listopadu llun loka lokakuu
  lokakuuta lor lordag lr luain luan luc lug luglio lun lunasa lundi lunedi lunes luni luns lut lutego luty lør lørdag
  m ma maalis maaliskuu maaliskuuta maanantai maandag maart mac machi mag maggio mai maiatza maiatzaren maig maijs
  maio mairt maj maja majus man mandag manudagur mar marc marca march marcius marco mardi marec maret marras marraskuu
  marraskuuta mars marso mart marta marte martedi martes marti martie marts martxoa martxoaren marz marzec marzo maw
  mawrth may mayis mayo mean medi meh mehefin mei meith meitheamh mer mercher mercoledi mercores mercredi merkure
  mfomh mi mie miercoles miercuri min minggu mittwoch miy miyerkules mið miðvikudagur mo mon monday montag mrt n nam
  nang ne ned nedela nedele nedelja nedjelja neljapaev nen nentor nhat niedz niedziela nis nisan nm nob nobyembre
  noiembrie noll nollaig nov novemba novembar november novembra novembre novembris novembro noviembre noy noyabr o ob
  oca ocak oct october octobre octombrie octubre odp og ogo ogos okt oktabr oktoba oktobar oktober oktobra oktobris
  oktoober oktubre oktyabr om ons onsdag oo or ore os osteguna ostirala otrd otrdiena ots otsaila otsailaren ott
  ottobre out outubro ozu ozujak ozujka p pa pada patek pay payshanba paz pazar pazartesi pazdziernik pazdziernika pe
  peb pebrero pecp penktadienis pentek per perjantai persembe pet petak petek pg pi piatek piatok piektd piektdiena
  pirmadienis pirmd pirmdiena pm pn po pon pondeli pondelok ponedeljak ponedeljek ponedjeljak poniedziałek pop popiet
  pr pre premte pri prieksp priespiet prill pro prosinac prosinca prosince prosinec pt ptg puhapaev pukul pzt qer
  qershor qua quarta qui quinta r rab rabu reede rhag rhagfyr rij rijen rijna rugpjucio rugpjutis rugsejis rugsejo ruj
  rujan rujna s sa sab sabado sabato sabtu sad sadwrn sal sali sam sambata samedi samh samhain samstag sat saterdag
  sath sathairn saturday sau sausio sausis seg segunda sekmadienis sel selasa sen senin sentabr sentyabr sep sept
  septemba septembar september septembra septembre septembrie septembris septiembre sesh seshanba sestadienis sestd
  sestdiena set setembre setembro settembre setyembre sex sexta shan shanba shk shkurt sht shtator shtune sie sierpien
  sierpnia sij sijecanj sijecnja sk so sob sobota son sondag sonntag spalio spalis sr sre sreda sri srijeda sroda srp
  srpanj srpen srpna srpnja st streda stu studeni studenoga stvrtok sty styczen stycznia su sub subat subota sul sun
  sunday sunnudagur sunnuntai svetd svetdiena svi svibanj svibnja syys syyskuu syyskuuta sze szept szeptember szerda
  szo szombat søn søndag sənbə t tach tachwedd tammi tammikuu tammikuuta teisipaev tem temmuz ter terca tet tetor
  thang thg thu thursday ti tiistai tir tirs tirsdag tis tisdag tk to tor torek tors torsdag torstai touko toukokuu
  toukokuuta tr tra travanj travnja treciadienis tresd tresdiena tu tue tuesday tys tysdag u um uno unor unora urr
  urria urriaren urt urtarrila urtarrilaren ut utery uto utorak utorok uzt uztaila uztailaren v vasario vasaris
  vasarnap veebr veebruar velj veljaca veljace ven vendredi venerdi venres vie viernes vin vineri vm vr vrijdag vrydag
  wed wednesday wo woensdag wrz wrzesien wrzesnia wt wtorek xan xaneiro xov xoves xul xullo xuno yak yakshanba yan
  yanvar za zar zari zaterdag zo zondag þri þriðjudagur απρ απριλιου αυγ αυγουστου δεκ δεκεμβριου δευ δευτερα ιαν
  ιανουαριου ιουλ ιουλιου ιουν ιουνιου κυρ κυριακη μ μαι μαιου μαρ μαρτιου νοε νοεμβριου οκτ οκτωβριου π παρ παρασκευη
  πεμ πεμπτη σαβ σαββατο σεπ σεπτεμβριου στις τετ τεταρτη τρι τριτη φεβ φεβρουαριου авг август августа апр апрель
  апреля април аравдугаар арван ау ауторак ақп ақпан ба баасан беисенбі бер березень березня бс бя бямба в вер
  верасень верасня вересень вересня во воскресенье вс вт вто вторник вівторок г гараг груд грудень грудня гуравдугаар
  да даваа дек декабрь декабря декември дец децембар долоодугаар дп дс дүисенбі дөрөвдүгээр есдүгээр ж жексенбі жел
  желтоқсан жм жні жнівень жніуня жовт жовтень жовтня жс жұма зургаадугаар июл июль июля июн июнь июня кас кастрычнік
  кастрычніка квіт квітень квітня кра красавік красавіка лип липень липня лист листопад листопада лх лхагва лют лютага
  лютии лютого люты ліп ліпень ліпеня ліс лістапад лістапада маи мам мамыр мар март марта мау маусым мая мај мя мягмар
  наимдугаар нау наурыз нд нед недела неделя недеља неділя нов новембар ное ноември нояб ноябрь ноября нэгдүгээр ня
  нядзеля ням о окт октобар октомври октябрь октября оны пʼятниця панядзелак пет петак петок петък пн пон понеделник
  понедельник понедељак понеділок попл пп претпл пт пятница пятніца пү пүрэв р саб сабота сак сакавік сакавіка сар
  сарын сб сеисенбі сенбі сент сентябрь сентября сеп септембар септември серада середа серп серпень серпня сне снежань
  снежня ср сре среда сряда сс сту студзень студзеня суб суббота субота събота січ січень січня сәрсенбі сәу сәуір
  тавдугаар там тамыз трав травень травня у уто уторак феб фебруар фев февр февраль февраля февруари х хоердугаар ч
  чацвер черв червень червня чет четвер четверг четвртак четврток четвъртък чт чц чэр чэрвень чэрвеня шіл шілде юли
  юни янв январь января януари јан јануар јануари јул јули јун јуни қаз қазан қар қараша қаң қаңтар қыр қыркүиек ү ө
  ապր ապրիլ ապրիլի դեկ դեկտեմբեր դեկտեմբերի երեքշաբթի երկ երկուշաբթի երք թ կիր կիրակի հինգշաբթի հլս հնգ հնս հնվ հոկ
  հոկտեմբեր հոկտեմբերի հուլիս հուլիսի հունիս հունիսի հունվար հունվարի մայիս մայիսի մարտ մարտի մյս մրտ նոյ նոյեմբեր
  նոյեմբերի շաբաթ շբթ ուր ուրբաթ չորեքշաբթի չրք սեպ սեպտեմբեր սեպտեմբերի փետրվար փետրվարի փտվ օգոստոս օգոստոսի օգս א
  אוג אוגוסט אוק אוקטובר אפר אפריל ב באוג באוגוסט באוק באוקטובר באפר באפריל בדצמ בדצמבר ביולי ביוני בינו בינואר במאי
  במרץ בנוב בנובמבר בספט בספטמבר בפבר בפברואר בשעה ג ד דצמ דצמבר ה ו חמישי יולי יום יוני ינו ינואר מאי מרץ נוב נובמבר
  ספט ספטמבר פבר פברואר ראשון רביעי שבת שישי שלישי שני ابريل اتوار اغسطس اكتوبر الاثنين الاحد الاربعاء الثلاثاء الجمعة
  الخميس السبت اوت اوریل اپریل اکتبر اکتوبر اگست ب بدھ جمعرات جمعه جمعہ جنوری جولايی جون دسامبر دسمبر دوشنبه ديسمبر
  ساعت سبتمبر ستمبر سه سپتامبر شنبه ص ظ فبراير فروری فوریه في ق م مارس مارچ مايو منگل مه ميی نوامبر نوفمبر نومبر يناير
  يوليو يونيو پنجشنبه پیر چهارشنبه ژانویه ژوين ژويیه کو ہفتہ یکشنبه अकट अकटबर अग अगसट अगसत अपरल अपरहन आइत आइतबर एपर
  एपरल ऑकट ऑकटबर ऑग ऑगसट क गर गरवर जन जनवर जल जलई डस डसबर डसमबर दस दसबर नभमबर नव नवबर नवह नवहबर परवहन फबर फबरअर फबरवर
  फर फरवर बज बध बधबर बधवर बह बहबर म मई मगल मगलवर मगळ मगळवर मङगल मङगलबर मरच रज रव रववर वजत शकर शकरबर शकरवर शन शनबर शनवर
  सत सतबर सपट सपटबर सपटमबर सम समबर समवर অকট অকটবর আগ আগসট এ এপর এপরল জন জনযর জল জলই ডস ডসমবর নভ নভমবর ফব ফবরযর বধ বধবর
  বহসপত বহসপতবর ম মঙগল মঙগলবর মরচ রব রববর শকর শকরবর শন শনবর সপ সপট সপটমবর সম সমবর ਅਕਤ ਅਕਤਬਰ ਅਗ ਅਗਸਤ ਅਪਰ ਅਪਰਲ ਐਤ ਐਤਵਰ
  ਜਨ ਜਨਵਰ ਜਲ ਜਲਈ ਦਸ ਦਸਬਰ ਨਵ ਨਵਬਰ ਫਰ ਫਰਵਰ ਬਧ ਬਧਵਰ ਮਈ ਮਗਲ ਮਗਲਵਰ ਮਰਚ ਵਰ ਵਰਵਰ ਸਕਰ ਸਕਰਵਰ ਸਤ ਸਤਬਰ ਸਨ ਸਨਵਰ ਸਮ ਸਮਵਰ એપરલ ઑકટ
  ઑકટબર ઑગસટ ગર ગરવર જન જનય જનયઆર જલઈ ડસ ડસમબર નવ નવમબર ફબર ફબરઆર બધ બધવર મ મગળ મગળવર મરચ રવ રવવર શકર શકરવર શન શનવર
  સપટ સપટમબર સમ સમવર அக அகடபர அனற ஆக ஆகஸட ஏப ஏபரல சன சப சபடமபர சவ சவவய ஜன ஜனவர ஜல ஞய ஞயற டச டசமபர தங தஙகள நவ நவமபர பத
  பதன பப பபரவர ம மர மரச வய வயழன வள வளள అకట అకటబర ఆగ ఆగసట ఆద ఆదవర ఏపర ఏపరల గర గరవర జన జనవర జల డస డసబర నవ నవబర ఫబర ఫబరవర
  బధ బధవర మ మగళ మగళవర మరచ శకర శకరవర శన శనవర సపట సపటబర సమ సమవర ಅಕಟ ಅಕಟಬರ ಆಗ ಆಗಸಟ ಏಪರ ಏಪರಲ ಗರ ಗರವರ ಜನ ಜನವರ ಜಲ ಡಸ ಡಸಬರ ನವ
  ನವಬರ ಫಬರ ಫಬರವರ ಬಧ ಬಧವರ ಭನ ಭನವರ ಮ ಮಗಳ ಮಗಳವರ ಮರಚ ರದ ಶಕರ ಶಕರವರ ಶನ ಶನವರ ಸಪಟ ಸಪಟಬರ ಸಮ ಸಮಯಕಕ ಸಮವರ ഏപര ഏപരൽ ഒക ഒകട ഓഗ ഓഗസററ
  ച ചവവ ചവവഴ ജന ജനവര ജല ജൺ ഞയറഴ ഞയർ ടബർ ഡസ ഡസബർ തങകളഴ തങകൾ ന നവ നവബർ ഫബര ഫബരവര ബധനഴ ബധൻ മയ മർ മർചച വയഴ വയഴഴ വളള വളളയഴ
  ശന ശനയഴ സപററ സപററബർ අඟහ අඟහරවද ඇසළ ඉරද ඉල උඳවප දන දරත නකණ නවම ප පසන බ බක බදද බනර මදන රහස රහසපතනද ව වප වසක සක සකරද සන
  සනසරද සඳද ก กนยายน กมภาพนธ กรกฎาคม ค จนทร ต ตลาคม ธ ธนวาคม พ พธ พฤศจกายน พฤษภาคม พฤหส ม มกราคม มถนายน มนาคม ย วนจนทร
  วนพธ วนพฤหสบด วนศกร วนองคาร วนอาทตย วนอาทตยท วนเสาร ศ ศกร ส สงหาคม องคาร อาทตย เม เมษายน เวลา เสาร ກ ກນຍາ ກມພາ ກລະກດ
  ກອນທຽງ ຈ ຈນ ຍ ຕ ຕລາ ຖ ທ ທນວາ ນ ພ ພດ ພດສະພາ ພະຈກ ພະຫດ ມ ມງກອນ ມຖນາ ມນາ ລ ວ ວນຈນ ວນພດ ວນພະຫດ ວນສກ ວນອງຄານ ວນອາທດ ວນເສາ
  ສ ສກ ສງຫາ ຫ ຫງທຽງ ອງຄານ ອາທດ ເມສາ ເສາ ကသပတ စက စကတငဘ စန ဇ ဇန ဇနနဝရ ဇလင ညန တနငဂန တနငလ ဒ ဒဇငဘ န နနက နဝငဘ ဖ ဖဖဝရ ဗဒဓဟ မ
  မတ သက အက အကတဘ အငဂ ဧ ဧပ ဩ ဩဂတ აგვ აგვისტო აპრ აპრილი დეკ დეკემბერი თებ თებერვალი იან იანვარი ივლ ივლისი ივნ ივნისი
  კვი კვირა მაი მაისი მარ მარტი ნოე ნოემბერი ოთხ ოთხშაბათი ორშ ორშაბათი ოქტ ოქტომბერი პარ პარასკევი სამ სამშაბათი სექ
  სექტემბერი შაბ შაბათი ხუთ ხუთშაბათი កកកដ កញញ កមភ ចនទ តល ធន ន ពធ ពរហ ពរហសបត មករ មង មថន មន មស វចឆក សករ សរ សហ អងគរ អទតយ
  ឧសភ`;

/** Codes and letters of currencies; letters of exponents, eras, time zones, units of time, and ordinals. */
const otherWords = `
  pmకి ad aed ars au aud bc bce bdt bgn bhd br brl ca cad ce cfa chf cl clp cny co cop czk dkk dkr dm dzd eg egp eu eur
  fcfa ft gb gbp hk hkd huf idr ikr ils inr iqd irr isk jod jp jpy kc kes kn kr krw kwd kzt lei lej lkr mad mx mxn myr
  nd ngn nkr nok nt nz nzd omr pen php pkr pln qar rd rm ron rp rs rsd rub rur sar sek sg sgd th thb tnd try twd tzs
  uah uk us usd uy uyu uzs vnd xaf xof z zł грн д лв руб щ ا ت ج د ر س ع ك`;

/** TRUE and FALSE as Excel and LibreOffice call them in their languages. */
const booleanWords = `
  true false wahr falsch vrai faux verdadero verdadeiro falso vero waar onwaar prawda fałsz истина ложь істина хибність
  вярно невярно sant falskt sann usann sand falsk tosi epätosi pravda nepravda lež istina neistina laž tačno netačno
  resnično neresnično igaz hamis doğru yanlış adevărat fals αληθησ ψευδησ αληθης ψευδης tõene väär vale tiesa netiesa
  teisinga klaidinga patiess aplams cert egia gezurra đúng sai benar salah satt ósatt אמת שקר จริง เท็จ 真 假 참 거짓`;

const foldedSet = (words: string) => new Set(words.trim().split(/\s+/).map(foldedWord));
const valueWords = foldedSet(calendarWords + otherWords);
const booleans = foldedSet(booleanWords);

/** Chinese, Japanese and Korean, where words are not divided: a run of what dates, times and amounts are written with. */
const calendarCharacters =
  /^[年月日号號時时点點分秒上下午前後后凌晨早晚中正昼夜星期週周曜火水木金土一二三四五六七八九十零〇廿卅西暦公元民國国明治大昭和平成令円圆圓块塊년월일시분초오전후요화수목금토원]+$/;

/** A boolean's: what is read as one needs no number beside it. @param word folded. */
export function isBooleanWord(word: string): boolean {
  return booleans.has(word);
}

/** Whether it can stand in a date, a time, a number or an amount of money. @param word folded. */
export function isValueWord(word: string): boolean {
  return valueWords.has(word) || calendarCharacters.test(word);
}
