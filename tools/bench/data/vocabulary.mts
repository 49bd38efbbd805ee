import { zipf, type Sampler } from './zipf.mts';

/** The words of one language, most frequent first, and how sentences are put together from them. */
export interface Language {
  /** Share of the sessions. */
  readonly share: number;
  readonly words: readonly string[];
  readonly word: Sampler;
  readonly space: string;
  readonly stop: string;
  /** Words a sentence, least and most. */
  readonly sentence: readonly [number, number];
}

/** So many types a language: what a person types is among the first hundred, codes and names fill the rest. */
const types = 20_000;

const english =
  'the to your order is you and for we it have can please of in my on this with not that will be delivery a refund ' +
  'has are was but if from at card account payment delivered address when tracking number parcel return thank would ' +
  'like help sorry item product price change days working charged invoice size yes hello shipping cancel box label ' +
  'carrier warehouse customer service email phone confirm received waiting broken replacement discount code checkout ' +
  'bank money colour black blue small large medium jacket shoes lamp battery screen cable charger manual warranty ' +
  'repair store pickup evening morning tomorrow today yesterday week month still never always again another same wrong ' +
  'missing damaged late early open closed login password reset link website app update version error page button';
const german =
  'die der und ich nicht das ist bitte für sie wir mit eine Bestellung haben auf wird noch den zu von Lieferung ' +
  'Rechnung können Ihre Rücksendung Paket Adresse vielen Dank Guten Tag Kundennummer bezahlt Betrag Zahlung Konto ' +
  'Größe Fahrräder Gerät Gewährleistung Reparatur Rückerstattung storniert morgen heute gestern Woche schon wieder ' +
  'falsch beschädigt fehlt Artikel Preis Gutschein Passwort vergessen Seite Fehler öffnen schließen Straße Schlüssel';
const spanish =
  'de la el que no en mi por favor pedido con para su una los envío gracias hola cuándo llega dirección pago tarjeta ' +
  'devolución reembolso factura paquete número seguimiento cuenta cliente mañana semana producto talla precio código ' +
  'descuento dañado equivocado cambiar cancelar recibir teléfono correo electrónico garantía reparación tienda ayuda';
const french =
  'de la le les et est je vous ne pas pour une ma votre commande colis livraison merci bonjour remboursement facture ' +
  'adresse retour numéro suivi paiement carte compte client demain semaine produit taille prix code réduction abîmé ' +
  'mauvais changer annuler recevoir téléphone courriel garantie réparation magasin aide très été déjà reçu français';
const russian =
  'и в не на я мой заказ когда будет что это для вас по доставка возврат деньги оплата карта адрес номер посылка ' +
  'спасибо здравствуйте пожалуйста товар размер цена скидка завтра сегодня неделя магазин гарантия ремонт счёт ошибка';
const chinese =
  '的 我 订单 退款 了 您好 请问 快递 没有 什么 时候 发货 收到 地址 修改 可以 谢谢 客服 商品 质量 问题 退货 换货 运费 发票 优惠 支付 ' +
  '账户 电话 号码 物流 信息 更新 仓库 尺码 颜色 衣服 鞋子 手机 电池 充电 坏了 申请 审核 工作日 原路 返回 银行卡 确认 取消 明天 今天 ' +
  '昨天 还是 已经 一直 帮忙 查询 处理 尽快 联系 投诉 满意 抱歉 稍等 感谢 支持 会员 积分 活动 价格 保价 差价 包装 破损 少件 补发';
const japanese =
  'の は を に が 注文 配送 です ます 返品 返金 お願い 商品 届け 住所 変更 確認 メール 電話 番号 支払い カード 領収書 サイズ 交換 ' +
  'キャンセル 到着 明日 今日 まだ ありがとう ございます 申し訳 ありません お客様 担当者 ログイン パスワード エラー アプリ 保証 修理';
const korean =
  '주문 배송 언제 환불 교환 반품 상품 도착 주소 변경 확인 감사합니다 안녕하세요 카드 결제 전화 번호 영수증 사이즈 취소 내일 오늘 ' +
  '아직 부탁드립니다 고객 상담 로그인 비밀번호 오류 보증 수리 쿠폰 포인트 택배 송장 문의 가능 합니다';

const syllables = 'ba ce di fo gu ka le mi no pu ra se ti vo zu bra cle dri flo gru ple sta tri spo'.split(
  ' ',
);
/** Frequent characters of names and goods, of which the rarer words of a CJK language are made. */
const han = '东南西北春夏秋冬金木水火山海云风花鸟星月光电机车书画家乐平安康宁华美佳德明亮新成长永恒信达';
const kana = 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン';
const hangul = '가나다라마바사아자차카타파하거너더러머버서어저처고노도로모보소오조초구누두루무부수우주추';

export const languages: readonly Language[] = [
  latin(0.46, english, ''),
  latin(0.13, german, 'ung'),
  latin(0.08, spanish, 'ción'),
  latin(0.08, french, 'é'),
  latin(0.03, russian, 'ка'),
  cjk(0.14, chinese, han, '。', [4, 12]),
  cjk(0.05, japanese, kana, '。', [5, 12]),
  { ...cjk(0.03, korean, hangul, '.', [4, 10]), space: ' ' },
];

function latin(share: number, common: string, ending: string): Language {
  const words = upTo(common, (rank) => spelled(rank, syllables) + ending);
  return { share, words, word: zipf(types), space: ' ', stop: '.', sentence: [6, 14] };
}

function cjk(
  share: number,
  common: string,
  characters: string,
  stop: string,
  sentence: readonly [number, number],
): Language {
  const words = upTo(common, (rank) => spelled(rank, [...characters]));
  return { share, words, word: zipf(types), space: '', stop, sentence };
}

function upTo(common: string, rarer: (rank: number) => string): string[] {
  const words = common.split(' ');
  return [...words, ...Array.from({ length: types - words.length }, (_, index) => rarer(index))];
}

/** A word of two or more parts that stands for a number, and for no other. */
function spelled(rank: number, parts: readonly string[]): string {
  let word = '';
  for (let rest = rank + parts.length; rest > 0; rest = Math.floor(rest / parts.length)) {
    word = parts[rest % parts.length]! + word;
  }
  return word;
}
