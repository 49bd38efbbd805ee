import type { MessageRole, MessageStatus } from '@chat-history/message-store';

/** One message of a demo chat. `{order}`, `{invoice}`, `{parcel}`, `{amount}` and `{day}` are filled in. */
export interface Line {
  readonly role: MessageRole;
  readonly text: string;
  readonly status?: MessageStatus;
  /** As which service desk an agent answers. */
  readonly by?: string;
}

const user = (text: string): Line => ({ role: 'user', text });
const bot = (text: string, status: MessageStatus = 'complete'): Line => ({ role: 'assistant', text, status });
const agent = (text: string, by: string): Line => ({ role: 'agent', text, by });

/** Chats as a shop's support has them, in the languages of its customers. */
export const conversations: readonly (readonly Line[])[] = [
  [
    user('Hi, where is my order {order}? It was supposed to arrive on the {day}th.'),
    bot('Order {order} left our warehouse and is with the carrier. The tracking number is {parcel}.'),
    user('The tracking page has not changed for three days.'),
    bot('I am sorry about that. I have asked the carrier; a colleague will join this chat.'),
    agent(
      'Hello, the parcel was held at the sorting centre. It will be delivered tomorrow before noon.',
      'Service desk',
    ),
    user('Great, thank you!'),
  ],
  [
    user('我要退款，谢谢。订单号 {order}'),
    bot('您好，订单 {order} 符合七天无理由退货条件。退款将在收到商品后三个工作日内原路退回。'),
    user('运费谁承担？'),
    bot('因质量问题退货由我们承担运费，其他情况请您先行垫付。'),
    agent('您好，已为您的订单 {order} 免除退货运费，退款金额为 {amount} 元。', '客服中心'),
    user('好的，非常感谢！'),
  ],
  [
    user(
      'Guten Tag, die Rechnung {invoice} weist einen falschen Betrag aus: {amount} € statt der vereinbarten Summe.',
    ),
    bot(
      'Das tut mir leid. Ich sehe die Rechnung {invoice} zur Bestellung {order}. Soll ich sie prüfen lassen?',
    ),
    user('Ja bitte, und schicken Sie mir eine Bestätigung.'),
    agent(
      'Guten Tag, wir haben die Rechnung storniert. Die neue finden Sie in Ihrem Konto unter „Rechnungen“.',
      'Kundendienst',
    ),
  ],
  [
    user('注文番号 {order} の配送状況を教えてください。'),
    bot('ご注文 {order} は本日発送いたしました。お問い合わせ番号は {parcel} です。'),
    user('届け先の住所を変更できますか？'),
    bot('発送後の住所変更は配送業者で承ります。担当者におつなぎします。'),
    agent('お待たせいたしました。配送業者に連絡し、お届け先を変更いたしました。', 'お客様窓口'),
    user('ありがとうございます。助かりました。'),
  ],
  [
    user('Can I change the size of an item in {order}?'),
    bot('Yes, as long as the order has not been packed. Which size would you like?'),
    user('Medium instead of large'),
    bot('Done: the jacket in {order} is now a medium. The price stays at {amount}.'),
  ],
  [
    user('Hola, ¿puedo pagar el pedido {order} en dos plazos?'),
    bot('Hola, sí: al pagar elija «Pago fraccionado». La primera cuota sería la mitad de {amount} €.'),
    user('Perfecto, muchas gracias.'),
  ],
  [
    user('배송이 언제 도착하나요? 주문번호는 {order} 입니다.'),
    bot('주문하신 상품은 {day}일에 도착할 예정입니다. 운송장 번호는 {parcel} 입니다.'),
    user('감사합니다!'),
  ],
  [
    user('Bonjour, le café livré avec la commande {order} était ouvert.'),
    bot('Bonjour, nous sommes désolés. Souhaitez-vous un remboursement ou un nouvel envoi ?'),
    user('Un remboursement, s’il vous plaît.'),
    agent(
      'Bonjour, le remboursement de {amount} € est parti ce matin ; comptez deux jours ouvrés.',
      'Service client',
    ),
  ],
  [
    user('My discount code SUMMER-2026 does not work'),
    bot(
      'The code SUMMER-2026 is valid for orders over 50 and expires at the end of the month. Your basket is at',
      'interrupted',
    ),
    user('hello?'),
    bot('Sorry, I was cut off. Your basket is at {amount}; the code can be used now.'),
  ],
  [
    user('发票什么时候能开？公司抬头，金额 {amount} 元'),
    bot('', 'failed'),
    user('有人吗？'),
    agent('您好，刚才系统出现故障。发票 {invoice} 已开具，稍后发送到您的邮箱。', '客服中心'),
    user('收到，谢谢'),
  ],
  [
    user('Wie kann ich mein Passwort zurücksetzen?'),
    bot('Auf der Anmeldeseite unter „Passwort vergessen“. Der Link in der E-Mail gilt eine Stunde.'),
    user('Hat geklappt, danke 👍'),
  ],
  [
    user('Do you ship to Norway, and what about customs?'),
    bot(
      'Yes. Delivery takes 4 to 6 working days. Duties are shown at checkout, so nothing is due at the door.',
    ),
    user('What does the return of a parcel cost?'),
    bot('Returns are free within 30 days. You find the label in your account under the order.'),
    user('ok thanks'),
  ],
  [
    user('返品したいのですが、サイズが合いませんでした。注文は {order} です。'),
    bot('承知いたしました。未使用であれば30日以内に返品いただけます。返送ラベルをお送りします。'),
    user('返金はいつになりますか？'),
    bot('商品の到着後、3営業日以内に {amount} 円を返金いたします。'),
  ],
  [
    user('The app shows <script>alert(1)</script> instead of my address, see {order}'),
    bot('Thank you for telling us. Could you say which version of the app you use?'),
    user('4.12.0 on Android'),
    agent(
      'We found it: the next update shows the address again. Until then the order page has it.',
      'Service desk',
    ),
  ],
  [
    user('請問 {order} 可以改成到店取貨嗎？'),
    bot('可以的，請問您想在哪一家門市取貨？'),
    user('台北車站門市'),
    bot('已為您改為門市取貨，商品到店後會以簡訊通知。'),
  ],
  [
    user('I was charged twice: {amount} on the {day}th and again the day after. Invoice {invoice}.'),
    bot('I can see two authorisations for {invoice}; one of them was never captured and expires by itself.'),
    user('I want to speak to a person please'),
    agent('Hello, I have cancelled the second one. Your bank shows it within two days.', 'Service desk'),
    user('Thanks for the quick help'),
    agent('You are welcome. Have a nice day!', 'Service desk'),
  ],
];
