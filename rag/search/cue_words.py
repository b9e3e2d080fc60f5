"""Words that tell whether a question leans on the conversation, in the spelling of `normalise`.

Modern Standard Arabic first, then the dialects that ask news questions most (Egypt, the Levant, the
Gulf, Iraq, the Maghreb), then English. Tables only: what they mean is decided in `leaning` and `followup`.
"""

from __future__ import annotations

from rag.text.normalise import normalise


def _table(text: str) -> frozenset[str]:
    return frozenset(normalise(text).split())


QUESTION_WORDS = _table(
    "متى أين كيف لماذا كم هل ما ماذا من بماذا عماذا لمن ممن بكم بأي لأي أي أية أيهم ليش ليه لشو علاش عشان قديش "
    "قداش أديش كام شكد مين منو منهو شو إيش أيش ايه شنو شنوا اش وش أش وين فين ويش منين ماهو ماهي ماهم ماهما جم "
    "شكثر إمتى ايمتى إيمتا وقتاش إزاي ازاى شلون كيفاش واش شحال أشحال هلأ who whom whose what when where why how "
    "which"
)

TAKES_VERB = _table(
    "متى أين كيف لماذا هل ماذا بماذا ليش ليه علاش وين فين إمتى ايمتى إيمتا وقتاش إزاي شلون كيفاش شو إيش وش شنو من مين"
)
"""After these stands a verb more often than not."""

NAMING = _table("ما من مين منو منهو شو إيش شنو ماهو ماهي ماهم ماهما who what")
"""`ما الإنترنت؟`, `من ماكرون؟`: with one noun behind them these already ask a whole question."""

FILLERS = _table(
    "طيب طب يعني إذن إذا أيضا كذلك كمان برضه برضو بعد بعدين ثم لكن بس حسنا تمام بالضبط تحديدا بالتحديد تقريبا فقط "
    "مثلا سيد أخي لو سمحت فضلك رجاء أرجوك المزيد أكثر تفاصيل التفاصيل والله شكرا بدو بده بدها بدهم عم رح راح okay "
    "ok so and but then also too please exactly more details thanks"
)

PARTICLES = _table(
    "اذكر اذكري قل حدثني احك احكي أخبرني خبرني زدني هات اشرح وضح لي لنا في من على عن إلى مع بين حول ضد خلال عبر "
    "منذ عند لدى نحو حتى قبل بعد تحت فوق دون بدون ضمن بسبب ع عال بحسب وفق أن إن انه أنه انها أنها قد لقد لا لم لن "
    "ليس ليست او أو ام أم و ف ب ل كان كانت يكون تكون كل غير حيث إذا لكن كما الذي التي الذين اللذين اللتين اللذان "
    "اللتان اللتي اللذي اللي يلي الي مو مش ما the a an of in on at to for by with about from into is are was were "
    "be been do does did has have had it's that there this these those not or as will would can could should many "
    "much long old far"
)

PREPOSITIONS = _table(
    "في من على عن إلى مع بين حول ضد خلال عبر منذ عند لدى نحو قبل بعد تحت فوق دون ضمن بسبب in on at of for by with "
    "about from"
)

RELATIVES = _table(
    "الذي التي الذين اللذين اللتين اللذان اللتان اللتي اللذي اللواتي اللاتي اللي يلي الي who which whose whom that"
)

POINTING = _table(
    "هو هي هم هما هن ذلك تلك هذا هذه هذان هاتان هؤلاء أولئك هناك هنالك هنا ذاك هاد هاي هيدا هيدي هادا هادي هاذا "
    "هذي هذول هدول هيك كذا كده كذه هيج هكذا إياه إياها he she it they him her them his hers its their theirs this "
    "that these those there"
)

POINTING_LAST = _table("ده دي دا دول نفسه نفسها")
"""Dialect words of pointing that are parts of foreign names, or nouns, anywhere but at a short question's end."""

COPULAS = _table("هو هي هم هما هن")
"""Between a question word and a noun, or between two nouns, these point at nothing outside: `من هو وزير الدفاع؟`."""

POSSESSING = _table("له لها لهم لهما لديه لديها لديهم عنده عندها عندهم")
"""`أول مباراة لها`: these may belong to a noun before them, as a possessive ending may."""

TIME_NOUNS = _table(
    "العام السنة اليوم الأسبوع الشهر الأيام الصيف الشتاء الموسم القرن العصر الليلة المساء الصباح السنه year week "
    "month day today"
)
"""After `هذا` and `هذه` these point at the calendar, not at the conversation."""

PRONOUN_PARTICLES = _table(
    "به بها بهم بهما له لها لهم لهما فيه فيها فيهم فيهما منه منها منهم منهما عنه عنها عنهم عنهما عليه عليها عليهم "
    "عليهما إليه إليها إليهم معه معها معهم معهما عنده عندها عندهم لديه لديها لديهم بينه بينها بينهم بينهما حوله "
    "حولها حولهم ضده ضدها ضدهم بعده بعدها قبله قبلها بعدهم قبلهم بدونه بدونها خلاله خلالها بعضهم كلهم كله كلها "
    "أحدهم إحداها غيره غيرها غيرهم فيو منو عليو معاه معاها معاهم وياه وياها ليه ليها ليهم الو الها الهم إلو إلها "
    "إلهم بيه بيها مينهم ايهم"
)
"""Particles with a pronoun behind them: someone or something said before."""

NOT_PRONOUN = _table(
    "الله اله وجه اتجاه مياه انتباه فقه شبه كره نزيه طه عبده اشتباه جباه شفاه رفاه فواكه نبيه فيه ليه ايه هذه مها "
    "سها نها أبها رها فقها ابها درهم مهم أهم سهم أسهم فهم وهم متهم تفاهم مبهم أدهم ملهم مساهم يساهم تساهم تفهم "
    "يفهم مراهم براهم اتهم يتهم تتهم رهن ذهن كاهن مراهن راهن موهن برهن يهن جهن سنه جهه لغه دوله مدينه منطقه حكومه "
    "شركه غزه مكه جده درنه طنجه حماه صفاقسه حلبجه كركوكه قريه لجنه قناه قوه مره مده فتره مساحه قيمه نسبه درجه "
    "كميه سرعه عاصمه قاره جزيره بلديه ولايه محافظه جامعه كليه مدرسه وزاره هيئه مؤسسه عمله طائره سياره سفينه باخره "
    "حرب معركه اتفاقيه معاهده ثوره رئاسه سوريه قضيه ازمه حملة اغنيه روايه قصيده"
)
"""Words that merely end like a pronoun, and nouns in ta marbuta that people write with ha."""

RELATIONAL = _table(
    "ناجون ناجين ناج مفقودون مفقودين السبب سبب الأسباب أسباب النتيجة نتيجة النتائج نتائج العدد الحصيلة حصيلة "
    "المسؤول المسؤولون الفاعل القاتل الضحية الضحايا ضحايا القتلى القتيل قتلى قتيلا الجرحى جرحى جريحا المصابون "
    "المصابين مصابا المفقودين الموعد موعد المكان مكان الموقع الهدف هدف الأهداف الحل حل الخسائر خسائر الفائز "
    "الخاسر المتهم المتهمون الدافع الدوافع دوافع التاريخ الوقت الساعة ساعة القصة الحدث الحادث السعر سعر التكلفة "
    "تكلفة المبلغ المدة النسبة نسبة الرد رد الموقف موقف السيناريو العقوبة البديل الفرق التفاصيل شخصا شخص مرة "
    "أشخاص رجلا امرأة طفلا أطفال عاما عام سنة يوما يوم شهرا شهر أحد أحدا شيء شيئا عدد بلغ بلغت رأيك رأي العالم "
    "المزيد جديد الجديد آخر أخرى آخرون غيرهم حدث حصل صار جرى تم يحدث سيحدث يجري يصير reason cause result number "
    "victims killed dead injured people happened happen happens start started end ended"
)
"""Nouns of any event, and verbs that carry none: a question of these alone asks about what was said before."""

CLASS_NOUNS = _table(
    "المشروع الحادث الحادثة الهجوم الانفجار التفجير الاتفاق الاتفاقية القرار القانون المباراة البطولة المسابقة "
    "الحملة العملية الحفل المهرجان المؤتمر الاجتماع اللقاء الزيارة الفيلم الكتاب الرواية الطائرة السفينة القطار "
    "السيارة الطاقم الركاب الحريق الإضراب المظاهرات الاحتجاجات المحتجون المحتجين المتظاهرون المتظاهرين المهاجم "
    "المهاجمون المهاجمين المنفذ المنفذون المنفذين الجاني الجناة المدرب اللاعب الفريق النادي المنتخب الشركة البنك "
    "المحكمة القاضي الصفقة العقد المفاوضات المحادثات المعركة القتال الاشتباكات الأزمة الخاطفون الخاطفين الرهائن "
    "الدفعة الجسر المحطة الخط اللجنة التقرير البيان"
)
"""`the`, of a thing whose class says nothing: which project, which attack stands in an earlier turn."""

SPEECH = _table("قال قالت صرح صرحت ذكر ذكرت أعلن أعلنت أكد أكدت وعد وعدت قرر قررت فعل فعلت طلب طلبت طالب طالبت اقترح")
"""Verbs of somebody: with no noun before the next preposition, that somebody stands in an earlier turn."""

REACTIONS = _table("رد ردت علق علقت موقف تعليق ردود فعل استجاب استجابت تصرف تصرفت رأي reaction respond react")
"""What someone does about something: without that something the question is half."""

ROLES = _table(
    "رئيس رئيسة زعيم مدرب قائد مدير وزير سفير ملك أمير متحدث ناطق مؤسس صاحب مرشح لاعب زوجة زوج ابن ابنة شقيق شقيقة حفيد"
)
"""Behind a leading و these are a fragment (`ورئيس الحكومة؟`); وزير itself begins with و, hence ووزير."""

OF_SEVERAL = _table(
    "الجانب الجانبين الطرف الطرفين الطرفان الآخر الأخرى الجهة الفريقين الأول الأولى الثاني الثانية الثالث الثالثة "
    "الرابع الرابعة الخامس الخامسة الأخير الأخيرة المقبل المقبلة القادم القادمة التالي التالية السابق السابقة"
)
"""A side, or one of a row: of what stands in an earlier turn."""

WAW_NOUNS = _table("والد والده والدها والدته والدتها والدي والدين والديه والي واليه")
"""Words that begin with وال and hold neither conjunction nor article."""

ATTRIBUTES = _table(
    "عدد سكان مساحة سعر اسم تاريخ موعد سبب أسباب نتيجة نتائج عمر طول ارتفاع مقدار حجم نسبة قيمة كمية معنى مدة "
    "حصيلة جنسية هوية هويات مصير بلغ بلغت المقصود لقب لون وزن تكلفة number name date price age size population "
    "area reason cause"
)
"""What a turn asked about its subject: the next question asks about something else of it."""

VERBS = _table(
    "بدأ انتهى حدث حصل وقع صار مات توفي قتل ولد فاز خسر استقال استمر سقط هرب نجا أعلن قال رد عاد وصل غادر زار "
    "التقى وافق رفض صدر تأسس أسس افتتح اعتقل أصيب جرح شارك هاجم قصف أطلق سيطر انسحب دخل خرج طالب دعا اتهم نفى أكد "
    "أضاف صرح ذكر هدد وقّع تم جرى بلغ كان أصبح حكم تزوج عاش درس عمل كتب أخرج غنى لعب سجل تعادل تأهل استشهد نزح "
    "هجر أجلى اكتشف اخترع بنى شيد انفجر تحطم اندلع ارتفع انخفض تراجع زاد نقص كلف دفع باع اشترى خلف أسفر تسبب فعل "
    "نشر نقل حاول قرر وعد انضم انفصل استقل تولى عين انتخب ترشح عزل حضر غاب قاد ساعد دعم صوت علق وصف اتفق اجتمع "
    "ناقش استقبل أرسل اقترح حذر اشترط أوقف استأنف قطع منع سمح فرض رفع خفض ألغى أجل أقام أقيم نفذ تبنى مول صمم نظم "
    "أدار أحرز حقق عقد سار جاء أتى سوى ذهب مضى انطلق توقف"
)

FUNCTION_WORDS = QUESTION_WORDS | FILLERS | PARTICLES | POINTING | PRONOUN_PARTICLES | RELATIVES

NATION_ROOTS = _table(
    "روس أرمن أرمين أذربيجان أذر ترك مصر سور لبنان عراق إيران سعود يمن قطر كويت عمان إمارات بحرين أردن فلسطين "
    "إسرائيل أمريك أميرك أمير فرنس بريطان إنجليز انكليز ألمان إيطال إسبان صين يابان هند باكستان أفغان أفغانستان "
    "أوكران كور برازيل أرجنتين كند استرال أسترال مغرب جزائر تونس ليب سودان صومال إثيوب كين نيجير يونان قبرص بولند "
    "هولند بلجيك سويسر سويد نرويج فنلند دنمارك برتغال نمساو مجر صرب كازاخ كازاخستان أوزبك فيتنام تايلاند إندونيس "
    "ماليز فلبين مكسيك كوب فنزويل كولومب تشيل موريتان جيبوت تشاد غان سنغال كاميرون أورب أوروب بلغار رومان كروات "
    "شيشان كوسوف بنغلاديش سريلانك ميانمار بورم"
) - _table("أمير")
NATION_NAMES = _table(
    "أرمينيا روسيا تركيا سوريا سورية مصر النمسا الصين الهند أوروبا أوكرانيا جورجيا أتراك الأتراك أكراد الأكراد "
    "العرب أمريكا أميركا كرد كردي russia russian turkey turkish armenia armenian azerbaijan azerbaijani iran "
    "iranian iraq iraqi syria syrian egypt egyptian israel israeli palestine palestinian france french germany "
    "german ukraine ukrainian china chinese american"
)
NATION_ENDINGS = ("", "ي", "يا", "يه", "يين", "يون", "يان", "يات", "ين", "ا", "ه", "هم", "يتين")
